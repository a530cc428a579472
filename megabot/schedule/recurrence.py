"""The days of a schedule, computed by arithmetic, so that decades cost nothing. Pure; without times."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol


class Cycle(Protocol):
    """Days in order. The first has index 0; days before it would have negative indices."""

    def day(self, index: int) -> date:
        """Return the day with an index."""
        ...

    def index(self, day: date) -> int:
        """Return the index of the last day of the cycle up to `day`."""
        ...


@dataclass(frozen=True, slots=True)
class Days:
    """Every nth day."""

    first: date
    interval: int

    def day(self, index: int) -> date:
        return self.first + timedelta(days=index * self.interval)

    def index(self, day: date) -> int:
        """Return the index of the last day of the cycle up to `day`."""
        return (day - self.first).days // self.interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Weeks:
    """The same weekdays in every nth week.

    `monday` starts the week of the first day; `passed` is how many of its `weekdays` are before that day.
    """

    monday: date
    passed: int
    interval: int
    weekdays: tuple[int, ...]

    @classmethod
    def since(cls, first: date, *, interval: int, weekdays: tuple[int, ...]) -> "Weeks":
        """Return the cycle that starts with the first of the weekdays on or after `first`."""
        week = (first + timedelta(days=ahead) for ahead in range(7))
        start = next(day for day in week if day.weekday() in weekdays)
        return cls(
            monday=start - timedelta(days=start.weekday()),
            passed=weekdays.index(start.weekday()),
            interval=interval,
            weekdays=weekdays,
        )

    def day(self, index: int) -> date:
        turns, place = divmod(self.passed + index, len(self.weekdays))
        return self.monday + timedelta(weeks=turns * self.interval, days=self.weekdays[place])

    def index(self, day: date) -> int:
        """Return the index of the last day of the cycle up to `day`."""
        turns, weeks_off = divmod((day - self.monday).days // 7, self.interval)
        so_far = len(self.weekdays) if weeks_off else bisect_right(self.weekdays, day.weekday())
        return turns * len(self.weekdays) + so_far - 1 - self.passed


@dataclass(frozen=True, slots=True, kw_only=True)
class Months:
    """The same days in every nth period of `length` months: one month, or twelve for a year.

    `start` is the period of the first day, counted from year 0; `passed` is how many of its days are before
    that day. `days_of` returns the days of the period that starts with a month, sorted, always equally many.
    """

    start: int
    passed: int
    interval: int
    length: int
    days_of: Callable[[int, int], Sequence[date]]

    @classmethod
    def since(
        cls, first: date, *, interval: int, days_of: Callable[[int, int], Sequence[date]], length: int = 1
    ) -> "Months":
        """Return the cycle that starts with the first of the days on or after `first`."""
        start = _month_count(first) // length
        year, month = divmod(start * length, 12)
        days = days_of(year, month + 1)
        passed = bisect_left(days, first)
        over, passed = divmod(passed, len(days))
        return cls(start=start + over, passed=passed, interval=interval, length=length, days_of=days_of)

    def day(self, index: int) -> date:
        size = len(self._days(self.start))
        turns, place = divmod(self.passed + index, size)
        return self._days(self.start + turns * self.interval)[place]

    def index(self, day: date) -> int:
        """Return the index of the last day of the cycle up to `day`."""
        period = _month_count(day) // self.length
        turns, periods_off = divmod(period - self.start, self.interval)
        days = self._days(period)
        so_far = len(days) if periods_off else bisect_right(days, day)
        return turns * len(days) + so_far - 1 - self.passed

    def _days(self, period: int) -> Sequence[date]:
        year, month = divmod(period * self.length, 12)
        return self.days_of(year, month + 1)


def _month_count(day: date) -> int:
    return day.year * 12 + day.month - 1
