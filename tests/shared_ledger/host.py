"""A host: its own connections to the database, its own session, its own service. All hosts share a clock."""

from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import requests
from sqlalchemy import Connection, event, text, update
from typing_extensions import override

from megabot.clock import Clock
from megabot.errors import DatabaseAway
from megabot.ledger.postgres.claims import Claims
from megabot.ledger.postgres.ledger import PostgresLedger
from megabot.ledger.postgres.shared_database import SharedDatabase
from megabot.ledger.tables import CLAIMS
from megabot.lemmy.auth.credentials import Credentials
from megabot.lemmy.auth.sign_in import SignIns
from megabot.lemmy.auth.token_store import DatabaseTokens
from megabot.lemmy.client import open_forum
from megabot.lemmy.http import LemmySession
from megabot.ports import Ports
from megabot.reconcile.overridden_source import OverriddenSource
from megabot.service.ledger_alerts import LedgerAlerts
from megabot.service.service import Service
from tests.fakes import FakeCodes
from tests.postgres import Database
from tests.world import World

TICK = timedelta(seconds=30)
LEASE = timedelta(hours=1)
"""So long that nothing is renewed in the background, also by a host that is said to be frozen."""


class Killed(BaseException):
    """The process is gone: not even a `finally` of it reaches the database."""


class StandsBy(Exception):
    """The host would have to wait for its turn."""


@dataclass
class Impatient(Clock):
    """A clock that does not wait for a claim."""

    world: World

    @override
    def now(self) -> Any:
        return self.world.clock.now()

    @override
    def sleep(self, seconds: float) -> None:
        raise StandsBy


@dataclass
class Connections:
    """The database as one host reaches it. `happens` is called before each statement, commit and request.

    Opened once for many scenes, because the first connection checks the tables.
    """

    name: str
    database: Database
    url: str = ""
    happens: Callable[[str, Connection | None], None] = lambda _what, _connection: None

    def __post_init__(self) -> None:
        """Connect, and tell the host's connections from those of the others by a harmless parameter."""
        url = self.url or self.database.url
        mark = "&" if "?" in url else "?"
        self.shared = SharedDatabase(
            f"{url}{mark}fallback_application_name={self.name}", holder=self.name, lease=LEASE
        )
        engine = self.shared.engine
        event.listen(engine, "before_cursor_execute", self._statement)
        event.listen(engine, "commit", lambda connection: self.happens("commit", connection))

    def _statement(self, connection: Connection, _cursor: object, words: str, *_rest: object) -> None:
        self.happens(words.split(maxsplit=1)[0].lower(), connection)

    def fresh_claims(self) -> None:
        """Forget what an earlier process of the host had claimed."""
        self.shared.claims = Claims(self.name, lease=LEASE)


@dataclass
class Host:
    """One process on one host.

    `after_check` is called between the last check of the claim and the first byte of a request. `writes` are
    the requests by which it changed something, without sign-ins; `beats` is how its passes went.
    """

    world: World
    connections: Connections
    writes: list[str] = field(default_factory=list)
    beats: list[bool] = field(default_factory=list)
    after_check: Callable[[], None] = lambda: None
    is_dead: bool = False
    _service: Service | None = None
    _held: ExitStack = field(default_factory=ExitStack)
    _sessions: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        """Start the process."""
        self.connections.fresh_claims()
        self.ledger = PostgresLedger(
            self.connections.shared,
            Impatient(self.world),
            name=self.world.bot_name,
            address="lemmy.example",
            on_wait=lambda: None,
        )

    def ports(self) -> Ports:
        world, ledger = self.world, self.ledger
        sign_ins = SignIns(
            credentials=Credentials(username=world.bot_name, password="correct horse"),
            instance=world.sandbox.url,
            file=DatabaseTokens(ledger),
            clock=world.clock,
        )
        session = LemmySession(
            world.sandbox.url, token=lambda: sign_ins.token, before_write=self._before_write
        )
        self._sessions.callback(session.close)
        session.hooks["response"].append(self._answered)
        forum, _ = open_forum(session, sign_ins, world.clock, kind=world.kind, on_kind=lambda _: None)
        return Ports(
            clock=world.clock,
            draw_code=FakeCodes(),
            forum=forum,
            ledger=ledger,
            source=OverriddenSource(world.pages, ledger),
            renderer=world.press,
            alerts=LedgerAlerts(ledger),
            home_servers=world.home_servers,
        )

    def tick(self) -> bool:
        """Do what `megabot run` does for one tick; return whether the host acts for the account."""
        if self.is_dead:
            return False
        try:
            return self._tick()
        except Killed:
            self.is_dead = True
            self._sessions.close()  # as the system closes a dead process's sockets
            return False

    def _tick(self) -> bool:
        self._renew()
        if self._service is not None and self.ledger.is_lost:
            self.stand_down()
        if self._service is None:
            try:
                self._held.enter_context(self.ledger.service_lock(on_wait=lambda _: None))
                self._service = Service(
                    self.ports(), tick=TICK, notify=lambda _: None, beat=self.beats.append
                )
            except (StandsBy, DatabaseAway):
                self.stand_down()
                return False
        self._service.tick()
        return True

    def _renew(self) -> None:
        """Do what the thread for the claims does every ten seconds."""
        shared = self.connections.shared
        with suppress(DatabaseAway), shared.at_once() as connection:
            shared.claims.renew(connection, shared.claims.held())

    def hold(self) -> None:
        """Take the account, without acting yet."""
        self._held.enter_context(self.ledger.service_lock(on_wait=lambda _: None))

    def stand_down(self) -> None:
        """Stop the service, and give the account back."""
        self._service = None
        self._sessions.close()
        self._held.close()

    def _before_write(self) -> None:
        self.connections.happens("request", None)
        self.ledger.confirm_claims()
        self.after_check()

    def _answered(self, response: requests.Response, *_given: object, **_named: object) -> None:
        if response.request.method != "GET" and not str(response.request.path_url).endswith("/login"):
            self.writes.append(f"{response.request.method} {response.request.path_url}")
        self.connections.happens("response", None)

    def end(self) -> None:
        """End the process without a word to the database."""
        self.is_dead = True
        self._sessions.close()
        self.connections.fresh_claims()
        self._held.close()


def let_leases_end(connections: Connections, holder: str) -> None:
    """Let half a minute pass for the claims of a host, as the database sees it."""
    past = text("clock_timestamp() - interval '1 second'")
    with connections.shared.at_once() as connection:
        connection.execute(update(CLAIMS).where(CLAIMS.c.holder == holder).values(until=past))
