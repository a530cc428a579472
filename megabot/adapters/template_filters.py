"""The filters of a template, and its spoiler: dates in words, ordinals, Markdown and addresses kept whole."""

import datetime as dt
import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote

import jinja2

from megabot.core import sections
from megabot.core.escaping import escaped

if TYPE_CHECKING:
    from babel.core import Locale

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


def date_filter(locale: str) -> Callable[..., str]:
    """Make the filter that writes dates in a language. Babel is imported when it is first used."""

    def date(value: object, pattern: str) -> str:
        """Write a date by a pattern of Babel's, in the thread's locale."""
        from babel.dates import parse_pattern

        if "%" in pattern:
            raise jinja2.TemplateRuntimeError(
                f"a date pattern is Babel's, without %; write {_babel(pattern)}"
            )
        day = _moment(value)
        language = _language(locale)
        try:
            made = language.date_formats[pattern] if pattern in _BY_NAME else parse_pattern(pattern)
            return str(made.apply(day, language))
        except (ValueError, KeyError) as error:
            raise jinja2.TemplateRuntimeError("this is no date pattern; write one like 'd MMMM y'") from error
        except AttributeError as error:
            raise jinja2.TemplateRuntimeError("a day has no hour; edition.slot has") from error

    return date


def _language(locale: str) -> "Locale":
    from babel.core import Locale, UnknownLocaleError

    try:
        return Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError) as error:
        raise jinja2.TemplateRuntimeError(
            f"there is no locale {locale}; write one like en or pt_BR at the top"
        ) from error


def _moment(value: object) -> dt.date:
    """Take a date as it is, or from data as text: 2026-11-16."""
    if isinstance(value, dt.date):  # a datetime is one too
        return value
    try:
        return dt.datetime.fromisoformat(str(value))
    except ValueError as error:
        raise jinja2.TemplateRuntimeError(
            "date wants a date; write it as in 2026-11-16, or edition.start"
        ) from error


def _babel(pattern: str) -> str:
    """Guess what a pattern of strftime's is in Babel's."""
    guess = re.sub(r"%-?([A-Za-z])", lambda found: _STRFTIME.get(found[1], ""), pattern)
    return repr(guess.replace("%", "") or "d MMMM y")


def ordinal(number: int, *, locale: str) -> str:
    """Write an ordinal: 1st in English, 1. elsewhere."""
    if not locale.startswith("en"):
        return f"{number}."
    teen = 10 < number % 100 < 14  # noqa: PLR2004  11th, 12th, 13th
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def escape_md(value: object) -> str:
    """Keep a text from being read as Markdown; an address in it stays as it is, and none is nothing."""
    return escaped("" if value is None else str(value))


def url(value: object) -> str:
    """Encode what would break an address within `[...](...)`; what is encoded already stays."""
    text = "" if value is None else str(value).strip()
    encoded = quote(text, safe="!#$%&'*+,/:;=?@[]~").replace("(", "%28").replace(")", "%29")
    return re.sub(r"@(?=[\w.]+@)", "%40", encoded)  # a mention notifies within an address too


def spoiler(title: str, cw: str = "", *, caller: Callable[[], str] | None = None, text: str = "") -> str:
    """Make a collapsible part of what a `{% call %}` of it holds, or of `text`."""
    if "\n" in f"{title}{cw}".strip():
        raise jinja2.TemplateRuntimeError("the title of a spoiler has more than one line")
    inside = (caller() if caller else text).strip("\n")
    made = sections.Section(
        name="", title=title.strip(), cw=cw.strip(), status="", body=inside, path="", line=0
    )
    # The line break behind {% endcall %} is not printed, and nothing may stand behind the closing marks.
    return sections.spoiler(made) + ("\n" if caller else "")
