"""API v3 of Lemmy 0.19."""
