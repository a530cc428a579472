"""A pass that reads a part of the ledger decides the same as one that reads all of it."""

import logging
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import cast

import pytest
from typing_extensions import override

from megabot.commands import status
from megabot.errors import MegabotError
from megabot.ledger.port import Ledger
from megabot.ledger.records import Intent, PostRecord
from megabot.ledger.thread_records import ThreadRecords
from megabot.ports import Ports
from megabot.reconcile.actions import Action, Publish
from megabot.reconcile.loop import run_pass
from megabot.reconcile.observation import Observation
from megabot.reconcile.orders import PART, Order, OrderKind
from megabot.service.ledger_alerts import LedgerAlerts
from tests.fake_ledger import FakeLedger
from tests.fakes import FakeCodes
from tests.scenario import ON_BOTH
from tests.simulation import events
from tests.simulation.__main__ import quiet_end
from tests.simulation.year import Year
from tests.world import NEWS, SLOT, WEEK, Press, World

pytestmark = pytest.mark.no_cover
SEEDS = 6
"""One of them has an upgrade, one a community on another server; every second one is on Lemmy 0.19."""
MOMENTS = 12
"""At how many moments of a year plans are compared, each without an order and with one."""

Plan = str | list[tuple[str, tuple[Action, ...], str, Observation | None]]
"""Of each thread what is left to do, the error, and what was seen; or the error that ended the plan."""


class OneByOne(FakeLedger):
    """A ledger that knows no threads ahead, so that a plan reads each thread when its turn comes."""

    @override
    def records_by_thread(self, editions: Mapping[str, Collection[str]]) -> Mapping[str, ThreadRecords]:
        return {}


class WholeHistory(OneByOne):
    """A ledger whose recent posts and writes are all there ever were."""

    @override
    def recent_intents(
        self, thread: str, *, editions: Collection[str], post_ids: Collection[int], order: str = ""
    ) -> tuple[Intent, ...]:
        return self.intents(thread)

    @override
    def recent_posts(
        self, thread: str, *, editions: Collection[str] = (), post_ids: Collection[int] = ()
    ) -> tuple[PostRecord, ...]:
        return self.posts(thread)


class OnlyRecent:
    """A ledger that refuses to read what grows with a thread's age."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def __getattr__(self, name: str) -> object:
        if name in {"intents", "posts", "texts"}:
            pytest.fail(f"a pass reads all {name} of a thread")
        return getattr(self._ledger, name)


class OnlyAtOnce:
    """A ledger that refuses to be read thread by thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def __getattr__(self, name: str) -> object:
        if name in {"thread", "overrides", "recent_posts", "recent_intents", "highlights"}:
            pytest.fail(f"{name} of a single thread is read")
        return getattr(self._ledger, name)


@pytest.fixture(autouse=True)
def silent() -> Iterator[None]:
    ours = logging.getLogger("megabot")
    before = ours.level
    ours.setLevel(logging.CRITICAL)
    yield
    ours.setLevel(before)


def year_of(seed: int, ledgers: type[FakeLedger] = FakeLedger) -> Year:
    year = Year(seed, ledgers=ledgers)
    events.draw(year)
    return year


@ON_BOTH
def test_no_pass_of_a_handover_reads_the_whole_history(world: World) -> None:
    world.change(first_comment="Welcome.")
    world.post()
    ports = world.ports()
    recent = replace(ports, ledger=cast("Ledger", OnlyRecent(ports.ledger)))
    world.clock.at = SLOT + WEEK
    run_pass(recent, authenticated=True)
    world.clock.at += timedelta(hours=1)

    run_pass(recent, authenticated=True)

    assert len(world.posts()) == 2
    assert world.pinned() == [2]


@ON_BOTH
@pytest.mark.parametrize("weeks", [1, 2])
def test_a_plan_and_the_status_read_all_threads_at_once(world: World, weeks: int) -> None:
    world.run_pass()
    world.pages.all = (NEWS, replace(NEWS, name="more"))
    for week in range(weeks + 1):
        world.clock.at = SLOT + week * WEEK
        world.run_pass()
    world.clock.at += WEEK
    ports = world.ports()
    at_once = replace(ports, ledger=cast("Ledger", OnlyAtOnce(ports.ledger)))

    reports = run_pass(at_once, authenticated=True, dry=True)

    assert [type(action) for report in reports for action in report.left] == [Publish] * 2
    assert [bool(thread.empty) for thread in status.read(at_once).threads] == [True, True]


