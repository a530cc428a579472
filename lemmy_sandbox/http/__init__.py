"""HTTP: the server, requests, fields, refusals."""
