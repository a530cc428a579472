"""One year of one seed: the real service on fakes, one clock, one source of chance, and people."""

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from megabot.commands import run_order
from megabot.errors import ConfigError, UserError
from megabot.forum.models import Person, Post
from megabot.ports import Ports
from megabot.reconcile.decide import blocked_actions
from megabot.reconcile.orders import Order, OrderKind
from megabot.rendering.model import RenderProblem
from megabot.schedule import calendar
from megabot.schedule.calendar import Every, Schedule
from megabot.schedule.month_days import MonthDay
from megabot.service.ledger_alerts import LedgerAlerts
from megabot.service.service import Service
from megabot.source.model import Companion, Previous, Thread
from megabot.source.problems import Problem
from tests.fake_ledger import FakeLedger
from tests.fakes import FakeCodes
from tests.simulation.account import AccountForum
from tests.simulation.faults import BROKEN_THREAD, FaultyPress, Killed, Record, Storm, through
from tests.simulation.hands import FakeHand
from tests.simulation.home import FakeHomeServers
from tests.simulation.ledgers import NewLedger
from tests.simulation.rates import Rates
from tests.simulation.server import Generation, Server, is_seen
from tests.world import Clock, Pages, Press

WEEKS = 52
ZONES = ["Europe/London", "America/New_York", "Australia/Lord_Howe", "UTC", "Africa/Casablanca"]
HOURS = [time(0, 0), time(1, 30), time(2, 30), time(12, 0), time(23, 45)]
TICK = timedelta(seconds=30)
BROKEN = RenderProblem((Problem("thread.md.j2", 7, "preambel is not defined"),))

UPGRADED, ELSEWHERE = 3, 2
"""Of each six seeds: whose server is upgraded, and for which the community is on another one than the bot."""
TRAVELS = [timedelta(0)] * 4 + [timedelta(seconds=40)] * 4 + [timedelta(minutes=7), timedelta(minutes=200)]
AWAY = [timedelta(0)] * 9 + [timedelta(hours=2)]

Event = Callable[["Year"], None]


RHYTHMS: dict[int, Callable[[Schedule], Schedule]] = {
    3: lambda schedule: replace(schedule, at=time(6), also_at=(time(18),)),
    4: lambda schedule: replace(
        schedule,
        every=Every.MONTH,
        weekdays=(),
        month_days=(MonthDay(nth=1, weekday=0), MonthDay(day=15), MonthDay(day=31)),
    ),
}
"""Rhythms of the second thread other than once a week, by the seed's remainder."""


@dataclass(order=True)
class _Due:
    at: datetime
    number: int
    event: Event = field(compare=False)


