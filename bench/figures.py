"""What was measured, as values, and as a table that people read. Measures nothing."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

Row = tuple[str, str, str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of several runs and its extremes."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "Spread":
        """Sum up what was measured, once or more."""
        measured = list(values)
        return cls(statistics.median(measured), min(measured), max(measured))

    def __str__(self) -> str:
        middle = f"{self.median:.0f}"
        extremes = f"{self.least:.0f} to {self.most:.0f}"
        return middle if self.least == self.most else f"{middle} ({extremes})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One thing measured. `beside` is the same of what it is compared with, `other`.

    `limit` is the most that the median may be.
    """

    what: str
    unit: str
    ours: Spread
    other: str = ""
    beside: Spread | None = None
    limit: float | None = None
    detail: tuple[str, ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether the limit is missed."""
        return self.limit is not None and self.ours.median > self.limit

    @property
    def verdict(self) -> str:
        """Say whether the limit is kept, nothing where there is none."""
        if self.limit is None:
            return ""
        return "OVER" if self.is_over else "ok"


def table(figures: Sequence[Figure], *, verbose: bool) -> str:
    """Lay figures out as text: medians, with least and most in parentheses where runs differ."""
    rows: list[Row] = [("", "unit", "megabot", "beside", "", "limit", "")]
    rows += [_row(figure) for figure in figures]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines: list[str] = []
    for row, figure in zip(rows, (None, *figures), strict=True):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        lines.append("  ".join(cells).rstrip())
        if figure is not None and verbose:
            lines += [f"    {line}" for line in figure.detail]
    return "\n".join(lines)


def as_json(figure: Figure) -> dict[str, object]:
    """Give a figure as JSON holds it."""
    return asdict(figure) | {"verdict": figure.verdict}


def _row(figure: Figure) -> Row:
    beside = "" if figure.beside is None else str(figure.beside)
    limit = "" if figure.limit is None else f"{figure.limit:.0f}"
    return (figure.what, figure.unit, str(figure.ours), beside, figure.other, limit, figure.verdict)
