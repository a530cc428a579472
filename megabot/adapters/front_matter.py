"""The front matter of a thread's template: checked whole, every mistake at once with its line.

pydantic looks at types and unknown keys, the functions below at what people write: days, times, zones.
"""

import difflib
import re
import zoneinfo
from collections.abc import Iterable
from datetime import date, time, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from megabot.core import addresses
from megabot.core.calendar import Every, MonthDay, Schedule
from megabot.core.threads import Companion, Pin, Previous, Refresh

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_UNITS = {"minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_EVERY = re.compile(r"(?:([1-9][0-9]?)\s+)?(day|week|month)s?")
_SPAN = re.compile(r"([1-9][0-9]{0,3})\s+(minute|hour|day|week)s?")
_AT = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_NAME = re.compile(r"[a-z0-9-]{1,40}")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_LOCALE = re.compile(r"[a-z]{2,3}(?:[-_][A-Z][a-z]{3})?(?:[-_](?:[A-Z]{2}|[0-9]{3}))?")
_YEARS = range(1970, 3000)  # dates end with 9999, and some schedules count far ahead


class Wrong(ValueError):
    """A value that cannot be: `what` follows the setting's name, `hint` is what to write instead."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


def did_you_mean(name: str, known: Iterable[str], *, otherwise: str) -> str:
    """Name the known word that is nearest, or say something else where none is near."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean {near[0]}?" if near else otherwise


def _every(text: object) -> tuple[int, Every]:
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


def _on(value: object) -> tuple[int, ...] | MonthDay:
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


def _at(text: object) -> time:
    found = _AT.fullmatch(str(text).strip())
    if not found:
        raise Wrong(f"{text} is no time of day", 'write it as a clock of 24 hours shows it: "09:00"')
    return time(int(found[1]), int(found[2]))


def _zone(text: object) -> str:
    name = str(text).strip()
    try:
        return zoneinfo.ZoneInfo(name).key
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        known = zoneinfo.available_timezones()  # slow, so only where there is something to suggest
    by_city = {zone.rpartition("/")[2].lower(): zone for zone in sorted(known)}
    hint = did_you_mean(name, known, otherwise="write area and city, as in Europe/London")
    city = by_city.get(name.lower().replace(" ", "_"))
    raise Wrong(f"there is no time zone {name}", f"did you mean {city}?" if city else hint)


def _span(text: object) -> timedelta:
    found = _SPAN.fullmatch(str(text).strip().lower())
    if not found:
        raise Wrong(f"{text} is no length of time", "write a number and a unit: 3 days, 36 hours")
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])


def _day(value: object) -> date:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError as error:
        raise Wrong(f"{value} is no date", "write year-month-day, as in 2026-11-16") from error
    if day.year not in _YEARS:
        raise Wrong(f"{value} is too far away", "look at the year")
    return day


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise Wrong(f"{text} is no name of a thread", "1 to 40 of a to z, 0 to 9 and - make one")
    return text


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise Wrong(f"{text} is no whole address", "begin with https://")
    return text


def _community(text: str) -> str:
    try:
        return addresses.community(text)
    except ValueError as error:
        raise Wrong(f"{text} is no name of a community", str(error)) from error


def _locale(text: str) -> str:
    if not _LOCALE.fullmatch(text):
        raise Wrong(f"{text} is no locale", "write a code of a language, as in en or pt_BR")
    return text


def _mentions(value: object) -> bool:
    if value in (True, "allow"):
        return True
    if value in (False, "refuse"):
        return False
    raise Wrong(f"{value} is no answer", "write allow, or leave it out")


Day = Annotated[date, BeforeValidator(_day)]
Text = Annotated[str, Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, strict=True)


class First(_Strict):
    """The earliest day of a slot, and the number it carries."""

    date: Day
    number: Annotated[int, Field(ge=0)] = 1


def _first(value: object) -> object:
    return value if isinstance(value, dict) else {"date": _day(value)}


_ON = {
    Every.WEEK: ("a week wants its day", "write on: monday, or on: [monday, thursday]"),
    Every.MONTH: ("a month wants its day", "write on: first monday, or on: 15"),
    Every.DAY: ("every day is every day", "delete on:"),
}


class ScheduleModel(_Strict):
    """`schedule:` as people write it."""

    every: Annotated[Any, BeforeValidator(_every)]
    on: Annotated[Any, BeforeValidator(_on)] = ()
    at: Annotated[Any, BeforeValidator(_at)]
    timezone: Annotated[str, BeforeValidator(_zone)]
    grace: Annotated[timedelta, BeforeValidator(_span)] = timedelta(days=3)
    first: Annotated[First, BeforeValidator(_first)]
    skip: list[Day] = Field(default_factory=list)

    @model_validator(mode="after")
    def _fits(self) -> "ScheduleModel":
        of_month = isinstance(self.on, MonthDay)
        wanted = {Every.WEEK: not of_month and self.on, Every.MONTH: of_month, Every.DAY: not self.on}
        if not wanted[self.every[1]]:
            raise Wrong(*_ON[self.every[1]])
        return self

    def value(self) -> Schedule:
        """Make the schedule of it."""
        of_month = isinstance(self.on, MonthDay)
        return Schedule(
            every=self.every[1],
            interval=self.every[0],
            weekdays=() if of_month else self.on,
            month_day=self.on if of_month else None,
            at=self.at,
            timezone=self.timezone,
            grace=self.grace,
            first=self.first.date,
            number=self.first.number,
            skip=frozenset(self.skip),
        )


class PreviousModel(_Strict):
    """`previous:` as people write it."""

    unpin: bool = True
    lock: bool = False
    comment: str = ""

    def value(self) -> Previous:
        """Make the value of it."""
        return Previous(unpin=self.unpin, lock=self.lock, comment=self.comment)


class CompanionModel(_Strict):
    """One of `companions:` as people write it."""

    thread: Annotated[str, AfterValidator(_name)] = ""
    url: Annotated[str, AfterValidator(_address)] = ""
    latest_by: str = ""
    community: Annotated[str, AfterValidator(_community)] = Field(default="", alias="in")
    title: str = ""

    @model_validator(mode="after")
    def _one_of_three(self) -> "CompanionModel":
        if sum(map(bool, (self.thread, self.url, self.latest_by))) != 1:
            raise Wrong("a companion is one of thread, url and latest_by", "write one of them")
        if self.latest_by and not (self.community and self.title):
            raise Wrong("latest_by stands alone", 'write in: films and title: "Film club*" beside it')
        return self

    def value(self, name: str) -> Companion:
        """Make the value of it."""
        return Companion(
            name=name,
            thread=self.thread,
            url=self.url,
            latest_by=self.latest_by,
            community=self.community,
            title=self.title,
        )


class ThreadModel(_Strict):
    """A thread's front matter as people write it."""

    name: Annotated[str, AfterValidator(_name)]
    title: Text
    schedule: ScheduleModel
    community: Annotated[str, AfterValidator(_community)] = ""
    pin: Literal["community", "local", "none"] = "community"
    previous: PreviousModel = Field(default_factory=PreviousModel)
    companions: dict[str, CompanionModel] = Field(default_factory=dict)
    refresh: Literal["body", "preamble", "never"] = "body"
    locale: Annotated[str, AfterValidator(_locale)] = "en"
    language: str = ""
    nsfw: bool = False
    mentions: Annotated[bool, BeforeValidator(_mentions)] = False

    def pin_value(self) -> Pin:
        """Give where it is pinned."""
        return Pin(self.pin)

    def refresh_value(self) -> Refresh:
        """Give what refreshes it."""
        return Refresh(self.refresh)
