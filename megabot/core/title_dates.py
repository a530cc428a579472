"""Read the dates and the number in a thread's title, and write a title for every edition. Pure.

What is not certain stays as it is and is said. A date counts only if it is that of the week in which the thread
was posted, and a number only if it cannot be part of a date.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

from megabot.core.limits import TITLE_LONGEST

ENGLISH = "en"
LANGUAGES = tuple(
    "en de fr es it pt nl pl ru uk sv da nb nn fi cs sk hu ro bg el tr ja ko zh vi id ca eu gl hr sr sl et lv"
    " lt is ga cy eo".split()
)
"""The languages that a title is read in if its own is not known: those with communities on Lemmy."""

_LONGER = 20  # characters that another date may take more than this one
_YEARS = range(1990, 2101)
_LAST = timedelta(days=6)
_MAJOR = LANGUAGES[:18]  # one of these is taken if dates look the same in it and in one that has fewer communities
_CLOSE = timedelta(days=14)
_EARLIEST, _LATEST = timedelta(days=-3), timedelta(days=6)
_TO = (
    r"\s*[-–—~/&]\s*|\s+(?:to|till?|until|thru|through|and|bis|und|au|al?|à|e|y|et|do|до|по|tot|t/m|og|och|és|até"
    r"|ao?|al)\s+"
)
_ORDINALS = ("st", "nd", "rd", "th")
_WEEK = r"week|wk\.?|kw|cw|kalenderwoche|woche|semaine|semana|settimana|vecka|uke|uge|viikko|týden|неделя|tydzień"
_UNITS = r"\s*(?:hours?|hrs?|h|days?|weeks?|months?|years?|minutes?|min|am|pm|%|uhr|tage|jours|días)\b"
_EXPLICIT = re.compile(r"(?:#|№|\b[Nn][o°º]\.? ?|\b[Nn]r\.? ?)([1-9][0-9]{0,4})(?!\w|[.,:/–—-]\d)")
_IN_PIECES = re.compile(
    r"\d(?:st|nd|rd|th|\.)?[-–—~/&.]\s?\0|\d\.\s\0|\0[-–—~/&.]\s?\d|\0\s*[-–—]\s*\d{1,2}(?!\d)"
)
"""A date of which a part was not understood: a null stands for what was."""
_DIGITS = re.compile(r"\d+")
_PLAIN = re.compile(r"(?<![\w.,:/–—-])[1-9][0-9]{0,4}(?!\w|[.,:/–—-]\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleRead:
    """A title as a template's title. `start` is the first day that it names, `locale` the language of its dates.

    `number` is the edition's, None if the title has none. `notes` say what was left as it is, and why.
    """

    title: str
    number: int | None = None
    start: date | None = None
    locale: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DateWords:
    """The names of months and days in one language: a name -> its month, and its pattern in Babel's letters."""

    locale: str
    name: str
    months: Mapping[str, tuple[int, str]]
    days: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def shapes(self) -> tuple[re.Pattern[str], ...]:
        """Return the forms of dates and ranges, those that say most first."""
        month, day = _any_of(self.months), _any_of(self.days)
        ordinal, of = ("|".join(_ORDINALS), "of") if self.locale == ENGLISH else (r"\.", "de")
        dot = r"\." if self.locale == "hu" else ""
        return tuple(re.compile(shape) for shape in _shapes(month, day, ordinal=ordinal, of=of, dot=dot))


@dataclass(frozen=True, slots=True)
class _Side:
    """One date of a title as it is written: kinds and texts of its pieces, and what they mean."""

    pieces: tuple[tuple[str, str], ...]
    year: int | None = None
    month: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    """A place in a title that can be written for every edition, and the day that it names."""

    begin: int
    end: int
    text: str
    day: date | None = None
    words: bool = False  # whether names of months or days are in it


@dataclass(slots=True)
class _Reading:
    """What one language makes of a title."""

    found: list[_Found]
    notes: list[str]
    refused: list[tuple[int, int]]  # what stays as it is: no digit in it is a number

    @property
    def size(self) -> int:
        """How many characters of the title are understood."""
        return sum(one.end - one.begin for one in self.found)


