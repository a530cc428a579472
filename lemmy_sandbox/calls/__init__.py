"""The calls of both APIs: what a request asks for, and the rows that answer it."""
