"""The public archive as static pages and feeds. It reads the ledger and posts nothing."""
