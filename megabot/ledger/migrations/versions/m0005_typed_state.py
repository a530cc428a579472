"""Typed tables instead of facts as strings; takes over a ledger of the four steps of `first_tables`.

Only SQLite has such ledgers, because megabot had no other database then.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from megabot.ledger.column_types import NUMBER, Flag, Moment, Words
from megabot.ledger.migrations.takeover import take_over

revision = "0005"
down_revision = None
branch_labels = None
depends_on = None

_BEFORE = ("facts", "intents", "posts", "texts", "commands")
_INDEXES_BEFORE = ("intents_by_thread", "one_publish_a_copy", "posts_by_thread", "commands_not_ignored")


def upgrade() -> None:
    """Create the tables, and move the rows of an earlier ledger into them."""
    earlier = sa.inspect(op.get_bind()).has_table("facts")
    if earlier:
        for index in _INDEXES_BEFORE:
            op.drop_index(index)
        for table in _BEFORE:
            op.rename_table(table, f"{table}_before")
    _create()
    if earlier:
        take_over(op.get_bind())
        for table in _BEFORE:
            op.drop_table(f"{table}_before")


def _only(condition: str) -> dict[str, Any]:
    return {f"{op.get_bind().dialect.name}_where": sa.text(condition)}


def _create() -> None:
    _create_accounts()
    _create_alert_wishes()
    _create_alerts()
    _create_commands()
    _create_comment_replies()
    _create_communities()
    _create_confirmations()
    _create_highlights()
    _create_images()
    _create_intents()
    _create_jobs()
    _create_opt_outs()
    _create_overrides()
    _create_people()
    _create_posts()
    _create_sent_alerts()
    _create_texts()
    _create_threads()


def _create_accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("name", Words(), nullable=False),
        sa.Column("host", Words(), nullable=False),
        sa.Column("address", Words(), nullable=False),
        sa.Column("api", Words(), nullable=True),
        sa.Column("languages", Words(), nullable=True),
        sa.Column("started", Moment(), nullable=True),
        sa.Column("inbox_position", Words(), nullable=True),
        sa.Column("override_changes", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_table(
        "written_by",
        sa.Column("version", Words(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("version"),
        sqlite_strict=True,
    )


def _create_alert_wishes() -> None:
    op.create_table(
        "alert_wishes",
        sa.Column("account_id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("wanted", Flag(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "person_id"),
        sqlite_strict=True,
    )


def _create_alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("account_id", NUMBER, nullable=False),
        sa.Column("key", Words(), nullable=False),
        sa.Column("sentence", Words(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("one_alert_a_key", "alerts", ["account_id", "key"], unique=True)


def _create_commands() -> None:
    op.create_table(
        "commands",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("account_id", NUMBER, nullable=False),
        sa.Column("key", Words(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("state", Words(), nullable=False),
        sa.Column("author", Words(), nullable=False),
        sa.Column("actor", Words(), nullable=False),
        sa.Column("verb", Words(), nullable=False),
        sa.Column("threads", Words(), nullable=False),
        sa.Column("said", Words(), nullable=False),
        sa.Column("answer", Words(), nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("post_id", NUMBER, nullable=False),
        sa.Column("comment_id", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(
        "commands_not_ignored", "commands", ["account_id", "at", "id"], **_only("state <> 'ignored'")
    )
    op.create_index("one_record_a_notice", "commands", ["account_id", "key"], unique=True)
    op.create_index(
        "open_commands", "commands", ["account_id", "at", "id"], **_only("state NOT IN ('ignored', 'closed')")
    )


def _create_comment_replies() -> None:
    op.create_table(
        "comment_replies",
        sa.Column("account_id", NUMBER, nullable=False),
        sa.Column("position", NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "position"),
        sqlite_strict=True,
    )


def _create_communities() -> None:
    op.create_table(
        "communities",
        sa.Column("account_id", NUMBER, nullable=False),
        sa.Column("asked", Words(), autoincrement=False, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("name", Words(), nullable=False),
        sa.Column("actor", Words(), nullable=False),
        sa.Column("local", Flag(), nullable=False),
        sa.Column("nsfw", Flag(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "asked"),
        sqlite_strict=True,
    )


def _create_confirmations() -> None:
    op.create_table(
        "confirmations",
        sa.Column("account_id", NUMBER, nullable=False),
        sa.Column("position", NUMBER, autoincrement=False, nullable=False),
        sa.Column("digest", Words(), nullable=False),
        sa.Column("command_key", Words(), nullable=False),
        sa.Column("actor", Words(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("used", Words(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "position"),
        sqlite_strict=True,
    )


def _create_highlights() -> None:
    op.create_table(
        "highlights",
        sa.Column("account_id", NUMBER, nullable=False),
        sa.Column("thread", Words(), autoincrement=False, nullable=False),
        sa.Column("edition", Words(), autoincrement=False, nullable=False),
        sa.Column("position", NUMBER, autoincrement=False, nullable=False),
        sa.Column("comment_id", NUMBER, nullable=False),
        sa.Column("post_id", NUMBER, nullable=False),
        sa.Column("author", Words(), nullable=False),
        sa.Column("actor", Words(), nullable=False),
        sa.Column("url", Words(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("line", Words(), nullable=False),
        sa.Column("highlighted_by", Words(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "thread", "edition", "position"),
        sqlite_strict=True,
    )


def _create_images() -> None:
    op.create_table(
        "images",
        sa.Column("account_id", NUMBER, nullable=False),
        sa.Column("path", Words(), autoincrement=False, nullable=False),
        sa.Column("digest", Words(), autoincrement=False, nullable=False),
        sa.Column("url", Words(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "path", "digest"),
        sqlite_strict=True,
    )


def _create_intents() -> None:
    op.create_table(
        "intents",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("account_id", NUMBER, nullable=False),
        sa.Column("kind", Words(), nullable=False),
        sa.Column("thread", Words(), nullable=False),
        sa.Column("edition", Words(), nullable=False),
        sa.Column("copy", NUMBER, nullable=False),
        sa.Column("post_id", NUMBER, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("draft", Words(), nullable=True),
        sa.Column("text", Words(), nullable=False),
        sa.Column("context", Words(), nullable=False),
        sa.Column("ordered_by", Words(), nullable=False),
        sa.Column("preamble", Words(), nullable=False),
        sa.Column("state", Words(), nullable=False),
        sa.Column("changed", Moment(), nullable=False),
        sa.Column("note", Words(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("intents_of_edition", "intents", ["account_id", "thread", "edition"])
    op.create_index("intents_of_post", "intents", ["account_id", "post_id"])
    op.create_index("intents_of_order", "intents", ["account_id", "ordered_by"], **_only("ordered_by <> ''"))
    op.create_index(
        "one_publish_a_copy",
        "intents",
        ["account_id", "thread", "edition", "copy"],
        unique=True,
        **_only("kind = 'publish' AND state IN ('sending', 'unknown', 'done')"),
    )
    op.create_index(
        "open_intents", "intents", ["account_id", "thread"], **_only("state IN ('sending', 'unknown')")
    )


def _create_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("account_id", NUMBER, nullable=False),
        sa.Column("job", Words(), autoincrement=False, nullable=False),
        sa.Column("thread", Words(), autoincrement=False, nullable=False),
        sa.Column("at", Moment(), nullable=True),
        sa.Column("position", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "job", "thread"),
        sqlite_strict=True,
    )


def _create_opt_outs() -> None:
    op.create_table(
        "opt_outs",
        sa.Column("account_id", NUMBER, nullable=False),
        sa.Column("actor", Words(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "actor"),
        sqlite_strict=True,
    )


def _create_overrides() -> None:
    op.create_table(
        "overrides",
        sa.Column("account_id", NUMBER, nullable=False),
        sa.Column("thread", Words(), autoincrement=False, nullable=False),
        sa.Column("position", NUMBER, autoincrement=False, nullable=False),
        sa.Column("kind", Words(), nullable=False),
        sa.Column("edition", Words(), nullable=False),
        sa.Column("author", Words(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("slot", Moment(), nullable=True),
        sa.Column("text", Words(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "thread", "position"),
        sqlite_strict=True,
    )


def _create_people() -> None:
    op.create_table(
        "people",
        sa.Column("account_id", NUMBER, nullable=False),
        sa.Column("asked", Words(), autoincrement=False, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "asked"),
        sqlite_strict=True,
    )


def _create_posts() -> None:
    op.create_table(
        "posts",
        sa.Column("account_id", NUMBER, nullable=False),
        sa.Column("post_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("thread", Words(), nullable=False),
        sa.Column("edition", Words(), nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("slot", Moment(), nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("url", Words(), nullable=False),
        sa.Column("title", Words(), nullable=False),
        sa.Column("copy", NUMBER, nullable=False),
        sa.Column("source_commit", Words(), nullable=False),
        sa.Column("dirty", Flag(), nullable=False),
        sa.Column("sent", Words(), nullable=False),
        sa.Column("answered", Words(), nullable=False),
        sa.Column("context", Words(), nullable=False),
        sa.Column("adopted", Flag(), nullable=False),
        sa.Column("withdrawn", Flag(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "post_id"),
        sqlite_strict=True,
    )
    op.create_index("posts_of_edition", "posts", ["account_id", "thread", "edition"])
    op.create_index("posts_of_thread", "posts", ["account_id", "thread", "slot", "copy", "post_id"])


def _create_sent_alerts() -> None:
    op.create_table(
        "sent_alerts",
        sa.Column("account_id", NUMBER, nullable=False),
        sa.Column("position", NUMBER, autoincrement=False, nullable=False),
        sa.Column("key", Words(), nullable=False),
        sa.Column("state", Words(), nullable=False),
        sa.Column("sentence", Words(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "position"),
        sqlite_strict=True,
    )


def _create_texts() -> None:
    op.create_table(
        "texts",
        sa.Column("account_id", NUMBER, nullable=False),
        sa.Column("post_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("body", Words(), nullable=False),
        sa.Column("preamble", Words(), nullable=False),
        sa.Column("published", Moment(), nullable=False),
        sa.Column("changed", Moment(), nullable=False),
        sa.Column("open", Flag(), nullable=False),
        sa.Column("comments", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "post_id"),
        sqlite_strict=True,
    )


def _create_threads() -> None:
    op.create_table(
        "threads",
        sa.Column("account_id", NUMBER, nullable=False),
        sa.Column("thread", Words(), autoincrement=False, nullable=False),
        sa.Column("schedule", Words(), nullable=False),
        sa.Column("known_since", Moment(), nullable=True),
        sa.Column("current_post_id", NUMBER, nullable=True),
        sa.Column("pinned", Flag(), nullable=True),
        sa.Column("agreed_community", NUMBER, nullable=True),
        sa.Column("failing_since", Moment(), nullable=True),
        sa.Column("home_post_id", NUMBER, nullable=True),
        sa.Column("home_pin", Words(), nullable=True),
        sa.Column("home_first", Moment(), nullable=True),
        sa.Column("home_last", Moment(), nullable=True),
        sa.Column("home_software", Words(), nullable=True),
        sa.Column("home_refuses", Flag(), nullable=True),
        sa.Column("home_trouble", Words(), nullable=True),
        sa.Column("note_edition", Words(), nullable=True),
        sa.Column("note_text", Words(), nullable=True),
        sa.Column("note_by", Words(), nullable=True),
        sa.Column("note_at", Moment(), nullable=True),
        sa.Column("note_until", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "thread"),
        sqlite_strict=True,
    )
