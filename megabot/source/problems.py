"""What is wrong in a file that a person wrote, as a value: found all at once, shown one line each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake, where it stands and what to write instead.

    `path` is relative to the source folder with forward slashes; `line` counts from 1 and is 0 where no
    line can be named. `hint` is the next step or a "did you mean", empty where there is none. Neither holds
    anything of the file's data beyond the name in question: problems are shown on Lemmy.
    """

    path: str
    line: int
    what: str
    hint: str = ""

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{where}: {self.what}" + (f" ({self.hint})" if self.hint else "")
