"""The forms that dates have in titles, in one language: found by patterns, read as what they mean. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

IN_ENGLISH = "en"
ORDINALS = ("st", "nd", "rd", "th")
_TO = (
    r"\s*[-–—~/&]\s*|\s+(?:to|till?|until|thru|through|and|bis|und|au|al?|à|e|y|et|do|до|по|tot|t/m|og|och|és"
    r"|até|ao)\s+"
)


@dataclass(frozen=True, kw_only=True)
class DateWords:
    """The names of months and days in one language, each with its pattern in Babel's letters.

    `months` also says which month a name is. `name` is the language's own name in English.
    """

    locale: str
    name: str
    months: Mapping[str, tuple[int, str]]
    days: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def shapes(self) -> tuple[re.Pattern[str], ...]:
        """Return the forms of dates and ranges, those that say most first."""
        month, day = _any_of(self.months), _any_of(self.days)
        ordinal, of = ("|".join(ORDINALS), "of") if self.locale == IN_ENGLISH else (r"\.", "de")
        dot = r"\." if self.locale == "hu" else ""
        return tuple(re.compile(shape) for shape in _shapes(month, day, ordinal=ordinal, of=of, dot=dot))


@dataclass(frozen=True, slots=True)
class Side:
    """One date of a title as it is written: kinds and texts of its pieces, and what they mean."""

    pieces: tuple[tuple[str, str], ...]
    year: int | None = None
    month: int | None = None
    day: int | None = None


def sides_of(match: re.Match[str], words: DateWords) -> tuple[Side, ...]:
    """Return the one or two dates in a match of one of the shapes."""
    names = sorted(match.re.groupindex, key=match.re.groupindex.__getitem__)
    sides = []
    for number in "12":
        pieces = tuple((name[0], match[name]) for name in names if name[-1] == number and match[name])
        if pieces:
            sides.append(_meaning(pieces, words))
    return tuple(sides)


def _meaning(pieces: tuple[tuple[str, str], ...], words: DateWords) -> Side:
    values = dict(pieces)
    month = words.months[values["m"]][0] if "m" in values else int(values["n"]) if "n" in values else None
    year = int(values["y"]) if "y" in values else None
    if year is not None and len(values["y"]) == 2:  # noqa: PLR2004
        year += 2000
    return Side(pieces, year, month, int(values["d"]) if "d" in values else None)


def day_of(year: int, month: int | None, day: int | None) -> date | None:
    """Return a date, None if there is none such."""
    try:
        return date(year, month or 0, day or 0)
    except ValueError:
        return None


def _any_of(names: Mapping[str, object]) -> str:
    listed = sorted(filter(None, names), key=len, reverse=True)
    return "|".join(rf"{re.escape(name)}(?![^\W\d_])" for name in listed if not name[0].isdigit()) or "(?!)"


def _shapes(month: str, day: str, *, ordinal: str, of: str, dot: str) -> Iterator[str]:
    """Give the forms of dates, those that say most first.

    A group is named by its kind (e weekday, d day, m month by name, n by number, y year, o ordinal, s text
    between) and by the date of a range that it is in, 1 or 2.
    """
    begin, end = r"(?<![\w.])", r"(?!\w)"

    def dmy(side: int) -> str:
        weekday = rf"(?:(?P<e{side}>{day})(?P<sa{side}>,? (?:den |the )?))?"
        number = rf"(?P<d{side}>\d{{1,2}})(?P<o{side}>{ordinal})?"
        named = rf"(?P<sb{side}>(?: {of})?\s)(?P<m{side}>{month})"
        return rf"{weekday}{number}{named}(?:(?P<sc{side}>,?\s(?:del? )?)(?P<y{side}>\d{{4}}))?"

    def mdy(side: int, name: str = "") -> str:
        weekday = rf"(?:(?P<e{side}>{day})(?P<sa{side}>,? ))?"
        named = rf"(?P<m{side}>{month})(?P<sb{side}>\s)"
        number = rf"(?P<d{side}>\d{{1,2}})(?P<o{side}>{ordinal})?"
        return rf"{name or weekday + named}{number}(?:(?P<sc{side}>,?\s)(?P<y{side}>\d{{4}}))?"

    def numeric(side: int) -> str:
        number = rf"(?P<d{side}>\d{{1,2}})(?P<sa{side}>\.\s?)(?P<n{side}>\d{{1,2}})(?P<sb{side}>\.\s?)"
        return rf"{number}(?P<y{side}>\d{{4}}|\d\d)"

    numbers = r"(?P<d1>\d{1,2})(?P<sa1>\.\s?)(?P<n1>\d{1,2})(?P<sb1>\.)"
    for shape in (
        rf"(?P<d1>\d{{1,2}})(?P<o1>{ordinal})?(?:{_TO}){dmy(2)}",
        rf"{dmy(1)}(?:{_TO}){dmy(2)}",
        rf"{mdy(1)}(?:{_TO}){mdy(2)}",
        rf"{mdy(1)}(?:{_TO}){mdy(2, '(?#the same month)')}",
        rf"(?P<d1>\d{{1,2}})(?P<sa1>\.)(?:{_TO}){numeric(2)}",
        rf"{numbers}(?:{_TO}){numeric(2)}",
        numeric(1),
        rf"(?P<y1>\d{{4}})(?P<sa1>{dot} )(?P<m1>{month})(?P<sb1> )(?P<d1>\d{{1,2}})(?P<o1>{dot})",
        dmy(1),
        mdy(1),
        r"(?P<y1>\d{4})(?P<sa1>[-/.])(?P<n1>\d{1,2})(?P<sb1>(?P=sa1))(?P<d1>\d{1,2})",
        r"(?P<n1>\d{1,2})(?P<sa1>/)(?P<d1>\d{1,2})(?P<sb1>/)(?P<y1>\d{4}|\d\d)",
        r"(?P<d1>\d{1,2})(?P<sa1>/)(?P<n1>\d{1,2})(?P<sb1>/)(?P<y1>\d{4}|\d\d)",
        rf"(?<!\d\s)(?<!\d\.\s)(?P<m1>{month})(?P<sa1>\s(?:de )?)(?P<y1>\d{{4}})",
    ):
        yield f"{begin}{shape}{end}"
    yield (
        r"(?<!\d)(?P<y1>\d{4})(?P<sa1>[年년]\s?)(?P<n1>\d{1,2})(?P<sb1>[月월]\s?)"
        r"(?P<d1>\d{1,2})(?P<sc1>[日일])"
    )
