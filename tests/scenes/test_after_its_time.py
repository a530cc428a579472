"""`unpin_after` and `lock_after`: a post's pin and its comments end with its time; people's hands win."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from megabot.service.schedulers import next_pass
from tests.scenario import ON_BOTH
from tests.world import SLOT, WEEK, World

DAY = timedelta(days=1)
UP = SLOT + timedelta(minutes=1)
"""When the scene's first thread is posted."""


def kept(world: World) -> None:
    """Leave the ledger as it is."""


def lost(world: World) -> None:
    """Delete the ledger; the token stays."""
    (world.state / "ledger.db").unlink()


either = pytest.mark.parametrize("ledger", [kept, lost])
Ledger = Callable[[World], None]


@pytest.fixture
def short(world: World) -> World:
    """A thread that is pinned for three days, and locked after ten."""
    world.change(unpin_after=3 * DAY, lock_after=10 * DAY)
    world.clock.at = UP
    world.post()
    assert world.pinned() == [1]
    return world


def later(world: World, span: timedelta) -> None:
    world.clock.at = UP + span
    world.run_pass()


def locked(world: World) -> list[bool]:
    return [bool(post["locked"]) for post in world.posts()]


@either
@ON_BOTH
def test_a_thread_is_unpinned_after_its_time_and_stays_so(short: World, ledger: Ledger) -> None:
    later(short, 3 * DAY - timedelta(minutes=1))
    before = short.pinned()
    ledger(short)

    later(short, 3 * DAY)
    after = short.pinned()
    ledger(short)
    short.sandbox.forget_requests()
    later(short, 4 * DAY)

    assert (before, after, short.pinned(), short.writes()) == ([1], [], [], [])


@either
@ON_BOTH
def test_the_next_edition_is_pinned_as_always(short: World, ledger: Ledger) -> None:
    later(short, 3 * DAY)
    ledger(short)

    later(short, WEEK)

    assert short.pinned() == [2]


@either
@ON_BOTH
def test_a_thread_that_a_person_pins_again_stays_pinned(short: World, ledger: Ledger) -> None:
    later(short, 3 * DAY)
    short.hand("modlin").feature(1)
    ledger(short)

    later(short, 4 * DAY)

    assert short.pinned() == [1]


@either
@ON_BOTH
def test_a_pin_that_a_person_renewed_before_its_time_was_over_stays(short: World, ledger: Ledger) -> None:
    short.hand("modlin").feature(1, featured=False)
    short.hand("modlin").feature(1)
    ledger(short)

    later(short, 3 * DAY)

    assert short.pinned() == [1]


@either
@ON_BOTH
def test_a_person_who_unpins_earlier_is_not_overruled(short: World, ledger: Ledger) -> None:
    short.hand("modlin").feature(1, featured=False)
    ledger(short)

    later(short, DAY)
    later(short, 4 * DAY)

    assert short.pinned() == []


@ON_BOTH
def test_a_thread_is_locked_after_its_time_also_when_it_is_not_the_current_one(short: World) -> None:
    later(short, WEEK)

    later(short, 10 * DAY - timedelta(minutes=1))
    before = locked(short)
    later(short, 10 * DAY)

    assert (before, locked(short)) == ([False, False], [True, False])


@either
@ON_BOTH
def test_a_thread_that_a_person_unlocks_stays_open(short: World, ledger: Ledger) -> None:
    later(short, 10 * DAY)
    assert locked(short) == [True]
    short.hand("modlin").lock(1, locked=False)
    ledger(short)

    later(short, 11 * DAY)

    assert locked(short) == [False]


@ON_BOTH
def test_with_the_ledger_lost_before_its_time_a_thread_is_locked_all_the_same(short: World) -> None:
    later(short, 5 * DAY)
    lost(short)

    later(short, 6 * DAY)
    later(short, 10 * DAY)

    assert locked(short)[0] is True


def test_a_thread_far_back_is_locked_too(world: World) -> None:
    world.change(lock_after=5 * WEEK)
    world.clock.at = UP
    world.post()
    for week in range(1, 6):
        later(world, week * WEEK)

    assert locked(world) == [True, *[False] * 5]


def test_the_service_wakes_when_the_time_is_over(short: World) -> None:
    short.clock.at = UP + 3 * DAY - timedelta(minutes=7)
    report = short.run_pass()
    published = short.ports().forum.post(1).published

    assert next_pass(short.clock.at, (report,)) == published + 3 * DAY
