"""Copy an account's rows from one database to another: from PostgreSQL to a file, or the other way."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, Table, delete, exists, insert, or_, select, update

from megabot.ledger.tables import ACCOUNTS, INTENTS, METADATA, POSTS, SECRET

_ROWS = 50
"""How many rows are read at once, because one may have a text of a hundred kilobytes."""


@dataclass(frozen=True, slots=True)
class AccountRows:
    """The rows of one account, as a transaction sees them."""

    connection: Connection
    account_id: int

    @property
    def name(self) -> str:
        """The account's name, "" if an old ledger does not contain it."""
        of_account = select(ACCOUNTS.c.name).where(ACCOUNTS.c.id == self.account_id)
        return str(self.connection.execute(of_account).scalar_one())

    @property
    def has_history(self) -> bool:
        """Whether the account has written anything yet."""
        found = (exists().where(table.c.account_id == self.account_id) for table in (INTENTS, POSTS))
        return bool(self.connection.execute(select(or_(*found))).scalar_one())

    def move(self, table: Table, account_id: int) -> None:
        """Replace another account's rows of a table by these, if there are any."""
        mine = table.c.account_id == self.account_id
        if self.connection.execute(select(exists().where(mine))).scalar_one():
            self.connection.execute(delete(table).where(table.c.account_id == account_id))
            self.connection.execute(update(table).where(mine).values(account_id=account_id))


def copy_account(source: AccountRows, target: AccountRows, *, keeps: Collection[str] = ()) -> None:
    """Replace the rows of `target`, which must have no history, by those of `source` that are not secret.

    `keeps` are the columns of `accounts` that stay as they are.
    """
    _copy_facts(source, target, {"id", "revision", *keeps})
    for table in METADATA.sorted_tables:
        if "account_id" in table.c and table.name not in SECRET:
            _copy(table, source, target)


def _copy_facts(source: AccountRows, target: AccountRows, kept: set[str]) -> None:
    names = {column.name for column in ACCOUNTS.c} - kept
    found = select(*(ACCOUNTS.c[name] for name in sorted(names))).where(ACCOUNTS.c.id == source.account_id)
    values = dict(source.connection.execute(found).mappings().one())
    target.connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == target.account_id).values(values))


def _copy(table: Table, source: AccountRows, target: AccountRows) -> None:
    target.connection.execute(delete(table).where(table.c.account_id == target.account_id))
    # An `id` that the database counts is given anew, in the same order.
    names = [column.name for column in table.c if column.name not in {"account_id", "id"}]
    found = select(*(table.c[name] for name in names)).where(table.c.account_id == source.account_id)
    ordered = found.order_by(*table.primary_key.columns)
    with source.connection.execute(ordered, execution_options={"yield_per": _ROWS}) as result:
        for some in result.mappings().partitions(_ROWS):
            rows = [{"account_id": target.account_id, **row} for row in some]
            target.connection.execute(insert(table), rows)
