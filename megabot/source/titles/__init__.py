"""Reads the dates and the number in the title of an existing thread."""
