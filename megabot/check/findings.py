"""The findings of a check, as values."""

from dataclasses import dataclass
from enum import StrEnum

from megabot.source.problems import Problem


class Level(StrEnum):
    """How serious a finding is. Only a problem makes the check fail."""

    FINE = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked. `sentence` includes the next step if there is one.

    `about` is the mistake in a file with its place, None if it is not about a file. `link` is the address if
    it is about one.
    """

    level: Level
    sentence: str
    about: Problem | None = None
    link: str = ""


def ok_finding(sentence: str) -> Finding:
    return Finding(Level.FINE, sentence)


def warning_finding(sentence: str) -> Finding:
    return Finding(Level.WARNING, sentence)


def problem_finding(sentence: str) -> Finding:
    return Finding(Level.PROBLEM, sentence)


def mistake_finding(level: Level, problem: Problem, *, link: str = "") -> Finding:
    return Finding(level, str(problem), problem, link)
