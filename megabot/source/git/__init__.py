"""A source that is a git repository elsewhere."""
