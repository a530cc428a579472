"""Tables and sentences for a terminal: plain values in, lines of spans out. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from unicodedata import combining, east_asian_width

_GAP = 2  # spaces between two columns
_NARROWEST = 24  # the last column goes below its row when there is less room than this


class Tone(Enum):
    """What a text means; a terminal shows it as a colour."""

    PLAIN = auto()
    STRONG = auto()
    QUIET = auto()
    GOOD = auto()
    ODD = auto()
    BAD = auto()


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line in one tone."""

    text: str
    tone: Tone = Tone.PLAIN


Cell = str | Span
Line = tuple[Span, ...]


class Outcome(StrEnum):
    """How a command went. The word comes first in the command's output."""

    DONE = "done"
    NOTHING = "nothing to do"
    REFUSED = "refused"
    FAILED = "failed"
    ERROR = "error"
    PROBLEM = "problem"
    WARNING = "warning"


EXIT_CODES: dict[str, int] = {
    Outcome.DONE: 0,
    Outcome.WARNING: 0,
    Outcome.FAILED: 1,
    Outcome.REFUSED: 1,
    Outcome.PROBLEM: 1,
    Outcome.ERROR: 2,
    Outcome.NOTHING: 4,
}
"""For scripts; 3 is a bug, 130 interrupted. docs/reference/exit-codes.md explains them."""
_TONES: dict[str, Tone] = {
    Outcome.DONE: Tone.GOOD,
    Outcome.NOTHING: Tone.QUIET,
    Outcome.REFUSED: Tone.ODD,
    Outcome.WARNING: Tone.ODD,
}


def outcome_line(outcome: str, sentence: str, *, width: int | None = None) -> list[Line]:
    """Write a sentence behind the word for how it went."""
    first, *more = wrap(f"{outcome}: {sentence}", width=width, hanging=2)
    start = len(outcome) + 1
    word = Span(first[:start], _TONES.get(outcome, Tone.BAD))
    return [(word, Span(first[start:])), *((Span(line),) for line in more)]


def table(
    rows: Sequence[Sequence[Cell]],
    *,
    head: Sequence[str] = (),
    indent: int = 0,
    width: int | None = None,
) -> list[Line]:
    """Align columns; drop those that are empty in every row.

    Only the last column is wrapped at `width` (None: never). When there is no room for it beside the others
    it goes below its row.
    """
    spans = [[_span(cell) for cell in row] for row in rows]
    used = [at for at in range(max(map(len, spans), default=0)) if any(_text(row, at) for row in spans)]
    if head:
        spans.insert(0, [Span(name, Tone.QUIET) for name in head])
    *columns, last = used or [0]
    sizes = [max(cells(_text(row, at)) for row in spans) for at in columns]
    lines: list[Line] = []
    for row in spans:
        padded = [
            _padded(row[at] if at < len(row) else Span(""), size)
            for at, size in zip(columns, sizes, strict=True)
        ]
        lines += _row(
            [Span(" " * indent), *padded], row[last] if last < len(row) else Span(""), indent, width
        )
    return lines


def _row(start: list[Span], last: Span, indent: int, width: int | None) -> Iterator[Line]:
    at = sum(cells(span.text) for span in start)
    whole = width is None or cells(last.text) <= width - at
    if not whole and width is not None and width - at < _NARROWEST:
        yield _trimmed(start)
        start, at = [Span(" " * (indent + 2 * _GAP))], indent + 2 * _GAP
    pieces = wrap(last.text, width=None if whole or width is None else width - at)
    for number, piece in enumerate(pieces):
        yield _trimmed([*(start if number == 0 else [Span(" " * at)]), Span(piece, last.tone)])


def wrap(text: str, *, width: int | None, hanging: int = 0) -> list[str]:
    """Break a text between words, whole words only; lines after the first are indented by `hanging`."""
    lines, line = [], ""
    for word in clean(text).split(" "):
        longer = f"{line} {word}" if line.strip() else line + word
        if width is not None and line.strip() and cells(longer) > width:
            lines.append(line)
            longer = " " * hanging + word
        line = longer
    return [*lines, line]


def cells(text: str) -> int:
    """Count the columns that a terminal takes for a text."""
    return sum(0 if combining(sign) else 2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def clean(text: str) -> str:
    """Replace what a terminal would obey, such as escape sequences in a title."""
    return "".join(sign if sign.isprintable() else " " if sign.isspace() else "\ufffd" for sign in text)


def _span(cell: Cell) -> Span:
    span = Span(cell) if isinstance(cell, str) else cell
    return Span(clean(span.text), span.tone)


def _text(row: Sequence[Span], at: int) -> str:
    return row[at].text if at < len(row) else ""


def _padded(span: Span, size: int) -> Span:
    return Span(span.text + " " * (size - cells(span.text) + _GAP), span.tone)


def _trimmed(spans: list[Span]) -> Line:
    """Remove the spaces at the end of a line."""
    while spans and not spans[-1].text.strip():
        spans = spans[:-1]
    if not spans:
        return ()
    return (*spans[:-1], Span(spans[-1].text.rstrip(), spans[-1].tone))
