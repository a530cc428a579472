"""A thread that is posted once, on a date: it is kept up like any other, and no edition follows."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from megabot.commands import override_commands, status
from megabot.commands.model import Command, Verb
from megabot.commands.status_text import status_line
from megabot.errors import ConfigError
from megabot.preview import preview
from megabot.schedule.calendar import Calendar, Every, Schedule
from megabot.schedule.clock_times import TimeExpression
from megabot.service.schedulers import next_pass, next_slot
from megabot.source.thread_files import parse_thread
from tests.scenario import ON_BOTH
from tests.world import NEWS, SLOT, World

EVE = datetime(2026, 12, 24, 18, tzinfo=UTC)
ONCE = Schedule(every=Every.DAY, at=time(18), timezone="Europe/London", first=date(2026, 12, 24), once=True)
SCHEDULE = 'schedule: {once: 2026-12-24, at: "18:00", timezone: Europe/London}'
FRONT = f'---\nname: eve\ntitle: "Eve"\n{SCHEDULE}\n---\nText.\n'


@pytest.fixture
def once(world: World) -> World:
    """A thread of one day, known for weeks."""
    world.pages.all = (replace(NEWS, schedule=ONCE),)
    world.clock.at = SLOT
    world.run_pass()
    return world


@ON_BOTH
@pytest.mark.parametrize("lost", [False, True])
def test_it_is_posted_on_its_day_and_never_again(once: World, *, lost: bool) -> None:
    assert once.posts() == []
    once.clock.at = EVE + timedelta(minutes=1)
    once.run_pass()
    if lost:
        (once.state / "ledger.db").unlink()

    for days in (1, 7, 365, 366, 731):
        once.clock.at = EVE + timedelta(days=days)
        report = once.run_pass()
        assert report.verified

    assert [post["name"] for post in once.posts()] == ["News 1"]
    assert once.pinned() == [1]


def test_the_service_has_no_slot_to_wait_for_afterwards(once: World) -> None:
    once.clock.at = EVE + timedelta(minutes=1)
    report = once.run_pass()

    assert next_slot(once.pages.all[0], once.clock.at) is None
    assert next_pass(once.clock.at, (report,)) == once.clock.at + timedelta(hours=1)


def test_status_preview_and_hold_say_that_nothing_follows(once: World) -> None:
    once.clock.at = EVE + timedelta(minutes=1)
    once.run_pass()
    desk, (thread,) = once.ports(), once.pages.all

    (found,) = status.read(desk).threads
    (shown,) = preview.preview(desk, None, choose=lambda: once.pages.all).editions

    assert "no further edition" in status_line(found)
    assert shown.edition.key == "2026-12-24"
    with pytest.raises(ConfigError, match="no further edition"):
        override_commands.apply_override(
            desk, thread, Command(verb=Verb.HOLD), by="modlin", ordered=once.clock.at
        )


def test_it_can_be_moved_and_held_before(once: World) -> None:
    desk, (thread,) = once.ports(), once.pages.all

    later = Command(verb=Verb.MOVE, when=TimeExpression(span=timedelta(hours=2)))
    said = override_commands.apply_override(desk, thread, later, by="modlin", ordered=once.clock.at)

    assert "24 Dec 20:00" in said


def test_the_calendar_has_one_edition_named_by_its_day() -> None:
    before, after = EVE - timedelta(days=9), EVE + timedelta(days=9)

    (only,) = Calendar("eve", ONCE).upcoming(before)

    assert (only.key, only.number, only.slot, only.end) == ("2026-12-24", 1, EVE, date(2026, 12, 24))
    assert Calendar("eve", ONCE).current(before) is None
    assert Calendar("eve", ONCE).current(after) == only
    assert list(Calendar("eve", ONCE).upcoming(EVE)) == []
    assert Calendar("eve", ONCE).edition("2026-12-24") == Calendar("eve", ONCE).nearest(after) == only
    assert Calendar("eve", ONCE).edition("2026-12-25") is None
    assert [*Calendar("eve", ONCE).earlier(only), *Calendar("eve", ONCE).later(only)] == []


def test_front_matter_says_once_and_at() -> None:
    thread, problems = parse_thread("eve.md.j2", FRONT)

    assert problems == ()
    assert thread is not None
    assert thread.schedule == ONCE


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("{once:", "{every: week, once:", "once cannot be combined with every"),
        ("{once:", "{first: 2026-01-01, once:", "once cannot be combined with first"),
        ("2026-12-24", "Christmas", "schedule.once: Christmas is not a date"),
    ],
)
def test_a_rhythm_beside_it_and_a_wrong_day_are_named(old: str, new: str, words: str) -> None:
    thread, problems = parse_thread("eve.md.j2", FRONT.replace(old, new))

    assert thread is None
    assert [words in str(problem) for problem in problems] == [True]
