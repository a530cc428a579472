"""A copy of the ledger while others write to it: whole, as of one moment, for its owner's eyes alone."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from megabot.errors import WriteFailed


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
        _sync(target.parent)
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
    _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
