"""What a check found, as values."""

from dataclasses import dataclass
from enum import StrEnum

from megabot.source.problems import Problem


class Level(StrEnum):
    """How bad a finding is: only a problem makes the check fail."""

    FINE = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `sentence` carries the next step where there is one.

    `about` is the mistake in a file that it tells of, with its place; None where it is of no file. `link` is
    the address that it is about.
    """

    level: Level
    sentence: str
    about: Problem | None = None
    link: str = ""


def ok_finding(sentence: str) -> Finding:
    """Say that something is as it should be."""
    return Finding(Level.FINE, sentence)


def warning_finding(sentence: str) -> Finding:
    """Say that something is odd but hinders nothing."""
    return Finding(Level.WARNING, sentence)


def problem_finding(sentence: str) -> Finding:
    """Say that something has to be mended."""
    return Finding(Level.PROBLEM, sentence)


def mistake_finding(level: Level, problem: Problem, *, link: str = "") -> Finding:
    """Tell of a mistake in a file of the source."""
    return Finding(level, str(problem), problem, link)
