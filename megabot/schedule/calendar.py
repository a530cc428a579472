"""The editions of a thread: slots, keys and numbers, computed from the schedule alone. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache, partial
from typing import assert_never
from zoneinfo import ZoneInfo

from megabot.schedule.month_days import MonthDay, days_of
from megabot.schedule.recurrence import Cycle, Days, Months, Weeks

A_DAY = timedelta(days=1)


class Every(StrEnum):
    """The unit in which a schedule repeats."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A recurring slot in a named time zone.

    `weekdays` has 0 (Monday) to 6, sorted; at least one for weeks, empty otherwise. `month_days` is the same
    for months and years; no two may be the same day. `at` is the wall clock in `timezone` (IANA name);
    `also_at` has later times of the same day, sorted and hours apart, so that setting clocks forward does not
    change their order. `first` is the earliest day of a slot; the first slot on or after it has `number`.
    `skip` has local days whose editions are skipped but keep their numbers, `skip_keys` the keys of single
    editions. `moved` has the keys of editions with another slot, between their neighbours' slots. With `once`
    the first slot is the only one.
    """

    every: Every
    at: time
    timezone: str
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    month_days: tuple[MonthDay, ...] = ()
    also_at: tuple[time, ...] = ()
    grace: timedelta = timedelta(days=3)
    first: date
    number: int = 1
    skip: frozenset[date] = frozenset()
    skip_keys: frozenset[str] = frozenset()
    moved: tuple[tuple[str, datetime], ...] = ()
    once: bool = False

    @property
    def times(self) -> tuple[time, ...]:
        return (self.at, *self.also_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One occurrence of a thread.

    `key` identifies it in its thread (`2026-W47`, `2026-11-16`, `2026-11`, or `2026-11-16-0900` if there are
    several a day); `slot` is aware, in UTC; `start` is the slot's day in the thread's time zone, and `end`
    the day before the next slot's, or the same day if that has another slot.
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
        """Thread and key, as in the marker: `news/2026-W47`."""
        return f"{self.thread}/{self.key}"


@dataclass(frozen=True, slots=True)
class Calendar:
    """The editions of one thread."""

    thread: str
    schedule: Schedule

    def current(self, now: datetime) -> Edition | None:
        """Return the edition with the newest slot up to `now`, skipped or not; None before the first."""
        index = _index_at(self.schedule, now)
        return self._at(index) if index >= 0 else None

    def upcoming(self, now: datetime) -> Iterator[Edition]:
        """Yield the editions with slots after `now`, in order, up to the last year of Python's dates."""
        return map(self._at, range(max(_index_at(self.schedule, now) + 1, 0), _count(self.schedule)))

    def earlier(self, edition: Edition) -> Iterator[Edition]:
        """Yield the editions before this one, newest first, down to the first."""
        own = _index_of(self.schedule, edition)
        newest = _last_until(self.schedule, edition.start - A_DAY) if own is None else own - 1
        return map(self._at, range(newest, -1, -1))

    def later(self, edition: Edition) -> Iterator[Edition]:
        """Yield the editions after this one, in order, up to the last year of Python's dates."""
        own = _index_of(self.schedule, edition)
        last = _last_until(self.schedule, edition.end) if own is None else own
        return map(self._at, range(max(last + 1, 0), _count(self.schedule)))

    def edition(self, key: str) -> Edition | None:
        index = _index_by_key(self.schedule, key)
        return None if index is None else self._at(index)

    def nearest(self, moment: datetime) -> Edition:
        """Return the edition with the slot nearest to a moment; the earlier one if two are equally near."""
        index = max(_index_at(self.schedule, moment), 0)
        around = map(self._at, range(index, min(index + 2, _count(self.schedule))))
        return min(around, key=lambda edition: abs(edition.slot - moment))

    def _at(self, index: int) -> Edition:
        edition = _edition(self.schedule, index)
        return replace(edition, thread=self.thread) if self.thread else edition


def slot_days(schedule: Schedule, day: date) -> tuple[date | None, date]:
    """Return the newest slot day up to `day`, None before the first, and the slot day after it."""
    cycle = _cycle(schedule)
    index = cycle.index(day)
    return cycle.day(index) if index >= 0 else None, cycle.day(max(index + 1, 0))


def grace_ends(schedule: Schedule, edition: Edition) -> datetime:
    """Return the time until which an edition is still posted late."""
    return edition.slot + schedule.grace


def slot_key(day: date, at: time) -> str:
    """Return the key of an edition if its day has several: `2026-11-16-0900`."""
    return f"{day.isoformat()}-{at:%H%M}"


def fingerprint(schedule: Schedule) -> str:
    """Return everything that decides slots, keys and numbers: equal texts mean equal editions."""
    # Without grace, skips and moves: they must not make a slot look as if it had only now become known
    # (decision 6).
    days = ",".join(str(day) for day in schedule.weekdays)
    if schedule.month_days:
        days = ",".join(str(one) for one in schedule.month_days)
    times = ",".join(one.isoformat() for one in schedule.times)
    rhythm = f"{schedule.interval} {schedule.every} [{days}] {times} {schedule.timezone}"
    ends = " once" if schedule.once else ""
    return f"{rhythm} from {schedule.first.isoformat()}={schedule.number}{ends}"