def read_title(
    title: str, posted: date, words: Callable[[str], DateWords | None], *, language: str = ""
) -> TitleRead:
    """Write a title for every edition, given the day on which it was posted and its language, if known."""
    codes = tuple(dict.fromkeys(filter(None, (language, ENGLISH, *LANGUAGES))))
    first = codes[:2] if language else codes[:1]
    readings = {code: _reading(title, posted, names) for code in first if (names := words(code))}
    best = max(readings, key=lambda code: readings[code].size, default="")
    if _has_words_left(title, readings.get(best)):
        others = {code: _reading(title, posted, names) for code in codes if (names := words(code))}
        best, notes = _best(readings | others, best, words)
        if notes:
            return TitleRead(title=_literal(title), notes=notes)
        readings |= others
    reading = readings.get(best) or _Reading([], [], [])
    read = _written(title, posted, reading)
    return replace(read, locale=best if any(one.words for one in reading.found) else "")


def _has_words_left(title: str, reading: _Reading | None) -> bool:
    """Return whether digits next to letters are left that another language may know as a date."""
    rest = _masked(title, reading) if reading else title
    return re.search(r"\d[^\d\0]{1,3}[^\W\d_]{3}|[^\W\d_]{3}[^\d\0]{1,2}\d", rest) is not None


def _best(
    readings: Mapping[str, _Reading], first: str, words: Callable[[str], DateWords | None]
) -> tuple[str, tuple[str, ...]]:
    """Choose the language that explains most; none if several explain it differently in other months."""
    most = max((reading.size for reading in readings.values()), default=0)
    best = [code for code, reading in readings.items() if reading.size == most]
    if first in best or not most:
        return first, ()
    best = [code for code in best if code in _MAJOR] or best
    if len(best) == 1:
        return best[0], ()
    names = [names.name for code in best if (names := words(code))]
    return "", (
        f"the dates of the title stay as they are: they could be {', '.join(names[:4])}; "
        f"to say which, add an option like --language {best[0]}",
    )


def _reading(title: str, posted: date, words: DateWords) -> _Reading:
    reading = _Reading([], [], [])
    taken: list[tuple[re.Match[str], tuple[_Side, ...]]] = []
    for is_wanted in (_is_a_week, _is_close):
        for shape in words.shapes:
            for match in shape.finditer(title):
                sides = _sides(match, words)
                if not _overlaps(match, taken) and is_wanted(match, sides, posted):
                    taken.append((match, sides))
    taken.sort(key=lambda one: one[0].start())
    _read_dates(posted, taken, words, reading)
    _read_weeks(title, posted, reading)
    for shape in words.shapes:
        for match in shape.finditer(title):
            if not _overlaps(match, taken):
                taken.append((match, ()))
                _refuse(match, reading)
    if _IN_PIECES.search(_masked(title, reading)):
        text = title[min(one.begin for one in reading.found) :] if reading.found else title
        return _Reading([], [_not_read(text)], [(0, len(title))])
    return reading


def _overlaps(match: re.Match[str], taken: list[tuple[re.Match[str], tuple[_Side, ...]]]) -> bool:
    return any(match.start() < other.end() and other.start() < match.end() for other, _ in taken)


def _is_a_week(_match: re.Match[str], sides: tuple[_Side, ...], posted: date) -> bool:
    days = _range_days(sides, posted)
    return days is not None and _is_near(days[0], posted)


def _is_close(match: re.Match[str], sides: tuple[_Side, ...], posted: date) -> bool:
    """Return whether a single date is close to the day of the post; 3/4/2026 must be so in one way alone."""
    if len(sides) != 1 or not _within_weeks(_single_day(sides[0], posted), posted):
        return False
    turned = replace(sides[0], month=sides[0].day, day=sides[0].month)
    return "/" not in match[0] or not _within_weeks(_single_day(turned, posted), posted)


def _within_weeks(day: date | None, posted: date) -> bool:
    return day is not None and abs(day - posted) <= _CLOSE


def _read_dates(
    posted: date,
    dates: list[tuple[re.Match[str], tuple[_Side, ...]]],
    words: DateWords,
    reading: _Reading,
) -> None:
    """Decide which dates are the edition's: one range, two dates a week apart, or one date alone."""
    sides = tuple(side for _, each in dates for side in each)
    pair = _range_days(sides, posted)
    if pair is not None and _is_near(pair[0], posted):
        names = iter((("start", pair[0]), ("end", pair[1])))
        for match, each in dates:
            reading.found += _written_sides(match, each, [next(names) for _ in each], words)
        return
    for match, each in dates:
        day = _single_day(each[0], posted) if len(sides) == 1 else None
        name = None if day is None else _name_of(day, posted)
        if day is None or name is None:
            _refuse(match, reading)
        else:
            reading.found += _written_sides(match, each, [(name, day)], words)


