"""When a thread's editions are due: slots, keys and numbers from the calendar alone. Pure."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import assert_never
from zoneinfo import ZoneInfo

from megabot.core.cycles import Cycle, Days, Months, Weeks

A_DAY = timedelta(days=1)


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

    def of(self, year: int, month: int) -> date:
        """Find the day in one month. A fifth weekday that the month lacks is its last one, as 31 is."""
        begins_on, length = monthrange(year, month)
        if not self.nth:
            return date(year, month, min(self.day, length))
        days = range(1 + (self.weekday - begins_on) % 7, length + 1, 7)
        return date(year, month, days[-1] if self.nth < 0 else days[min(self.nth, len(days)) - 1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A recurring slot in a named zone.

    `weekdays` holds 0 (Monday) to 6, sorted; one or more for weeks, empty otherwise. `at` is the wall clock
    in `timezone` (IANA name). `first` is the earliest day of a slot; the first slot on or after it carries
    `number`. `skip` holds local days whose slot is left out but keeps its number; `moved` days whose slot
    comes at another moment, between those before and after it. With `once` the first slot is the only one.
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
    moved: tuple[tuple[date, datetime], ...] = ()
    once: bool = False


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


def due(thread: str, schedule: Schedule, now: datetime) -> Edition | None:
    """Give the edition with the newest slot that has come, skipped or not; None before the first."""
    index = _index_at(schedule, now)
    return _edition(thread, schedule, index) if index >= 0 else None


def upcoming(thread: str, schedule: Schedule, now: datetime) -> Iterator[Edition]:
    """Give the editions whose slots are still ahead, in order, up to the calendar's last year."""
    indices = range(max(_index_at(schedule, now) + 1, 0), _count(schedule))
    return (_edition(thread, schedule, index) for index in indices)


def before(thread: str, schedule: Schedule, edition: Edition) -> Iterator[Edition]:
    """Give the editions earlier than this one, newest first, down to the first."""
    newest = _cycle(schedule).index(edition.start - A_DAY)
    return (_edition(thread, schedule, index) for index in range(newest, -1, -1))


def after(thread: str, schedule: Schedule, edition: Edition) -> Iterator[Edition]:
    """Give the editions later than this one, in order, up to the calendar's last year."""
    indices = range(_cycle(schedule).index(edition.end + A_DAY), _count(schedule))
    return (_edition(thread, schedule, index) for index in indices)


def by_key(thread: str, schedule: Schedule, key: str) -> Edition | None:
    """Find the edition that a key names, or None where the schedule has none such."""
    try:
        index = _cycle(schedule).index(_last_day(schedule, key))
    except (ValueError, OverflowError):  # keys are read from texts that people wrote
        return None
    if not 0 <= index < _count(schedule):
        return None
    edition = _edition(thread, schedule, index)
    return edition if edition.key == key else None


def nearest(thread: str, schedule: Schedule, moment: datetime) -> Edition:
    """Give the edition whose slot is nearest to a moment, the earlier of two equally near."""
    index = max(_index_at(schedule, moment), 0)
    indices = range(index, min(index + 2, _count(schedule)))
    around = [_edition(thread, schedule, one) for one in indices]
    return min(around, key=lambda edition: abs(edition.slot - moment))


def slot_days(schedule: Schedule, day: date) -> tuple[date | None, date]:
    """Return the newest slot day up to `day`, None before the first, and the slot day after it."""
    cycle = _cycle(schedule)
    index = cycle.index(day)
    return cycle.day(index) if index >= 0 else None, cycle.day(max(index + 1, 0))


def grace_ends(schedule: Schedule, edition: Edition) -> datetime:
    """Tell until when an edition is posted late rather than not at all."""
    return edition.slot + schedule.grace


