"""The ledger's file: how it is born, checked, brought up to date and set aside. Knows no row of it.

The rollback journal stays, no WAL: SQLite up to 3.51.2 can corrupt a WAL database, and one writer at a
time is all that megabot needs.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from itertools import count
from pathlib import Path

from megabot.errors import Busy, LedgerError, NewerLedger, WriteFailed
from megabot.ledger.integrity import BrokenError, check_file, check_rows, has_shape, is_damage
from megabot.ledger.migrations import APPLICATION_ID, MIGRATIONS, Step

NAME = "ledger.db"
JOURNALS = ("-journal", "-wal", "-shm")
"""What SQLite may keep beside the file and would play back into a new one. Only damage makes it a WAL."""
WRITTEN_BY = "written by"
"""The fact that names the megabot which brought the tables to their version."""

_NEXT_STEPS = {
    "SQLITE_FULL": "the disk is full; make room and try again",
    "SQLITE_READONLY": "it is read-only; make its folder writable for this account",
    "SQLITE_CANTOPEN": "it cannot be opened; look at its folder and who may write there",
    "SQLITE_IOERR": "the disk answers with errors; look at the system's log",
}
DAMAGED = "it is damaged; the next start sets it aside and begins a new one"
_DURABLE = "PRAGMA synchronous = FULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenLedgerMoved:
    """A broken ledger that was put out of the way; a new, empty one is in its place."""

    path: Path
    why: str

    def __str__(self) -> str:
        return (
            f"the ledger was broken ({self.why}): it is kept as {self.path}, and what it knew is taken anew "
            "from the bot's own posts"
        )


def open_ledger(
    path: Path, *, patience: float, now: datetime, migrations: Sequence[Step] = MIGRATIONS
) -> tuple[sqlite3.Connection, BrokenLedgerMoved | None]:
    """Open the ledger's file, after making one where there is none that is whole.

    Only for the holder of the opening lock: two at once could each put their new file over the other's.
    `patience` is how many seconds a transaction waits for another process's.
    """
    with explain_errors(path):
        set_aside = None
        try:
            if path.exists():
                return _checked(path, patience=patience, migrations=migrations), None
        except BrokenError as error:
            set_aside = BrokenLedgerMoved(path=_put_aside(path, now), why=str(error))
        _put_aside(path, now)  # a journal without its file would be played back into the new one
        _bear(path, migrations)
        return _checked(path, patience=patience, migrations=migrations), set_aside


@contextmanager
def explain_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite and the system say of the ledger into `LedgerError` or `Busy` with a next step."""
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as error:
        name = getattr(error, "sqlite_errorname", "")
        if name.startswith("SQLITE_BUSY"):
            raise Busy(f"another program holds the ledger {path}; try again in a moment") from error
        steps = (step for start, step in _NEXT_STEPS.items() if name.startswith(start))
        step = DAMAGED if is_damage(error) else next(steps, str(error))
        raise LedgerError(f"the ledger {path} cannot be used: {step}") from error
    except OSError as error:
        raise LedgerError(f"the ledger {path} cannot be used: {error.strerror}") from error


def _checked(path: Path, *, patience: float, migrations: Sequence[Step]) -> sqlite3.Connection:
    if not path.is_file():
        raise BrokenError("it is no regular file")
    connection = _connect(path, patience)
    try:
        with _judged():
            connection.execute(_DURABLE)  # looks into the file, so damage may show here first
            check_file(connection, path)
            _check_version(connection, path, migrations)
        _migrate(connection, migrations)
        with _judged():
            check_rows(connection)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def _judged() -> Iterator[None]:
    """Turn whatever keeps a file from being read as a ledger into `BrokenError`."""
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as error:
        if is_damage(error):
            raise BrokenError(str(error)) from error
        raise


def _connect(path: Path, patience: float) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=patience)
    connection.isolation_level = None  # BEGIN and COMMIT are written out, none is implied
    connection.row_factory = sqlite3.Row
    return connection


def _check_version(connection: sqlite3.Connection, path: Path, migrations: Sequence[Step]) -> None:
    version, newest = _number(connection, "user_version"), len(migrations)
    if version > newest and not _is_mistaken(connection, migrations):
        raise NewerLedger(
            f"the ledger {path} was written by a newer megabot (its tables are version {version}, this one's "
            f"{newest}): install megabot {_written_by(connection)} or newer, or put a backup from before the "
            "upgrade back, or move the file away to begin a new one"
        )
    if version > newest or not has_shape(connection, migrations[:version]):
        raise BrokenError("its tables are not those of its version")