def _refuse(match: re.Match[str], reading: _Reading) -> None:
    reading.refused.append(match.span())
    reading.notes.append(_not_read(match[0]))


def _not_read(text: str) -> str:
    return f"{text!r} stays in the title as it is: it is not certain that it is the week of the thread"


def _sides(match: re.Match[str], words: DateWords) -> tuple[_Side, ...]:
    names = sorted(match.re.groupindex, key=match.re.groupindex.__getitem__)
    found = []
    for number in "12":
        pieces = tuple((name[0], match[name]) for name in names if name[-1] == number and match[name])
        if pieces:
            found.append(_meaning(pieces, words))
    return tuple(found)


def _meaning(pieces: tuple[tuple[str, str], ...], words: DateWords) -> _Side:
    values = dict(pieces)
    month = words.months[values["m"]][0] if "m" in values else int(values["n"]) if "n" in values else None
    year = int(values["y"]) if "y" in values else None
    if year is not None and len(values["y"]) == 2:  # noqa: PLR2004
        year += 2000
    return _Side(pieces, year, month, int(values["d"]) if "d" in values else None)


def _range_days(sides: tuple[_Side, ...], posted: date) -> tuple[date, date] | None:
    """Return first and last day of two dates that are those of one week, None if they are not."""
    if len(sides) != 2:  # noqa: PLR2004
        return None
    first, last = sides
    if first.day is None or last.day is None:
        return None
    for year in (posted.year, posted.year - 1, posted.year + 1):
        for days in _possible(first, last, year):
            if days[1] - days[0] == _LAST and (_is_near(days[0], posted) or first.year or last.year):
                return days
    return None


def _possible(first: _Side, last: _Side, year: int) -> Iterator[tuple[date, date]]:
    """Give what two dates can mean in a year, if what is written once holds for both."""
    end_year = last.year or first.year or year
    for end_month in (last.month,) if last.month else (first.month, _after(first.month)):
        for start_month in (first.month,) if first.month else (end_month, _before(end_month)):
            end = _day(end_year, end_month, last.day)
            start = _day(first.year or end_year, start_month, first.day)
            if start and end and first.year is None and start > end:
                start = _day(end_year - 1, start_month, first.day)
            if start and end:
                yield start, end


def _after(month: int | None) -> int:
    return (month or 0) % 12 + 1


def _before(month: int | None) -> int:
    return ((month or 0) - 2) % 12 + 1


def _single_day(side: _Side, posted: date) -> date | None:
    years = (side.year,) if side.year else (posted.year, posted.year - 1, posted.year + 1)
    days = [day for year in years if (day := _day(year, side.month, side.day or posted.day))]
    return min(days, key=lambda day: abs(day - posted), default=None)


def _day(year: int, month: int | None, day: int | None) -> date | None:
    try:
        return date(year, month or 0, day or 0)
    except ValueError:
        return None


def _is_near(start: date, posted: date) -> bool:
    """Return whether a thread that was posted on this day can be that of the week from `start` on."""
    return _EARLIEST <= posted - start <= _LATEST


def _name_of(day: date, posted: date) -> str | None:
    if day - posted == _LAST:
        return "end"
    return "start" if _is_near(day, posted) else None


def _written_sides(
    match: re.Match[str], sides: tuple[_Side, ...], named: list[tuple[str, date]], words: DateWords
) -> Iterator[_Found]:
    for number, (side, (name, day), key) in enumerate(zip(sides, named, "12", strict=False)):
        spans = [match.span(group) for group in match.re.groupindex if group[-1] == key and match[group]]
        first, last = min(spans)[0], max(spans, key=lambda span: span[1])[1]
        other = sides[1 - number] if len(sides) == 2 else None  # noqa: PLR2004
        has_words = any(kind in "me" for kind, _ in side.pieces)
        text = _expression(side, other, name, words)
        begins = day if name == "start" else day - _LAST
        yield _Found(first, last, text, begins if side.day else None, has_words)


