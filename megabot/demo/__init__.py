"""The whole thing as a play: a small Lemmy in the process, the real bot, invented people, a faked clock."""
