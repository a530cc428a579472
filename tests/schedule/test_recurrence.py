"""Days and their indices, forth and back, without hours or zones."""

from datetime import date, timedelta
from functools import partial

import pytest

from megabot.schedule.month_days import MonthDay, days_of
from megabot.schedule.recurrence import Cycle, Days, Months, Weeks

FIRST = date(2024, 1, 10)  # a Wednesday
MONDAY, WEDNESDAY, FRIDAY = 0, 2, 4

CYCLES: dict[str, Cycle] = {
    "every day": Days(FIRST, 1),
    "every ten days": Days(FIRST, 10),
    "fridays": Weeks.since(FIRST, interval=1, weekdays=(FRIDAY,)),
    "every other monday": Weeks.since(FIRST, interval=2, weekdays=(MONDAY,)),
    "three days a week": Weeks.since(FIRST, interval=1, weekdays=(MONDAY, WEDNESDAY, FRIDAY)),
    "two days every third week": Weeks.since(FIRST, interval=3, weekdays=(MONDAY, FRIDAY)),
    "month's end": Months.since(FIRST, interval=1, days_of=partial(days_of, [MonthDay(day=31)])),
    "the ninth of the month": Months.since(FIRST, interval=1, days_of=partial(days_of, [MonthDay(day=9)])),
    "every fifth month": Months.since(
        FIRST, interval=5, days_of=partial(days_of, [MonthDay(nth=2, weekday=WEDNESDAY)])
    ),
    "twice a month": Months.since(
        FIRST, interval=1, days_of=partial(days_of, [MonthDay(day=1), MonthDay(day=15)])
    ),
    "two weekdays every other month": Months.since(
        FIRST,
        interval=2,
        days_of=partial(days_of, [MonthDay(nth=3, weekday=MONDAY), MonthDay(nth=1, weekday=MONDAY)]),
    ),
    "a day of the year": Months.since(
        FIRST, interval=1, length=12, days_of=partial(days_of, [MonthDay(day=24, month=12)])
    ),
    "three days every other year": Months.since(
        FIRST,
        interval=2,
        length=12,
        days_of=partial(
            days_of, [MonthDay(day=29, month=2), MonthDay(day=2, month=1), MonthDay(nth=-1, month=5)]
        ),
    ),
}
every_cycle = pytest.mark.parametrize("cycle", CYCLES.values(), ids=CYCLES.keys())


@every_cycle
def test_the_first_day_is_on_or_after_the_day_asked_for(cycle: Cycle) -> None:
    assert cycle.day(0) >= FIRST
    assert cycle.index(FIRST - timedelta(days=1)) == -1


@every_cycle
def test_a_day_leads_back_to_its_index(cycle: Cycle) -> None:
    indices = range(-200, 2000)

    assert [cycle.index(cycle.day(index)) for index in indices] == list(indices)


@every_cycle
def test_any_day_belongs_to_the_newest_one_not_after_it(cycle: Cycle) -> None:
    for ahead in range(1500):
        day = FIRST + timedelta(days=ahead)
        index = cycle.index(day)

        assert cycle.day(index) <= day < cycle.day(index + 1)


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("every ten days", ["2024-01-10", "2024-01-20", "2024-01-30"]),
        ("fridays", ["2024-01-12", "2024-01-19", "2024-01-26"]),
        ("every other monday", ["2024-01-15", "2024-01-29", "2024-02-12"]),
        ("three days a week", ["2024-01-10", "2024-01-12", "2024-01-15"]),
        ("two days every third week", ["2024-01-12", "2024-01-29", "2024-02-02"]),
        ("the ninth of the month", ["2024-02-09", "2024-03-09", "2024-04-09"]),
        ("twice a month", ["2024-01-15", "2024-02-01", "2024-02-15"]),
        ("two weekdays every other month", ["2024-01-15", "2024-03-04", "2024-03-18"]),
        ("a day of the year", ["2024-12-24", "2025-12-24", "2026-12-24"]),
        ("three days every other year", ["2024-02-29", "2024-05-27", "2026-01-02"]),
        ("every fifth month", ["2024-01-10", "2024-06-12", "2024-11-13"]),
    ],
)
def test_the_first_days_are_these(name: str, days: list[str]) -> None:
    assert [CYCLES[name].day(index).isoformat() for index in range(3)] == days
