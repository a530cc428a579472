"""When a thread's editions are due: slots, keys and numbers from the calendar alone. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum


class Every(StrEnum):
    """The unit that a schedule repeats by."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthDay:
    """A day of the month: a number (31 in a short month is its last day), or the nth weekday (-1 is last)."""

    day: int = 0
    nth: int = 0
    weekday: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A recurring slot in a named zone.

    `weekdays` holds 0 (Monday) to 6, sorted; one or more for weeks, empty otherwise. `at` is the wall clock
    in `timezone` (IANA name). `first` is the earliest day of a slot; the first slot on or after it carries
    `number`. `skip` holds local days whose slot is left out but keeps its number.
    """

    every: Every
    at: time
    timezone: str
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    month_day: MonthDay | None = None
    grace: timedelta = timedelta(days=3)
    first: date
    number: int = 1
    skip: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One occurrence of a thread.

    `key` names it within its thread (`2026-W47`, `2026-11-16`, `2026-11`); `slot` is aware, in UTC;
    `start` is the slot's day in the thread's zone and `end` the day before the next slot's.
    """

    thread: str
    key: str
    number: int
    slot: datetime
    start: date
    end: date
    skipped: bool = False

    @property
    def id(self) -> str:
        """Thread and key, as the marker names it: `news/2026-W47`."""
        return f"{self.thread}/{self.key}"