def fingerprint(schedule: Schedule) -> str:
    """Write down what decides a schedule's moments, keys and numbers: equal texts mean equal editions."""
    days = ",".join(str(day) for day in schedule.weekdays)
    if schedule.month_day:
        days = f"{schedule.month_day.day}/{schedule.month_day.nth}/{schedule.month_day.weekday}"
    rhythm = f"{schedule.interval} {schedule.every} [{days}] {schedule.at.isoformat()} {schedule.timezone}"
    ends = " once" if schedule.once else ""
    return f"{rhythm} from {schedule.first.isoformat()}={schedule.number}{ends}"


def _edition(thread: str, schedule: Schedule, index: int) -> Edition:
    cycle = _cycle(schedule)
    day = cycle.day(index)
    return Edition(
        thread=thread,
        key=_key(schedule, day),
        number=schedule.number + index,
        slot=_slot(schedule, day),
        start=day,
        end=cycle.day(index + 1) - A_DAY,
        skipped=day in schedule.skip,
    )


def _index_at(schedule: Schedule, now: datetime) -> int:
    """Give the index of the newest slot that has come, a negative one before the first."""
    if now.utcoffset() is None:
        raise ValueError("a moment needs its time zone")
    cycle = _cycle(schedule)
    # One day ahead: clocks set back over midnight show yesterday's date again, after a slot of today.
    index = cycle.index(now.astimezone(ZoneInfo(schedule.timezone)).date() + A_DAY) + bool(schedule.moved)
    index = min(index, 0) if schedule.once else index
    while index >= 0 and _slot(schedule, cycle.day(index)) > now:
        index -= 1
    return index


def _slot(schedule: Schedule, day: date) -> datetime:
    """Give the moment of a day's slot. Exactly one even where the wall clock shows it never or twice.

    A wall clock without a fold reads a missing time with the offset before the gap, a repeated one as the
    first occurrence, as RFC 5545 3.3.5 asks.
    """
    for moved, slot in schedule.moved:
        if moved == day:
            return slot.astimezone(UTC)
    local = datetime.combine(day, schedule.at.replace(fold=0), ZoneInfo(schedule.timezone))
    return local.astimezone(UTC)


def _key(schedule: Schedule, day: date) -> str:
    if schedule.every is Every.MONTH:
        return f"{day.year:04}-{day.month:02}"
    if _is_named_by_week(schedule):
        year, week, _ = day.isocalendar()
        return f"{year:04}-W{week:02}"
    return day.isoformat()


def _last_day(schedule: Schedule, key: str) -> date:
    """Give the last day that a key could mean; what is not exactly a key may pass or raise ValueError."""
    if schedule.every is Every.MONTH:
        year, month = (int(part) for part in key.split("-"))
        return MonthDay(day=31).of(year, month)
    return date.fromisoformat(f"{key}-7" if _is_named_by_week(schedule) else key)


def _is_named_by_week(schedule: Schedule) -> bool:
    return schedule.every is Every.WEEK and len(schedule.weekdays) == 1


def _count(schedule: Schedule) -> int:
    """Tell how many editions there are until dates end, the last one left out: it has no end."""
    return 1 if schedule.once else _cycle(schedule).index(date.max)


def _cycle(schedule: Schedule) -> Cycle:
    """Return the days of a schedule. Skips and moves do not change them, and may be thousands to compare."""
    return _cycle_of(schedule.every, schedule.interval, schedule.weekdays, schedule.month_day, schedule.first)


@lru_cache(maxsize=64)
def _cycle_of(
    every: Every, interval: int, weekdays: tuple[int, ...], month_day: MonthDay | None, first: date
) -> Cycle:
    match every:
        case Every.DAY:
            return Days(first, interval)
        case Every.WEEK:
            return Weeks.since(first, interval=interval, weekdays=weekdays)
        case Every.MONTH:
            if month_day is None:
                raise ValueError("a monthly schedule names its day")
            return Months.since(first, interval=interval, day_of=month_day.of)
        case _:
            assert_never(every)
