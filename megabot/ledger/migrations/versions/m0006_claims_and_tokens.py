"""Claims and tokens, for several hosts on one PostgreSQL database; the server's limit on new posts."""

import sqlalchemy as sa
from alembic import op

from megabot.ledger.column_types import NUMBER, Flag, Moment, Words

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "claims",
        sa.Column("account_id", NUMBER, nullable=False),
        sa.Column("kind", Words(), autoincrement=False, nullable=False),
        sa.Column("holder", Words(), nullable=False),
        sa.Column("fence", NUMBER, nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "kind"),
        sqlite_strict=True,
    )
    op.create_table(
        "tokens",
        sa.Column("account_id", NUMBER, nullable=False),
        sa.Column("content", Words(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "hosts",
        sa.Column("name", Words(), autoincrement=False, nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("wanted", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sqlite_strict=True,
    )
    for limit in (
        sa.Column("limit_posts", NUMBER, nullable=True),
        sa.Column("limit_seconds", NUMBER, nullable=True),
        sa.Column("limit_at_once", Flag(), nullable=True),
    ):
        op.add_column("accounts", limit)
    revision_column = sa.Column("revision", NUMBER, nullable=False, server_default=sa.text("0"))
    op.add_column("accounts", revision_column)
    op.create_index("one_account", "accounts", ["name", "address"], unique=True)
