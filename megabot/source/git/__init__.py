"""A source in a remote git repository."""
