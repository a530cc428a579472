"""Find the number of an edition in a thread's title, apart from every other number in it. Pure."""

import re
from collections.abc import Collection
from datetime import date

_UNITS = r"\s*(?:hours?|hrs?|h|days?|weeks?|months?|years?|minutes?|min|am|pm|%|uhr|tage|jours|días)\b"
_EXPLICIT = re.compile(r"(?:#|№|\b[Nn][o°º]\.? ?|\b[Nn]r\.? ?)([1-9][0-9]{0,4})(?!\w|[.,:/–—-]\d)")
_DIGITS = re.compile(r"\d+")
_PLAIN = re.compile(r"(?<![\w.,:/–—'’-])[1-9][0-9]{0,4}(?!\w|[.,:/–—-]\d)")
_STEM = 5  # letters
_YEARS = range(1990, 2101)


def find_number(
    rest: str, posted: date, names: Collection[str]
) -> tuple[re.Match[str] | None, tuple[str, ...]]:
    """Find the edition's number: the one that is marked as such, or the only one that can be it.

    `rest` is the title with a null for each character of its dates, `names` are those of months and days in
    any language. Returns the match, whose last group is the number, and what to say if none is certain.
    """
    marked = list(_EXPLICIT.finditer(rest))
    if len(marked) == 1:
        return marked[0], ()
    groups = [one for one in _DIGITS.finditer(rest) if len(one[0]) != 4 or int(one[0]) not in _YEARS]  # noqa: PLR2004
    if not groups:
        return None, ()
    plain = [one for one in _PLAIN.finditer(rest) if one.span() == groups[0].span()]
    certain = len(groups) == 1 and plain and not marked and not _is_of_a_date(rest, plain[0], posted, names)
    if certain:
        return plain[0], ()
    digits = ", ".join(dict.fromkeys(one[0] for one in groups))
    said = f"no number of the title is taken for the edition's, because it is not certain ({digits})"
    return None, (f"{said}; put {{{{ edition.number }}}} where it belongs, and the next one at first:",)


def _is_of_a_date(rest: str, number: re.Match[str], posted: date, names: Collection[str]) -> bool:
    """Return whether a number can be part of a date or a time that was not understood."""
    value, end = int(number[0]), number.end()
    if value == posted.day and "\0" not in rest:  # 24 XI 2026
        return True
    if value == posted.isocalendar().week or re.match(_UNITS, rest[end:], re.IGNORECASE):
        return True
    around = f"{rest[max(0, number.start() - 14) : number.start()]} {rest[end : end + 14]}".casefold()
    stems = tuple(name for name in names if len(name) >= _STEM)  # some languages inflect the names
    words = re.findall(r"[^\W\d_]{3,}", around)
    is_date = any(word in names or word.startswith(stems) for word in words)
    return is_date and value <= 31  # noqa: PLR2004
