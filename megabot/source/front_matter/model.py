"""The front matter of a thread's template: its settings, their types and which ones belong together.

All mistakes are found at once. `values` reads the single values.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from textwrap import shorten
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from megabot.schedule.calendar import Every, Schedule, slot_key
from megabot.schedule.month_days import MonthDay
from megabot.source.front_matter import values
from megabot.source.front_matter.values import LARGEST, BadValue, did_you_mean, known_names_hint
from megabot.source.front_matter.yaml import YamlDocument
from megabot.source.model import IMAGE, IMAGE_ALT, THUMBNAIL, Companion, Pin, Previous, Refresh
from megabot.source.problems import Problem

Day = Annotated[date, BeforeValidator(values.read_day)]
Number = Annotated[int, Field(ge=0, le=values.LARGEST)]
Text = Annotated[str, Field(min_length=1)]
_LONGEST = 160
_SETTINGS = ("is not a list of settings", "write key: value lines under it")
_NOTHING = ("is empty", "write a value, or delete the line")
_KINDS = {
    "string_type": ("is not text", 'put it in quotes: "..."'),
    "string_too_short": ("is empty", "write a text"),
    "bool_type": ("is neither true nor false", "write true or false"),
    "list_type": ("is not a list", "write it in brackets: [...]"),
    "int_type": ("is not a whole number", "write only digits, without quotes"),
    "greater_than_equal": ("is below 0", "write 0 or more"),
    "less_than_equal": ("is too large", f"write at most {LARGEST:,}"),
    "dict_type": _SETTINGS,
    "model_type": _SETTINGS,
}
"""Pydantic's errors for a value of the wrong type, in words."""


class _Strict(BaseModel):
    # Strict, because pydantic would also take "no" or 1 for a boolean; errors must not show values (T13).
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, strict=True)


class First(_Strict):
    """The day of the first slot, and its number."""

    date: Day
    number: Number = 1


def _first(value: object) -> object:
    return value if isinstance(value, dict) else {"date": values.read_day(value)}


_ON = {
    Every.WEEK: ("a weekly thread needs a day of the week", "write on: monday, or on: [monday, thursday]"),
    Every.MONTH: ("a monthly thread needs a day of the month", "write on: first monday, or on: 15"),
    Every.YEAR: (
        "a yearly thread needs a day and a month",
        "write on: 24 december, or on: first monday of may",
    ),
    Every.DAY: ("a daily thread is posted every day", "delete on:"),
}


class ScheduleModel(_Strict):
    """`schedule:` as written in front matter."""

    every: Annotated[Any, BeforeValidator(values.read_interval)]
    on: Annotated[Any, BeforeValidator(values.read_days)] = ()
    at: Annotated[Any, BeforeValidator(values.read_times)]
    timezone: Annotated[str, BeforeValidator(values.read_zone)]
    grace: Annotated[timedelta, BeforeValidator(values.read_span)] = timedelta(days=3)
    first: Annotated[First, BeforeValidator(_first)]
    skip: list[Annotated[Any, BeforeValidator(values.read_skip)]] = Field(default_factory=list)
    once: Day | None = None

    @model_validator(mode="before")
    @classmethod
    def _only_once(cls, given: object) -> object:
        """Read `once` as a daily schedule that ends after its first day."""
        if not isinstance(given, dict) or given.get("once") is None:
            return given
        beside = ", ".join(name for name in ("every", "on", "first", "skip") if name in given)
        if beside:
            raise values.BadValue(
                f"once cannot be combined with {beside}", f"delete once, or delete {beside}"
            )
        try:
            return given | {"every": "day", "first": values.read_day(given["once"])}
        except values.BadValue:  # reported for `once` itself
            return given | {"every": "day", "first": date(2000, 1, 1)}

    @model_validator(mode="after")
    def _fits(self) -> "ScheduleModel":
        months = {one.month > 0 for one in self.on if isinstance(one, MonthDay)}
        wanted = {
            Every.DAY: not self.on,
            Every.WEEK: self.on and not months,
            Every.MONTH: months == {False},
            Every.YEAR: months == {True},
        }
        if not wanted[self.every[1]]:
            raise values.BadValue(*_ON[self.every[1]])
        if self.once and len(self.at) > 1:
            raise values.BadValue("a thread that is posted once needs exactly one time", "write at: 18:00")
        return self

    def value(self) -> Schedule:
        of_month = any(isinstance(one, MonthDay) for one in self.on)
        return Schedule(
            every=self.every[1],
            interval=self.every[0],
            weekdays=() if of_month else self.on,
            month_days=self.on if of_month else (),
            at=self.at[0],
            also_at=self.at[1:],
            timezone=self.timezone,
            grace=self.grace,
            first=self.first.date,
            number=self.first.number,
            skip=frozenset(one for one in self.skip if isinstance(one, date)),
            skip_keys=frozenset(slot_key(*one) for one in self.skip if isinstance(one, tuple)),
            once=self.once is not None,
        )