# Cached, because an account may have thousands of threads with the same schedule, all due at once.
@lru_cache(maxsize=4096)
def _edition(schedule: Schedule, index: int) -> Edition:
    """Return an edition of a schedule, without the name of a thread."""
    cycle = _cycle(schedule)
    turn, place = divmod(index, len(schedule.times))
    day, at = cycle.day(turn), schedule.times[place]
    following = cycle.day((index + 1) // len(schedule.times))
    key = _key(schedule, day, at)
    return Edition(
        thread="",
        key=key,
        number=schedule.number + index,
        slot=_slot(schedule, day, at),
        start=day,
        end=max(day, following - A_DAY),
        skipped=day in schedule.skip or key in schedule.skip_keys,
    )


@lru_cache(maxsize=1024)  # likewise
def _index_at(schedule: Schedule, now: datetime) -> int:
    """Return the index of the newest slot up to `now`, a negative one before the first."""
    if now.utcoffset() is None:
        raise ValueError("the time needs a time zone")
    cycle, times = _cycle(schedule), schedule.times
    # One day ahead: clocks set back over midnight show yesterday's date again, after a slot of today.
    tomorrow = now.astimezone(ZoneInfo(schedule.timezone)).date() + A_DAY
    # The edition after that may have been moved ahead, and be due already.
    index = _last_until(schedule, tomorrow) + bool(schedule.moved)
    # `once` is a daily schedule that ends after its first day (source/front_matter/model.py).
    index = min(index, 0) if schedule.once else index
    while index >= 0 and _slot(schedule, cycle.day(index // len(times)), times[index % len(times)]) > now:
        index -= 1
    return index


def _last_until(schedule: Schedule, day: date) -> int:
    """Return the index of the last edition that starts on or before a day."""
    return (_cycle(schedule).index(day) + 1) * len(schedule.times) - 1


def _slot(schedule: Schedule, day: date, at: time) -> datetime:
    """Return the slot in UTC, exactly one even if the wall clock shows the time never or twice.

    With `fold=0` a missing time has the offset before the gap, and a repeated time is its first occurrence,
    as RFC 5545 3.3.5 requires.
    """
    key = _key(schedule, day, at) if schedule.moved else ""
    for moved, slot in schedule.moved:
        if moved == key:
            return slot.astimezone(UTC)
    local = datetime.combine(day, at.replace(fold=0), ZoneInfo(schedule.timezone))
    return local.astimezone(UTC)


def _key(schedule: Schedule, day: date, at: time) -> str:
    if schedule.also_at:
        return slot_key(day, at)
    if _is_named_by_month(schedule):
        return f"{day.year:04}-{day.month:02}"
    if _is_named_by_week(schedule):
        # The year of the week, which differs from the date's around New Year (K05).
        year, week, _ = day.isocalendar()
        return f"{year:04}-W{week:02}"
    return day.isoformat()


@lru_cache(maxsize=4096)  # likewise
def _index_by_key(schedule: Schedule, key: str) -> int | None:
    """Return the index of the edition with a key, None if the schedule has no such edition."""
    times = [f"-{at:%H%M}" for at in schedule.times] if schedule.also_at else [""]
    place = next((number for number, at in enumerate(times) if key.endswith(at)), None)
    if place is None:
        return None
    try:
        turn = _cycle(schedule).index(_last_day(schedule, key.removesuffix(times[place])))
        index = turn * len(times) + place
        exists = 0 <= index < _count(schedule)
        return (
            index
            if exists and _key(schedule, _cycle(schedule).day(turn), schedule.times[place]) == key
            else None
        )
    except (ValueError, OverflowError):  # keys come from commands and file names, so they can be anything
        return None


def _index_of(schedule: Schedule, edition: Edition) -> int | None:
    """Return the index of an edition, None if it belongs to another schedule."""
    index = _index_by_key(schedule, edition.key)
    day = None if index is None else _cycle(schedule).day(index // len(schedule.times))
    return index if day == edition.start else None


def _last_day(schedule: Schedule, key: str) -> date:
    """Return the last day that a key can mean. An inexact key may pass or raise ValueError."""
    if schedule.also_at:
        return date.fromisoformat(key)
    if _is_named_by_month(schedule):
        year, month = (int(part) for part in key.split("-"))
        return MonthDay(day=31).of(year, month)
    return date.fromisoformat(f"{key}-7" if _is_named_by_week(schedule) else key)


def _is_named_by_week(schedule: Schedule) -> bool:
    return schedule.every is Every.WEEK and len(schedule.weekdays) == 1


def _is_named_by_month(schedule: Schedule) -> bool:
    return schedule.every in (Every.MONTH, Every.YEAR) and len(schedule.month_days) == 1


def _count(schedule: Schedule) -> int:
    """Return the number of editions until Python's dates end, without the last day, which has no next one."""
    return 1 if schedule.once else _cycle(schedule).index(date.max) * len(schedule.times)


def _cycle(schedule: Schedule) -> Cycle:
    """Return the days of a schedule, cached without skips and moves, which do not change them."""
    return _cycle_of(
        schedule.every, schedule.interval, schedule.weekdays, schedule.month_days, schedule.first
    )


@lru_cache(maxsize=64)
def _cycle_of(
    every: Every, interval: int, weekdays: tuple[int, ...], month_days: tuple[MonthDay, ...], first: date
) -> Cycle:
    if every in (Every.MONTH, Every.YEAR) and not month_days:
        raise ValueError("a monthly or yearly schedule needs its days")
    match every:
        case Every.DAY:
            return Days(first, interval)
        case Every.WEEK:
            return Weeks.since(first, interval=interval, weekdays=weekdays)
        case Every.MONTH:
            return Months.since(first, interval=interval, days_of=partial(days_of, month_days))
        case Every.YEAR:
            return Months.since(first, interval=interval, days_of=partial(days_of, month_days), length=12)
        case _:
            assert_never(every)
