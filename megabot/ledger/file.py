"""The ledger's file: create it, check it, migrate it and set it aside if it is broken. Knows no rows.

It uses the rollback journal instead of WAL, because SQLite up to 3.51.2 can corrupt a WAL database, and
megabot needs only one writer at a time.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from sqlalchemy import Connection, create_engine, insert
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.pool import NullPool

from megabot.errors import Busy, LedgerError, NewerLedger
from megabot.ledger import schema
from megabot.ledger.database import BrokenRowError
from megabot.ledger.integrity import (
    ACCOUNT_ID,
    APPLICATION_ID,
    BrokenError,
    check_file,
    check_rows,
    has_shape,
    is_damage,
)
from megabot.ledger.migrations.first_tables import STEPS
from megabot.ledger.ownership import Owner
from megabot.ledger.rows import account_row
from megabot.ledger.state import AccountState
from megabot.ledger.tables import ACCOUNTS

NAME = "ledger.db"
JOURNALS = ("-journal", "-wal", "-shm")
"""The files SQLite may keep beside the ledger and would apply to a new one. Only damage makes it a WAL."""
VERSION = int(schema.HEAD)
"""What `PRAGMA user_version` says of the newest tables: the number of the newest migration."""

_NEXT_STEPS = {
    "SQLITE_FULL": "the disk is full; free some space and try again",
    "SQLITE_READONLY": "it is read-only; make its folder writable for this account",
    "SQLITE_CANTOPEN": "it cannot be opened; check its folder and the folder's permissions",
    "SQLITE_IOERR": "the disk reports errors; check the system's log",
}
DAMAGED = "it is damaged; the next start sets it aside and creates a new one"
_NOBODY = Owner(name="", host="", address="")
_ACCOUNT_ROW = {"id": ACCOUNT_ID, **account_row(AccountState(owner=_NOBODY))}
# A write must be on disk before the request is sent (promise 5).
_DURABLE = "PRAGMA synchronous = FULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenLedgerMoved:
    """A broken ledger that was renamed; a new, empty one is in its place."""

    path: Path
    why: str

    def __str__(self) -> str:
        return (
            f"the ledger was broken ({self.why}); it was moved to {self.path}, and a new one is rebuilt from "
            "the bot's own posts"
        )


_opened: ContextVar[sqlite3.Connection] = ContextVar("opened")
# One for all files, so that each statement is compiled once.
_ENGINE = create_engine("sqlite://", creator=_opened.get, poolclass=NullPool)


def open_ledger(
    path: Path, *, patience: float, now: datetime, upgrade: Callable[[Connection], None] = schema.upgrade
) -> tuple[Connection, BrokenLedgerMoved | None]:
    """Open the ledger's file; create a new one if there is none or it is broken.

    The caller must hold the opening lock, else two processes could overwrite each other's new file.
    `patience` is how many seconds a transaction waits for another process's transaction. `upgrade` migrates
    the tables of an earlier version, within a transaction.
    """
    with explain_errors(path):
        set_aside = None
        try:
            if path.exists():
                return _checked(path, patience=patience, upgrade=upgrade), None
        except BrokenError as error:
            set_aside = BrokenLedgerMoved(path=_put_aside(path, now), why=str(error))
        _put_aside(path, now)  # SQLite would apply an old journal without its file to the new one
        bear(path)
        return _checked(path, patience=patience, upgrade=upgrade), set_aside


@dataclass(frozen=True, slots=True)
class FileMark:
    """What changes whenever a file is written or replaced."""

    inode: int
    size: int
    modified: int
    changed: int


def mark_of(path: Path) -> FileMark | None:
    """Return the mark of a ledger file that is at rest, None if there is none or it has a journal."""
    try:
        facts = path.stat()
    except OSError:
        return None
    if any(journal.exists() for journal in journals(path)):
        return None
    return FileMark(facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)


def reopen(path: Path, *, patience: float) -> Connection:
    """Open a file that this process has checked and that nobody has touched since."""
    connection = connect(path, patience)
    raw_connection(connection).execute(_DURABLE)
    return connection


@contextmanager
def explain_errors(path: Path) -> Iterator[None]:
    """Turn errors of SQLite and the system into `LedgerError` or `Busy` with the next step."""
    try:
        with original_errors():
            yield
    except BrokenRowError as error:
        raise LedgerError(f"the ledger {path} has a row that cannot be read ({error}): {DAMAGED}") from error
    except (sqlite3.Error, UnicodeDecodeError) as error:
        name = getattr(error, "sqlite_errorname", "")
        if name.startswith("SQLITE_BUSY"):
            raise Busy(f"another program is using the ledger {path}; try again in a moment") from error
        steps = (step for start, step in _NEXT_STEPS.items() if name.startswith(start))
        step = DAMAGED if is_damage(error) else next(steps, str(error))
        raise LedgerError(f"the ledger {path} cannot be used: {step}") from error
    except OSError as error:
        raise LedgerError(f"the ledger {path} cannot be used: {error.strerror}") from error


@contextmanager
def original_errors() -> Iterator[None]:
    """Turn SQLAlchemy's errors into the errors that they wrap: those of SQLite, or of a column's type.

    Those of another database, whose rows are copied into a file, stay as they are.
    """
    try:
        yield
    except StatementError as error:
        is_elsewhere = isinstance(error, DBAPIError) and not isinstance(error.orig, sqlite3.Error)
        if error.orig is None or is_elsewhere:
            raise
        raise error.orig from error


def _checked(path: Path, *, patience: float, upgrade: Callable[[Connection], None]) -> Connection:
    if not path.is_file():
        raise BrokenError("it is not a regular file")
    connection = connect(path, patience)
    try:
        with _judged():
            raw = raw_connection(connection)
            raw.execute(_DURABLE)  # reads the file, so damage may show here first
            check_file(raw, path)
            _check_version(raw, path)
            _migrate(connection, upgrade)
            # After the migration, because rows are parsed in their newest form.
            check_rows(connection)
            connection.rollback()  # ends the transaction that SQLAlchemy began for the reads
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def _judged() -> Iterator[None]:
    """Turn errors that mean a damaged file into `BrokenError`."""
    try:
        with original_errors():
            yield
    except (sqlite3.Error, UnicodeDecodeError) as error:
        if is_damage(error):
            raise BrokenError(str(error)) from error
        raise


def connect(path: Path, patience: float) -> Connection:
    """Connect to a file that exists, without checking it."""
    # mode=rw never creates a file: only `bear` does, with the right permissions.
    raw = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=patience)
    raw.isolation_level = None  # BEGIN is explicit in `transaction`
    token = _opened.set(raw)
    try:
        return _ENGINE.connect()
    except BaseException:
        raw.close()
        raise
    finally:
        _opened.reset(token)


def raw_connection(connection: Connection) -> sqlite3.Connection:
    """Return the connection of SQLite's own module, for what SQLAlchemy does not offer."""
    raw = connection.connection.dbapi_connection
    if not isinstance(raw, sqlite3.Connection):
        raise TypeError("the ledger's connection is not to SQLite")
    return raw


