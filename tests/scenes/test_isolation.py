"""What fails concerns itself alone: one thread, one file, the inbox, a job in the background (R16)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from megabot.commands.run_order import carry_out
from megabot.commands.status import read as read_status
from megabot.errors import Bug, ConfigError, LedgerError, NotSent, SourceBroken, Stopping, Unreadable
from megabot.forum.models import CommunityRef
from megabot.forum.port import Forum
from megabot.ledger.port import Ledger
from megabot.reconcile.actions import BlockReason, MissingInput
from megabot.reconcile.loop import PassContext, _decide, run_pass
from megabot.reconcile.observation import Situation
from megabot.reconcile.orders import Order, OrderKind
from megabot.rendering.model import Context, Rendered, RenderProblem
from megabot.rendering.renderer import ChildRenderer
from megabot.service.ledger_alerts import LedgerAlerts
from megabot.service.service import Service
from megabot.source.folder import FolderSource
from megabot.source.model import Companion, Snapshot, Thread
from tests.fake_ledger import FakeLedger
from tests.world import NEWS, SLOT, WEEK, Press, World

TICK = timedelta(seconds=30)
PLACE = CommunityRef(id=1, name="news", actor="https://lemmy.example/c/news", nsfw=False, local=True)
AAA = replace(NEWS, name="aaa", path="aaa.md.j2")
"""A thread that comes before the healthy one."""


@dataclass
class BrokenPress:
    """A renderer that has a bug for one thread."""

    error: Exception
    name: str = "aaa"
    press: Press = field(default_factory=Press)

    def render(
        self, snapshot: Snapshot, jobs: Sequence[tuple[Thread, Context]]
    ) -> tuple[Rendered | RenderProblem, ...]:
        if any(thread.name == self.name for thread, _ in jobs):
            raise self.error
        return self.press.render(snapshot, jobs)


@dataclass
class Slow:
    """A forum some of whose calls hang as long as they may, and then fail. `called` counts those."""

    forum: Forum
    clock: Any
    names: frozenset[str] = frozenset({"unread", "inbox"})
    hangs: timedelta = timedelta(seconds=100)
    fails: bool = True
    called: int = 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  stands in for any method of the port
        real = getattr(self.forum, name)
        if name not in self.names:
            return real

        def call(*given: Any, **named: Any) -> Any:  # noqa: ANN401  as above
            if not self.fails:
                return real(*given, **named)
            self.called += 1
            self.clock.at += self.hangs
            raise Unreadable("no answer came")

        return call


def alerts(world: World) -> dict[str, str]:
    return dict(world.ports().alerts.active_alerts())


def titles(world: World) -> list[str]:
    return [str(post["name"]) for post in world.posts()]


def live(world: World, service: Service, until: datetime) -> None:
    """Let time pass as the service's own loop does: a tick each half minute, and one on the dot."""
    while world.clock.at < until:
        wake = service.next_at
        on_the_dot = world.clock.at < wake < world.clock.at + TICK
        world.clock.at = wake if on_the_dot else world.clock.at + TICK
        service.tick()


def delay(world: World) -> timedelta:
    """How long after the slot of the second week its thread was posted."""
    (post,) = [one for one in world.posts() if one["name"] == "News 3"]
    return datetime.fromisoformat(str(post["published"])) - (SLOT + WEEK)


def an_order(kind: OrderKind) -> Order:
    return Order(kind, "test:1")


# -- one thread


def test_a_thread_without_a_community_is_an_alert_and_the_threads_behind_it_are_posted(world: World) -> None:
    world.pages.all = (replace(AAA, community=""), NEWS)
    service = world.service()
    service.tick()
    world.clock.at = SLOT + WEEK
    service.tick()

    assert titles(world) == ["News 3"]
    assert "MEGABOT_COMMUNITY" in alerts(world)["aaa:failed"]
    assert alerts(world)["aaa:failed"].count("aaa") == 1
    world.pages.all, world.pages.commit = (NEWS,), "b" * 40
    world.clock.at += timedelta(minutes=10)
    service.tick()
    assert alerts(world) == {}


@pytest.mark.parametrize(
    "error", [ZeroDivisionError(), KeyError("x"), RecursionError(), MemoryError(), ConfigError("no")]
)
def test_any_error_of_one_thread_is_an_alert_and_the_others_are_posted(
    world: World, error: Exception
) -> None:
    world.pages.all = (AAA, NEWS)
    ports = replace(world.ports(), renderer=BrokenPress(error))
    service = Service(ports, tick=TICK, notify=lambda _: None)
    service.tick()
    world.clock.at = SLOT + WEEK
    service.tick()

    assert titles(world) == ["News 3"]
    assert [*alerts(world)] == ["aaa:failed"]


