"""The ledger in PostgreSQL: one database for any number of accounts and hosts."""
