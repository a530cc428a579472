"""The days that a rhythm falls on, counted by arithmetic: decades cost nothing. Pure, no hours."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol


class Cycle(Protocol):
    """Days in order; the first has index 0, those before it would have negative ones."""

    def day(self, index: int) -> date:
        """Give the day with this index."""
        ...

    def index(self, day: date) -> int:
        """Give the index of the newest day of the cycle that is not after `day`."""
        ...


@dataclass(frozen=True, slots=True)
class Days:
    """Every nth day."""

    first: date
    interval: int

    def day(self, index: int) -> date:
        """Give the day with this index."""
        return self.first + timedelta(days=index * self.interval)

    def index(self, day: date) -> int:
        """Give the index of the newest day of the cycle that is not after `day`."""
        return (day - self.first).days // self.interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Weeks:
    """The same weekdays in every nth week.

    `monday` begins the week of the first day; `passed` is how many of its `weekdays` lie before that day.
    """

    monday: date
    passed: int
    interval: int
    weekdays: tuple[int, ...]

    @classmethod
    def since(cls, first: date, *, interval: int, weekdays: tuple[int, ...]) -> "Weeks":
        """Count from the first of the weekdays on or after `first`, and weeks from that day's."""
        week = (first + timedelta(days=ahead) for ahead in range(7))
        start = next(day for day in week if day.weekday() in weekdays)
        return cls(
            monday=start - timedelta(days=start.weekday()),
            passed=weekdays.index(start.weekday()),
            interval=interval,
            weekdays=weekdays,
        )

    def day(self, index: int) -> date:
        """Give the day with this index."""
        turns, place = divmod(self.passed + index, len(self.weekdays))
        return self.monday + timedelta(weeks=turns * self.interval, days=self.weekdays[place])

    def index(self, day: date) -> int:
        """Give the index of the newest day of the cycle that is not after `day`."""
        turns, weeks_off = divmod((day - self.monday).days // 7, self.interval)
        so_far = len(self.weekdays) if weeks_off else bisect_right(self.weekdays, day.weekday())
        return turns * len(self.weekdays) + so_far - 1 - self.passed


@dataclass(frozen=True, slots=True, kw_only=True)
class Months:
    """One day in every nth month.

    `start` is the month of the first day, counted from year 0; `day_of` picks the day of a year and month.
    """

    start: int
    interval: int
    day_of: Callable[[int, int], date]

    @classmethod
    def since(cls, first: date, *, interval: int, day_of: Callable[[int, int], date]) -> "Months":
        """Count from the first such day on or after `first`."""
        too_early = day_of(first.year, first.month) < first
        return cls(start=_month_count(first) + too_early, interval=interval, day_of=day_of)

    def day(self, index: int) -> date:
        """Give the day with this index."""
        year, month = divmod(self.start + index * self.interval, 12)
        return self.day_of(year, month + 1)

    def index(self, day: date) -> int:
        """Give the index of the newest day of the cycle that is not after `day`."""
        turns, months_off = divmod(_month_count(day) - self.start, self.interval)
        still_ahead = not months_off and self.day_of(day.year, day.month) > day
        return turns - still_ahead


def _month_count(day: date) -> int:
    return day.year * 12 + day.month - 1