class PreviousModel(_Strict):
    """`previous:` as written in front matter."""

    unpin: bool = True
    lock: bool = False
    comment: str = ""
    announce: Annotated[timedelta | None, BeforeValidator(values.span_or_none)] = None

    def value(self) -> Previous:
        return Previous(unpin=self.unpin, lock=self.lock, comment=self.comment, announce=self.announce)


class CompanionModel(_Strict):
    """One of `companions:` as written in front matter."""

    thread: Annotated[str, AfterValidator(values.check_name)] = ""
    url: Annotated[str, AfterValidator(values.check_address)] = ""
    latest_by: str = ""
    community: Annotated[str, AfterValidator(values.check_community)] = Field(default="", alias="in")
    title: str = ""

    @model_validator(mode="after")
    def _one_of_three(self) -> "CompanionModel":
        if sum(map(bool, (self.thread, self.url, self.latest_by))) != 1:
            raise values.BadValue("a companion needs exactly one of thread, url and latest_by", "write one")
        if self.latest_by and not (self.community and self.title):
            raise values.BadValue(
                "latest_by also needs in and title", 'add them, like in: films and title: "Film club*"'
            )
        return self

    def value(self, name: str) -> Companion:
        return Companion(
            name=name,
            thread=self.thread,
            url=self.url,
            latest_by=self.latest_by,
            community=self.community,
            title=self.title,
        )


class ThreadModel(_Strict):
    """A thread's front matter as written."""

    name: Annotated[str, AfterValidator(values.check_name)]
    title: Text
    schedule: ScheduleModel
    image: str = IMAGE
    image_alt: str = IMAGE_ALT
    thumbnail: str = THUMBNAIL
    community: Annotated[str, AfterValidator(values.check_community)] = ""
    pin: Literal["community", "local", "none"] = "community"
    previous: PreviousModel = Field(default_factory=PreviousModel)
    companions: Annotated[dict[str, CompanionModel], BeforeValidator(values.few)] = Field(
        default_factory=dict
    )
    refresh: Literal["body", "preamble", "never"] = "body"
    locale: Annotated[str, AfterValidator(values.check_locale)] = "en"
    language: str = ""
    nsfw: bool = False
    cap: Number = 0
    mentions: Annotated[bool, BeforeValidator(values.read_mentions)] = False
    tags: Annotated[tuple[str, ...], BeforeValidator(values.read_tags)] = ()
    first_comment: str = ""
    unpin_after: Annotated[timedelta | None, BeforeValidator(values.span_or_none)] = None
    lock_after: Annotated[timedelta | None, BeforeValidator(values.span_or_none)] = None

    def pin_value(self) -> Pin:
        return Pin(self.pin)

    def refresh_value(self) -> Refresh:
        return Refresh(self.refresh)


_MODELS: dict[str, type[BaseModel]] = {
    "": ThreadModel,
    "schedule": ScheduleModel,
    "schedule.first": First,
    "previous": PreviousModel,
}


def mistakes(path: str, front: YamlDocument, error: ValidationError) -> Iterator[Problem]:
    """Yield pydantic's errors as problems with their lines, except in lines that already are invalid YAML."""
    invalid = {problem.line for problem in front.problems}
    for mistake in error.errors(include_url=False):
        line = front.line(mistake["loc"])
        if line not in invalid:
            yield Problem(path, line, *_words(mistake))


def _words(mistake: ErrorDetails) -> tuple[str, str]:
    place = [part for part in mistake["loc"] if isinstance(part, str)]  # numbers are indices of lists
    name = ".".join(place)
    if mistake["type"] == "extra_forbidden":
        known = _known(place[:-1])
        return f"{name} is not a setting", did_you_mean(place[-1], known, otherwise=known_names_hint(known))
    if mistake["type"] == "missing":
        return f"{name} is missing", f"write {place[-1]}: ..."
    if mistake["type"] == "literal_error":
        return _choice(name, mistake)
    wrong = mistake.get("ctx", {}).get("error")
    if isinstance(wrong, BadValue):
        return f"{name}: {_one_line(wrong.what)}", wrong.hint
    what, hint = _NOTHING if mistake["input"] is None else _KINDS[mistake["type"]]
    return f"{name} {what}", hint


def _choice(name: str, mistake: ErrorDetails) -> tuple[str, str]:
    known = mistake["ctx"]["expected"].replace("'", "").replace(" or ", ", ")
    hint = did_you_mean(str(mistake["input"]), known.split(", "), otherwise="write one of them")
    return f"{name}: {_one_line(str(mistake['input']))} is not one of {known}", hint


def _one_line(text: str) -> str:
    return shorten(text, _LONGEST, placeholder="...")


def _known(place: list[str]) -> list[str]:
    """Return the keys that are allowed at a place of the front matter."""
    model = CompanionModel if place[:1] == ["companions"] else _MODELS[".".join(place)]
    return [field.alias or name for name, field in model.model_fields.items()]
