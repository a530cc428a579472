"""A PostgreSQL database for any number of accounts: its address, its connections, its tables, its claims."""

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from os import getpid

from sqlalchemy import Connection, Engine, create_engine, func, inspect, select
from sqlalchemy.engine import URL, make_url

from megabot import database_url
from megabot.errors import Busy, ConfigError, LedgerError, NewerLedger
from megabot.ledger import schema
from megabot.ledger.postgres.claims import LEASE, Claims
from megabot.ledger.postgres.errors import explain_errors, shown
from megabot.ledger.tables import ACCOUNTS, ALEMBIC_VERSION, WRITTEN_BY

OLDEST = 14
"""The oldest version of PostgreSQL that the ledger's statements were tested with."""
_KEPT = 8
"""How many connections stay open for the next use: one for each quick turn of many accounts."""
CONNECTIONS = 26
"""How many connections a process has at most; all but `_KEPT` are closed after use.

One for each turn of many accounts and two for the threads that keep the claims: three hosts stay below the
100 that PostgreSQL allows by default.
"""
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
        self._engine: Engine | None = None
        self._keepers = 0
        self._ends = threading.Event()
        self._lock = threading.Lock()

    @property
    def engine(self) -> Engine:
        """The connections, to a database whose tables are up to date."""
        if self._engine is None:
            engine = _engine(self.url)
            with explain_errors(self.url), engine.begin() as connection:
                _check(connection, self.url)
            # Kept, because a look into the cache computes the hash of a URL from its text.
            self._engine = engine
        return self._engine

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
        if self._engine is not None:
            self._engine.dispose()


@cache
def database_at(address: str) -> SharedDatabase:
    """Return the database at an address, the same one for all accounts of this process."""
    return SharedDatabase(address)


@cache
def _engine(url: URL) -> Engine:
    try:
        return create_engine(
            url,
            connect_args=_CONNECT,
            # Pinged before use, because a connection may be hours old.
            pool_pre_ping=True,
            pool_size=_KEPT,
            max_overflow=CONNECTIONS - _KEPT,
            # Among the values of statements is the token.
            hide_parameters=True,
        )
    # Without psycopg, or with a psycopg that finds no libpq.
    except ImportError:
        raise ConfigError(
            "a ledger on PostgreSQL needs psycopg; run: sudo make install POSTGRES=1, or, if megabot was "
            "installed with pip: pip install 'psycopg[binary]>=3.2'"
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


def _url(address: str) -> URL:
    if not database_url.is_valid(address):
        raise ConfigError(f"MEGABOT_DATABASE_URL: {database_url.FORM}")
    return make_url(address).set(drivername="postgresql+psycopg")
