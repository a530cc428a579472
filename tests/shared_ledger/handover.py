"""A handover by one host, with a fault at its n-th effect, and the takeover. For every n: `make faults`.

An effect is a statement or a commit in the database, a request that changes something, or any response.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection, delete

from megabot.ledger.tables import ACCOUNTS
from megabot.reconcile.loop import run_pass
from megabot.reconcile.orders import Order, OrderKind
from tests.fault_injection.killed import broken
from tests.postgres import Database, TrafficProxy
from tests.shared_ledger.host import Connections, Host, Killed, let_leases_end
from tests.world import SLOT, WEEK, World, opened_world

FIRST, SECOND = "first", "second"


class Mode(StrEnum):
    """What happens to the first host. A freeze ends before or after the other host may send again."""

    KILL = "killed"
    SHORT_FREEZE = "frozen for 3 min"
    LONG_FREEZE = "frozen for an hour"
    CUT = "cut off from the database"


@dataclass
class Hosts:
    """Two hosts' ways to one database; the first host's connections can be cut off."""

    database: Database
    proxy: TrafficProxy
    first: Connections
    second: Connections

    def forget(self) -> None:
        """Empty the database."""
        with self.second.shared.at_once() as connection:
            connection.execute(delete(ACCOUNTS))


@contextmanager
def hosts_on(database: Database) -> Iterator[Hosts]:
    """Connect two hosts to a database."""
    with TrafficProxy(database.server.folder) as proxy:
        first = Connections(FIRST, database, proxy.url(database.name))
        second = Connections(SECOND, database)
        yield Hosts(database, proxy, first, second)
        for connections in (first, second):
            connections.shared.close()


@dataclass
class Handover:
    """A handover that is under way. `names` are the effects of the first host."""

    hosts: Hosts
    world: World
    mode: Mode | None
    number: int
    names: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start both hosts."""
        self.first = Host(self.world, self.hosts.first)
        self.second = Host(self.world, self.hosts.second)
        self._waits = False

    def play(self) -> None:
        """Let last week's thread be posted, then the next slot come, and the fault, and an hour pass."""
        run_pass(self.first.ports(), orders={"news": Order(OrderKind.POST, "test:1")}, authenticated=True)
        self.world.clock.at = SLOT + WEEK + timedelta(minutes=1)
        self.hosts.first.happens = self._happens
        self.first.tick()
        self.hosts.first.happens = _dead if self.first.is_dead else _nothing
        if self.mode is Mode.CUT and self._waits:
            self._cut_off()
        let_leases_end(self.hosts.second, FIRST)
        self._others_go_on((3, 13, 25, 60))
        if self.first.tick() and self.mode is not None and len(self.names) >= self.number:
            self.complaints.append("both hosts act")
        if self.mode is Mode.CUT and self._waits:
            self._act_again()
        self.complaints += broken(self.world)

    def _happens(self, what: str, connection: Connection | None) -> None:
        """Count an effect; the chosen one goes wrong."""
        if self._waits:
            return
        self.names.append(what)
        if len(self.names) != self.number or self.mode is None:
            return
        match self.mode:
            case Mode.KILL:
                self.hosts.first.happens = _dead
                raise Killed
            case Mode.CUT:
                self._waits = True
                self.hosts.proxy.refuse()
            case Mode.SHORT_FREEZE | Mode.LONG_FREEZE:
                self._waits = True
                self._freeze(connection)

    def _freeze(self, connection: Connection | None) -> None:
        """Let the other host go on; from here on the first one may send nothing."""
        if connection is not None and connection.in_transaction():
            _end_transaction(self.hosts.database, connection)
        let_leases_end(self.hosts.second, FIRST)
        self._others_go_on((1, 2) if self.mode is Mode.SHORT_FREEZE else (1, 2, 13, 25, 60))
        self.first.writes.clear()
        self.hosts.first.happens = self._thawed

    def _thawed(self, what: str, _connection: Connection | None) -> None:
        if what == "response" and self.first.writes:
            self.complaints.append(f"after its thaw the first host sent {self.first.writes}")

    def _cut_off(self) -> None:
        """Let the first host go on without the database, and be back after the other one took over."""
        self.world.clock.at += timedelta(minutes=1)
        self.first.tick()
        let_leases_end(self.hosts.second, FIRST)
        self._others_go_on((2,))
        self.first.writes.clear()
        self.hosts.proxy.accept()
        self.hosts.first.happens = self._thawed
        self.first.tick()

    def _act_again(self) -> None:
        """Let the other host fall silent: the first one, which reaches the database again, must act."""
        let_leases_end(self.hosts.second, SECOND)
        self.hosts.first.happens = _nothing
        self.world.clock.at += timedelta(hours=1)
        self.first.beats.clear()
        if not self.first.tick() or self.first.beats[-1:] != [True]:
            self.complaints.append("the first host does not act again, although the other one is silent")

    def _others_go_on(self, minutes: tuple[int, ...]) -> None:
        began = self.world.clock.at
        for minute in minutes:
            self.world.clock.at = began + timedelta(minutes=minute)
            self.second.tick()


def _nothing(_what: str, _connection: Connection | None) -> None:
    """Nothing goes wrong."""


def _dead(_what: str, _connection: Connection | None) -> None:
    raise Killed


def _end_transaction(database: Database, connection: Connection) -> None:
    """End a frozen host's transaction, as the server does after `idle_in_transaction_session_timeout`."""
    pid = connection.connection.driver_connection.info.backend_pid  # type: ignore[union-attr]
    with database.server.admin() as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def play(
    hosts: Hosts, folder: Path, mode: Mode | None, number: int, *, api: str
) -> tuple[list[str], list[str]]:
    """Play a handover with a fault; return what promises broke, and the effects of the first host."""
    hosts.forget()
    hosts.first.happens = hosts.second.happens = _nothing
    hosts.proxy.accept()
    with opened_world(folder, api=api) as world:
        handover = Handover(hosts, world, mode, number)
        try:
            handover.play()
        finally:
            hosts.first.happens = hosts.second.happens = _nothing
            hosts.proxy.accept()
            handover.first.end()
            handover.second.end()
    return handover.complaints, handover.names
