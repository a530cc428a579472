"""The service between two passes: what it waits for, what it survives, what it says."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from typing_extensions import override

from megabot.errors import Stopping
from megabot.ledger.port import Ledger
from megabot.rendering.model import RenderProblem
from megabot.service.ledger_alerts import LedgerAlerts
from megabot.service.schedulers import next_pass
from megabot.service.service import Service
from megabot.service.tasks import trying_again
from megabot.source.model import Snapshot
from megabot.source.problems import Problem
from tests.world import SLOT, WEEK, World


def test_a_slot_is_posted_by_the_tick_that_comes_after_it(world: World) -> None:
    service = world.service()
    service.tick()
    world.clock.at = SLOT + WEEK - timedelta(seconds=10)
    service.tick()
    assert world.posts() == []
    world.clock.at += timedelta(seconds=20)

    service.tick()

    assert world.pinned() == [1]


class LateAlerts(LedgerAlerts):
    """Alerts that are updated at the end of a pass, when a slot has just come."""

    def __init__(self, world: World, ledger: Ledger) -> None:
        super().__init__(ledger)
        self._clock = world.clock

    @override
    def active_alerts(self) -> Iterator[tuple[str, str]]:
        self._clock.at = max(self._clock.at, SLOT + WEEK + timedelta(seconds=5))
        return super().active_alerts()


def test_a_slot_that_comes_while_a_pass_runs_is_posted_in_the_same_tick(world: World) -> None:
    world.service().tick()
    ports = world.ports()
    service = Service(
        replace(ports, alerts=LateAlerts(world, ports.ledger)),
        tick=timedelta(seconds=30),
        notify=lambda _: None,
    )
    world.clock.at = SLOT + WEEK - timedelta(seconds=5)

    service.tick()

    assert world.posts()[0]["published"] == "2026-11-23T12:00:05Z"
    assert world.pinned() == [1]


def test_between_passes_it_looks_once_an_hour(world: World) -> None:
    service = world.service()
    service.tick()
    world.sandbox.forget_requests()
    for _ in range(60):
        world.clock.at += timedelta(minutes=2)
        service.tick()

    looks = [request for request in world.sandbox.requests if request.path == "/api/v3/user"]
    assert len(looks) == 2


def test_a_server_that_is_away_is_asked_less_and_less_often(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """N01."""
    service = world.service()
    service.tick()
    world.sandbox.stop()
    for _ in range(120):
        world.clock.at += timedelta(seconds=30)
        service.tick()
    world.sandbox.start()
    world.clock.at += timedelta(minutes=15)

    service.tick()

    said = [record.message for record in caplog.records if record.message.startswith("inbox: ")]
    waits = [int(line.split()[-2]) for line in said]
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]
    assert service.reports[0].verified


def test_why_it_waits_is_said_in_one_sentence(world: World, caplog: pytest.LogCaptureFixture) -> None:
    service = world.service()
    world.sandbox.stop()

    service.tick()

    assert "; trying again in 30 s" in caplog.text
    assert ".; trying" not in caplog.text


def test_a_thread_missed_while_the_server_was_away_is_posted_when_it_is_back(world: World) -> None:
    """K06."""
    service = world.service()
    service.tick()
    world.sandbox.stop()
    world.clock.at = SLOT + WEEK
    service.tick()
    world.sandbox.start()
    world.clock.at += timedelta(hours=1)

    service.tick()

    assert world.pinned() == [1]


def test_a_broken_template_is_taken_back_by_no_pass_that_rendered_nothing(world: World) -> None:
    world.press.problem = RenderProblem((Problem("thread.md.j2", 7, "preambel is not defined"),))
    world.post()
    world.service().tick()
    stands = [key for key, _ in world.ports().alerts.active_alerts()]
    world.press.problem = None

    world.post()

    assert stands == ["news:text_broken"]
    assert list(world.ports().alerts.active_alerts()) == []


def test_trouble_and_the_time_to_the_next_try_are_one_sentence() -> None:
    assert trying_again("No route.", timedelta(seconds=30)) == "No route; trying again in 30 s"


def test_a_broken_template_is_said_once_and_taken_back_when_it_is_mended(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.post()
    caplog.set_level(logging.INFO, logger="megabot")
    world.press.problem = RenderProblem((Problem("thread.md.j2", 7, "preambel is not defined"),))
    world.clock.at = SLOT + WEEK
    service = world.service()
    for _ in range(3):
        service.tick()
        world.clock.at += timedelta(hours=1)
    world.press.problem = None
    service.tick()

    said = [record.message for record in caplog.records if "preambel" in record.message]
    assert len([line for line in said if "template is broken" in line and "resolved" not in line]) == 1
    assert [line for line in said if line.startswith("resolved: ")]
    assert world.pinned() == [2]


def test_a_source_that_breaks_leaves_the_service_running(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    service = world.service()
    service.tick()
    world.pages.broken = "thread.md.j2:3: a tab"
    world.clock.at += timedelta(hours=1)
    service.tick()
    assert "thread.md.j2:3: a tab" in caplog.text
    world.pages.broken = ""
    world.clock.at = SLOT + WEEK

    service.tick()

    assert world.pinned() == [1]


def test_a_bug_is_logged_and_the_service_goes_on(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """R16."""
    told: list[str] = []
    service = Service(world.ports(), tick=timedelta(seconds=30), notify=told.append)
    world.pages.threads = lambda _: 1 / 0  # type: ignore[method-assign,assignment,return-value]

    service.tick()

    assert "this is a bug" in caplog.text
    assert told == ["WATCHDOG=1"]


def test_progress_feeds_the_watchdog_and_a_hang_does_not(world: World) -> None:
    told: list[str] = []
    service = Service(world.ports(), tick=timedelta(seconds=30), notify=told.append)

    service.tick()

    assert told[-1] == "WATCHDOG=1"
    assert [line for line in told if line.startswith("STATUS=next pass ")]


def test_being_told_to_stop_goes_through_every_net(world: World) -> None:
    def stop() -> Snapshot:
        raise Stopping("told to stop")

    world.pages.snapshot = stop  # type: ignore[method-assign]
    service = world.service()

    with pytest.raises(Stopping):
        service.tick()


def test_the_next_look_is_owed_when_a_hold_ends(world: World) -> None:
    report = world.run_pass()

    assert next_pass(world.clock.now(), (report,)) == world.clock.now() + timedelta(hours=1)


def test_why_nothing_is_posted_is_said_once(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="megabot")
    service = world.service()
    for _ in range(3):
        service.tick()
        world.clock.at += timedelta(hours=1)

    assert len([one for one in caplog.records if "megabot post news" in one.message]) == 1


@pytest.mark.parametrize(("lag", "published"), [(0.0, "12:00:00Z"), (7.0, "12:00:07Z")])
def test_a_slot_between_two_ticks_is_not_waited_past_but_for_the_lag(
    world: World, lag: float, published: str
) -> None:
    world.clock.at = SLOT + WEEK - timedelta(seconds=7)
    ports = world.ports()
    told = {"STATUS": 0}

    def notify(line: str) -> None:
        told["STATUS"] += line.startswith("STATUS")
        if told["STATUS"] == 2:
            raise Stopping("the test has seen enough")

    world.run_pass()
    with pytest.raises(Stopping):
        Service(ports, tick=timedelta(seconds=30), notify=notify, lag=lambda: lag).serve()

    assert world.posts()[0]["published"] == f"2026-11-23T{published}"


def paths(world: World) -> list[str]:
    """What was asked since the last time, without the API's prefix."""
    made = [request.path.removeprefix("/api/v3/") for request in world.sandbox.requests]
    world.sandbox.forget_requests()
    return made