def _expression(side: _Side, other: _Side | None, name: str, words: DateWords) -> str:
    """Write one date for every edition; a month that is named once for two dates is written if they differ."""
    padded = _is_padded((*side.pieces, *(other.pieces if other else ())))
    borrowed = _borrowed(side, other, words, padded=padded)
    ordinal = next((text for kind, text in side.pieces if kind == "o" and text in _ORDINALS), "")
    if not ordinal:
        pattern = _pattern(side.pieces, words, padded=padded)
        if borrowed is None:
            return f"{{{{ edition.{name} | date({_quoted(pattern)}) }}}}"
        longer = f"{borrowed[0]}{pattern}{borrowed[1]}"
        same = "edition.start.month == edition.end.month"
        return f"{{{{ edition.{name} | date({_quoted(pattern)} if {same} else {_quoted(longer)}) }}}}"
    at = next(index for index, (kind, _) in enumerate(side.pieces) if kind == "d")
    before = _pattern(side.pieces[:at], words)
    after = _pattern(side.pieces[at + 2 :], words)
    parts = [_maybe(name, borrowed and borrowed[0]), _formatted(name, before)]
    parts.append(f"{{{{ edition.{name}.day | ordinal }}}}")
    parts += [_maybe(name, borrowed and borrowed[1]), _formatted(name, after)]
    return "".join(parts)


def _formatted(name: str, pattern: str) -> str:
    inner = pattern.strip(" ,")
    if not inner:
        return pattern
    begin, _, end = pattern.partition(inner)
    return f"{begin}{{{{ edition.{name} | date({_quoted(inner)}) }}}}{end}"


def _maybe(name: str, pattern: str | None) -> str:
    if not pattern:
        return ""
    differ = "edition.start.month != edition.end.month"
    return f"{{{{ edition.{name} | date({_quoted(pattern)}) if {differ} else '' }}}}"


def _borrowed(
    side: _Side, other: _Side | None, words: DateWords, *, padded: bool
) -> tuple[str, str] | None:
    """Return what goes before and behind a day that has its month from the other date of a range."""
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


def _is_padded(pieces: tuple[tuple[str, str], ...]) -> bool:
    """Return whether days and months in digits have two of them: 4.1. is written as 04.01. if 24.11. was."""
    digits = [text for kind, text in pieces if kind in "dn"]
    by_number = any(kind == "n" for kind, _ in pieces)
    has_two = all(len(text) == 2 for text in digits)  # noqa: PLR2004
    return any(text.startswith("0") for text in digits) or (by_number and has_two)


def _pattern(pieces: tuple[tuple[str, str], ...], words: DateWords, *, padded: bool = False) -> str:
    letters = {"d": "dd" if padded else "d", "n": "MM" if padded else "M"}
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


def _as_text(found: re.Match[str]) -> str:
    return "'" + found[0].replace("'", "''") + "'"


def _quoted(pattern: str) -> str:
    return f'"{pattern}"' if "'" in pattern else f"'{pattern}'"


def _read_weeks(title: str, posted: date, reading: _Reading) -> None:
    """Find the week of the year, by its key (2026-W48) or by a word (week 48)."""
    for match in re.finditer(r"(?<!\w)(\d{4})-W(\d\d)(?!\w)", title):
        if _distance(int(match[2]), posted, int(match[1])) == 0:
            reading.found.append(_Found(*match.span(), "{{ edition.key }}"))
        else:
            _refuse(match, reading)
    by_word = rf"(?<!\w)(?:{_WEEK}) ?(\d{{1,2}})(?:(?:,? |/)(\d{{4}}))?(?!\w|[.,]\d)"
    for match in re.finditer(by_word, title, re.IGNORECASE):
        years = [int(match[2])] if match[2] else [posted.year - 1, posted.year, posted.year + 1]
        distance = min(_distance(int(match[1]), posted, year) for year in years)
        if distance == 0:
            padded = "" if match[1].startswith("0") else " | int"
            reading.found.append(_Found(*match.span(1), f"{{{{ edition.key[-2:]{padded} }}}}"))
            if match[2]:
                reading.found.append(_Found(*match.span(2), "{{ edition.key[:4] }}"))
        elif distance <= _CLOSE.days or match[2]:
            _refuse(match, reading)


def _distance(week: int, posted: date, year: int) -> int:
    """Return how many days a week of the year is from that of the post, 0 for the same one."""
    try:
        monday = date.fromisocalendar(year, week, 1)
    except ValueError:
        return 1000
    return 0 if _is_near(monday, posted) else abs((monday - posted).days)