def test_a_thread_whose_alerts_cannot_be_worked_out_is_an_alert_and_the_others_have_theirs(
    world: World,
) -> None:
    world.pages.all = (AAA, NEWS)
    run_pass(
        world.ports(), orders={name: an_order(OrderKind.POST) for name in ("aaa", "news")}, authenticated=True
    )
    world.pages.all = (replace(AAA, max_comments=cast("int", "many")), replace(NEWS, max_comments=1))
    world.hand("reader").comment(2, "First!")

    run_pass(world.ports(), authenticated=True)

    assert sorted(alerts(world)) == ["aaa:failed", "news:cap"]


def test_what_passes_by_itself_is_an_alert_only_after_an_hour(world: World) -> None:
    ports = world.ports()
    world.pages.all = (replace(AAA, community="elsewhere"), NEWS)
    slow = Slow(ports.forum, world.clock, frozenset({"community"}), timedelta(0))
    ports = replace(ports, forum=cast("Forum", slow))

    run_pass(ports)
    at_first = alerts(world)
    world.clock.at += timedelta(hours=1)
    run_pass(ports)

    assert at_first == {}
    assert "no answer came" in alerts(world)["news:failed"]
    slow.fails = False
    run_pass(ports)
    assert "news:failed" not in alerts(world)
    assert "elsewhere" in alerts(world)["aaa:failed"]


@pytest.mark.parametrize("error", [ZeroDivisionError(), LedgerError("the disk is full")])
def test_what_may_be_over_soon_is_tried_again_soon(world: World, error: Exception) -> None:
    press = BrokenPress(error, name="news")
    world.post()
    service = Service(replace(world.ports(), renderer=press), tick=TICK, notify=lambda _: None)
    world.clock.at = SLOT + WEEK
    service.tick()
    press.name = ""

    live(world, service, SLOT + WEEK + timedelta(minutes=5))

    assert delay(world) < timedelta(minutes=3)


def test_being_told_to_stop_is_no_error_of_a_thread(world: World) -> None:
    world.pages.all = (AAA, NEWS)
    ports = replace(world.ports(), renderer=BrokenPress(Stopping("told to stop")))

    with pytest.raises(Stopping):
        run_pass(ports, orders={"aaa": an_order(OrderKind.POST)}, authenticated=True)


def test_an_order_about_one_thread_raises_what_only_a_person_can_change(world: World) -> None:
    world.pages.all = (replace(AAA, community=""), NEWS)
    ports = world.ports()

    with pytest.raises(ConfigError, match="MEGABOT_COMMUNITY"):
        carry_out(ports, an_order(OrderKind.POST), "aaa")
    answer = carry_out(ports, an_order(OrderKind.POST), None)
    assert [line.partition(" ")[0] for line in answer.said] == ["news/2026-W47:"]
    assert len(answer.complaints) == 1


def test_a_decision_that_asks_twice_for_one_thing_is_a_bug_and_no_endless_loop(world: World) -> None:
    class Forgetful:
        """Renders, and gives nothing."""

        def due_text(self, situation: Situation, place: CommunityRef) -> tuple[None, str]:
            return None, ""

    world.clock.at = SLOT + WEEK
    ports = world.ports()
    report = run_pass(ports, authenticated=True, dry=True)[0]
    assert report.observation is not None
    observation = replace(
        report.observation, known_since=SLOT, removals_read=True, trusted=True, records=(), intents=()
    )
    situation = Situation(now=world.clock.now(), thread=NEWS, observation=observation)
    this_pass = PassContext(ports=ports, listing=cast("Any", None), composer=cast("Any", Forgetful()))

    with pytest.raises(Bug, match=MissingInput.TEXT.name):
        _decide(this_pass, situation, PLACE)


# -- one file of the source

FRONT = """---
name: {name}
title: "{name} {{{{ edition.number }}}}"
community: news
schedule: {{every: week, on: monday, at: "12:00", timezone: Europe/London, first: 2026-11-09}}
---
{body}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A source of two threads: one uses everything, the other nothing."""
    source = tmp_path / "source"
    for path, text in {
        "aaa.md.j2": FRONT.format(name="aaa", body="{{ sections() }}\n{{ data.events[0] }}"),
        "news.md.j2": FRONT.format(name="news", body="Hello."),
        "sections/10-maps.md": "---\ntitle: Maps\n---\n- A map\n",
        "data/events.yaml": "- Market\n",
    }.items():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_text(text)
    return source


