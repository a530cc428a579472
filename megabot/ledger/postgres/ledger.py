"""The ledger on PostgreSQL: one database for any number of accounts and hosts.

Whoever writes or sends must hold the account; see `claims`. Times are those of the database.
"""

import logging
import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sqlalchemy import Connection, DateTime, delete, func, or_, select, type_coerce, update
from sqlalchemy.dialects import postgresql
from typing_extensions import override

from megabot.clock import Clock
from megabot.errors import Busy, ClaimLost, ForeignLedger, LedgerError
from megabot.ledger import backup, rows
from megabot.ledger.database import Database, count_change
from megabot.ledger.ownership import Owner
from megabot.ledger.port import StoredLedger
from megabot.ledger.postgres.claims import HeldClaim
from megabot.ledger.postgres.errors import explain_errors
from megabot.ledger.postgres.shared_database import SharedDatabase
from megabot.ledger.rows import account_row
from megabot.ledger.sql import SqlLedger
from megabot.ledger.state import AccountState, Claim, ClaimKind
from megabot.ledger.tables import ACCOUNTS, CLAIMS, TOKENS
from megabot.ledger.transfer import AccountRows, copy_account

_LEFT = type_coerce(CLAIMS.c.until, DateTime(timezone=True)) - func.clock_timestamp()
PASS_WAIT = 120.0
"""Seconds that a command waits for a running pass, as with a ledger in a file."""
TOKEN_WAIT = 90.0
"""Seconds that a process waits for another one's sign-in."""
SAYS_SO_AFTER, POLL = 2.0, 0.5
log = logging.getLogger("megabot")


class PostgresAccount(Database):
    """The rows of one account in a database."""

    def __init__(self, server: SharedDatabase, *, name: str, address: str) -> None:
        self._server = server
        self._name = name
        self._address = address
        self._id: int | None = None
        self._former: tuple[int, ...] = ()

    @property
    @override
    def account_id(self) -> int:
        if self._id is None:
            with explain_errors(self._server.url), self._server.engine.begin() as connection:
                self._id = _find_account(connection, self._name, self._address)
        return self._id

    @override
    @contextmanager
    def reading(self) -> Iterator[Connection]:
        _ = self.account_id
        with self._server.at_once() as connection:
            yield connection

    @contextmanager
    def reading_at_once(self) -> Iterator[Connection]:
        """Lend a connection whose statements all see the database as it was at the first one."""
        _ = self.account_id
        with explain_errors(self._server.url), self._server.engine.connect() as connection:
            yield connection.execution_options(isolation_level="REPEATABLE READ")

    @override
    @contextmanager
    def writing(self) -> Iterator[Connection]:
        held = self._held()
        with explain_errors(self._server.url), self._server.engine.begin() as connection:
            self._confirm(connection, held)
            yield connection
            count_change(connection, self.account_id)

    @override
    def confirm_claims(self) -> None:
        # Asked each time: how long ago the last renewal was, a clock of this host cannot tell after a pause.
        held = self._held()
        if held:
            with self._server.at_once() as connection:
                self._confirm(connection, held)

    @property
    def is_lost(self) -> bool:
        """Whether a claim on the account was found to be another process's now."""
        return any(self._server.claims.is_lost(claim) for claim in self._held())

    def _held(self) -> tuple[HeldClaim, ...]:
        return self._server.claims.held({self.account_id, *self._former})

    def _confirm(self, connection: Connection, held: tuple[HeldClaim, ...]) -> None:
        if self._server.claims.renew(connection, held):
            raise ClaimLost(
                f"another megabot has taken over {self._name} on {self._address}, because this one did not "
                "answer in time; nothing more is sent from here"
            )

    def rejoin(self) -> None:
        """Go on with the account's earlier rows, if the server turned out to be one at a new address."""
        with explain_errors(self._server.url), self._server.engine.begin() as connection:
            mine = AccountRows(connection, self.account_id)
            earlier = _earlier_rows(connection, mine.account_id)
            if earlier is None or mine.has_history:
                return
            address = select(ACCOUNTS.c.address).where(ACCOUNTS.c.id == mine.account_id)
            moved = update(ACCOUNTS).where(ACCOUNTS.c.id == earlier)
            new_address = connection.execute(address).scalar_one()
            # The token was issued at the new address, if there is one.
            mine.move(TOKENS, earlier)
            connection.execute(delete(ACCOUNTS).where(ACCOUNTS.c.id == mine.account_id))
            connection.execute(moved.values(address=new_address))
        # What this process claimed went with the deleted row; another host may hold the earlier one.
        self._former += (mine.account_id,)
        self._id = earlier

    @contextmanager
    def claimed(
        self, kind: ClaimKind, clock: Clock, *, patience: float, on_wait: Callable[[str], None]
    ) -> Iterator[None]:
        """Hold a claim; wait for another holder, and call `on_wait` with its name after two seconds.

        Raises `Busy` after `patience` seconds.
        """
        claim = self._wait_for(kind, clock, patience=patience, on_wait=on_wait)
        try:
            # A pass of a command may take longer than a lease, too.
            with self._server.keeping_claims():
                yield
        finally:
            self._release(claim)

    def _wait_for(
        self, kind: ClaimKind, clock: Clock, *, patience: float, on_wait: Callable[[str], None]
    ) -> HeldClaim:
        waited, is_reported = 0.0, False
        while (claim := self._take(kind)) is None:
            if waited >= patience:
                raise Busy(
                    f"{self._holder(kind)} is still using the ledger of {self._name} after {patience:.0f} s; "
                    "try again later"
                )
            if waited >= SAYS_SO_AFTER and not is_reported:
                on_wait(self._holder(kind))
                is_reported = True
            clock.sleep(POLL)
            waited += POLL
        return claim

    def _take(self, kind: ClaimKind) -> HeldClaim | None:
        account_id = self.account_id
        try:
            with self._server.at_once() as connection:
                return self._server.claims.take(connection, account_id, kind)
        except Busy as error:  # its holder is writing, or was frozen while it wrote
            log.debug("%s", error)
            return None

    def _holder(self, kind: ClaimKind) -> str:
        statement = select(CLAIMS.c.holder).where(
            CLAIMS.c.account_id == self.account_id, CLAIMS.c.kind == kind
        )
        with self.reading() as connection:
            return f"megabot on {connection.execute(statement).scalar() or 'another host'}"

    def _release(self, claim: HeldClaim) -> None:
        # First, because without a database the claim would be kept: renewed forever if nobody took it, so
        # that no pass could begin, or found lost at each write after another host took it.
        self._server.claims.forget(claim)
        try:
            with self._server.at_once() as connection:
                self._server.claims.release(connection, claim)
        except (LedgerError, Busy) as error:  # then it ends when its lease is over
            log.info("%s", error)


