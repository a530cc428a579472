"""Days of a month or year, by number or weekday. Pure."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthDay:
    """A day of the month: a number (31 in a short month is its last day), or the nth weekday (-1 is last).

    `month` is the month of a day of the year, 0 for a day of every month.
    """

    day: int = 0
    nth: int = 0
    weekday: int = 0
    month: int = 0

    def of(self, year: int, month: int) -> date:
        """Return the day in one month. A fifth weekday that the month lacks is its last one, like day 31."""
        begins_on, length = monthrange(year, month)
        if not self.nth:
            return date(year, month, min(self.day, length))
        days = range(1 + (self.weekday - begins_on) % 7, length + 1, 7)
        return date(year, month, days[-1] if self.nth < 0 else days[min(self.nth, len(days)) - 1])

    def __str__(self) -> str:
        month = f"/{self.month}" if self.month else ""
        return f"{self.day}/{self.nth}/{self.weekday}{month}"


def may_coincide(month_days: Sequence[MonthDay]) -> bool:
    """Return whether two of the days are the same in some year. Calendars repeat every 28 years."""
    periods = ((year, month) for year in range(2000, 2028) for month in range(1, 13))
    for year, month in periods:
        here = [one.of(year, month) for one in month_days if one.month in (0, month)]
        if len(set(here)) < len(here):
            return True
    return False


def days_of(month_days: Sequence[MonthDay], year: int, month: int) -> list[date]:
    """Return the days in a month, or in the year that starts with it, in order."""
    return sorted(one.of(year, one.month or month) for one in month_days)
