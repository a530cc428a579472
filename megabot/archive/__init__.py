"""The static site and its feeds: every edition as it was posted. Reads the ledger alone, posts nothing."""