def _written(title: str, posted: date, reading: _Reading) -> TitleRead:
    """Put a reading's expressions into the title, then the number where it is certain."""
    rest = _masked(title, reading)
    number, notes = _number(rest, posted)
    found = list(reading.found)
    if number is not None:
        found.append(_Found(*number.span(number.lastindex or 0), "{{ edition.number }}"))
    found.sort(key=lambda one: one.begin)
    if len(title) + _LONGER * len(found) > TITLE_LONGEST:
        note = "the title stays as it is: with other dates it could be longer than Lemmy takes"
        return TitleRead(title=_literal(title), notes=(note,))
    ends = [0, *(one.end for one in found)]
    texts = [_literal(title[end : one.begin]) + one.text for end, one in zip(ends, found, strict=False)]
    days = [one.day for one in found if one.day is not None]
    return TitleRead(
        title="".join([*texts, _literal(title[ends[-1] :])]),
        number=int(number[number.lastindex or 0]) if number is not None else None,
        start=days[0] if days else None,
        notes=(*reading.notes, *notes),
    )


def _masked(title: str, reading: _Reading | None) -> str:
    """Return the title with a null for each character that is part of a date."""
    chars = list(title)
    spans = [(one.begin, one.end) for one in reading.found] + reading.refused if reading else []
    for begin, end in spans:
        chars[begin:end] = "\0" * (end - begin)
    return "".join(chars)


def _number(rest: str, posted: date) -> tuple[re.Match[str] | None, tuple[str, ...]]:
    """Find the edition's number: the one that is marked as such, or the only one that can be it."""
    marked = list(_EXPLICIT.finditer(rest))
    if len(marked) == 1:
        return marked[0], ()
    groups = [one for one in _DIGITS.finditer(rest) if len(one[0]) != 4 or int(one[0]) not in _YEARS]  # noqa: PLR2004
    if not groups:
        return None, ()
    plain = [one for one in _PLAIN.finditer(rest) if one.span() == groups[0].span()]
    certain = len(groups) == 1 and plain and not marked and not _is_of_a_date(rest, plain[0], posted)
    if certain:
        return plain[0], ()
    digits = ", ".join(dict.fromkeys(one[0] for one in groups))
    return None, (
        f"no number of the title is taken for the edition's, because it is not certain ({digits}); put "
        "{{ edition.number }} where it belongs, and the next number at first: in the front matter",
    )


def _is_of_a_date(rest: str, number: re.Match[str], posted: date) -> bool:
    """Return whether a number can be part of a date or a time that was not understood."""
    value, end = int(number[0]), number.end()
    if value == posted.isocalendar().week or re.match(_UNITS, rest[end:], re.IGNORECASE):
        return True
    around = f"{rest[max(0, number.start() - 14) : number.start()]} {rest[end : end + 14]}".casefold()
    words = re.findall(r"[^\W\d_]{3,}", around)
    return any(word.startswith(_MONTH_STARTS) for word in words) and value <= 31  # noqa: PLR2004


_MONTH_STARTS = tuple(
    "jan feb mar apr mai may jun jul aug sep oct okt nov dec dez dic gen fév avr mag giu lug ago set ott ene abr"
    " янв фев мар апр мая май июн июл авг сен окт ноя дек mon tue wed thu fri sat sun mär".split()
)


def _literal(text: str) -> str:
    """Keep a text from being read as a template, by itself or together with what follows it."""
    return re.sub(r"\{(?:[{%#]|\Z)", lambda found: f"{{{{ '{found[0]}' }}}}", text)


def _any_of(names: Mapping[str, object]) -> str:
    listed = sorted(filter(None, names), key=len, reverse=True)
    return "|".join(rf"{re.escape(name)}(?![^\W\d_])" for name in listed if not name[0].isdigit()) or "(?!)"


def _shapes(month: str, day: str, *, ordinal: str, of: str, dot: str) -> Iterator[str]:
    """Give the forms of dates, those that say most first.

    A group is named by its kind (e weekday, d day, m month by name, n by number, y year, o ordinal, s between) and
    by the date of a range that it is in, 1 or 2.
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
    yield r"(?<!\d)(?P<y1>\d{4})(?P<sa1>[年년]\s?)(?P<n1>\d{1,2})(?P<sb1>[月월]\s?)(?P<d1>\d{1,2})(?P<sc1>[日일])"
