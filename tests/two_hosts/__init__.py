"""Two megabots of one account on two hosts, each with its own ledger: `python -m tests.two_hosts`."""
