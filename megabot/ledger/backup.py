"""Copy a ledger into a new file, and read one that was copied."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection

from megabot.errors import LedgerError, NewerLedger, UserError, WriteFailed
from megabot.ledger.file import (
    NAME,
    bear,
    connect,
    explain_errors,
    journals,
    open_ledger,
    raw_connection,
    transaction,
)
from megabot.ledger.integrity import ACCOUNT_ID
from megabot.ledger.tables import SECRET
from megabot.ledger.transfer import AccountRows, copy_account


def write(connection: Connection, target: Path) -> None:
    """Write a copy of an open ledger into a new file, on disk when this returns.

    Raises `WriteFailed` if the file exists or cannot be written; no partial file is left behind.
    """
    with _new_file(target) as path:
        _fill(raw_connection(connection), path)


def write_rows(source: AccountRows, target: Path) -> None:
    """Write an account's rows of another database into a new ledger file, as `write` does."""
    with _new_file(target) as path:
        bear(path)
        with explain_errors(path), connect(path, 0.0) as connection, transaction(connection):
            copy_account(source, AccountRows(connection, ACCOUNT_ID))


@contextmanager
def rows_of(path: Path, now: datetime) -> Iterator[AccountRows]:
    """Lend the rows of a ledger file, of any version, from a copy of it. Raises `LedgerError`."""
    with TemporaryDirectory() as folder:
        copy = Path(folder) / NAME
        try:
            shutil.copyfile(path, copy)
            # A killed process leaves a journal, without which the file may be half-written.
            for old, new in zip(journals(path), journals(copy), strict=True):
                if old.exists():
                    shutil.copyfile(old, new)
        except OSError as error:
            raise LedgerError(f"{path} cannot be read: {error.strerror}") from error
        try:
            connection, set_aside = open_ledger(copy, patience=0.0, now=now)
        except (UserError, NewerLedger) as error:  # which names the copy
            raise type(error)(str(error).replace(str(copy), str(path))) from None
        with connection:
            if set_aside is not None:
                raise LedgerError(f"{path} is not a ledger that can be restored: {set_aside.why}")
            yield AccountRows(connection, ACCOUNT_ID)


@contextmanager
def _new_file(target: Path) -> Iterator[Path]:
    """Lend a path beside a new file, which is moved to `target` when it is complete."""
    if target.exists():
        raise WriteFailed(f"{target} already exists and is not overwritten; choose another file name")
    beside = target.with_name(f".{target.name}.part")
    try:
        beside.unlink(missing_ok=True)
        # Only the owner may read the copy, and a link at this name must not lead it elsewhere.
        os.close(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
        yield beside
        beside.rename(target)
        _sync_path(target.parent)
    except OSError as error:
        raise WriteFailed(f"{target} cannot be written: {error.strerror}") from error
    finally:
        beside.unlink(missing_ok=True)


def _fill(connection: sqlite3.Connection, path: Path) -> None:
    with closing(sqlite3.connect(path)) as copy:
        # SQLite's own copy is consistent, unlike a file copied during a write (faults.md S09).
        connection.backup(copy)
        with copy:
            for table in sorted(SECRET):
                copy.execute(f"DELETE FROM {table}")  # noqa: S608  a name from `tables`
        # Without it, SQLite would leave the deleted words in the file.
        copy.execute("VACUUM")
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
