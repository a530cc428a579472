"""The calls of both APIs: read a request's fields and return JSON."""