class Year:
    """What a seed acts on: half of the years on each generation of Lemmy, some of the first with an upgrade.

    `calm` is the record of when nothing hindered the bot, for the judge. With fewer `weeks` the year is over
    sooner.
    """

    def __init__(
        self,
        seed: int,
        *,
        generation: Generation | None = None,
        ledgers: NewLedger = FakeLedger,
        weeks: int = WEEKS,
    ) -> None:
        self.seed = seed
        self.weeks = weeks
        self.random = Random(seed)
        self.counts: Counter[str] = Counter()
        self.record = Record()
        first = date(2026, 11, 9) + timedelta(weeks=self.random.randrange(8 * 52))
        self.clock = Clock(datetime.combine(first, time(0), UTC) - timedelta(days=3))
        self.upgrades, elsewhere = seed % 6 == UPGRADED, seed % 6 == ELSEWHERE
        self.server = Server(
            self.clock.true,
            generation=generation or (Generation.V0_19 if seed % 2 else Generation.V1_0),
            rates=Rates(),
            travel=lambda: self.random.choice(TRAVELS),
        )
        self.bot, self.modlin, self.kim, self.reader = self._people()
        self.home = self.server.add_community("news", ["modlin", "kim", "megabot"], local=not elsewhere).id
        self.server.add_community("newsroom", ["modlin", "kim", "megabot"])
        self.forum = AccountForum(self.server, self.bot)
        self.storm = Storm(self.random)
        self.home_servers = FakeHomeServers(
            self.server,
            travel=lambda: self.random.choice(TRAVELS),
            away=lambda: self.random.choice(AWAY),
        )
        self._ledgers = ledgers
        self.ledger = ledgers()
        self.old_ledger = ledgers()
        self.pages = Pages(self._threads(first))
        self.press = Press()
        self.service: Service | None = None
        self.last_slot = min(self.slots(thread)[-1].slot for thread in self.pages.all)
        self.excused: set[str] = set()
        self.known_since: dict[str, datetime] = {}
        self.ordered: Counter[str] = Counter()
        self.early: list[datetime] = []
        self.calm: list[tuple[datetime, bool]] = []
        self._queue: list[_Due] = []
        self._numbers = 0

    def _people(self) -> tuple[Person, Person, Person, Person]:
        self.server.add_person("admin", admin=True)
        bot = self.server.add_person("megabot", bot=True)
        return bot, *(self.server.add_person(name) for name in ("modlin", "kim", "reader"))  # type: ignore[return-value]

    def _threads(self, first: date) -> tuple[Thread, ...]:
        zone, at = self.random.choice(ZONES), self.random.choice(HOURS)
        weekly = Schedule(every=Every.WEEK, weekdays=(0,), at=at, timezone=zone, first=first)
        weekday = self.random.choice([0, 0, 2, 3])
        group = replace(weekly, weekdays=(weekday,), first=first + timedelta(days=weekday))
        group = RHYTHMS[self.seed % 8](group) if self.seed % 8 in RHYTHMS else group
        told = Previous(
            comment="The new thread is [here]({{ edition.url }}).", lock=self.random.random() < 0.3
        )
        news = Thread(name="news", path="thread.md.j2", title="News", schedule=weekly, community="news")
        return (
            replace(
                news,
                previous=replace(told, announce=timedelta(hours=6)),
                companions=(Companion(name="group", thread="group"),),
            ),
            replace(
                news,
                name="group",
                path="group.md.j2",
                schedule=group,
                previous=told,
                companions=(Companion(name="news", thread="news"),),
                unpin_after=self.random.choice([None, timedelta(days=5)]),
                lock_after=self.random.choice([None, timedelta(days=9)]),
            ),
        )

    # -- time

    def at(self, when: datetime, event: Event) -> None:
        """Have something happen."""
        self._numbers += 1
        heapq.heappush(self._queue, _Due(when, self._numbers, event))

    def after(self, wait: timedelta, event: Event) -> None:
        """Have something happen from now on."""
        self.at(self.clock.at + wait, event)

    def run(self) -> None:
        """Let everything happen that is due, the service ticking as it wants to in between."""
        while self._queue:
            self._step(heapq.heappop(self._queue))

    def run_until(self, moment: datetime) -> None:
        """Let happen what is due by a moment, and stop there."""
        self.at(moment, lambda _: None)
        while self._queue and self._queue[0].at <= moment:
            self._step(heapq.heappop(self._queue))

    def run_before(self, moment: datetime) -> None:
        """Let happen what is due before a moment, without a tick of its own."""
        while self._queue and self._queue[0].at < moment:
            self._step(heapq.heappop(self._queue))

    def _step(self, due: _Due) -> None:
        self._live_until(due.at)
        self.clock.at = max(self.clock.at, due.at)
        self.server.resolve_intent()
        due.event(self)
        self._note_calm()
        self.tick()

    def _live_until(self, until: datetime) -> None:
        """Tick when the service is due, but skip hours in which it would only look."""
        while self.service is not None:
            wake = self.service.next_at - self.clock.ahead
            if wake >= until or wake - self.clock.at > timedelta(minutes=20):
                return
            self.clock.at = max(self.clock.at + TICK, wake)
            self.server.resolve_intent()
            self.tick()

    def tick(self) -> None:
        """One tick of the service, if it runs; a kill ends it for a while."""
        if self.service is None:
            return
        before = self.service.reports
        try:
            self.service.tick()
        except Killed:
            self.stop(
                for_=self.random.choice([timedelta(seconds=30), timedelta(minutes=12), timedelta(hours=3)])
            )
            return
        if self.service.reports is not before:
            self._count()

    def _count(self) -> None:
        for report in self.service.reports if self.service else ():
            self.counts.update(f"held {blocked.reason.value}" for blocked in blocked_actions(report.left))

    # -- the bot's process

    def start(self) -> None:
        """Start the service, as after a boot."""
        if self.service is None:
            self.service = Service(self.ports(), tick=TICK, notify=lambda _: None)
            self._note_calm()
            self.tick()

    def stop(self, *, for_: timedelta) -> None:
        """End the service without a word, and start it again later."""
        self.service = None
        self._note_calm()
        self.after(for_, lambda year: year.start())

    def ports(self) -> Ports:
        """Compose a process of the bot."""
        forum, ledger = through(self.forum, self.ledger, self.storm, self.record)
        return Ports(
            clock=self.clock,
            draw_code=FakeCodes(),
            forum=forum,
            ledger=ledger,
            source=self.pages,
            renderer=FaultyPress(self.press, self.storm),
            alerts=LedgerAlerts(ledger),
            home_servers=self.home_servers,
        )

    def order(self, kind: OrderKind, thread: str, *, move: bool = False, early: bool = False) -> None:
        """A person orders something at the shell."""
        name = f"shell:{self.clock.at.isoformat()}"
        try:
            answer = run_order.carry_out(self.ports(), Order(kind, name, early=early), thread, move=move)
        except (UserError, ConfigError):
            return
        except Killed:
            return
        finally:
            self.ordered[f"{kind.value} {thread}"] += 1
        self.counts["answered"] += 1 if answer.done else 0

    def adopt(self, url: str) -> None:
        """A person adopts a thread at the shell."""
        ports = self.ports()
        try:
            order, name = run_order.adoption_order(
                ports, url, id_=f"shell:{self.clock.at.isoformat()}", thread="news"
            )
            run_order.carry_out(ports, order, name)
        except (UserError, ConfigError, Killed):
            return

    def mend_threads(self) -> None:
        """The thread that was broken is gone."""
        self.pages.all = tuple(thread for thread in self.pages.all if thread.name != BROKEN_THREAD)

    def lose_ledger(self) -> None:
        """The state folder is gone."""
        self.ledger = self._ledgers()
        self._forget()
        self._restart()

    def restore_ledger(self) -> None:
        """Somebody puts last week's backup back."""
        self.ledger = self.old_ledger.copied()
        self._forget()
        self._restart()

    def _forget(self) -> None:
        """A series that has not begun is a first run again: nothing but the ledger knew its schedule."""
        for thread in self.pages.all:
            if not any(f"(megabot:v1:{thread.name}/" in deed.post.body for deed in self.server.deeds):
                self.known_since[thread.name] = self.clock.at

    def keep_backup(self) -> None:
        """Somebody makes a backup."""
        self.old_ledger = self.ledger.copied()

    def _restart(self) -> None:
        if self.service is not None:
            self.service = None
            self.start()

    # -- for events and judges

    def hand(self, person: Person) -> FakeHand:
        """A person's hands."""
        return FakeHand(self.server, person)

    def standing(self, name: str) -> Post | None:
        """The newest open post of a thread, by its marker."""
        posts = [
            post
            for post in self.server.posts.values()
            if f"(megabot:v1:{name}/" in post.body and post.creator.id == self.bot.id and is_seen(post)
        ]
        return max(posts, key=lambda post: (post.published, post.id), default=None)

    def slots(self, thread: Thread) -> list[calendar.Edition]:
        """The year's editions of a thread."""
        editions: list[calendar.Edition] = []
        for edition in thread.calendar.upcoming(self.clock.at):
            if len(editions) == self.weeks:
                break
            editions.append(edition)
        return editions

    def _something_is_hidden(self) -> bool:
        """Whether nothing shows the text of a post that the ledger does not know (decision 2)."""
        shown = self.server.place(self.home).local or self.server.moderates(self.bot, self.home)
        if shown or not self.server.is_new:
            return False
        known = {record.post_id for name in self.ledger.threads() for record in self.ledger.posts(name)}
        own = (post for post in self.server.posts.values() if post.creator.id == self.bot.id)
        return any(post.removed and post.id not in known for post in own)

    def _note_calm(self) -> None:
        """Remember whether anything but people's hands on posts hinders the bot now."""
        calm = (
            self.service is not None
            and not self.storm.blows
            and self.press.problem is None
            and self.forum.alive
            and not self.forum.hides
            and self.clock.ahead == timedelta(0)
            and self.pages.all[0].community == "news"
            and not self._something_is_hidden()
        )
        if not self.calm or self.calm[-1][1] is not calm:
            self.calm.append((self.clock.at, calm))
            for minutes in (11, 65) if calm else ():  # it looks by itself then
                self.after(timedelta(minutes=minutes), lambda _: None)
