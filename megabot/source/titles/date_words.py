"""The names of months and days in Babel's languages, for reading the titles of threads."""

from functools import cache

from babel.core import Locale, UnknownLocaleError

from megabot.source.titles.date_forms import DateWords

_CONTEXTS = (("format", "M", "E"), ("stand-alone", "L", "c"))
_WIDTHS = (("wide", 4), ("abbreviated", 3))


@cache
def date_words(code: str) -> DateWords | None:
    """Return the names of months and days in a language, None if Babel does not have it."""
    try:
        locale = Locale.parse(code.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return None
    months: dict[str, tuple[int, str]] = {}
    days: dict[str, str] = {}
    for context, month, day in _CONTEXTS:
        for width, size in _WIDTHS:
            for number, name in locale.months[context][width].items():
                # The forms used within a date come first; a word that also stands alone keeps that form.
                months.setdefault(name, (number, month * size))
            for name in locale.days[context][width].values():
                days.setdefault(name, day * size)
    return DateWords(locale=str(locale), name=locale.english_name or code, months=months, days=days)
