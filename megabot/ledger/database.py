"""What the ledger's statements need of a database, and how they read and write rows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from sqlalchemy import Connection, Executable, Select, Table, bindparam, delete, insert, update

from megabot.ledger.rows import Row
from megabot.ledger.tables import ACCOUNTS

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

Value = TypeVar("Value")


class Database(Protocol):
    """A database with the ledger's tables. Errors are `LedgerError` or `Busy`, with the next step."""

    @property
    def account_id(self) -> int:
        """The id of the account whose ledger this is."""

    def confirm_claims(self) -> None:
        """Raise `ClaimLost` unless everything that this process claimed is still its own."""

    def reading(self) -> AbstractContextManager[Connection]:
        """Lend a connection for statements that only read."""

    def writing(self) -> AbstractContextManager[Connection]:
        """Lend a connection for one transaction: on disk when it ends, or nothing of it if it fails."""


UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, RecursionError)
"""What the types of columns and `rows` raise for a value that the program cannot have written."""


class BrokenRowError(Exception):
    """A row does not contain what the program can have written."""


def read_in(
    connection: Connection,
    statement: Select[Any],
    make: Callable[[Row], Value],
    parameters: Mapping[str, object] | None = None,
) -> tuple[Value, ...]:
    """Return all rows of a statement, within a transaction. Raises `BrokenRowError`."""
    result = connection.execute(statement, parameters).mappings()
    try:
        return tuple(make(row) for row in result)
    except UNREADABLE as error:
        raise BrokenRowError(str(error)) from error


def count_change(connection: Connection, account_id: int) -> None:
    """Count a transaction that wrote."""
    counted = update(ACCOUNTS).values(revision=ACCOUNTS.c.revision + 1)
    connection.execute(counted.where(ACCOUNTS.c.id == account_id))


class Statements:
    """Statements about the rows of one account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, table: Table, make: Callable[[Row], Value], **key: object) -> Value | None:
        """Return the row with a key, None if there is none."""
        values = {"account_id": self._database.account_id, **key}
        with self._database.reading() as connection:
            found = read_in(connection, _row_at(table, tuple(key)), make, values)
        return next(iter(found), None)

    def list(self, statement: Select[Any], make: Callable[[Row], Value]) -> tuple[Value, ...]:
        """Return all rows of a statement."""
        with self._database.reading() as connection:
            return read_in(connection, statement, make)

    def select(self, table: Table, **key: object) -> Select[Any]:
        """Return a statement for the account's rows in which these columns have these values."""
        return table.select().where(
            table.c.account_id == self._database.account_id,
            *(table.c[name] == value for name, value in key.items()),
        )

    def put(self, table: Table, values: Row, *, key: Sequence[str] = ()) -> None:
        """Insert a row, or replace the one with the same key, by default the table's primary key."""
        with self._database.writing() as connection:
            self.put_in(connection, table, values, key=key)

    def put_in(self, connection: Connection, table: Table, values: Row, *, key: Sequence[str] = ()) -> None:
        """Insert or replace a row, within a transaction."""
        statement = _upsert(connection.dialect.name, table, tuple(values), tuple(key))
        connection.execute(statement, {"account_id": self._database.account_id, **values})

    def replace_in(self, connection: Connection, table: Table, rows: Iterable[Row], **key: object) -> None:
        """Replace all rows with a key by these, numbered in their order, within a transaction."""
        self.delete_in(connection, table, **key)
        numbered = [
            {"account_id": self._database.account_id, "position": position, **key, **row}
            for position, row in enumerate(rows)
        ]
        if numbered:
            connection.execute(insert(table), numbered)

    def delete_in(self, connection: Connection, table: Table, **key: object) -> None:
        """Delete all rows with a key, within a transaction."""
        connection.execute(
            delete(table).where(
                table.c.account_id == self._database.account_id,
                *(table.c[name] == value for name, value in key.items()),
            )
        )


@cache
def _row_at(table: Table, names: tuple[str, ...]) -> Select[Any]:
    """Return the statement for the row with a key. Built once, because that takes longer than running it."""
    return table.select().where(
        table.c.account_id == bindparam("account_id"), *(table.c[name] == bindparam(name) for name in names)
    )


@cache
def _upsert(dialect: str, table: Table, names: tuple[str, ...], key: tuple[str, ...]) -> Executable:
    """Return the INSERT that replaces a row: each dialect has its own, because SQL's standard has none."""
    columns = ["account_id", *key] if key else [column.name for column in table.primary_key]
    # Imported when used, because each dialect takes memory and a process needs one of them.
    if dialect == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as sqlite_insert

        return _on_conflict(sqlite_insert(table), names, columns)
    from sqlalchemy.dialects.postgresql import insert as postgresql_insert

    return _on_conflict(postgresql_insert(table), names, columns)


def _on_conflict(
    statement: "sqlite.Insert | postgresql.Insert", names: Sequence[str], columns: Sequence[str]
) -> Executable:
    replaced = {name: statement.excluded[name] for name in names if name not in columns}
    if not replaced:
        return statement.on_conflict_do_nothing(index_elements=columns)
    return statement.on_conflict_do_update(index_elements=columns, set_=replaced)
