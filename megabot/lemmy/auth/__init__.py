"""Signing in: the token, the budget of sign-ins, credentials."""
