"""The migrations of the ledger's tables, run by Alembic. Append migrations; never edit one."""
