"""The filters of templates (dates, ordinals, escaping of Markdown and addresses) and the spoiler macro."""

import datetime as dt
import functools
import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote
from zoneinfo import ZoneInfo

import jinja2

from megabot.forum.escaping import escape
from megabot.source import sections

if TYPE_CHECKING:
    from babel.core import Locale

_FIELDS = frozenset("GyYuQqMLwWdDFEecabBhHkKmsSAzZvVxX")  # Babel writes None for others
_BY_NAME = ("short", "medium", "long", "full")
_STRFTIME = {
    "d": "d",
    "B": "MMMM",
    "b": "MMM",
    "m": "MM",
    "Y": "y",
    "A": "EEEE",
    "a": "EEE",
    "H": "HH",
    "M": "mm",
}


zone = functools.cache(ZoneInfo)
"""Returns a time zone by name. The child loads them before its limits forbid opening files."""


def date_filter(locale: str, timezone: str) -> Callable[..., str]:
    """Return the filter that formats dates in a language. Babel is imported on first use."""

    def date(value: object, pattern: str) -> str:
        """Format a date with a Babel pattern, in the thread's locale."""
        from babel.dates import parse_pattern

        if "%" in pattern:
            raise jinja2.TemplateRuntimeError(
                f"date patterns are Babel's, without %; write {_babel(pattern)}"
            )
        if pattern not in _BY_NAME:
            _refuse_slips(pattern)
        day = _in_zone(_moment(value), zone(timezone))
        language = _language(locale)
        try:
            format_ = language.date_formats[pattern] if pattern in _BY_NAME else parse_pattern(pattern)
            return str(format_.apply(day, language))
        except (ValueError, KeyError) as error:
            raise jinja2.TemplateRuntimeError(
                "this is not a date pattern; write one like 'd MMMM y'"
            ) from error
        except AttributeError as error:
            raise jinja2.TemplateRuntimeError("a date has no time of day; use edition.slot") from error

    return date


def add_days(value: object, days: int) -> dt.date:
    """Return the date `days` days later."""
    try:
        return _moment(value) + dt.timedelta(days=days)
    except (OverflowError, TypeError, ValueError) as error:  # a number may be nan
        raise jinja2.TemplateRuntimeError(
            "add_days needs a date and a number; write edition.start | add_days(7)"
        ) from error


def _refuse_slips(pattern: str) -> None:
    """Refuse letters with another meaning than expected, which would be wrong only on some days."""
    from babel.dates import tokenize_pattern

    letters = {
        str(value[0]): str(value[0]) * int(value[1])
        for kind, value in tokenize_pattern(pattern)
        if kind == "field"
    }
    has = letters.keys()
    if "Y" in has and ("w" not in has or has & set("dDML")):
        what = f"{letters['Y']} is the year of the week, which differs from the date's year around New Year"
        raise jinja2.TemplateRuntimeError(f"{what}; write {letters['Y'].lower()} for the year")
    if {"y", "w"} <= has and not has & set("dDML"):
        what = f"{letters['y']} is the date's year, which differs from the week's year around New Year"
        raise jinja2.TemplateRuntimeError(f"{what}; write {letters['y'].upper()} for the week's year")
    if "D" in has and has & set("ML"):
        what = f"{letters['D']} is the day of the year"
        raise jinja2.TemplateRuntimeError(f"{what}; write {letters['D'].lower()} for the day of the month")
    if "m" in has and has & set("dy") and not has & set("hHkK"):
        what = f"{letters['m']} are the minutes"
        raise jinja2.TemplateRuntimeError(f"{what}; write {letters['m'].upper()} for the month")
    if has - _FIELDS:
        odd = letters[min(has - _FIELDS)]
        raise jinja2.TemplateRuntimeError(f"{odd} is not a date field; write one like 'd MMMM y'")


def _in_zone(value: dt.date, thread_zone: ZoneInfo) -> dt.date:
    """Return a time with the thread's zone, which has a name, unless the zone has another offset then."""
    if not isinstance(value, dt.datetime):
        return value
    if value.tzinfo is None:
        return value.replace(tzinfo=thread_zone)
    there = value.astimezone(thread_zone)
    return there if there.utcoffset() == value.utcoffset() else value


def _language(locale: str) -> "Locale":
    from babel.core import Locale, UnknownLocaleError

    try:
        return Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError) as error:
        raise jinja2.TemplateRuntimeError(
            f"the locale {locale} does not exist; write one like en or pt_BR in the front matter"
        ) from error


def _moment(value: object) -> dt.date:
    """Return a date, or read one from text in data: 2026-11-16."""
    if isinstance(value, dt.date):  # a datetime is one too
        return value
    try:
        return dt.datetime.fromisoformat(str(value))
    except ValueError as error:
        raise jinja2.TemplateRuntimeError(
            "the date filter needs a date; write it like 2026-11-16, or use edition.start"
        ) from error


def _babel(pattern: str) -> str:
    """Translate a strftime pattern to Babel's as well as possible."""
    guess = re.sub(r"%-?([A-Za-z])", lambda match: _STRFTIME.get(match[1], ""), pattern)
    return repr(guess.replace("%", "") or "d MMMM y")


def ordinal(number: int, *, locale: str) -> str:
    """Return an ordinal: 1st in English, 1. in other languages."""
    if not locale.startswith("en"):
        return f"{number}."
    teen = 10 < number % 100 < 14  # noqa: PLR2004  11th, 12th, 13th
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def escape_md(value: object) -> str:
    """Escape a text so that it is not read as Markdown. Addresses stay as they are; None is ""."""
    return escape("" if value is None else str(value))


def url(value: object) -> str:
    """Encode what would break an address in `[...](...)`; what is already encoded stays."""
    text = "" if value is None else str(value).strip()
    encoded = quote(text, safe="!#$%&'*+,/:;=?@[]~").replace("(", "%28").replace(")", "%29")
    return re.sub(r"@(?=[\w.]+@)", "%40", encoded)  # a mention notifies even inside an address


def spoiler(title: str, cw: str = "", *, caller: Callable[[], str] | None = None, text: str = "") -> str:
    """Return a spoiler with the content of a `{% call %}` block, or with `text`."""
    if "\n" in f"{title}{cw}".strip():
        raise jinja2.TemplateRuntimeError("the title of a spoiler has more than one line")
    inside = (caller() if caller else text).strip("\n")
    section = sections.Section(
        name="", title=title.strip(), cw=cw.strip(), status="", body=inside, path="", line=0
    )
    # The line break after {% endcall %} is not printed, and nothing may follow the closing ::: on its line.
    return sections.spoiler(section) + ("\n" if caller else "")