def _find_account(connection: Connection, name: str, address: str) -> int:
    """Return the id of the account's row, a new one if it has none."""
    found = select(ACCOUNTS.c.id).where(
        func.lower(ACCOUNTS.c.name) == name.lower(),
        or_(ACCOUNTS.c.host == address, ACCOUNTS.c.address == address),
    )
    row_id = connection.execute(found).scalars().first()
    if row_id is None:
        owner = Owner(name=name, host="", address=address)
        new = postgresql.insert(ACCOUNTS).values(**account_row(AccountState(owner=owner)))
        connection.execute(new.on_conflict_do_nothing())
        row_id = connection.execute(found).scalars().one()
    return int(row_id)


def _earlier_rows(connection: Connection, account_id: int) -> int | None:
    """Return the id of the same account's other row: the same name on the same server."""
    here = select(ACCOUNTS.c.name, ACCOUNTS.c.host).where(ACCOUNTS.c.id == account_id)
    name, host = connection.execute(here).one()
    others = select(ACCOUNTS.c.id).where(
        ACCOUNTS.c.id != account_id, func.lower(ACCOUNTS.c.name) == name.lower(), ACCOUNTS.c.host == host
    )
    found = connection.execute(others.order_by(ACCOUNTS.c.id)).scalars().first() if host else None
    return None if found is None else int(found)


class PostgresLedger(SqlLedger, StoredLedger):
    """The ledger port on one account of a database.

    `name` is the account's name, `address` the host of its server as in the settings. `on_wait` is called
    once while waiting for another pass.
    """

    def __init__(
        self, server: SharedDatabase, clock: Clock, *, name: str, address: str, on_wait: Callable[[], None]
    ) -> None:
        self._account_rows = PostgresAccount(server, name=name, address=address)
        super().__init__(self._account_rows)
        self._server = server
        self._clock = clock
        self._on_wait = on_wait

    @override
    def pass_lock(self) -> AbstractContextManager[None]:
        return self._account_rows.claimed(
            ClaimKind.PASS, self._clock, patience=PASS_WAIT, on_wait=lambda _: self._on_wait()
        )

    @override
    def service_lock(self, *, on_wait: Callable[[str], None]) -> AbstractContextManager[None]:
        return self._account_rows.claimed(ClaimKind.SERVICE, self._clock, patience=math.inf, on_wait=on_wait)

    @property
    @override
    def is_lost(self) -> bool:
        return self._account_rows.is_lost

    @override
    def claims(self) -> tuple[Claim, ...]:
        statement = self._rows.select(CLAIMS).add_columns(_LEFT.label("left"))
        return self._rows.list(statement.order_by(CLAIMS.c.kind), rows.claim)

    @override
    def back_up(self, target: Path) -> None:
        with self._account_rows.reading_at_once() as connection:
            backup.write_rows(AccountRows(connection, self._account_rows.account_id), target)

    @override
    def change_account(self, change: Callable[[AccountState], AccountState]) -> None:
        owner = self.account().owner
        super().change_account(change)
        if self.account().owner != owner:
            self._account_rows.rejoin()

    @override
    def restore(self, source: Path) -> None:
        with backup.rows_of(source, self._clock.now()) as old, self._account_rows.writing() as connection:
            mine = AccountRows(connection, self._account_rows.account_id)
            if old.name.casefold() not in {"", mine.name.casefold()}:
                raise ForeignLedger(
                    f"{source} is the ledger of {old.name}, and the settings are for {mine.name}, so nothing "
                    "was restored"
                )
            if mine.has_history:
                raise LedgerError(
                    "this account's ledger in the database is in use already, so nothing was restored; to "
                    "restore all the same, delete its row in the table accounts first, with the service "
                    "stopped on every host"
                )
            # By its name and address in the settings the account is looked up.
            copy_account(old, mine, keeps={"name", "address"})

    def token_text(self) -> str | None:
        """Return what was stored of the account's token, None if nothing was."""
        return self._rows.find(TOKENS, lambda row: str(row["content"]))

    def keep_token_text(self, content: str) -> None:
        """Store the account's token."""
        self._rows.put(TOKENS, {"content": content})

    def token_lock(self) -> AbstractContextManager[None]:
        """Let one process at a time change the token; raises `Busy` if that takes too long."""
        return self._account_rows.claimed(
            ClaimKind.TOKEN, self._clock, patience=TOKEN_WAIT, on_wait=lambda _: None
        )

    @override
    def close(self) -> None:
        """Close the idle connections, which all accounts of this process share."""
        self._server.close()