@pytest.mark.parametrize(
    ("path", "content", "key"),
    [
        ("aaa.md.j2", b"---\n\tname: aaa\n---\n", "source"),
        ("aaa.md.j2", b"\xff\xfe", "source"),
        ("aaa.md.j2", FRONT.format(name="aaa", body="{{").encode(), f"aaa:{BlockReason.TEXT_BROKEN}"),
        ("sections/10-maps.md", b"---\ntitle: Maps\n---\n- a\n:::\n", f"aaa:{BlockReason.TEXT_BROKEN}"),
        ("sections/20-new.md", b"\xff\xfe", f"aaa:{BlockReason.TEXT_BROKEN}"),
        ("data/events.yaml", b"a: 1\na: 2\n", f"aaa:{BlockReason.TEXT_BROKEN}"),
        ("data/events.json", b"[]", f"aaa:{BlockReason.TEXT_BROKEN}"),
    ],
)
def test_a_broken_file_concerns_the_threads_that_use_it_and_no_other(
    world: World, folder: Path, path: str, content: bytes, key: str
) -> None:
    (folder / path).write_bytes(content)
    ports = replace(world.ports(), source=FolderSource(folder), renderer=ChildRenderer())
    run_pass(ports)
    world.clock.at = SLOT + WEEK

    reports = run_pass(ports)

    assert [report.thread.name for report in reports][-1] == "news"
    assert titles(world) == ["news 3"]
    assert [*alerts(world)] == [key]
    assert path in alerts(world)[key]


def test_two_files_that_claim_one_name_are_both_left_alone(world: World, folder: Path) -> None:
    """Which of them is the thread that runs cannot be told, and the wrong text must not be posted."""
    (folder / "copy.md.j2").write_bytes((folder / "aaa.md.j2").read_bytes())
    ports = replace(world.ports(), source=FolderSource(folder), renderer=ChildRenderer())

    reports = run_pass(ports)

    assert [report.thread.name for report in reports] == ["news"]
    assert "has the name aaa too" in alerts(world)["source"]


def test_a_companion_whose_template_is_broken_is_linked_all_the_same(world: World) -> None:
    world.pages.all = (AAA, NEWS)
    world.run_pass(OrderKind.POST)
    linking = replace(NEWS, companions=(Companion(name="other", thread="aaa"),))

    class OneBroken:
        """The pages, with the template of one thread broken."""

        def __getattr__(self, name: str) -> Any:  # noqa: ANN401  stands in for the port
            return getattr(world.pages, name)

        def threads(self, snapshot: Snapshot) -> tuple[Thread, ...]:
            raise SourceBroken(["aaa.md.j2: broken"], threads=(linking,))

    world.clock.at = SLOT + WEEK
    ports = replace(world.ports(), source=cast("Any", OneBroken()))
    (report,) = run_pass(ports, orders={"news": an_order(OrderKind.POST)})

    assert report.verified
    assert "other: http" in str(world.posts()[-1]["body"])
    assert read_status(ports).alerts[0][0] == "source"


# -- the inbox and the jobs in the background


def test_an_inbox_that_hangs_for_hours_delays_no_post_by_even_a_minute(world: World) -> None:
    world.post()
    ports = world.ports()
    slow = Slow(ports.forum, world.clock)
    service = Service(replace(ports, forum=cast("Forum", slow)), tick=TICK, notify=lambda _: None)
    world.clock.at = SLOT + WEEK - timedelta(hours=3)

    live(world, service, SLOT + WEEK + timedelta(hours=1))

    assert slow.called > 10
    assert delay(world) < timedelta(minutes=1)
    assert "comments and messages" in alerts(world)["inbox"]
    slow.fails = False
    live(world, service, SLOT + WEEK + timedelta(hours=3))
    assert "inbox" not in alerts(world)


