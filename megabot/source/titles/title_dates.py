"""Reads the dates and the number in a thread's title, and writes a title for every edition. Pure.

What is not certain stays as it is, with a note. A date counts only if it is in the week in which the thread
was posted, and a number only if it cannot be part of a date.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from megabot.source.limits import TITLE_LONGEST
from megabot.source.titles.date_forms import (
    AFTER_START,
    END,
    IN_ENGLISH,
    NEXT,
    START,
    DateMatch,
    DateWords,
    Side,
    day_of,
    sides_of,
    write_dates,
)

_CODES = """\
en de fr es it pt nl pl ru uk sv da nb nn fi cs sk hu ro bg el tr ja ko zh vi id ca eu gl hr sr sl et lv
lt is ga cy eo"""
LANGUAGES = tuple(_CODES.split())
"""The languages that are tried if the title's language is not known: those with communities on Lemmy."""

_LONGER = 20  # characters that another date may take more than this one
_MAJOR = LANGUAGES[:18]  # preferred if a date looks the same in one of these and in another language
_WEEKS = (AFTER_START[END], AFTER_START[NEXT])  # a range ends on the last day, or on that of the next thread
_CLOSE = timedelta(days=14)
_EARLIEST, _LATEST = timedelta(days=-3), timedelta(days=6)
_WEEK = (
    r"week|wk\.?|kw|cw|kalenderwoche|woche|semaine|semana|settimana|vecka|uke|uge|viikko|týden|неделя|tydzień"
)
_IN_PIECES = re.compile(
    r"\d(?:st|nd|rd|th|\.)?[-–—~/&.]\s?\0|\d\.\s\0|\d\s(?:&|and|und|et|y|e|en|og|och)\s\0|\0[-–—~/&.]\s?\d|\0\s*[-–—]\s*\d{1,2}(?!\d)"
)
"""A date that was only partly understood; a null marks the understood part."""
_UNITS = r"\s*(?:hours?|hrs?|h|days?|weeks?|months?|years?|minutes?|min|am|pm|%|uhr|tage|jours|días)\b"
_EXPLICIT = re.compile(r"(?:#|№|\b[Nn][o°º]\.? ?|\b[Nn]r\.? ?)([1-9][0-9]{0,4})(?!\w|[.,:/–—-]\d)")
_DIGITS = re.compile(r"\d+")
_PLAIN = re.compile(r"(?<![\w.,:/–—'’-])[1-9][0-9]{0,4}(?!\w|[.,:/–—-]\d)")
_STEM = 5  # letters
_YEARS = range(1990, 2101)


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleRead:
    """A title as a template's title.

    `posted` is the day of the thread, `start` the first day in the title, `locale` the language of its dates,
    "" if they have no words. `number` is the edition's, None if the title has none. `notes` say what was left
    unchanged, and why.
    """

    title: str
    posted: date
    number: int | None = None
    start: date | None = None
    locale: str = ""
    notes: tuple[str, ...] = ()

    @property
    def day(self) -> date:
        """The day that the thread is for."""
        return self.start or self.posted


@dataclass(slots=True)
class _Reading:
    """A title read in one language."""

    found: list[DateMatch]
    notes: list[str]
    refused: list[tuple[int, int]]  # parts that stay unchanged; no digit in them counts as the number

    @property
    def size(self) -> int:
        """How many characters of the title are understood."""
        return sum(one.end - one.begin for one in self.found)


def read_title(
    title: str, posted: date, words: Callable[[str], DateWords | None], *, language: str = ""
) -> TitleRead:
    """Build a title for every edition, given the day it was posted and its language if that is known."""
    codes = tuple(dict.fromkeys(filter(None, (language, IN_ENGLISH, *LANGUAGES))))
    known = {code: names for code in codes[: 2 if language else 1] if (names := words(code))}
    readings = {code: _reading(title, posted, names) for code, names in known.items()}
    best = max(readings, key=lambda code: readings[code].size, default="")
    if _has_words_left(title, readings.get(best)):
        known |= {code: names for code in codes if code not in known and (names := words(code))}
        readings |= {code: _reading(title, posted, known[code]) for code in known if code not in readings}
        best, notes = _best(readings, best, known)
        if notes:
            return TitleRead(posted=posted, title=_literal(title), notes=notes)
    reading = readings.get(best) or _Reading([], [], [])
    of_dates = {name.casefold().rstrip(".") for one in known.values() for name in (*one.months, *one.days)}
    read = _written_title(title, posted, reading, of_dates | {"sept"})
    return replace(read, locale=best if any(one.words for one in reading.found) else "")


def _has_words_left(title: str, reading: _Reading | None) -> bool:
    """Return whether digits are left next to letters that may be a date in another language."""
    rest = _masked(title, reading) if reading else title
    return re.search(r"\d[^\d\0]{1,6}[^\W\d_]{3}|[^\W\d_]{3}[^\d\0]{1,6}\d", rest) is not None


