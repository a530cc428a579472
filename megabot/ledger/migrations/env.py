"""Run by Alembic: the migrations on the connection that `upgrade` passes on, within its transaction."""

from alembic import context

from megabot.ledger.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=False,
)
context.run_migrations()
