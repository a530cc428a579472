"""The ledger's tables, the same on SQLite and PostgreSQL. A changed table needs a migration too.

Every row belongs to an account: a SQLite ledger has one, a PostgreSQL database as many as use it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, MetaData, Table, text
from sqlalchemy.sql.schema import SchemaItem

from megabot.forum.home_server import HomePin
from megabot.ledger.column_types import NUMBER, Flag, Moment, OneOf, Words
from megabot.ledger.records import CommandState, IntentKind, IntentState
from megabot.ledger.state import ClaimKind, Job, SentAlertState, WebAccessKind
from megabot.schedule.overrides import OverrideKind

METADATA = MetaData()

# Queries use the same text as the indexes, because SQLite cannot tell that a bound value fits a partial one
# (https://www.sqlite.org/partialindex.html).
OPEN_INTENT = "state IN ('sending', 'unknown')"
ORDERED_INTENT = "ordered_by <> ''"
HEARD_COMMAND = "state <> 'ignored'"
OPEN_COMMAND = "state NOT IN ('ignored', 'closed')"


def _account(*, key: bool = True) -> Column[int]:
    accounts = ForeignKey("accounts.id", ondelete="CASCADE")
    return Column("account_id", NUMBER, accounts, primary_key=key, nullable=False)


def _key(name: str, kind: Any = Words) -> Column[Any]:  # noqa: ANN401  a type or an instance of one
    # Not counted up by the database, unlike the `id` of a row.
    return Column(name, kind, primary_key=True, autoincrement=False)


def _must(name: str, kind: Any = Words) -> Column[Any]:  # noqa: ANN401  as above
    return Column(name, kind, nullable=False)


def _may(name: str, kind: Any = Words) -> Column[Any]:  # noqa: ANN401  as above
    return Column(name, kind, nullable=True)


def _table(name: str, *parts: SchemaItem) -> Table:
    return Table(name, METADATA, *parts, sqlite_strict=True)


def _index(name: str, columns: Sequence[str], *, where: str, unique: bool = False) -> Index:
    # Not `sqlite_where` and `postgresql_where`, which would load both dialects; see `schema`.
    return Index(name, *columns, unique=unique, info={"where": where})


ALEMBIC_VERSION = _table("alembic_version", _key("version_num"))
"""One row: the newest migration of these tables, as Alembic counts them."""

WRITTEN_BY = _table("written_by", _key("version"))
"""One row: the megabot version that created or last migrated these tables."""

ACCOUNTS = _table(
    "accounts",
    Column("id", NUMBER, primary_key=True),
    _must("name"),
    _must("host"),
    _must("address"),
    _may("api"),
    _may("languages"),
    _may("started", Moment),
    _may("inbox_position"),
    _must("override_changes", NUMBER),
    _may("limit_posts", NUMBER),
    _may("limit_seconds", NUMBER),
    _may("limit_at_once", Flag),
    # Counts the transactions that wrote, so that a reader sees whether anything changed.
    Column("revision", NUMBER, nullable=False, server_default=text("0")),
    Index("one_account", "name", "address", unique=True),
)

THREADS = _table(
    "threads",
    _account(),
    _key("thread"),
    _must("schedule"),
    _may("known_since", Moment),
    _may("current_post_id", NUMBER),
    _may("pinned", Flag),
    _may("agreed_community", NUMBER),
    _may("failing_since", Moment),
    _may("home_post_id", NUMBER),
    _may("home_pin", OneOf(HomePin)),
    _may("home_first", Moment),
    _may("home_last", Moment),
    _may("home_software"),
    _may("home_refuses", Flag),
    _may("home_trouble"),
    _may("note_edition"),
    _may("note_text"),
    _may("note_by"),
    _may("note_at", Moment),
    _may("note_until", Moment),
)

INTENTS = _table(
    "intents",
    Column("id", NUMBER, primary_key=True),
    _account(key=False),
    _must("kind", OneOf(IntentKind)),
    _must("thread"),
    _must("edition"),
    _must("copy", NUMBER),
    _must("post_id", NUMBER),
    _must("at", Moment),
    _may("draft"),
    _must("text"),
    _must("context"),
    _must("ordered_by"),
    _must("preamble"),
    _must("state", OneOf(IntentState)),
    _must("changed", Moment),
    _must("note"),
    Index("intents_of_edition", "account_id", "thread", "edition"),
    Index("intents_of_post", "account_id", "post_id"),
    _index("intents_of_order", ["account_id", "ordered_by"], where=ORDERED_INTENT),
    _index("open_intents", ["account_id", "thread"], where=OPEN_INTENT),
    # A second guard for promise 1: a copy that was or may have been sent can never be sent again.
    _index(
        "one_publish_a_copy",
        ["account_id", "thread", "edition", "copy"],
        unique=True,
        where="kind = 'publish' AND state IN ('sending', 'unknown', 'done')",
    ),
)

POSTS = _table(
    "posts",
    _account(),
    _key("post_id", NUMBER),
    _must("thread"),
    _must("edition"),
    _must("number", NUMBER),
    _must("slot", Moment),
    _must("community_id", NUMBER),
    _must("url"),
    _must("title"),
    _must("copy", NUMBER),
    _must("source_commit"),
    _must("dirty", Flag),
    _must("sent"),
    _must("answered"),
    _must("context"),
    _must("adopted", Flag),
    _must("withdrawn", Flag),
    Index("posts_of_thread", "account_id", "thread", "slot", "copy", "post_id"),
    Index("posts_of_edition", "account_id", "thread", "edition"),
)

# A table of its own, because posts are read in every pass and the texts are long.
TEXTS = _table(
    "texts",
    _account(),
    _key("post_id", NUMBER),
    _must("body"),
    _must("preamble"),
    _must("published", Moment),
    _must("changed", Moment),
    _must("open", Flag),
    _must("comments", NUMBER),
)

COMMANDS = _table(
    "commands",
    Column("id", NUMBER, primary_key=True),
    _account(key=False),
    _must("key"),
    _must("at", Moment),
    _must("state", OneOf(CommandState)),
    _must("author"),
    _must("actor"),
    _must("verb"),
    _must("threads"),
    _must("said"),
    _must("answer"),
    _must("person_id", NUMBER),
    _must("post_id", NUMBER),
    _must("comment_id", NUMBER),
    Column("expects", Words, nullable=False, server_default=text("''")),
    Index("one_record_a_notice", "account_id", "key", unique=True),
    # Every comment in the bot's own threads gets a row, and nearly all are ignored.
    _index("commands_not_ignored", ["account_id", "at", "id"], where=HEARD_COMMAND),
    _index("open_commands", ["account_id", "at", "id"], where=OPEN_COMMAND),
)

CONFIRMATIONS = _table(
    "confirmations",
    _account(),
    _key("position", NUMBER),
    _must("digest"),
    _must("command_key"),
    _must("actor"),
    _must("until", Moment),
    _must("used"),
)

COMMENT_REPLIES = _table("comment_replies", _account(), _key("position", NUMBER), _must("at", Moment))

OVERRIDES = _table(
    "overrides",
    _account(),
    _key("thread"),
    _key("position", NUMBER),
    _must("kind", OneOf(OverrideKind)),
    _must("edition"),
    _must("author"),
    _must("at", Moment),
    _may("slot", Moment),
    _must("text"),
)

HIGHLIGHTS = _table(
    "highlights",
    _account(),
    _key("thread"),
    _key("edition"),
    _key("position", NUMBER),
    _must("comment_id", NUMBER),
    _must("post_id", NUMBER),
    _must("author"),
    _must("actor"),
    _must("url"),
    _must("at", Moment),
    _must("line"),
    _must("highlighted_by"),
    _must("since", Moment),
)

OPT_OUTS = _table("opt_outs", _account(), _key("actor"))

ALERTS = _table(
    "alerts",
    Column("id", NUMBER, primary_key=True),
    _account(key=False),
    _must("key"),
    _must("sentence"),
    Index("one_alert_a_key", "account_id", "key", unique=True),
)

SENT_ALERTS = _table(
    "sent_alerts",
    _account(),
    _key("position", NUMBER),
    _must("key"),
    _must("state", OneOf(SentAlertState)),
    _must("sentence"),
    _must("at", Moment),
)

ALERT_WISHES = _table("alert_wishes", _account(), _key("person_id", NUMBER), _must("wanted", Flag))

COMMUNITIES = _table(
    "communities",
    _account(),
    _key("asked"),
    _must("community_id", NUMBER),
    _must("name"),
    _must("actor"),
    _must("local", Flag),
    _must("nsfw", Flag),
)

PEOPLE = _table("people", _account(), _key("asked"), _must("person_id", NUMBER))

IMAGES = _table("images", _account(), _key("path"), _key("digest"), _must("url"))

JOBS = _table(
    "jobs", _account(), _key("job", OneOf(Job)), _key("thread"), _may("at", Moment), _must("position", NUMBER)
)

WEB_ACCESS = _table(
    "web_access",
    _account(),
    _key("position", NUMBER),
    _must("digest"),
    _must("kind", OneOf(WebAccessKind)),
    _must("actor"),
    _must("name"),
    _must("until", Moment),
)
"""The links and sessions of the page for moderators, by the digests of their tokens."""

WEB_DRAFTS = _table(
    "web_drafts",
    _account(),
    _key("thread"),
    _key("edition"),
    _key("actor"),
    _must("author"),
    _must("at", Moment),
    _must("text"),
    _must("base"),
)
"""What moderators are writing on the page and have not used yet."""

CLAIMS = _table(
    "claims",
    _account(),
    _key("kind", OneOf(ClaimKind)),
    _must("holder"),
    _must("fence", NUMBER),
    _must("until", Moment),
)
"""Who acts for an account, and until when. Only used on PostgreSQL: a file has locks for this."""

TOKENS = _table("tokens", _account(), _must("content"))
"""The token and the record of sign-ins, as `megabot.lemmy.auth` writes it. Only used on PostgreSQL."""

HOSTS = _table("hosts", _key("name"), _must("until", Moment), _must("wanted", NUMBER))
"""The processes that spread accounts among them, until when each counts as alive, and how many more accounts
it would run. Only used on PostgreSQL."""

SECRET = frozenset({CLAIMS.name, HOSTS.name, TOKENS.name, WEB_ACCESS.name, WEB_DRAFTS.name})
"""The tables that never go into a backup."""
