"""The ledgers that a simulation runs on: in memory, in SQLite files, or in one PostgreSQL database."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import psycopg
from sqlalchemy import delete, event
from sqlalchemy.engine import Engine

from megabot.ledger.file import NAME
from megabot.ledger.port import Ledger
from megabot.ledger.postgres.ledger import PostgresLedger
from megabot.ledger.postgres.shared_database import SharedDatabase, database_at
from megabot.ledger.sqlite import SqliteLedger
from megabot.ledger.tables import ACCOUNTS
from megabot.ledger.transfer import AccountRows, copy_account
from tests.fake_ledger import FakeLedger
from tests.fakes import FakeClock
from tests.memory import memory_folder
from tests.postgres import PostgresServer

ADDRESS = "lemmy.example"
_numbers = count(1)


class SimulatedLedger(Ledger, Protocol):
    """A ledger that can be copied, as a backup is, and whose transactions can be made to fail."""

    def copied(self) -> "SimulatedLedger":
        """Return a new ledger with the same content."""

    def failing(self, *, away: bool = False) -> AbstractContextManager[None]:
        """Let the write inside fail as its transaction ends: it is refused, or the database is `away`."""

    def close(self) -> None:
        """Close files and connections; the next call opens them again."""


NewLedger = Callable[[], SimulatedLedger]


class Kind(StrEnum):
    """Where a simulated ledger is."""

    FAKE = "fake"
    SQLITE = "sqlite"
    POSTGRES = "postgres"


class FileLedger(SqliteLedger):
    """A ledger in a folder of its own below `parent`."""

    def __init__(self, parent: Path, stack: ExitStack) -> None:
        self._parent, self.stack = parent, stack
        folder = Path(tempfile.mkdtemp(dir=parent))
        stack.callback(shutil.rmtree, folder)
        super().__init__(folder, FakeClock(), on_wait=_nobody_waits, on_set_aside=_is_never_broken)
        stack.callback(self.close)

    def copied(self) -> "FileLedger":
        """Return a ledger from a backup of this one."""
        copy = FileLedger(self._parent, self.stack)
        self.back_up(copy._folder / NAME)
        return copy

    def failing(self, *, away: bool = False) -> AbstractContextManager[None]:
        """Let the disk be full, or another program hold the file."""
        return _last_statement_fails(_report_a_lock if away else _report_a_full_disk)


class AccountLedger(PostgresLedger):
    """A ledger of an account of its own in the database `server`."""

    def __init__(self, server: SharedDatabase, stack: ExitStack) -> None:
        self.stack = stack
        name = f"megabot-{os.getpid()}-{next(_numbers)}"
        super().__init__(server, FakeClock(), name=name, address=ADDRESS, on_wait=_nobody_waits)
        stack.callback(self._remove)

    def copied(self) -> "AccountLedger":
        """Return a ledger of another account, with the rows of this one."""
        copy = AccountLedger(self._server, self.stack)
        with self._account_rows.reading_at_once() as mine, copy._account_rows.writing() as new:
            copy_account(
                AccountRows(mine, self._account_rows.account_id),
                AccountRows(new, copy._account_rows.account_id),
                keeps=("name", "host", "address"),
            )
        return copy

    def failing(self, *, away: bool = False) -> AbstractContextManager[None]:
        """Let the server be read-only, or cut the connection. Its full disk counts as away, too."""
        return _last_statement_fails(_cut_the_connection if away else _be_read_only)

    def _remove(self) -> None:
        with self._server.engine.begin() as connection:
            connection.execute(delete(ACCOUNTS).where(ACCOUNTS.c.id == self._account_rows.account_id))


@contextmanager
def database_for(kind: Kind) -> Iterator[str]:
    """Run a PostgreSQL server if the ledgers need one, and give the address of an empty database in it."""
    if kind is not Kind.POSTGRES:
        yield ""
        return
    with PostgresServer() as server:
        yield server.create_database().url


@contextmanager
def ledgers_of(kind: Kind, database: str = "") -> Iterator[NewLedger]:
    """Give what makes empty ledgers, which are gone at the end.

    PostgreSQL needs the address of a database. Close them before a process is forked inside.
    """
    with ExitStack() as stack:
        if kind is Kind.FAKE:
            yield FakeLedger
        elif kind is Kind.SQLITE:
            made = tempfile.TemporaryDirectory(prefix="megabot-ledgers-", dir=memory_folder())
            folder = stack.enter_context(made)
            yield lambda: FileLedger(Path(folder), stack)
        else:
            server = database_at(database)
            stack.callback(server.close)
            yield lambda: AccountLedger(server, stack)


@contextmanager
def in_a_copy(ledger: SimulatedLedger) -> Iterator[None]:
    """Let a ledger go on with a copy of its rows, which is gone at the end; for a forked process."""
    with ExitStack() as stack:
        if isinstance(ledger, FileLedger | AccountLedger):
            ledger.stack = stack
            vars(ledger).update(vars(ledger.copied()))
        yield


@contextmanager
def _last_statement_fails(fail: Callable[[Any], None]) -> Iterator[None]:
    """Let the last statement of a transaction fail, when all others have changed their rows."""
    failed = []

    def execute(cursor: Any, statement: str, *_: object) -> None:  # noqa: ANN401  each driver has its own
        if statement.startswith("UPDATE accounts SET revision="):
            failed.append(statement)
            fail(cursor)

    event.listen(Engine, "do_execute", execute)
    try:
        yield
    finally:
        event.remove(Engine, "do_execute", execute)
    raise AssertionError(f"the write came to its end, with {len(failed)} failures")


def _report_a_full_disk(_: object) -> None:
    raise _sqlite_error("database or disk is full", sqlite3.SQLITE_FULL, "SQLITE_FULL")


def _report_a_lock(_: object) -> None:
    raise _sqlite_error("database is locked", sqlite3.SQLITE_BUSY, "SQLITE_BUSY")


def _sqlite_error(words: str, code: int, name: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(words)
    error.sqlite_errorcode, error.sqlite_errorname = code, name
    return error


def _be_read_only(cursor: "psycopg.Cursor[Any]") -> None:
    cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'it is read-only' USING ERRCODE = '25006'; END $$")


def _cut_the_connection(cursor: "psycopg.Cursor[Any]") -> None:
    cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def _nobody_waits() -> None:
    raise AssertionError("a pass of another process runs")


def _is_never_broken(kept: object) -> None:
    raise AssertionError(f"the ledger was set aside: {kept}")
