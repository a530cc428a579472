"""The demo: the real bot on a mini Lemmy server in one process, with invented people and a fake clock."""
