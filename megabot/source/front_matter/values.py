"""Reads the values that people write in front matter, or refuses them with a hint."""

import difflib
import re
from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, time, timedelta
from functools import partial
from itertools import pairwise

from megabot.forum import addresses
from megabot.schedule import time_zones
from megabot.schedule.calendar import Every
from megabot.schedule.clock_times import time_of_day
from megabot.schedule.month_days import MonthDay, may_coincide

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_UNITS = {"minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_EVERY = re.compile(r"(?:([1-9][0-9]?)\s+)?(day|week|month|year)s?")
_SPAN = re.compile(r"([1-9][0-9]{0,3})\s+(minute|hour|day|week)s?")
_RHYTHMS = (
    (re.compile(r"fortnight|bi-?weekly"), "write 2 weeks"),
    (re.compile(r"quarter"), "write 3 months"),
    (re.compile(r"twice|hour"), 'write day, and two times below it, as in at: ["09:00", "21:00"]'),
    (re.compile(r"daily|weekday"), "write day, or week with on: [monday, tuesday]"),
    (re.compile(r"weekly"), "write week"),
    (re.compile(r"monthly"), "write month"),
    (re.compile(r"yearly|annual"), "write year"),
)
"""Intervals as people write them elsewhere, and how to write them here."""
_AND = re.compile(r"\s*,\s*|\s+and\s+|\s+&\s+")
_SMALL_WORDS = {"of", "in", "the", "every", "each", "month"}
_NTH_ALONE = re.compile("|".join(_NTH))
_DAY_NUMBER = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)?")
_APART = 3 * 60  # minutes: clocks are set forward by two hours at most, and slots must keep their order
_NAME = re.compile(r"[a-z0-9-]{1,40}")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_LOCALE = re.compile(r"[a-z]{2,3}(?:[-_][A-Z][a-z]{3})?(?:[-_](?:[A-Z]{2}|[0-9]{3}))?")
LARGEST = 1_000_000
"""The largest number that a template can set, because SQLite cannot store numbers of any size."""
_NAME_LONGEST = 60
_LISTED = 20
_MOST_ENTRIES = 50
_YEARS = range(1970, 3000)  # Python's dates end with 9999, and some schedules count far ahead


class BadValue(ValueError):
    """An invalid value. `what` follows the setting's name in the message, `hint` is what to write instead.

    A hint that takes time to find is a function, called only if the problem is shown.
    """

    def __init__(self, what: str, hint: str | Callable[[], str]) -> None:
        super().__init__(what)
        self.what = what
        self._hint = hint

    @property
    def hint(self) -> str:
        return self._hint if isinstance(self._hint, str) else self._hint()


def did_you_mean(name: str, known: Iterable[str], *, otherwise: str) -> str:
    """Return a suggestion of the nearest known word, or `otherwise` if none is near."""
    if len(name) > _NAME_LONGEST:  # comparing long names takes long
        return otherwise
    words = {word.lower(): word for word in known}
    near = difflib.get_close_matches(name.lower(), words, n=1)
    return f"did you mean {words[near[0]]}?" if near else otherwise


def known_names_hint(names: Iterable[str]) -> str:
    """Return a hint that lists the known names, only the first ones if there are many."""
    known = list(names)
    more = f" and {len(known) - _LISTED} more" if len(known) > _LISTED else ""
    return f"use one of: {', '.join(known[:_LISTED])}{more}"


def read_interval(text: object) -> tuple[int, Every]:
    """Read `week`, `2 weeks`, `day`, `month` or `year` as a number and a unit."""
    plain = str(text).strip().lower()
    match = _EVERY.fullmatch(plain)
    if not match:
        general = "write day, week, month or year, or a number of them: 2 weeks"
        raise BadValue(
            f"{text} is not a valid interval",
            next((hint for known, hint in _RHYTHMS if known.search(plain)), general),
        )
    return int(match[1] or 1), Every(match[2])


def read_days(value: object) -> tuple[int, ...] | tuple[MonthDay, ...]:
    """Read days of the week (`monday`), the month (`15`, `first monday`) or the year (`24 december`)."""
    items = [item for one in (value if isinstance(value, list) else [value]) for item in _items(one)]
    nths = (_NTH_ALONE.fullmatch(item) for item in items)
    last_words = [item.rpartition(" ")[2] for item in items]
    for number, alone in enumerate(nths):  # first and third monday
        weekday = next((word for word in last_words[number:] if word in WEEKDAYS), "")
        items[number] = f"{items[number]} {weekday}" if alone and weekday else items[number]
    days = [_day(item) for item in items]
    weekdays = sorted({one for one in days if isinstance(one, int)})
    others = tuple(dict.fromkeys(one for one in days if isinstance(one, MonthDay)))
    if weekdays and others:
        raise BadValue(
            "days of the week and days of the month cannot be mixed", "use one kind, like [first monday, 15]"
        )
    if may_coincide(others):
        raise BadValue(
            f"{' and '.join(items)} can be the same day", "choose days that never fall on the same date"
        )
    return tuple(weekdays) or others


def _items(value: object) -> list[str]:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise BadValue(f"{value} is not a day", "write monday, or 1 to 31 for a day of the month")
    return [item for item in _AND.split(str(value).strip().lower()) if item]


