"""Write a date of a title as an expression of a template, in the form that the title has. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from megabot.source.titles.date_forms import ORDINALS, DateWords, Side

START, END, NEXT = "edition.start", "edition.end", "(edition.end | add_days(1))"
"""The days of an edition in a template; the last is that of the slot after it."""
AFTER_START = {START: timedelta(), END: timedelta(days=6), NEXT: timedelta(days=7)}


@dataclass(frozen=True, slots=True)
class DateMatch:
    """A place in a title that can be written for every edition, and the day that it names."""

    begin: int
    end: int
    text: str
    day: date | None = None
    words: bool = False  # whether names of months or days are in it


def write_dates(
    match: re.Match[str], sides: tuple[Side, ...], named: list[tuple[str, date]], words: DateWords
) -> Iterator[DateMatch]:
    """Write each date of a match; `named` says which day of an edition each is, and its date."""
    for number, (side, (name, day), key) in enumerate(zip(sides, named, "12", strict=False)):
        spans = [match.span(group) for group in match.re.groupindex if group[-1] == key and match[group]]
        first, last = min(spans)[0], max(spans, key=lambda span: span[1])[1]
        other = sides[1 - number] if len(sides) == 2 else None  # noqa: PLR2004
        has_words = any(kind in "me" for kind, _ in side.pieces)
        same = f"edition.start.month == {named[-1][0]}.month"
        text = _expression(side, other, name, words, same=same)
        yield DateMatch(first, last, text, day - AFTER_START[name] if side.day else None, has_words)


def _expression(side: Side, other: Side | None, name: str, words: DateWords, *, same: str) -> str:
    """Write one date; a month that is named once for two dates is written again unless it is the same."""
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


def _padded(pieces: tuple[tuple[str, str], ...]) -> str:
    """Return which of days (d) and months (n) have two digits: 4.1. is written as 04.01. if 24.11. was."""
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
