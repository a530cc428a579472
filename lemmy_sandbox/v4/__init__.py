"""API v4 of Lemmy 1.0."""
