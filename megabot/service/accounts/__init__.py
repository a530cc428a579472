"""Many accounts in one process: whose turn it is, in which pool of threads, and which files there are."""