def _best(
    readings: Mapping[str, _Reading], first: str, known: Mapping[str, DateWords]
) -> tuple[str, tuple[str, ...]]:
    """Choose the language that explains most of the title; none if several do, with different months."""
    most = max((reading.size for reading in readings.values()), default=0)
    best = [code for code, reading in readings.items() if reading.size == most]
    if first in best or not most:
        return first, ()
    best = [code for code in best if code in _MAJOR] or best
    if len(best) == 1:
        return best[0], ()
    names = [known[code].name for code in best]
    note = f"the dates in the title are unchanged, because their language could be {', '.join(names[:4])}"
    return "", (f"{note}; to choose one, add an option like --language {best[0]}",)


def _reading(title: str, posted: date, words: DateWords) -> _Reading:
    reading = _Reading([], [], [])
    matches = [match for shape in words.shapes for match in shape.finditer(title)]
    taken: list[tuple[re.Match[str], tuple[Side, ...]]] = []
    for is_wanted in (_is_a_week, _is_close):
        for match in matches:
            sides = sides_of(match, words)
            if not _overlaps(match, taken) and is_wanted(match, sides, posted):
                taken.append((match, sides))
    taken.sort(key=lambda one: one[0].start())
    _read_dates(posted, taken, words, reading)
    _read_weeks(title, posted, reading)
    for match in matches:
        if not _overlaps(match, taken):
            taken.append((match, ()))
            _refuse(match, reading)
    if not _IN_PIECES.search(_masked(title, reading)):
        return reading
    text = title[min(one.begin for one in reading.found) :] if reading.found else title
    return _Reading([], [_not_read(text)], [(0, len(title))])


def _overlaps(match: re.Match[str], taken: list[tuple[re.Match[str], tuple[Side, ...]]]) -> bool:
    return any(match.start() < other.end() and other.start() < match.end() for other, _ in taken)


def _is_a_week(_match: re.Match[str], sides: tuple[Side, ...], posted: date) -> bool:
    days = _range_days(sides, posted)
    return days is not None and _is_near(days[0], posted)


def _is_close(match: re.Match[str], sides: tuple[Side, ...], posted: date) -> bool:
    """Return whether a single date is close to the day of the post; 3/4/2026 must be so in one order only."""
    if len(sides) != 1 or not _within_weeks(_single_day(sides[0], posted), posted):
        return False
    # With slashes, the day comes first in some countries and the month in others.
    turned = replace(sides[0], month=sides[0].day, day=sides[0].month)
    return "/" not in match[0] or not _within_weeks(_single_day(turned, posted), posted)


def _within_weeks(day: date | None, posted: date) -> bool:
    return day is not None and abs(day - posted) <= _CLOSE


def _read_dates(
    posted: date,
    dates: list[tuple[re.Match[str], tuple[Side, ...]]],
    words: DateWords,
    reading: _Reading,
) -> None:
    """Decide which dates are the edition's: one range, two dates a week apart, or a single date."""
    sides = tuple(side for _, each in dates for side in each)
    pair = _range_days(sides, posted)
    if pair is not None and _is_near(pair[0], posted):
        last = END if pair[1] - pair[0] == AFTER_START[END] else NEXT
        names = iter(((START, pair[0]), (last, pair[1])))
        for match, each in dates:
            reading.found += write_dates(match, each, [next(names) for _ in each], words)
        return
    for match, each in dates:
        day = _single_day(each[0], posted) if len(sides) == 1 else None
        name = None if day is None else _name_of(day, posted)
        if day is None or name is None:
            _refuse(match, reading)
        else:
            reading.found += write_dates(match, each, [(name, day)], words)


def _refuse(match: re.Match[str], reading: _Reading) -> None:
    reading.refused.append(match.span())
    reading.notes.append(_not_read(match[0]))


def _not_read(text: str) -> str:
    return f"{text!r} stays unchanged in the title, because it may not be the week of the thread"


def _range_days(sides: tuple[Side, ...], posted: date) -> tuple[date, date] | None:
    """Return two dates as the first and last day of a week, None if they are not."""
    if len(sides) != 2 or any(side.day is None for side in sides):  # noqa: PLR2004
        return None
    first, last = sides
    for year in (posted.year, posted.year - 1, posted.year + 1):
        for days in _possible(first, last, year):
            if days[1] - days[0] in _WEEKS and (_is_near(days[0], posted) or first.year or last.year):
                return days
    return None


def _possible(first: Side, last: Side, year: int) -> Iterator[tuple[date, date]]:
    """Yield what two dates can mean in a year if a month or year that is written once holds for both."""
    end_year = last.year or first.year or year
    for end_month in (last.month,) if last.month else (first.month, _after(first.month)):
        for start_month in (first.month,) if first.month else (end_month, _before(end_month)):
            end = day_of(end_year, end_month, last.day)
            start = day_of(first.year or end_year, start_month, first.day)
            if start and end and first.year is None and start > end:
                # A range over New Year can have its year only at the end.
                start = day_of(end_year - 1, start_month, first.day)
            if start and end:
                yield start, end