def _is_mistaken(connection: sqlite3.Connection, migrations: Sequence[Step]) -> bool:
    """Return whether this very megabot wrote the tables: then only the number of their version is wrong."""
    return _written_by(connection) == _own_version() and has_shape(connection, migrations)


def _written_by(connection: sqlite3.Connection) -> str:
    """Name the megabot that made the tables what they are. Nothing else of a newer ledger is sure."""
    try:
        found = connection.execute("SELECT value FROM facts WHERE key = ?", (WRITTEN_BY,)).fetchone()
    except sqlite3.Error:
        found = None
    return str(found[0]) if found else "of that version"


def _migrate(connection: sqlite3.Connection, migrations: Sequence[Step]) -> None:
    while (version := _number(connection, "user_version")) < len(migrations):
        with transaction(connection):
            try:
                for statement in migrations[version]:
                    connection.execute(statement)
            except sqlite3.Error as error:
                if is_damage(error):  # the file was whole, so the step is wrong; the file stays as it was
                    raise LedgerError(f"the ledger cannot be brought up to date, a bug: {error}") from error
                raise
            connection.execute(f"PRAGMA user_version = {version + 1}")
            connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (WRITTEN_BY, _own_version()))


def _own_version() -> str:
    try:
        return metadata.version("megabot")
    except metadata.PackageNotFoundError:
        return "from a checkout"


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Write what is done inside to disk at once and whole, or not at all, whatever ends it."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])


def _bear(path: Path, migrations: Sequence[Step]) -> None:
    """Make the file elsewhere and put it into place whole: a half-made ledger is never seen."""
    unborn = path.with_name(f"{path.name}.new")
    for leftover in (unborn, *_journals(unborn)):
        leftover.unlink(missing_ok=True)
    os.close(os.open(unborn, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(_connect(unborn, 0.0)) as connection:
        connection.execute(_DURABLE)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        _migrate(connection, migrations)
    unborn.replace(path)
    _sync(path.parent)


def _put_aside(path: Path, now: datetime) -> Path:
    """Rename the file and its journals to a name that nothing has, and give that back.

    The file first: should only that be done, its journal is put aside before a new file takes its place.
    """
    names = (path.with_name(f"{path.name}.broken-{now:%Y%m%dT%H%M%SZ}{tail}") for tail in _tails())
    kept = next(name for name in names if not any(one.exists() for one in (name, *_journals(name))))
    for old, new in zip((path, *_journals(path)), (kept, *_journals(kept)), strict=True):
        if old.exists():
            old.rename(new)
    _sync(path.parent)
    return kept


def _tails() -> Iterator[str]:
    yield ""
    yield from (f"-{number}" for number in count(2))


def _journals(path: Path) -> list[Path]:
    return [path.with_name(path.name + ending) for ending in JOURNALS]


def _sync(folder: Path) -> None:
    """Make the renames in a folder last: without this a crash of the machine may undo them."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write(connection: sqlite3.Connection, target: Path) -> None:
    """Copy what an open ledger holds into a new file, on disk when this returns.

    Raises `WriteFailed` where there is a file already or none can be made; then there is none afterwards
    either.
    """
    if target.exists():
        raise WriteFailed(f"{target} is there already and is not overwritten; name another file")
    beside = target.with_name(f".{target.name}.part")
    try:
        beside.unlink(missing_ok=True)
        os.close(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
        _fill(connection, beside)
        beside.rename(target)
        _sync_path(target.parent)
    except OSError as error:
        raise WriteFailed(f"{target} cannot be written: {error.strerror}") from error
    finally:
        beside.unlink(missing_ok=True)


def _fill(connection: sqlite3.Connection, path: Path) -> None:
    with closing(sqlite3.connect(path)) as copy:
        connection.backup(copy)
        verdict = str(copy.execute("PRAGMA integrity_check(1)").fetchone()[0])
    if verdict != "ok":
        raise WriteFailed(f"the copy of the ledger is damaged: {verdict.splitlines()[-1]}")
    _sync_path(path)


def _sync_path(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
