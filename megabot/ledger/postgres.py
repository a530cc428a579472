"""The ledger on PostgreSQL: one database for any number of accounts and hosts.

Whoever writes or sends must hold the account; see `claims`. Times are those of the database.
"""

import logging
import math
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from functools import cache
from os import getpid
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, delete, func, inspect, or_, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import URL, make_url
from typing_extensions import override

from megabot import database_url
from megabot.clock import Clock
from megabot.errors import Busy, ClaimLost, ConfigError, ForeignLedger, LedgerError, NewerLedger
from megabot.ledger import file, schema
from megabot.ledger.claims import LEASE, Claims, HeldClaim
from megabot.ledger.database import Database, count_change
from megabot.ledger.ownership import Owner
from megabot.ledger.port import StoredLedger
from megabot.ledger.postgres_errors import explain_errors, shown
from megabot.ledger.rows import account_row
from megabot.ledger.sql import SqlLedger
from megabot.ledger.state import AccountState, ClaimKind
from megabot.ledger.tables import ACCOUNTS, ALEMBIC_VERSION, CLAIMS, TOKENS, WRITTEN_BY
from megabot.ledger.transfer import AccountRows, copy_account

OLDEST = 14
"""The oldest version of PostgreSQL that the ledger's statements were tested with."""
PASS_WAIT = 120.0
"""Seconds that a command waits for a running pass, as with a ledger in a file."""
TOKEN_WAIT = 90.0
"""Seconds that a process waits for another one's sign-in."""
SAYS_SO_AFTER, POLL = 2.0, 0.5
_CREATING = 0x4D454741
"""The number of the advisory lock for creating and migrating the tables: "MEGA"."""
_CONNECT = {
    "connect_timeout": 5,
    "application_name": "megabot",
    # Whatever takes longer hangs: each statement of the ledger takes milliseconds.
    "options": "-c statement_timeout=15s -c lock_timeout=10s -c idle_in_transaction_session_timeout=20s",
    # A connection that is cut off ends within about ten seconds.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
log = logging.getLogger("megabot")


class SharedDatabase:
    """A database that all accounts of this process share; connected on first use.

    `holder` is this process in the words of other hosts; `lease` is how long its claims last without it.
    """

    def __init__(self, address: str, *, holder: str = "", lease: timedelta = LEASE) -> None:
        self.url = _url(address)
        self.claims = Claims(holder or f"{socket.gethostname()}, process {getpid()}", lease=lease)
        self._checked = False
        self._keepers = 0
        self._ends = threading.Event()
        self._lock = threading.Lock()

    @property
    def engine(self) -> Engine:
        """The connections, to a database whose tables are up to date."""
        if not self._checked:
            with explain_errors(self.url), _engine(self.url).begin() as connection:
                _check(connection, self.url)
            self._checked = True
        return _engine(self.url)

    @contextmanager
    def at_once(self) -> Iterator[Connection]:
        """Lend a connection that commits each statement at once."""
        with explain_errors(self.url), self.engine.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def keeping_claims(self) -> Iterator[None]:
        """Renew this process's claims in the background."""
        with self._lock:
            self._keepers += 1
            if self._keepers == 1:
                self._ends = threading.Event()
                threading.Thread(target=self._keep, args=(self._ends,), name="claims", daemon=True).start()
        try:
            yield
        finally:
            with self._lock:
                self._keepers -= 1
                if self._keepers == 0:
                    # Not joined, because it may be waiting for a database that does not answer.
                    self._ends.set()

    def _keep(self, ends: threading.Event) -> None:
        while not ends.wait(self.claims.lease.total_seconds() / 3):
            try:
                with self.at_once() as connection:
                    self.claims.renew(connection, self.claims.held())
            # Whoever writes next meets the same error and says so.
            except (LedgerError, Busy, ConfigError) as error:
                log.debug("the claims were not renewed: %s", error)

    def close(self) -> None:
        """Close the idle connections; the next call opens new ones."""
        if self._checked:
            _engine(self.url).dispose()


@cache
def database_at(address: str) -> SharedDatabase:
    """Return the database at an address, the same one for all accounts of this process."""
    return SharedDatabase(address)


@cache
def _engine(url: URL) -> Engine:
    try:
        # Pinged before use, because a connection may be hours old.
        return create_engine(
            url,
            connect_args=_CONNECT,
            pool_pre_ping=True,
            pool_size=4,
            max_overflow=8,
            # Among the values of statements is the token.
            hide_parameters=True,
        )
    # Without psycopg, or with a psycopg that finds no libpq.
    except ImportError:
        raise ConfigError(
            "a ledger on PostgreSQL needs psycopg; run: pip install 'psycopg[binary]>=3.2'"
        ) from None


def unsuitable(number: int, encoding: str) -> str:
    """Return why a server of this `server_version_num` with this encoding cannot be used, "" if it can."""
    version = number // 10_000
    if version < OLDEST:
        return f"runs PostgreSQL {version}, and megabot needs {OLDEST} or newer; upgrade the server"
    if encoding != "UTF8":
        return (
            f"stores text as {encoding}, which lacks characters that threads contain; create a database for "
            "megabot with: createdb --owner=megabot --encoding=UTF8 --template=template0 megabot"
        )
    return ""


def _check(connection: Connection, url: URL) -> None:
    """Create or migrate the tables, within the caller's transaction."""
    number = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())
    encoding = str(connection.exec_driver_sql("SHOW server_encoding").scalar_one())
    if problem := unsuitable(number, encoding):
        raise ConfigError(f"{shown(url)} {problem}")
    if connection.execute(select(func.pg_is_in_recovery())).scalar_one():
        raise ConfigError(f"{shown(url)} is a read-only copy; set MEGABOT_DATABASE_URL to the primary server")
    # Until the end of the transaction, because several hosts may start together.
    connection.execute(select(func.pg_advisory_xact_lock(_CREATING)))
    names = set(inspect(connection).get_table_names())
    if not names:
        schema.create(connection)
        return
    if not {ALEMBIC_VERSION.name, WRITTEN_BY.name, ACCOUNTS.name} <= names:
        raise ConfigError(
            f"{shown(url)} contains the tables of another program ({', '.join(sorted(names)[:3])}); create a "
            "database for megabot alone, for example with: createdb --owner=megabot megabot"
        )
    revision = str(connection.execute(select(ALEMBIC_VERSION.c.version_num)).scalar_one())
    if revision > schema.HEAD:
        written_by = connection.execute(select(WRITTEN_BY.c.version)).scalar()
        raise NewerLedger(
            f"the ledger in {shown(url)} was written by a newer megabot (its tables have version {revision}, "
            f"this megabot knows version {schema.HEAD}): install megabot {written_by} or newer"
        )
    if revision < schema.HEAD:
        schema.upgrade(connection)


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
    @contextmanager
    def service_lock(self, *, on_wait: Callable[[str], None]) -> Iterator[None]:
        claimed = self._account_rows.claimed(
            ClaimKind.SERVICE, self._clock, patience=math.inf, on_wait=on_wait
        )
        with claimed:
            yield

    @property
    @override
    def is_lost(self) -> bool:
        return self._account_rows.is_lost

    @override
    def back_up(self, target: Path) -> None:
        with self._account_rows.reading_at_once() as connection:
            file.write_rows(AccountRows(connection, self._account_rows.account_id), target)

    @override
    def change_account(self, change: Callable[[AccountState], AccountState]) -> None:
        with self._account_rows.writing() as connection:
            self._change_account(connection, change)
        self._account_rows.rejoin()

    @override
    def restore(self, source: Path) -> None:
        with file.rows_of(source, self._clock.now()) as old, self._account_rows.writing() as connection:
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


def _url(address: str) -> URL:
    if not database_url.is_valid(address):
        raise ConfigError(f"MEGABOT_DATABASE_URL: {database_url.FORM}")
    return make_url(address).set(drivername="postgresql+psycopg")
