"""Sign-ins and drafts of the page for moderators; the preamble that an order from the page expects."""

import sqlalchemy as sa
from alembic import op

from megabot.ledger.column_types import NUMBER, Moment, Words

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, and add the column."""
    op.create_table(
        "web_access",
        sa.Column("account_id", NUMBER, nullable=False),
        sa.Column("position", NUMBER, autoincrement=False, nullable=False),
        sa.Column("digest", Words(), nullable=False),
        sa.Column("kind", Words(), nullable=False),
        sa.Column("actor", Words(), nullable=False),
        sa.Column("name", Words(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "position"),
        sqlite_strict=True,
    )
    op.create_table(
        "web_drafts",
        sa.Column("account_id", NUMBER, nullable=False),
        sa.Column("thread", Words(), autoincrement=False, nullable=False),
        sa.Column("edition", Words(), autoincrement=False, nullable=False),
        sa.Column("actor", Words(), autoincrement=False, nullable=False),
        sa.Column("author", Words(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("text", Words(), nullable=False),
        sa.Column("base", Words(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "thread", "edition", "actor"),
        sqlite_strict=True,
    )
    op.add_column("commands", sa.Column("expects", Words(), nullable=False, server_default=sa.text("''")))