@pytest.mark.parametrize("seed", [5])
def test_a_year_with_the_recent_history_is_the_same_as_with_the_whole(seed: int) -> None:
    recent, whole = year_of(seed), year_of(seed, WholeHistory)
    for year in (recent, whole):
        year.run()
        quiet_end(year)

    assert recent.server.deeds == whole.server.deeds
    assert recent.ledger.history(10_000) == whole.ledger.history(10_000)
    assert len(recent.ledger.posts("news")) > 30


@pytest.mark.parametrize("seed", range(1, SEEDS + 1))
def test_a_plan_from_records_read_at_once_is_the_one_thread_by_thread_and_from_the_whole(seed: int) -> None:
    random, year, compared = Random(seed), year_of(seed), list[bool]()

    def compare(year: Year) -> None:
        change_old_posts(year, random)
        assert isinstance(year.ledger, FakeLedger)
        for orders in ({}, drawn_orders(year, random)):
            at_once = plan_of(year, year.ledger, orders)
            each = plan_of(year, copied(year.ledger, OneByOne), orders)
            whole = plan_of(year, copied(year.ledger, WholeHistory), orders)
            assert at_once == each, f"seed {seed}, {year.clock.at}, {orders}"
            assert without_history(each) == without_history(whole), f"seed {seed}, {year.clock.at}, {orders}"
            compared.append(isinstance(at_once, list))

    year.pages.all = tuple(replace(thread, lock_after=timedelta(weeks=7)) for thread in year.pages.all)
    weeks = timedelta(weeks=52)
    for _ in range(MOMENTS):
        year.after(random.random() * weeks, compare)
    year.run()

    assert sum(compared) > MOMENTS


def change_old_posts(year: Year, random: Random) -> None:
    """Let a moderator unlock, pin or remove posts, also old ones and several in a row."""
    own = sorted(post.id for post in year.server.posts.values() if post.creator.id == year.bot.id)
    old, hand = own[-14:], year.hand(year.modlin)
    if old and random.random() < 0.6:
        hand.lock(random.choice(old), locked=False)
    if old and random.random() < 0.2:
        hand.feature(random.choice(old))
    if random.random() < 0.1:
        for post_id in own[-random.randrange(1, 9) :]:
            hand.remove(post_id)


def copied(ledger: FakeLedger, ledgers: type[FakeLedger]) -> FakeLedger:
    copy = ledgers()
    vars(copy).update(vars(ledger))
    return copy


def plan_of(year: Year, ledger: FakeLedger, orders: dict[str, Order]) -> Plan:
    """Plan a pass, and return all that was decided and seen; the error if one ends it."""
    ports = Ports(
        clock=year.clock,
        draw_code=FakeCodes(),
        forum=year.forum,
        ledger=ledger,
        source=year.pages,
        renderer=Press(),
        alerts=LedgerAlerts(ledger),
        home_servers=year.home_servers,
    )
    try:
        reports = run_pass(ports, orders=orders, authenticated=True, dry=True)
    except MegabotError as error:
        return str(error)
    return [(report.thread.name, report.left, str(report.failure), report.observation) for report in reports]


def without_history(plan: Plan) -> object:
    if isinstance(plan, str):
        return plan
    return [(*rest, seen and replace(seen, records=(), intents=())) for *rest, seen in plan]


def drawn_orders(year: Year, random: Random) -> dict[str, Order]:
    """Draw an order: new, or one that was carried out before; about a recent edition or an old one."""
    name = random.choice(["news", "group"])
    thread = next(thread for thread in year.pages.all if thread.name == name)
    records, intents = year.ledger.posts(name), year.ledger.intents(name)
    known = [intent.new.order for intent in intents if intent.new.order] or ["none"]
    kind = random.choice([*OrderKind])
    order = Order(
        kind,
        random.choice([random.choice(known), known[-1], "new"]),
        at=year.clock.at - random.choice([timedelta(minutes=5), timedelta(days=8), timedelta(days=200)]),
    )
    due = thread.calendar.current(year.clock.at) or thread.calendar.nearest(year.clock.at)
    keys = [due.key, next(thread.calendar.later(due)).key, *(record.edition for record in records)]
    if kind is OrderKind.REPOST and random.random() < 0.3:
        order = replace(order, id=f"{PART}{name}/{random.choice(keys)}:2", part=2)
    if kind is OrderKind.POST:
        order = replace(order, edition=random.choice([*keys[:2], ""]))
    if kind in (OrderKind.ADOPT, OrderKind.UNADOPT):
        posts = sorted(year.server.posts) or [1]
        ids = [*(record.post_id for record in records if record.adopted), *posts[-5:], random.choice(posts)]
        order = replace(order, post_id=random.choice(ids), edition=random.choice(keys))
    return {name: order}
