"""Two hosts of one account in the demo: they share a ledger, one acts, and the other takes over.

Between machines the ledger is a PostgreSQL database, and its claims are rows with a lease. Here both hosts
are in one process, so that nothing has to be installed: the ledger is a file, and the claim is a value in
memory, with the same lease by the simulated clock. Everything else is the real service.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

from megabot.app import App
from megabot.demo.stage import Stage
from megabot.errors import ClaimLost, DatabaseAway
from megabot.forum.port import Forum
from megabot.ledger.port import Ledger
from megabot.ledger.postgres.claims import LEASE
from megabot.ports import Ports
from megabot.reconcile.overridden_source import OverriddenSource
from megabot.reconcile.report import Report
from megabot.schedule.interval import NEVER
from megabot.service.ledger_alerts import LedgerAlerts
from megabot.service.schedulers import next_slot
from megabot.service.service import Service

STEP, SOON = timedelta(days=3), timedelta(minutes=15)
_WRITES = (
    "begin_",
    "change_",
    "clear_",
    "forget_",
    "keep_",
    "prune",
    "raise_",
    "record_",
    "resolve_",
    "set_",
)
_SENDS = ("comment", "create_post", "edit_", "feature", "lock", "message")


@dataclass
class Database:
    """What both hosts see of the claim: who holds the account, and until when."""

    holder: str = ""
    until: datetime = NEVER.end
    is_away: bool = False


@dataclass
class Host:
    """A machine with a megabot. `before_send` is called with the host before each write to the server."""

    name: str
    stage: Stage
    database: Database
    before_send: Callable[["Host"], None] = lambda _: None
    service: Service | None = None
    app: App | None = None
    is_frozen: bool = False
    _waits: bool = False
    _said: tuple[Report, ...] = ()

    def start(self) -> None:
        """Start megabot on this host."""
        self.app = self.stage.open_app()
        self.stage.say(self.name, "starts")
        self.tick()

    def kill(self) -> None:
        """End megabot without a chance to give the account back."""
        if self.app is not None:
            self.app.close()
        self.app = self.service = None
        self._waits = False
        self.stage.say(self.name, "is killed")

    def tick(self) -> None:
        """Do what `megabot run` does: stand by, take over, or run a tick of the service."""
        if self.app is None or self.is_frozen:
            return
        if not self._holds():
            self.service = None
            self._wait_or_take_over()
        if self.service is None:
            return
        self.service.tick()

    @property
    def is_acting(self) -> bool:
        """Whether this host holds the account and can say so."""
        return self._holds() and self.app is not None and not (self.is_frozen or self.database.is_away)

    def renew(self) -> None:
        """Put the end of the claim off, as a living holder does every ten seconds."""
        if self.is_acting:
            self.database.until = self.stage.clock.now() + LEASE

    def confirm(self) -> None:
        """Raise `ClaimLost` if the other host took over."""
        if self.database.is_away:
            raise DatabaseAway("the database does not answer; try again in a moment")
        if not self._holds():
            raise ClaimLost("the other host has taken over; nothing more is sent from here")

    def _holds(self) -> bool:
        return self.database.holder == self.name

    def _wait_or_take_over(self) -> None:
        if self.app is None or self.database.is_away:
            return
        if self.database.until > self.stage.clock.now():
            if not self._waits:
                self.stage.say(self.name, "stands by")
            self._waits = True
            return
        last = f", because {self.database.holder} has been silent for 30 s" if self.database.holder else ""
        self.stage.say(self.name, f"takes the account{last}")
        self.database.holder, self._waits = self.name, False
        self.renew()
        self.service = Service(
            self._ports(self.app.ports),
            tick=self.app.settings.tick,
            notify=lambda _: None,
            beat=lambda _: self._say_what_was_done(),
        )

    def _say_what_was_done(self) -> None:
        """Print what a pass did. This is called after each of them, and after failures too."""
        if self.service is not None and self.service.reports is not self._said:
            self._said = self.service.reports
            self.stage.say_what_was_done(self.service, self.name)

    def _ports(self, ports: Ports) -> Ports:
        ledger = cast("Ledger", _SharedLedger(ports.ledger, self))
        return replace(
            ports,
            ledger=ledger,
            alerts=LedgerAlerts(ledger),
            source=OverriddenSource(ports.source, ledger),
            forum=cast("Forum", _CheckedForum(ports.forum, self)),
        )


class _SharedLedger:
    """A ledger that one host writes to only as long as it holds the account."""

    def __init__(self, ledger: Ledger, host: Host) -> None:
        self._ledger = ledger
        self._host = host

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  the ledger's own method
        if self._host.database.is_away or name.startswith(_WRITES):
            self._host.confirm()
        return getattr(self._ledger, name)

    @contextmanager
    def pass_lock(self) -> Iterator[None]:
        """Hold nothing: a file's lock would not end with a lease."""
        self._host.confirm()
        yield


class _CheckedForum:
    """A forum to which a host sends only after it has confirmed its claim."""

    def __init__(self, forum: Forum, host: Host) -> None:
        self._forum = forum
        self._host = host

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  the forum's own method
        if name.startswith(_SENDS):
            self._host.before_send(self._host)
            self._host.confirm()
        return getattr(self._forum, name)


@dataclass
class Hosts:
    """The two hosts, and the time that passes for both."""

    stage: Stage
    database: Database = field(default_factory=Database)

    def __post_init__(self) -> None:
        """Set up both hosts; nothing runs on them yet."""
        self.one = Host("host one", self.stage, self.database)
        self.two = Host("host two", self.stage, self.database)

    def close(self) -> None:
        """End both processes."""
        for host in (self.one, self.two):
            if host.app is not None:
                host.app.close()

    def until(self, moment: datetime) -> None:
        """Let time pass: to each slot, to the end of each lease or wait, and to the moment."""
        clock = self.stage.clock
        while clock.at < moment:
            for host in (self.one, self.two):
                host.renew()
            clock.at = min(moment, clock.at + STEP, *self._events(clock.at))
            for host in (self.one, self.two):
                host.renew()
            for host in (self.one, self.two):
                host.tick()

    def _events(self, now: datetime) -> Iterator[datetime]:
        for host in (self.one, self.two):
            if host.service is None or host.is_frozen:
                continue
            yield from (
                slot for report in host.service.reports if (slot := next_slot(report.thread, now)) is not None
            )
            # Not the pass of each hour, in which nothing happens.
            if now < host.service.next_at < now + SOON:
                yield host.service.next_at
        if now < self.database.until and not any(host.is_acting for host in (self.one, self.two)):
            yield self.database.until
