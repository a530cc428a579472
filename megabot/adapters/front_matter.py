"""The front matter of a thread's template: checked whole, every mistake at once with its line.

pydantic looks at types and unknown keys, the functions below at what people write: days, times, zones.
"""

import difflib
import re
import zoneinfo
from datetime import date, time, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from megabot.core.calendar import Every, MonthDay, Schedule
from megabot.core.threads import Companion, Pin, Previous, Refresh

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_UNITS = {"minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_EVERY = re.compile(r"(?:([1-9][0-9]?)\s+)?(day|week|month)s?")
_SPAN = re.compile(r"([1-9][0-9]{0,3})\s+(minute|hour|day|week)s?")
_AT = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_NAME = re.compile(r"[a-z0-9-]{1,40}")
_HOST = re.compile(r"https?://[^\s<>\"]+")


def _every(text: object) -> tuple[int, Every]:
    found = _EVERY.fullmatch(str(text).strip().lower())
    if not found:
        raise ValueError("write day, week, month, or a number of them, as in 2 weeks")
    return int(found[1] or 1), Every(found[2])


def _weekday(text: object) -> int:
    name = str(text).strip().lower()
    if name in WEEKDAYS:
        return WEEKDAYS.index(name)
    near = difflib.get_close_matches(name, WEEKDAYS, n=1)
    raise ValueError(f"{text} is no day of the week" + (f", did you mean {near[0]}?" if near else ""))


def _on(value: object) -> tuple[int, ...] | MonthDay:
    """Read `monday`, a list of days, a day of the month, or `first monday`."""
    if isinstance(value, bool):
        raise ValueError("write a day, as in monday")  # noqa: TRY004  pydantic wants ValueError
    if isinstance(value, int):
        if not 1 <= value <= 31:  # noqa: PLR2004
            raise ValueError("a day of the month is 1 to 31")
        return MonthDay(day=value)
    if isinstance(value, list):
        return tuple(sorted({_weekday(one) for one in value}))
    nth, _, day = str(value).strip().lower().partition(" ")
    if day and nth in _NTH:
        return MonthDay(nth=_NTH[nth], weekday=_weekday(day))
    return (_weekday(value),)


def _at(text: object) -> time:
    found = _AT.fullmatch(str(text).strip())
    if not found:
        raise ValueError('write the hour on a clock of 24, in quotes: "12:00"')
    return time(int(found[1]), int(found[2]))


def _zone(text: object) -> str:
    name = str(text).strip()
    known = zoneinfo.available_timezones()
    if name in known:
        return name
    near = difflib.get_close_matches(name, known, n=1)
    raise ValueError(
        f"there is no time zone {name}" + (f", did you mean {near[0]}?" if near else ", as in Europe/London")
    )


def _span(text: object) -> timedelta:
    found = _SPAN.fullmatch(str(text).strip().lower())
    if not found:
        raise ValueError("write how long, as in 3 days or 36 hours")
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise ValueError("write a date, as in 2026-11-16")  # noqa: TRY004  pydantic wants ValueError
    return value


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise ValueError("a thread's name has 1 to 40 of a to z, 0 to 9 and -")
    return text


def _address(text: str) -> str:
    if not _HOST.fullmatch(text):
        raise ValueError("write a whole address, as in https://atlas.example")
    return text


def _mentions(value: object) -> bool:
    if value in (True, "allow"):
        return True
    if value in (False, "refuse"):
        return False
    raise ValueError("write allow, or leave it out")


Day = Annotated[date, BeforeValidator(_day)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, strict=True)


class First(_Strict):
    """The earliest day of a slot, and the number it carries."""

    date: Day
    number: Annotated[int, Field(ge=0)] = 1


def _first(value: object) -> object:
    return {"date": value} if isinstance(value, date) else value


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
            hints = {
                Every.WEEK: "every: week wants on: monday, or several days",
                Every.MONTH: "every: month wants on: a day number, or first monday",
                Every.DAY: "every: day takes no on:",
            }
            raise ValueError(hints[self.every[1]])
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
    community: str = Field(default="", alias="in")
    title: str = ""

    @model_validator(mode="after")
    def _one_of_three(self) -> "CompanionModel":
        if sum(map(bool, (self.thread, self.url, self.latest_by))) != 1:
            raise ValueError("a companion has one of thread, url and latest_by")
        if self.latest_by and not (self.community and self.title):
            raise ValueError("latest_by wants in: COMMUNITY and title: PATTERN beside it")
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
    title: str
    schedule: ScheduleModel
    community: str = ""
    pin: Literal["community", "local", "none"] = "community"
    previous: PreviousModel = Field(default_factory=PreviousModel)
    companions: dict[str, CompanionModel] = Field(default_factory=dict)
    refresh: Literal["body", "preamble", "never"] = "body"
    locale: str = "en"
    language: str = ""
    nsfw: bool = False
    mentions: Annotated[bool, BeforeValidator(_mentions)] = False

    def pin_value(self) -> Pin:
        """Give where it is pinned."""
        return Pin(self.pin)

    def refresh_value(self) -> Refresh:
        """Give what refreshes it."""
        return Refresh(self.refresh)