def _check_version(connection: sqlite3.Connection, path: Path) -> None:
    version = _number(connection, "user_version")
    if version > VERSION and not _is_mistaken(connection):
        raise NewerLedger(
            f"the ledger {path} was written by a newer megabot (its tables have version {version}, this "
            f"megabot knows version {VERSION}): install megabot {_written_by(connection)} or newer, restore "
            "a backup from before the upgrade, or move the file away to start a new one"
        )
    if version > VERSION or not has_shape(connection, version):
        raise BrokenError("its tables do not match its version number")


def _is_mistaken(connection: sqlite3.Connection) -> bool:
    """Return whether this megabot version wrote the tables, so that only the version number is damaged."""
    return _written_by(connection) == schema.own_version() and has_shape(connection, VERSION)


def _written_by(connection: sqlite3.Connection) -> str:
    """Return the megabot version that last migrated the tables: all that is certain about a newer ledger."""
    try:
        row = connection.execute("SELECT version FROM written_by").fetchone()
    except sqlite3.Error:
        row = None
    return str(row[0]) if row else "of that version"


def _migrate(connection: Connection, upgrade: Callable[[Connection], None]) -> None:
    version = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
    if version == VERSION:
        return
    with transaction(connection):
        try:
            for step in STEPS[version:]:
                for statement in step:
                    connection.exec_driver_sql(statement)
            upgrade(connection)
        except (OSError, MemoryError):
            raise
        except Exception as error:
            # The file is whole and has the shape of its version, so the migration is wrong.
            cause = getattr(error, "orig", None) or error
            if isinstance(cause, sqlite3.Error) and not is_damage(cause):
                raise
            raise LedgerError(
                f"the ledger cannot be migrated; this is a bug, please report it: {cause}"
            ) from error
        connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """Commit everything done inside to disk, or nothing at all if it fails."""
    connection.rollback()  # ends the transaction that SQLAlchemy began for earlier reads
    try:
        # A transaction that only reads at first can fail when it starts to write:
        # https://www.sqlite.org/lang_transaction.html
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield
        connection.commit()
    except BaseException:
        # After some errors, such as a full disk, SQLite has already rolled back (same page).
        connection.rollback()
        raise


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])


def bear(path: Path) -> None:
    """Create the file under another name and rename it when complete, so a half-made one never exists."""
    unborn = path.with_name(f"{path.name}.new")
    for leftover in (unborn, *journals(unborn)):
        leftover.unlink(missing_ok=True)
    # Only the owner may read it, like the rest of the state folder (faults.md S08).
    os.close(os.open(unborn, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with connect(unborn, 0.0) as connection:
        connection.exec_driver_sql(_DURABLE)
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        with transaction(connection):
            schema.create(connection)
            connection.execute(insert(ACCOUNTS), _ACCOUNT_ROW)
            connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
    unborn.replace(path)
    _sync(path.parent)


def _put_aside(path: Path, now: datetime) -> Path:
    """Rename the file and its journals to an unused name, and return that name.

    The file comes first: if a crash prevents the rest, the next start moves the journal away before it
    creates a new file.
    """
    names = (path.with_name(f"{path.name}.broken-{now:%Y%m%dT%H%M%SZ}{tail}") for tail in _tails())
    unused = next(name for name in names if not any(taken.exists() for taken in (name, *journals(name))))
    # The file comes first: if a crash prevents the rest, the next start moves the journal away before it
    # creates a new file.
    for old, new in zip((path, *journals(path)), (unused, *journals(unused)), strict=True):
        if old.exists():
            old.rename(new)
    _sync(path.parent)
    return unused


def _tails() -> Iterator[str]:
    yield ""
    yield from (f"-{number}" for number in count(2))


def journals(path: Path) -> list[Path]:
    """Return where SQLite keeps the journals of a file."""
    return [path.with_name(path.name + ending) for ending in JOURNALS]


def _sync(folder: Path) -> None:
    """Flush the folder to disk, else a crash of the machine may undo renames in it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
