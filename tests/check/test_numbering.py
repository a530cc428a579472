"""A schedule that was changed after something was posted: do the numbers go on?"""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from megabot.check.numbering import first_is_no_slot, numbering_gap
from megabot.schedule.calendar import Every, Schedule
from megabot.schedule.month_days import MonthDay
from tests.builders import NOW, WEEKLY, a_record, a_thread

# It began on a Saturday, whose second thread was that of week 47; then Fridays were chosen.
FRIDAYS = replace(WEEKLY, weekdays=(4,), first=date(2026, 11, 14), number=1)
SUNDAY = NOW + timedelta(days=6)


def next_of(schedule: Schedule, number: int) -> tuple[str, int] | None:
    found = numbering_gap(a_thread(schedule=schedule), a_record(47, number=number), SUNDAY)
    return found and (found[0].key, found[1])


def test_a_schedule_that_nobody_changed_counts_on() -> None:
    assert next_of(WEEKLY, 47) is None


def test_another_weekday_before_that_of_the_first_day_repeats_a_number() -> None:
    assert next_of(FRIDAYS, 2) == ("2026-W48", 3)


def test_with_the_first_day_and_number_that_are_named_it_counts_on() -> None:
    assert next_of(replace(FRIDAYS, first=date(2026, 11, 27), number=3), 2) is None


def test_a_number_that_moves_is_found_too() -> None:
    assert next_of(replace(WEEKLY, number=5), 47) == ("2026-W48", 48)


def test_where_keys_are_of_another_kind_no_number_comes_twice() -> None:
    daily = replace(WEEKLY, every=Every.DAY, weekdays=(), first=date(2026, 11, 9))

    assert next_of(daily, 47) == ("2026-11-23", 48)
    assert next_of(replace(daily, number=100), 47) is None


def test_nothing_is_said_of_a_post_whose_number_nobody_knows() -> None:
    assert next_of(FRIDAYS, 0) is None


MONTHLY = Schedule(
    every=Every.MONTH,
    at=WEEKLY.at,
    timezone="UTC",
    month_days=(MonthDay(nth=1, weekday=0),),
    first=date(2026, 11, 1),
)


@pytest.mark.parametrize(
    ("schedule", "first", "warned"),
    [
        (WEEKLY, date(2026, 11, 16), False),
        (WEEKLY, date(2026, 11, 17), True),
        (FRIDAYS, date(2026, 11, 16), False),
        (FRIDAYS, date(2026, 11, 21), True),
        (MONTHLY, date(2026, 11, 1), False),
        (MONTHLY, date(2026, 11, 3), True),
    ],
)
def test_a_first_day_after_the_slot_of_its_week_or_month_shifts_the_numbers(
    schedule: Schedule, first: date, *, warned: bool
) -> None:
    problem = first_is_no_slot(a_thread(schedule=replace(schedule, first=first)))

    assert (problem is not None) is warned
