"""The public archive as static pages and feeds. It only reads the ledger and posts nothing."""
