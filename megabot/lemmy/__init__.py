"""The Lemmy client: the forum port over the API that a server speaks."""
