"""The ledger in SQLite: one file in the state folder, with one account."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import NoReturn

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError
from typing_extensions import override

from megabot import state_dir
from megabot.clock import Clock
from megabot.errors import LedgerError
from megabot.ledger import backup
from megabot.ledger.database import BrokenRowError, Database, count_change
from megabot.ledger.file import (
    NAME,
    BrokenLedgerMoved,
    FileMark,
    explain_errors,
    mark_of,
    open_ledger,
    reopen,
    transaction,
)
from megabot.ledger.integrity import ACCOUNT_ID
from megabot.ledger.port import StoredLedger
from megabot.ledger.sql import SqlLedger
from megabot.ledger.state import Claim


class SqliteFile(Database):
    """The file, opened on first use; see `SqliteLedger`."""

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        *,
        on_set_aside: Callable[[BrokenLedgerMoved], None],
        patience: float,
    ) -> None:
        self._folder = folder
        self._path = folder / NAME
        self._clock = clock
        self._on_set_aside = on_set_aside
        self._patience = patience
        self._connection: Connection | None = None
        self._inode = 0
        self._checked: FileMark | None = None

    @property
    @override
    def account_id(self) -> int:
        return ACCOUNT_ID

    @override
    def confirm_claims(self) -> None:
        """Do nothing: the locks in the state folder last as long as the process."""

    @override
    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self._in_use() as connection:
            yield connection
            connection.rollback()  # ends the transaction that SQLAlchemy began for the statement

    @override
    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self._in_use() as connection, transaction(connection):
            yield connection
            count_change(connection, ACCOUNT_ID)

    def close(self) -> None:
        """Close the file; the next call opens it again, without checks if nobody has touched it since."""
        mark = mark_of(self._path) if self._connection is not None else self._checked
        self._abandon()
        self._checked = mark

    def _abandon(self) -> None:
        """Close the file; the next call checks it, and sets it aside if it is broken."""
        if self._connection is not None:
            self._connection.close()
        self._connection = self._checked = None

    @contextmanager
    def _in_use(self) -> Iterator[Connection]:
        with explain_errors(self._path):
            try:
                yield self._opened()
            except (DatabaseError, BrokenRowError, UnicodeDecodeError):
                self._abandon()
                raise

    def _opened(self) -> Connection:
        """Return the open connection, or a new one if the file at the path was replaced."""
        # The file can be replaced while megabot runs, for example by an old backup (faults.md S05).
        if self._connection is not None and self._inode == _inode(self._path):
            return self._connection
        mark = self._checked
        self._abandon()
        if mark is not None and mark == mark_of(self._path):
            self._connection, self._inode = reopen(self._path, patience=self._patience), mark.inode
            return self._connection
        with state_dir.opening_lock(self._folder, self._clock, patience=self._patience):
            self._connection, set_aside = open_ledger(
                self._path, patience=self._patience, now=self._clock.now()
            )
            self._inode = _inode(self._path)
        if set_aside is not None:
            self._on_set_aside(set_aside)
        return self._connection


class SqliteLedger(SqlLedger, StoredLedger):
    """The ledger port on one file in the state folder, opened on first use.

    `on_wait` is called once while waiting for another pass, `on_set_aside` when a broken file was renamed.
    `patience` is how many seconds a call waits for another process's transaction.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        *,
        on_wait: Callable[[], None],
        on_set_aside: Callable[[BrokenLedgerMoved], None],
        patience: float = 5.0,
    ) -> None:
        self._file = SqliteFile(folder, clock, on_set_aside=on_set_aside, patience=patience)
        super().__init__(self._file)
        self._folder = folder
        self._clock = clock
        self._on_wait = on_wait

    @override
    def pass_lock(self) -> AbstractContextManager[None]:
        return state_dir.pass_lock(self._folder, self._clock, on_wait=self._on_wait)

    @override
    def service_lock(self, *, on_wait: Callable[[str], None]) -> AbstractContextManager[None]:
        return nullcontext()  # the state folder has a lock for this

    @property
    @override
    def is_lost(self) -> bool:
        return False

    @override
    def claims(self) -> tuple[Claim, ...]:
        return ()  # likewise

    @override
    def back_up(self, target: Path) -> None:
        with self._file.reading() as connection:
            backup.write(connection, target)

    @override
    def restore(self, source: Path) -> NoReturn:
        raise LedgerError(f"copy {source} to {self._folder / NAME} while no megabot uses it")

    @override
    def close(self) -> None:
        self._file.close()


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return 0
