"""Accounts in a PostgreSQL database, all that is stored of them, and what an error could give away."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import Engine, create_engine, select
from sqlalchemy.pool import NullPool

from megabot.ledger.postgres.ledger import PostgresLedger
from megabot.ledger.postgres.shared_database import SharedDatabase
from megabot.ledger.tables import ACCOUNTS, METADATA
from tests.fakes import FakeClock
from tests.postgres import Database

ADDRESS = "lemmy.example"
Rows = dict[str, list[dict[str, Any]]]


def ledger_of(shared: SharedDatabase, name: str = "megabot", address: str = ADDRESS) -> PostgresLedger:
    """Open the ledger of an account."""
    return PostgresLedger(shared, FakeClock(), name=name, address=address, on_wait=lambda: None)


def where(database: Database) -> str:
    """Return how messages name a database."""
    return f"the database {database.name} on {database.server.folder}"


def stored(database: Database, name: str, *, ids: bool = False) -> Rows:
    """Return all rows of an account, without the numbers that the database counts unless asked for them.

    Read over a connection of its own, so that it also works while those of the ledger are cut off.
    """
    counted = set() if ids else {"id", "account_id", "revision"}
    with _engine(database.url).connect() as connection:
        of_name = select(ACCOUNTS.c.id).where(ACCOUNTS.c.name == name)
        found: Rows = {}
        for table in METADATA.sorted_tables:
            key = table.c.get("account_id", table.c.get("id"))
            if key is None:
                continue
            rows = connection.execute(select(table).where(key.in_(of_name)).order_by(*table.primary_key))
            found[table.name] = [
                {column: value for column, value in row.items() if column not in counted}
                for row in rows.mappings()
            ]
    return found


@cache
def _engine(url: str) -> Engine:
    # Kept, so that each statement is compiled once; without connections that would keep a database in use.
    return create_engine(url, poolclass=NullPool)


def given_away(error: BaseException) -> Iterator[str]:
    """Yield all words of an error and of those that it came from."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield from (str(one), repr(one), *map(repr, one.args))
        waiting += [one.__cause__, one.__context__]