def test_the_community_is_read_at_the_start_and_once_a_day(world: World) -> None:
    world.post()
    service = world.service()
    service.tick()
    at_start = paths(world).count("community")
    for _ in range(30):
        world.clock.at += timedelta(hours=1)
        service.tick()

    assert (at_start, paths(world).count("community")) == (1, 1)


def test_a_community_that_became_marked_is_noticed_within_a_day(world: World) -> None:
    world.post()
    service = world.service()
    service.tick()
    world.hand("modlin").put("community", community_id=world.community_id, nsfw=True)
    world.clock.at += timedelta(days=1)

    service.tick()

    place = world.ports().ledger.community("news")
    assert place is not None
    assert place.nsfw


def test_what_is_refused_has_the_community_read_again(world: World) -> None:
    """H11."""
    world.run_pass()
    world.hand("admin").post("community/remove", community_id=world.community_id, removed=True)
    world.clock.at = SLOT + WEEK

    report = world.run_pass()

    assert report.failure is not None
    assert world.ports().ledger.community("news") is None


def test_a_clock_that_was_a_year_ahead_for_a_while_does_not_stop_the_service(world: World) -> None:
    """K03, K04."""
    world.post()
    service = world.service()
    world.clock.ahead = 52 * WEEK
    service.tick()
    world.clock.ahead = timedelta(0)
    world.clock.at = SLOT + WEEK

    service.tick()

    assert len(world.posts()) == 2


def test_a_template_broken_at_the_slot_and_undone_is_posted_within_ten_minutes(world: World) -> None:
    broken = RenderProblem((Problem("thread.md.j2", 7, "preambel is not defined"),))
    world.post()
    service = world.service()
    service.tick()
    world.clock.at = SLOT + WEEK - timedelta(minutes=4)
    service.tick()
    world.press.problem, world.pages.commit = broken, "b" * 40
    world.clock.at = SLOT + WEEK
    service.tick()
    world.press.problem, world.pages.commit = None, "a" * 40
    world.clock.at += timedelta(minutes=10)

    service.tick()

    assert world.pinned() == [2]
