"""Check whether a file is an intact ledger of megabot: its pages, tables, indexes and every row.

SQLite keeps no checksums: a changed letter inside a text goes unnoticed, anything that cannot be read is
found.
"""

import os
import sqlite3
from collections import deque
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from functools import cache
from itertools import chain
from pathlib import Path

from sqlalchemy import Connection, Table, create_engine, select
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect
from sqlalchemy.pool import StaticPool

from megabot.ledger import rows, schema
from megabot.ledger.database import UNREADABLE
from megabot.ledger.migrations.first_tables import STEPS
from megabot.ledger.state import ThreadState
from megabot.ledger.tables import ACCOUNTS, ALEMBIC_VERSION, METADATA, WRITTEN_BY

APPLICATION_ID = 0x4D454741
"""Marks a SQLite file as a megabot ledger: "MEGA"."""
ACCOUNT_ID = 1
"""The id of a file's only account."""

_ROWS: dict[str, Callable[[rows.Row], object]] = {
    "accounts": rows.account,
    "threads": lambda row: _check_thread(rows.thread(row)),
    "intents": rows.intent,
    "alerts": lambda row: rows.from_sentence(row["sentence"]),
    "sent_alerts": rows.sent_alert,
}
"""What is read further than the types of the columns do."""
_OUTSIDE = (
    *("BUSY", "LOCKED", "FULL", "READONLY", "CANTOPEN", "IOERR", "NOMEM", "PERM", "AUTH", "INTERRUPT"),
    *("CONSTRAINT", "TOOBIG", "MISMATCH", "RANGE", "MISUSE"),
)

_DIALECT = sqlite_dialect()

Shape = dict[tuple[str, str], object]
"""Each table and index by kind and name: its columns, or its SQL statement."""


class BrokenError(Exception):
    """The file is not a usable ledger, nor one of a later version."""


def is_damage(error: BaseException) -> bool:
    """Return whether an error comes from the file's content, not from the disk, a lock or the caller."""
    if isinstance(error, sqlite3.ProgrammingError | sqlite3.InterfaceError):
        return False
    if isinstance(error, sqlite3.Error):
        name = getattr(error, "sqlite_errorname", "")  # missing for text that is not UTF-8
        return not name.removeprefix("SQLITE_").startswith(_OUTSIDE)
    return isinstance(error, UnicodeDecodeError)


def check_file(connection: sqlite3.Connection, path: Path) -> None:
    """Raise `BrokenError` if the file belongs to another program or its pages are inconsistent."""
    # Not quick_check, because that does not compare tables with their indexes. A copy without its journal may
    # have a row in the table only, and a query through the index would miss it.
    verdict = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
    application_id = connection.execute("PRAGMA application_id").fetchone()[0]
    if application_id != APPLICATION_ID or connection.execute("PRAGMA user_version").fetchone()[0] < 1:
        raise BrokenError("it is not a megabot ledger")
    if verdict != "ok":
        raise BrokenError(verdict.splitlines()[-1])
    mode = str(connection.execute("PRAGMA journal_mode").fetchone()[0])
    if mode != "delete":
        raise BrokenError(f"its journal mode is {mode}")
    _check_writable(connection, path)


def _check_writable(connection: sqlite3.Connection, path: Path) -> None:
    """Raise `BrokenError` if the file's header marks it as read-only."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    except sqlite3.Error as error:
        # Any other reason why it cannot be written is reported by the next write.
        if getattr(error, "sqlite_errorname", "") == "SQLITE_READONLY" and os.access(path, os.W_OK):
            raise BrokenError("its header marks it as read-only") from error
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def has_shape(connection: sqlite3.Connection, version: int) -> bool:
    """Return whether the tables and indexes are exactly those of a version."""
    return _shape(connection) == _shape_of(version)


def check_rows(connection: Connection) -> None:
    """Parse every row as the program would. Raises `BrokenError` if a row cannot be read or is missing."""
    _check_single_rows(connection)
    for table in METADATA.sorted_tables:
        if _is_empty(connection, table):
            continue
        # Some at a time, because the texts of years may not fit into memory.
        # The statements are not kept in memory, because each is used once.
        once = {"yield_per": 50, "compiled_cache": None}
        found = connection.execute(select(table), execution_options=once)
        make = _ROWS.get(table.name)
        try:
            # The types of the columns parse each row that is fetched; nothing else is wanted of most tables.
            if make is None:
                deque(found, maxlen=0)
            else:
                deque(map(make, found.mappings()), maxlen=0)
        except UNREADABLE as error:
            raise BrokenError(f"{table} has a row that cannot be read: {error}") from error


def _is_empty(connection: Connection, table: Table) -> bool:
    """Return whether a table has no row, without compiling a statement: most tables of a ledger are empty."""
    # The table itself is read, because an index may be damaged.
    statement = f"SELECT 1 FROM {table.name} NOT INDEXED LIMIT 1"  # noqa: S608 - a name from `tables`
    return connection.exec_driver_sql(statement).first() is None


def _check_single_rows(connection: Connection) -> None:
    """Raise `BrokenError` unless there is one account, and one row about the tables' version."""
    accounts = connection.execute(select(ACCOUNTS.c.id)).scalars().all()
    versions = connection.execute(select(ALEMBIC_VERSION.c.version_num)).scalars().all()
    signatures = connection.execute(select(WRITTEN_BY.c.version)).scalars().all()
    if (list(accounts), list(versions), len(signatures)) != ([ACCOUNT_ID], [schema.HEAD], 1):
        raise BrokenError("its rows about itself are missing or wrong")
    astray = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if astray is not None:
        raise BrokenError(f"{astray[0]} has a row of another account")


def _check_thread(state: ThreadState) -> None:
    """Raise `ValueError` if a part of a note or of a home server's reading is missing."""
    for part in (state.home, state.note):
        values = {} if part is None else asdict(part)
        missing = [name for name, value in values.items() if value is None and name != "until"]
        if missing:
            raise ValueError(f"{missing[0]} is missing")


@cache
def _shape_of(version: int) -> Shape:
    with closing(sqlite3.connect(":memory:")) as model:
        if version == int(schema.HEAD):
            for statement in schema.statements(_DIALECT):
                model.execute(statement)
        else:
            _migrate(model, version)
        return _shape(model)


def _migrate(model: sqlite3.Connection, version: int) -> None:
    for statement in chain.from_iterable(STEPS[:version]):
        model.execute(statement)
    if version > len(STEPS):
        with create_engine("sqlite://", creator=lambda: model, poolclass=StaticPool).begin() as connection:
            schema.upgrade(connection, f"{version:04}")


def _shape(connection: sqlite3.Connection) -> Shape:
    objects = connection.execute("SELECT type, name, sql FROM sqlite_schema").fetchall()
    return {(kind, name): _detail(connection, kind, name, sql) for kind, name, sql in objects}


def _detail(connection: sqlite3.Connection, kind: str, name: str, sql: str | None) -> object:
    if kind != "table":
        return " ".join((sql or "").split())
    # Columns instead of the statement, because SQLite versions write an added column differently.
    columns = connection.execute(
        'SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info(?)', (name,)
    )
    return [tuple(column) for column in columns]