def _after(month: int | None) -> int:
    return (month or 0) % 12 + 1


def _before(month: int | None) -> int:
    return ((month or 0) - 2) % 12 + 1


def _single_day(side: Side, posted: date) -> date | None:
    years = (side.year,) if side.year else (posted.year, posted.year - 1, posted.year + 1)
    days = [day for year in years if (day := day_of(year, side.month, side.day or posted.day))]
    return min(days, key=lambda day: abs(day - posted), default=None)


def _is_near(start: date, posted: date) -> bool:
    """Return whether a thread posted on this day can belong to the week that starts at `start`."""
    return _EARLIEST <= posted - start <= _LATEST


def _name_of(day: date, posted: date) -> str | None:
    if day - posted == AFTER_START[END]:
        return END
    return START if _is_near(day, posted) else None


def _read_weeks(title: str, posted: date, reading: _Reading) -> None:
    """Find the week of the year, as a key (2026-W48) or with a word (week 48)."""
    for match in re.finditer(r"(?<!\w)(\d{4})-W(\d\d)(?!\w)", title):
        if _distance(int(match[2]), posted, int(match[1])) == 0:
            reading.found.append(DateMatch(*match.span(), "{{ edition.key }}"))
        else:
            _refuse(match, reading)
    by_word = rf"(?<!\w)(?:{_WEEK}) ?(\d{{1,2}})(?:(?:,? (?:of )?|/)(\d{{4}}))?(?!\w|[.,]\d)"
    for match in re.finditer(by_word, title, re.IGNORECASE):
        years = [int(match[2])] if match[2] else [posted.year - 1, posted.year, posted.year + 1]
        distance = min(_distance(int(match[1]), posted, year) for year in years)
        if distance == 0:
            padded = "" if match[1].startswith("0") else " | int"
            reading.found.append(DateMatch(*match.span(1), f"{{{{ edition.key[-2:]{padded} }}}}"))
            if match[2]:
                reading.found.append(DateMatch(*match.span(2), "{{ edition.key[:4] }}"))
        elif distance <= _CLOSE.days or match[2]:
            _refuse(match, reading)


def _distance(week: int, posted: date, year: int) -> int:
    """Return how many days a week of the year is away from the post's, 0 for the same one."""
    try:
        monday = date.fromisocalendar(year, week, 1)
    except ValueError:
        return 1000
    return 0 if _is_near(monday, posted) else abs((monday - posted).days)


def _masked(title: str, reading: _Reading | None) -> str:
    """Return the title with a null for each character that is part of a date."""
    chars = list(title)
    spans = [(one.begin, one.end) for one in reading.found] + reading.refused if reading else []
    for begin, end in spans:
        chars[begin:end] = "\0" * (end - begin)
    return "".join(chars)


def _literal(text: str) -> str:
    """Escape a text that a template could read as code, alone or together with what follows it."""
    return re.sub(r"\{(?:[{%#]|\Z)", lambda match: f"{{{{ '{match[0]}' }}}}", text)


def _written_title(title: str, posted: date, reading: _Reading, names: Collection[str]) -> TitleRead:
    """Put a reading's expressions into the title, and the number if it is certain."""
    rest = _masked(title, reading)
    number, notes = _find_number(rest, posted, names)
    date_matches = list(reading.found)
    if number is not None:
        date_matches.append(DateMatch(*number.span(number.lastindex or 0), "{{ edition.number }}"))
    date_matches.sort(key=lambda one: one.begin)
    if len(title) + _LONGER * len(date_matches) > TITLE_LONGEST:
        note = "the title is unchanged, because with other dates it could be longer than Lemmy allows"
        return TitleRead(posted=posted, title=_literal(title), notes=(note,))
    ends = [0, *(one.end for one in date_matches)]
    texts = [
        _literal(title[end : one.begin]) + one.text for end, one in zip(ends, date_matches, strict=False)
    ]
    days = [one.day for one in date_matches if one.day is not None]
    return TitleRead(
        posted=posted,
        title="".join([*texts, _literal(title[ends[-1] :])]),
        number=int(number[number.lastindex or 0]) if number is not None else None,
        start=days[0] if days else None,
        notes=(*reading.notes, *notes),
    )


def _find_number(
    rest: str, posted: date, names: Collection[str]
) -> tuple[re.Match[str] | None, tuple[str, ...]]:
    """Find the edition's number: a marked one (#12), or the only one that is possible.

    `rest` is the title with a null for each character of its dates, `names` are months and days in any
    language. Returns the match, whose last group is the number, and a note if none is certain.
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
    note = f"the title's number was not recognised, because it is not certain which one it is ({digits})"
    hint = "put {{ edition.number }} in its place, and write the next number at first:"
    return None, (f"{note}; {hint}",)


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
