"""Hosts of one account on one PostgreSQL ledger, in one process, and what can happen to them."""
