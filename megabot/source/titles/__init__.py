"""The dates and the number in a thread's title, read from a post that people wrote."""
