"""The server's rules, for both APIs."""
