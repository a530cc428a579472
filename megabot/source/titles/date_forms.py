"""The forms of dates in titles: finds them by patterns, and writes them for every edition. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

IN_ENGLISH = "en"
ORDINALS = ("st", "nd", "rd", "th")
_TO = (
    r"\s*[-–—~/&]\s*|\s+(?:to|till?|until|thru|through|and|bis|und|au|al?|à|e|y|et|do|до|по|tot|t/m|og|och|és"
    r"|até|ao)\s+"
)
START, END, NEXT = "edition.start", "edition.end", "(edition.end | add_days(1))"
"""The days of an edition in a template; the last one is the day of the next slot."""
AFTER_START = {START: timedelta(), END: timedelta(days=6), NEXT: timedelta(days=7)}


@dataclass(frozen=True, kw_only=True)
class DateWords:
    """The names of months and days in one language, each with its pattern in Babel's letters.

    `months` also has the number of each month. `name` is the name of the language in English.
    """

    locale: str
    name: str
    months: Mapping[str, tuple[int, str]]
    days: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def shapes(self) -> tuple[re.Pattern[str], ...]:
        """Return the forms of dates and ranges, the most specific first."""
        month, day = _any_of(self.months), _any_of(self.days)
        ordinal, of = ("|".join(ORDINALS), "of") if self.locale == IN_ENGLISH else (r"\.", "de")
        # Hungarian has dots after the year and the day: 2026. november 24.
        dot = r"\." if self.locale == "hu" else ""
        return tuple(re.compile(shape) for shape in _shapes(month, day, ordinal=ordinal, of=of, dot=dot))


@dataclass(frozen=True, slots=True)
class Side:
    """One date in a title: the kinds and texts of its pieces, and their meaning."""

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
    try:
        return date(year, month or 0, day or 0)
    except ValueError:
        return None


def _any_of(names: Mapping[str, object]) -> str:
    listed = sorted(filter(None, names), key=len, reverse=True)
    return "|".join(rf"{re.escape(name)}(?![^\W\d_])" for name in listed if not name[0].isdigit()) or "(?!)"


def _shapes(month: str, day: str, *, ordinal: str, of: str, dot: str) -> Iterator[str]:
    """Yield the forms of dates, the most specific first.

    The name of a group is its kind (e weekday, d day, m month by name, n by number, y year, o ordinal, s text
    between) and the date of the range it belongs to, 1 or 2.
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


@dataclass(frozen=True, slots=True)
class DateMatch:
    """A part of a title that can be rendered for every edition, and the day that it names."""

    begin: int
    end: int
    text: str
    day: date | None = None
    words: bool = False  # whether it contains names of months or days


def write_dates(
    match: re.Match[str], sides: tuple[Side, ...], named: list[tuple[str, date]], words: DateWords
) -> Iterator[DateMatch]:
    """Yield each date of a match as an expression. `named` has the day of an edition that each one is."""
    for number, (side, (name, day), key) in enumerate(zip(sides, named, "12", strict=False)):
        spans = [match.span(group) for group in match.re.groupindex if group[-1] == key and match[group]]
        first, last = min(spans)[0], max(spans, key=lambda span: span[1])[1]
        other = sides[1 - number] if len(sides) == 2 else None  # noqa: PLR2004
        has_words = any(kind in "me" for kind, _ in side.pieces)
        same = f"edition.start.month == {named[-1][0]}.month"
        text = _expression(side, other, name, words, same=same)
        yield DateMatch(first, last, text, day - AFTER_START[name] if side.day else None, has_words)


def _expression(side: Side, other: Side | None, name: str, words: DateWords, *, same: str) -> str:
    """Return one date as an expression. A month named once for a range is repeated if the months differ."""
    padded = _padded((*side.pieces, *(other.pieces if other else ())))
    borrowed = _borrowed(side, other, words, padded=padded)
    ordinal = next((text for kind, text in side.pieces if kind == "o" and text in ORDINALS), "")
    if not ordinal:
        pattern = _pattern(side.pieces, words, padded=padded)
        if borrowed is None:
            return f"{{{{ {name} | date({_quoted(pattern)}) }}}}"
        longer = f"{borrowed[0]}{pattern}{borrowed[1]}"
        return f"{{{{ {name} | date({_quoted(pattern)} if {same} else {_quoted(longer)}) }}}}"
    at = next(index for index, (kind, _) in enumerate(side.pieces) if kind == "d")
    before = _pattern(side.pieces[:at], words)
    after = _pattern(side.pieces[at + 2 :], words)
    parts = [_unless(same, name, borrowed and borrowed[0]), _formatted(name, before)]
    parts.append(f"{{{{ {name}.day | ordinal }}}}")
    parts += [_unless(same, name, borrowed and borrowed[1]), _formatted(name, after)]
    return "".join(parts)


def _formatted(name: str, pattern: str) -> str:
    inner = pattern.strip(" ,")
    if not inner:
        return pattern
    begin, _, end = pattern.partition(inner)
    return f"{begin}{{{{ {name} | date({_quoted(inner)}) }}}}{end}"


def _unless(same: str, name: str, pattern: str | None) -> str:
    return f"{{{{ '' if {same} else {name} | date({_quoted(pattern)}) }}}}" if pattern else ""


def _borrowed(side: Side, other: Side | None, words: DateWords, *, padded: str) -> tuple[str, str] | None:
    """Return what goes before and after a day that takes its month from the other date of a range."""
    if side.month is not None or other is None or other.month is None:
        return None
    kinds = [kind for kind, _ in other.pieces]
    at = next(index for index, kind in enumerate(kinds) if kind in "mn")
    month = _pattern(other.pieces[at : at + 1], words, padded=padded)
    if at < kinds.index("d"):
        return f"{month}{_pattern(other.pieces[at + 1 : at + 2], words)}", ""
    if kinds[at] == "n":
        return "", f"{month}."
    return "", f"{_pattern(other.pieces[at - 1 : at], words)}{month}"


def _padded(pieces: tuple[tuple[str, str], ...]) -> str:
    """Return which of days (d) and months (n) need two digits: 4.1. becomes 04.01. if the title had 24.11."""
    by_number = any(kind == "n" for kind, _ in pieces)
    sizes = {kind: {len(text) for other, text in pieces if other == kind} for kind in "dn"}
    zeros = {kind for kind, text in pieces if text.startswith("0")}
    return "".join(kind for kind in "dn" if kind in zeros or (by_number and sizes[kind] == {2}))


def _pattern(pieces: tuple[tuple[str, str], ...], words: DateWords, *, padded: str = "") -> str:
    letters = {"d": "dd" if "d" in padded else "d", "n": "MM" if "n" in padded else "M"}
    written = []
    for kind, text in pieces:
        match kind:
            case "m":
                written.append(words.months[text][1])
            case "e":
                written.append(words.days[text])
            case "y":
                written.append("y" if len(text) == 4 else "yy")  # noqa: PLR2004
            case "d" | "n":
                written.append(letters[kind])
            case _:
                written.append(re.sub(r"[A-Za-z']+", _as_text, text))
    return "".join(written)


def _as_text(match: re.Match[str]) -> str:
    return "'" + match[0].replace("'", "''") + "'"


def _quoted(pattern: str) -> str:
    return f'"{pattern}"' if "'" in pattern else f"'{pattern}'"