def _day(text: str) -> int | MonthDay:
    """Read one day of a week, month or year."""
    if text in WEEKDAYS:
        return WEEKDAYS.index(text)
    month, words = _month_of([word for word in re.split(r"[\s,]+", text) if word not in _SMALL_WORDS])
    number = _DAY_NUMBER.fullmatch(words[0]) if len(words) == 1 else None
    if number:
        # 2000 was a leap year: 29 February is allowed and becomes the last day in other years (decision 25).
        if not 1 <= int(number[1]) <= (monthrange(2000, month)[1] if month else 31):
            raise BadValue(f"{text} is not a day", "write monday, or 1 to 31 for a day of the month")
        return MonthDay(day=int(number[1]), month=month)
    if words in (["last"], ["last", "day"]):
        return MonthDay(day=31, month=month)
    return replace(_nth_weekday(text, words), month=month)


def _month_of(words: list[str]) -> tuple[int, list[str]]:
    """Return the number of the month among the words (0 for none), and the other words."""
    for number, name in enumerate(MONTHS, 1):
        rest = [word for word in words if word not in (name, name[:3])]
        if rest != words:
            return number, rest
    return 0, words


def _nth_weekday(text: str, words: list[str]) -> MonthDay:
    if len(words) != 2:  # noqa: PLR2004  first monday
        raise _no_weekday(text)
    nth, weekday = words
    if weekday not in WEEKDAYS:
        raise _no_weekday(weekday)
    if nth not in _NTH:
        raise BadValue(
            f"{nth} is not first, second, third, fourth or last",
            did_you_mean(nth, _NTH, otherwise="write first or last"),
        )
    return MonthDay(nth=_NTH[nth], weekday=WEEKDAYS.index(weekday))


def _no_weekday(text: str) -> BadValue:
    known = (*WEEKDAYS, *MONTHS)
    return BadValue(
        f"{text} is not a day of the week",
        did_you_mean(text, known, otherwise="write it in full, like monday"),
    )


def read_times(value: object) -> tuple[time, ...]:
    """Read one or several times of day."""
    texts = [str(one) for one in value] if isinstance(value, list) else [str(value)]
    read = {text: time_of_day(text) for text in texts}
    for text, moment in read.items():
        if moment is None:
            raise BadValue(f"{text} is not a time of day", "write 18:00, 18 or 6pm")
    times = sorted(moment for moment in read.values() if moment is not None)
    minutes = [one.hour * 60 + one.minute for one in times]
    # Around midnight, too: the last time of a day and the first one of the next.
    apart = (after - before for before, after in pairwise([*minutes, minutes[0] + 24 * 60])) if times else [0]
    if min(apart) < _APART or len(times) < len(texts):
        raise BadValue("times must be at least 3 hours apart", 'write them like ["09:00", "18:00"]')
    return tuple(times)


def read_zone(text: object) -> str:
    name = str(text).strip()
    # Not ZoneInfo(name), which opens a file: the child's limits forbid that (decision 33).
    if name in time_zones.names():
        return name
    raise BadValue(f"there is no time zone {name}", partial(time_zones.suggestion, name))


def read_span(text: object) -> timedelta:
    """Read a duration: `3 days`."""
    match = _SPAN.fullmatch(str(text).strip().lower())
    if not match:
        raise BadValue(f"{text} is not a duration", "write a number and a unit: 3 days, 36 hours")
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


def span_or_none(text: object) -> timedelta | None:
    return None if text is None else read_span(text)


def read_day(value: object) -> date:
    """Read a date, in quotes or not."""
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError as error:
        raise BadValue(f"{value} is not a date", "write year-month-day, like 2026-11-16") from error
    if day.year not in _YEARS:
        raise BadValue(f"{value} is too far away", "check the year")
    return day


def read_skip(value: object) -> date | tuple[date, time]:
    """Read an entry of `skip`: a day, or one slot of a day with several."""
    first, _, rest = ("", "", "") if isinstance(value, date) else str(value).strip().partition(" ")
    moment = time_of_day(rest) if rest else None
    return read_day(value) if moment is None else (read_day(first), moment)


def check_name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise BadValue(f"{text} is not a valid name", "use 1 to 40 characters from a-z, 0-9 and -")
    return text


def check_address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise BadValue(f"{text} is not a full web address", "start it with https://")
    return text


def check_community(text: str) -> str:
    """Check a community: `name` or `name@host`."""
    try:
        return addresses.community(text)
    except ValueError as error:
        raise BadValue(f"{text} is not the name of a community", str(error)) from error


def check_locale(text: str) -> str:
    """Check the form of a locale. Whether Babel has it is checked when a date is written."""
    if not _LOCALE.fullmatch(text):
        raise BadValue(f"{text} is not a locale", "write a language code, like en or pt_BR")
    return text


def few(value: object) -> object:
    """Refuse long lists, because each pass asks the server about every entry."""
    if isinstance(value, list | dict) and len(value) > _MOST_ENTRIES:
        raise BadValue(f"there are {len(value)} entries", f"write at most {_MOST_ENTRIES}")
    return value


def read_tags(value: object) -> tuple[str, ...]:
    """Read one name of a tag or a list of names, without duplicates."""
    value = few(value)
    entries = value if isinstance(value, list) else [value]
    names = [str(entry).strip() for entry in entries if isinstance(entry, str | int | date)]
    if not all(names) or len(names) < len(entries) or any(isinstance(entry, bool) for entry in entries):
        raise BadValue("a tag is not a name", "write the names of the community's tags: [Weekly]")
    return tuple(dict.fromkeys(names))


def read_mentions(value: object) -> bool:
    """Read `allow` or `refuse`."""
    if value in (True, "allow"):
        return True
    if value in (False, "refuse"):
        return False
    raise BadValue(f"{value} is neither allow nor refuse", "write allow, or delete the line")
