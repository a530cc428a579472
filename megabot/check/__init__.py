"""What can be wrong, found before it matters: the source, the account, links."""