@pytest.mark.parametrize("error", [Unreadable("no answer came"), ZeroDivisionError()])
def test_a_job_that_fails_for_hours_delays_neither_a_post_nor_the_inbox_nor_another_job(
    world: World, error: Exception
) -> None:
    world.post()
    service = world.service()
    worked: list[datetime] = []

    def fail(_: datetime) -> None:
        world.clock.at += timedelta(seconds=100)
        raise error

    service.add_jobs({"links": fail, "site": worked.append})
    world.clock.at = SLOT + WEEK - timedelta(hours=3)
    world.sandbox.forget_requests()

    live(world, service, SLOT + WEEK + timedelta(hours=1))

    assert delay(world) < timedelta(minutes=1)
    asked = [request for request in world.sandbox.requests if request.path.endswith("unread_count")]
    assert len(asked) > 300
    assert len(worked) > 300
    assert "`links`" in alerts(world)["job links"]


def test_a_job_of_many_requests_stops_before_a_slot_and_goes_on_after_it(world: World) -> None:
    world.post()
    service = world.service()
    refused: list[datetime] = []

    def read_everything(_: datetime) -> None:
        for _step in range(100):
            try:
                service.unhurried.forum.site()
            except NotSent:
                refused.append(world.clock.now())
                raise
            world.clock.at += timedelta(seconds=30)

    service.add_jobs({"site": read_everything})
    world.clock.at = SLOT + WEEK - timedelta(minutes=20)

    live(world, service, SLOT + WEEK + timedelta(hours=1))

    assert refused == [SLOT + WEEK - timedelta(minutes=2)]
    assert delay(world) < timedelta(minutes=1)


def test_a_slot_ends_the_wait_after_a_pass_that_failed(world: World) -> None:
    world.post()
    service = world.service()
    service.tick()
    world.clock.at = SLOT + WEEK - timedelta(minutes=90)
    world.sandbox.stop()
    live(world, service, SLOT + WEEK - timedelta(minutes=1))
    world.sandbox.start()

    live(world, service, SLOT + WEEK + timedelta(minutes=1))

    assert delay(world) < timedelta(minutes=1)


def test_after_a_slot_that_failed_it_is_tried_again_soon(world: World) -> None:
    world.post()
    service = world.service()
    service.tick()
    world.clock.at = SLOT + WEEK - timedelta(minutes=90)
    world.sandbox.stop()
    live(world, service, SLOT + WEEK + timedelta(seconds=10))
    world.sandbox.start()

    live(world, service, SLOT + WEEK + timedelta(minutes=2))

    assert delay(world) < timedelta(minutes=2)


def test_a_monitor_that_raises_ends_nothing(world: World) -> None:
    def raise_(_: object) -> None:
        raise ZeroDivisionError

    service = Service(world.ports(), tick=TICK, notify=lambda _: None, beat=raise_)

    service.tick()
    world.clock.at = SLOT + WEEK
    service.tick()

    assert titles(world) == ["News 3"]


# -- what is written, and by whom


def facts(world: World) -> bytes:
    return (world.state / "ledger.db").read_bytes()


@pytest.mark.parametrize("prepare", [lambda _: None, World.post])
def test_a_plan_writes_nothing_into_the_ledger(world: World, prepare: Callable[[World], object]) -> None:
    """G04."""
    prepare(world)
    world.ports().ledger.keep_community("news", None)  # so that the server is asked where that is
    world.change(language="en")
    world.clock.at = SLOT + WEEK
    ports = world.ports()
    ports.ledger.account()
    before = facts(world)

    reports = run_pass(ports, authenticated=True, account=ports.forum.account(), dry=True)

    assert reports[0].failure is None
    assert facts(world) == before


def test_a_pass_that_only_decides_waits_for_one_that_acts(world: World) -> None:
    class Locked(FakeLedger):
        """A ledger that says when the right to act is asked for."""

        asked = 0

        def pass_lock(self) -> Any:  # noqa: ANN401  a context manager
            self.asked += 1
            return super().pass_lock()

    ledger = Locked()
    run_pass(replace(world.ports(), ledger=cast("Ledger", ledger)), authenticated=True, dry=True)

    assert ledger.asked == 1


def test_an_alert_that_another_process_raises_meanwhile_is_kept() -> None:
    class Overtaken(FakeLedger):
        """Another process raises an alert right after this one has read them."""

        def alerts(self) -> Mapping[str, str]:
            found = super().alerts()
            super().raise_alert("other", "from elsewhere")
            return found

    ledger = Overtaken()
    LedgerAlerts(ledger).raise_alert("mine", "a sentence")
    LedgerAlerts(ledger).clear_alert("mine")

    assert FakeLedger.alerts(ledger) == {"other": "from elsewhere"}
