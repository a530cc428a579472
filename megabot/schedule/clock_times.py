"""Reads times and durations as people write them: in commands, at the shell and in files. Pure."""

import re
from calendar import isleap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from unicodedata import category

EXAMPLES = "18:00, 6pm, +2h, tomorrow 18:00, Friday 18:00, 2026-11-24 18:00"
_LONGEST = 60  # characters
_MINUSES = str.maketrans("−–", "--")  # phones replace a hyphen with these
_PUNCTUATION = " \t.,!;:"
_TIME = re.compile(r"([0-9]{1,2})(?:[:.h]([0-9]{2}))?(?: ?(?:([ap])\.?m\.?|h|o'clock))?")
_NAMED_TIMES = {"noon": time(12), "midnight": time(0)}
_PART = re.compile(
    r"(?:and |, ?)?((?:an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?= )"
    r"|[1-9][0-9]{0,3}) ?"
    r"(m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?|d(?:ays?)?|w(?:(?:ee)?ks?)?)(?![a-z]) ?"
)
_NUMBERS = (
    "",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
_MOST_PARTS = 4
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_AHEAD = {"today": 0, "tomorrow": 1}
_WEEKDAY = re.compile(r"(?:this )?(mon|tue|wed|thu|fri|sat|sun)(?:day|s|sday|nesday|rs|rsday|urday)?")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY = r"([0-9]{1,2})(?:st|nd|rd|th|\.)?"
_DAY_OF_MONTH = re.compile(rf"{_DAY} {_MONTH}(?: ([0-9]{{4}}))?|{_MONTH} {_DAY}(?:,? ([0-9]{{4}}))?")
_YEARS = range(1970, 3000)  # far from where Python's dates end
_LEAP_YEARS = 8  # the longest time between two of them, as from 2096 to 2104


@dataclass(frozen=True, slots=True)
class Weekday:
    """A day of the week, 0 for Monday."""

    number: int


@dataclass(frozen=True, slots=True)
class RelativeDay:
    """A day `days` after today."""

    days: int


@dataclass(frozen=True, slots=True)
class YearDay:
    """A day in any year."""

    month: int
    day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeExpression:
    """A time as it was written: a duration from now (`span`), or a day, a time of day, or both."""

    span: timedelta | None = None
    day: date | Weekday | RelativeDay | YearDay | None = None
    at: time | None = None


def time_of_day(text: str) -> time | None:
    """Read a time of day: `18`, `18:00`, `18h`, `6pm`, `6:30 p.m.`, `noon`."""
    plain = _plain(text)
    match = _TIME.fullmatch(plain)
    if match is None:
        return _NAMED_TIMES.get(plain)
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3]:
        if not 1 <= hour <= 12:  # noqa: PLR2004 - the hours on a clock's face
            return None
        hour = hour % 12 + (12 if match[3] == "p" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None  # noqa: PLR2004


def duration(text: str) -> timedelta | None:
    """Read a duration: `6h`, `1d12h`, `2 days`, `an hour and 30 minutes`."""
    plain, total, end = _plain(text), timedelta(), 0
    for _ in range(_MOST_PARTS):
        match = _PART.match(plain, end)
        if match is None:
            break
        total, end = total + _number(match[1]) * _UNITS[match[2][0]], match.end()
    return total if total and end == len(plain) else None


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    return 1 if text in {"a", "an"} else _NUMBERS.index(text)


def parse_time(text: str) -> TimeExpression | None:
    """Read a time without resolving it; None for a text that is not a time or can mean two."""
    plain = _plain(text)
    if plain.startswith(("+", "-")):
        span = duration(plain[1:])
        return TimeExpression(span=span if plain[0] == "+" else -span) if span else None
    if duration(plain):  # "2h": at two, or in two hours?
        return None
    readings = set(_readings(re.sub(r"^(?:to |at |on ){1,2}", "", plain)))
    return readings.pop() if len(readings) == 1 else None


def resolve(written: TimeExpression, now: datetime, zone: tzinfo) -> datetime:
    """Return the time in UTC.

    Without a day, or with a weekday or a day of the year, it is the next one after `now`. A day without a
    time means midnight at its start. A full date, `today` and `tomorrow` can be in the past.
    """
    if written.span is not None:
        return now.astimezone(UTC) + written.span
    at = written.at if written.at is not None else time()
    today = now.astimezone(zone).date()
    moments = [datetime.combine(day, at, zone).astimezone(UTC) for day in _days(written, today)]
    return next((one for one in moments if one > now), moments[-1])


def parse_moment(text: str, now: datetime, zone: tzinfo) -> datetime | None:
    """Read a time like `18:00`, `6pm`, `+2h`, `tomorrow 18:00` or `2026-11-24 18:00`; return it in UTC."""
    written = parse_time(text)
    return resolve(written, now, zone) if written is not None else None


def _plain(text: str) -> str:
    """Return a text in lower case with single spaces, without invisible marks and final punctuation."""
    if len(text) > _LONGEST:
        return ""
    shown = "".join(char for char in text.translate(_MINUSES) if category(char) != "Cf")
    plain = " ".join(shown.split()).lower().rstrip(_PUNCTUATION)
    return re.sub(r"(?<=[0-9])t(?=[0-9])", " ", plain)  # 2026-11-24T18:00


def _readings(plain: str) -> Iterator[TimeExpression]:
    words = plain.split()
    for cut in range(len(words)):
        first, rest = " ".join(words[:cut]), " ".join(words[cut:])
        for day, at in ((first, rest), (rest, first)):
            read = _day_and_time(day.removeprefix("on ").rstrip(","), at.removeprefix("at ").rstrip(","))
            if read is not None:
                yield read


def _day_and_time(day_text: str, time_text: str) -> TimeExpression | None:
    day, at = _day(day_text), time_of_day(time_text)
    if (day is None) == bool(day_text) or (at is None) == bool(time_text):
        return None
    if day and time_text == "midnight":  # ambiguous: at the start or at the end of the day
        return None
    return TimeExpression(day=day, at=at)


def _day(plain: str) -> date | Weekday | RelativeDay | YearDay | None:
    if plain in _AHEAD:
        return RelativeDay(_AHEAD[plain])
    if weekday := _WEEKDAY.fullmatch(plain):
        return Weekday(_WEEKDAYS.index(weekday[1]))
    try:
        if match := _DAY_OF_MONTH.fullmatch(plain):
            day, month = int(match[1] or match[5]), _MONTHS.index((match[2] or match[4])[:3]) + 1
            year = match[3] or match[6]
            return _dated(date(int(year), month, day)) if year else _yearly(month, day)
        return _dated(date.fromisoformat(plain)) if re.fullmatch(r"[0-9-]{10}", plain) else None
    except ValueError:  # 30 February
        return None


def _dated(day: date) -> date | None:
    return day if day.year in _YEARS else None


def _yearly(month: int, day: int) -> YearDay:
    date(2000, month, day)  # a leap year: raises ValueError for a day that no year has
    return YearDay(month, day)


def _days(written: TimeExpression, today: date) -> list[date]:
    match written.day:
        case None:
            return [today, today + timedelta(days=1)]
        case Weekday(number):
            ahead = (number - today.weekday()) % 7
            return [today + timedelta(days=ahead), today + timedelta(days=ahead + 7)]
        case RelativeDay(days):
            return [today + timedelta(days=days)]
        case YearDay(month, day):
            return [
                date(year, month, day)
                for year in range(today.year, today.year + _LEAP_YEARS + 1)
                if (month, day) != (2, 29) or isleap(year)
            ]
        case _:
            return [written.day]
