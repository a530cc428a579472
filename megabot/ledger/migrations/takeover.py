"""Move the rows of a ledger from before Alembic into the typed tables. Used by the first migration."""

from typing import Any

import sqlalchemy as sa

from megabot.ledger.column_types import Moment
from megabot.ledger.migrations.facts import typed_rows

_COLUMNS = {
    "intents": "id kind thread edition copy post_id at draft text context ordered_by essay state changed "
    "note",
    "posts": "post_id thread edition number slot community_id url title copy source_commit dirty sent "
    "answered context adopted withdrawn",
    "texts": "post_id body essay published changed open comments",
    "commands": "id key at state author actor verb threads said answer person_id post_id comment_id",
}
_RENAMED = {"essay": "preamble"}


def take_over(connection: sa.Connection) -> None:
    """Fill the new tables of version 0005 from the old ones, which are named `..._before`."""
    rows = typed_rows(_facts(connection))
    for name in ("accounts", *sorted(set(rows) - {"accounts"})):
        if rows[name]:
            table = sa.Table(name, sa.MetaData(), *(_column(key) for key in rows[name][0]))
            connection.execute(table.insert(), rows[name])
    for table_name, names in _COLUMNS.items():
        columns = names.split()
        new = ", ".join(["account_id", *(_RENAMED.get(name, name) for name in columns)])
        old = ", ".join(["1", *columns])
        connection.execute(
            sa.text(f"INSERT INTO {table_name} ({new}) SELECT {old} FROM {table_name}_before")  # noqa: S608
        )


def _facts(connection: sa.Connection) -> dict[str, str]:
    """Return the facts, except for any that are not UTF-8."""
    # As bytes, because reading one that is not UTF-8 as text would fail, and the whole migration with it.
    raw = connection.execute(sa.text("SELECT CAST(key AS BLOB), CAST(value AS BLOB) FROM facts_before"))
    facts = {}
    for key, value in raw:
        try:
            facts[key.decode()] = value.decode()
        except UnicodeDecodeError:
            continue
    return facts


def _column(name: str) -> sa.Column[Any]:
    return sa.Column(name, Moment() if name in _MOMENTS else sa.types.NullType())


_MOMENTS = {
    *("started", "known_since", "failing_since", "home_first", "home_last", "note_at", "note_until"),
    *("at", "since", "until", "slot"),
}
