"""Which edition is meant by who names none."""

from datetime import timedelta

from megabot.schedule.editions import edition_of_post, step_edition
from tests.builders import NOW, a_thread

THREAD = a_thread()


def test_no_step_from_an_edition_is_that_edition() -> None:
    due = THREAD.calendar.current(NOW)
    assert due is not None

    assert step_edition(THREAD.calendar, due, 0) == due


def test_a_thread_from_before_the_first_slot_is_the_first_edition() -> None:
    long_ago = NOW - timedelta(days=36500)

    assert edition_of_post(THREAD.calendar, long_ago).number == THREAD.schedule.number
