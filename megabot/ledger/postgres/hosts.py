"""The hosts that share the accounts of a database: who is alive, who runs what, and who would run more.

Everything needs a connection that commits each statement at once; see `claims`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, delete, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert

from megabot.ledger.postgres.shared_database import SharedDatabase
from megabot.ledger.state import ClaimKind
from megabot.ledger.tables import ACCOUNTS, CLAIMS, HOSTS, INTENTS, OPEN_INTENT

__all__ = ["Connection", "HostsView", "beat", "holders_by_account", "leave", "look"]
_NOW = func.clock_timestamp()
_KEPT = timedelta(days=1)
"""How long the row of a host that was killed is kept."""
_IS_RUN = (CLAIMS.c.kind == ClaimKind.SERVICE, CLAIMS.c.until > _NOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostsView:
    """What a database tells about its hosts.

    `hosts` has the hosts that are alive, each with the number of accounts that it would run in addition;
    `holders` the host that runs each account, by the account's id. `unsettled` are the accounts with a write
    whose outcome is unknown.
    """

    hosts: Mapping[str, int]
    holders: Mapping[int, str]
    unsettled: frozenset[int]


def look(connection: Connection) -> HostsView:
    """Read what the hosts do now."""
    hosts = connection.execute(select(HOSTS.c.name, HOSTS.c.wanted).where(HOSTS.c.until > _NOW))
    holders = connection.execute(select(CLAIMS.c.account_id, CLAIMS.c.holder).where(*_IS_RUN))
    unsettled = connection.execute(select(INTENTS.c.account_id).where(text(OPEN_INTENT)).distinct())
    return HostsView(
        hosts={row.name: row.wanted for row in hosts},
        holders={row.account_id: row.holder for row in holders},
        unsettled=frozenset(unsettled.scalars()),
    )


def beat(connection: Connection, name: str, *, wanted: int, lease: timedelta) -> None:
    """Say that a host is alive for as long as a lease, and how many more accounts it would run."""
    new = {"until": _NOW + lease, "wanted": wanted}
    statement = insert(HOSTS).values(name=name, **new)
    connection.execute(statement.on_conflict_do_update(index_elements=[HOSTS.c.name], set_=new))


def leave(connection: Connection, name: str) -> None:
    """Remove a host that stops, and the rows of those that were killed long ago."""
    connection.execute(delete(HOSTS).where(or_(HOSTS.c.name == name, HOSTS.c.until < _NOW - _KEPT)))


def holders_by_account(database: SharedDatabase) -> Mapping[tuple[str, str], str]:
    """Return the host that runs each account, by the name in lower case and the server's address."""
    found = select(ACCOUNTS.c.name, ACCOUNTS.c.address, CLAIMS.c.holder).join(CLAIMS).where(*_IS_RUN)
    with database.at_once() as connection:
        return {(row.name.lower(), row.address): row.holder for row in connection.execute(found)}
