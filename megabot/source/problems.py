"""A mistake in a contributor's file, as a value. All are found at once and shown on one line each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake, its place and what to write instead.

    `path` is relative to the source folder, with forward slashes; `line` counts from 1, 0 if it is not known.
    `hint` is the next step or a "did you mean", "" for none. Neither may contain data from the file except
    the name in question, because problems are shown on Lemmy.
    """

    path: str
    line: int
    what: str
    hint: str = ""

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{where}: {self.what}" + (f" ({self.hint})" if self.hint else "")
