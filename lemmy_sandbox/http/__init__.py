"""HTTP: the server, and the exchange of one request for one answer."""
