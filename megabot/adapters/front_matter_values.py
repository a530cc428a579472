"""What people write as a value in front matter, turned into what the program uses, or refused with a hint."""

import difflib
import re
from collections.abc import Callable, Iterable
from datetime import date, time, timedelta
from functools import partial

from megabot.core import addresses, clock_times, time_zones
from megabot.core.calendar import Every, MonthDay

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_UNITS = {"minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_EVERY = re.compile(r"(?:([1-9][0-9]?)\s+)?(day|week|month)s?")
_SPAN = re.compile(r"([1-9][0-9]{0,3})\s+(minute|hour|day|week)s?")
_NAME = re.compile(r"[a-z0-9-]{1,40}")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_LOCALE = re.compile(r"[a-z]{2,3}(?:[-_][A-Z][a-z]{3})?(?:[-_](?:[A-Z]{2}|[0-9]{3}))?")
_NAME_LONGEST = 60
_LISTED = 20
_YEARS = range(1970, 3000)  # dates end with 9999, and some schedules count far ahead


class Wrong(ValueError):
    """A value that cannot be: `what` follows the setting's name, `hint` is what to write instead.

    A hint that takes time to find is a function, called only if the mistake is shown.
    """

    def __init__(self, what: str, hint: str | Callable[[], str]) -> None:
        super().__init__(what)
        self.what = what
        self._hint = hint

    @property
    def hint(self) -> str:
        """What to write instead."""
        return self._hint if isinstance(self._hint, str) else self._hint()


def did_you_mean(name: str, known: Iterable[str], *, otherwise: str) -> str:
    """Return a suggestion of the nearest known word, or `otherwise` if none is near."""
    if len(name) > _NAME_LONGEST:  # comparing takes time by the length of both
        return otherwise
    words = {word.lower(): word for word in known}
    near = difflib.get_close_matches(name.lower(), words, n=1)
    return f"did you mean {words[near[0]]}?" if near else otherwise


def listed(names: Iterable[str]) -> str:
    """Return a hint that lists the known names, the first of them if there are many."""
    known = list(names)
    more = f" and {len(known) - _LISTED} more" if len(known) > _LISTED else ""
    return f"there is: {', '.join(known[:_LISTED])}{more}"


def every(text: object) -> tuple[int, Every]:
    """Read `week`, `2 weeks`, `day`, `month` as a number of units."""
    found = _EVERY.fullmatch(str(text).strip().lower())
    if not found:
        raise Wrong(f"{text} is no rhythm", "write day, week or month, or a number of them: 2 weeks")
    return int(found[1] or 1), Every(found[2])


def _weekdays(names: list[str]) -> tuple[int, ...]:
    """Read days of the week; all that are none are named together."""
    wrong = [name for name in names if name not in WEEKDAYS]
    if wrong:
        are = f"{' and '.join(wrong)} {'is no day' if len(wrong) == 1 else 'are no days'} of the week"
        raise Wrong(are, did_you_mean(wrong[0], WEEKDAYS, otherwise="write it in full, as in monday"))
    return tuple(sorted({WEEKDAYS.index(name) for name in names}))


def on(value: object) -> tuple[int, ...] | MonthDay:
    """Read `monday`, a list of days, a day of the month, or `first monday`."""
    if isinstance(value, int):
        if isinstance(value, bool) or not 1 <= value <= 31:  # noqa: PLR2004
            raise Wrong(f"{value} is no day", "write monday, or 1 to 31 for a day of the month")
        return MonthDay(day=value)
    names = [str(one).strip().lower() for one in (value if isinstance(value, list) else [value])]
    nth, _, day = names[0].partition(" ") if len(names) == 1 else ("", "", "")
    if not day:
        return _weekdays(names)
    if nth not in _NTH:
        raise Wrong(f"{nth} is no place in a month", did_you_mean(nth, _NTH, otherwise="write first or last"))
    return MonthDay(nth=_NTH[nth], weekday=_weekdays([day])[0])


def at(text: object) -> time:
    """Read the time of day."""
    found = clock_times.time_of_day(str(text))
    if found is None:
        raise Wrong(f"{text} is not a time of day", 'write "18:00" or 6pm')
    return found


def zone(text: object) -> str:
    """Check the name of a time zone."""
    name = str(text).strip()
    if name in time_zones.names():
        return name
    raise Wrong(f"there is no time zone {name}", partial(time_zones.suggestion, name))


def span(text: object) -> timedelta:
    """Read a length of time: `3 days`."""
    found = _SPAN.fullmatch(str(text).strip().lower())
    if not found:
        raise Wrong(f"{text} is no length of time", "write a number and a unit: 3 days, 36 hours")
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])


def span_or_none(text: object) -> timedelta | None:
    """Read a length of time, where there is one."""
    return None if text is None else span(text)


def day(value: object) -> date:
    """Read a date, in quotes or not."""
    try:
        found = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError as error:
        raise Wrong(f"{value} is no date", "write year-month-day, as in 2026-11-16") from error
    if found.year not in _YEARS:
        raise Wrong(f"{value} is too far away", "look at the year")
    return found


def name(text: str) -> str:
    """Check a thread's name."""
    if not _NAME.fullmatch(text):
        raise Wrong(f"{text} is no name of a thread", "1 to 40 of a to z, 0 to 9 and - make one")
    return text


def address(text: str) -> str:
    """Check an address of the web."""
    if not _ADDRESS.fullmatch(text):
        raise Wrong(f"{text} is no whole address", "begin with https://")
    return text


def community(text: str) -> str:
    """Check `name` or `name@host`."""
    try:
        return addresses.community(text)
    except ValueError as error:
        raise Wrong(f"{text} is no name of a community", str(error)) from error


def locale(text: str) -> str:
    """Check the form of a locale; whether Babel knows it shows when a date is written."""
    if not _LOCALE.fullmatch(text):
        raise Wrong(f"{text} is no locale", "write a code of a language, as in en or pt_BR")
    return text


def tags(value: object) -> tuple[str, ...]:
    """Read the names of tags, one or a list of them, each once."""
    names = [str(one).strip() for one in (value if isinstance(value, list) else [value])]
    if not all(names):
        raise Wrong("a tag has no name", "write names of the community's tags: [Weekly]")
    return tuple(dict.fromkeys(names))


def mentions(value: object) -> bool:
    """Read `allow` or `refuse`."""
    if value in (True, "allow"):
        return True
    if value in (False, "refuse"):
        return False
    raise Wrong(f"{value} is no answer", "write allow, or leave it out")
