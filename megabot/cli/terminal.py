"""Prints lines that fit the terminal's width, in colour if it shows colours."""

import os
import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from megabot.i18n.tables import EXIT_CODES, Line, Span, Tone, outcome_line

_USUAL = 80
_COLOURS = {
    Tone.STRONG: "1",
    Tone.QUIET: "2",
    Tone.GOOD: "32",
    Tone.ODD: "33",
    Tone.BAD: "31",
}


def width(stream: TextIO | None = None) -> int | None:
    """Return how many columns a stream's terminal has; None for a file or pipe, which have no limit."""
    stream = stream or sys.stdout
    if not stream.isatty():
        return None
    if stream is sys.stderr and not os.environ.get("COLUMNS"):  # stdout may be a file
        return os.get_terminal_size(stream.fileno()).columns or _USUAL
    return shutil.get_terminal_size().columns


def show(lines: Iterable[Line], *, err: bool = False) -> None:
    """Print lines on stdout, or on stderr. Colour only on a terminal, and never with `NO_COLOR`."""
    stream = sys.stderr if err else sys.stdout
    # https://no-color.org; a dumb terminal would print the codes as text.
    colour = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    for line in lines:
        stream.write("".join(_painted(span) if colour else span.text for span in line) + "\n")
    stream.flush()


def say(outcome: str, sentence: str, *, err: bool = False) -> None:
    """Print a sentence after the word for its outcome."""
    show(
        outcome_line(outcome, shorten_paths(sentence), width=width(sys.stderr if err else sys.stdout)),
        err=err,
    )


def finish(outcome: str, sentence: str, *, err: bool = False) -> int:
    """Print a command's last sentence and return its exit code."""
    say(outcome, sentence, err=err)
    return EXIT_CODES[outcome]


def shorten_paths(sentence: str) -> str:
    """Make paths in a sentence relative to the current folder if they are below it."""
    try:
        here = str(Path.cwd())
    except OSError:  # the folder was deleted
        return sentence
    # In /, every absolute path would lose its slash. A match must be the start of a path, not a part of a
    # longer one.
    return sentence if here == "/" else re.sub(rf"(?<![\w./~-]){re.escape(here)}/", "", sentence)


def _painted(span: Span) -> str:
    code = _COLOURS.get(span.tone)
    return f"\033[{code}m{span.text}\033[0m" if code and span.text else span.text
