"""The texts that moderators give with a command, a note or a preamble, kept as they were written. Pure."""

import re
from collections.abc import Collection
from dataclasses import replace

from megabot.core.arguments import EDITION, place_word, read_arguments, words
from megabot.core.clock_times import TimeExpression, duration, parse_time
from megabot.core.commands import Command, ParseFailure, ParseFailureReason, Verb, Word

_UNTIL = re.compile(r"(?:^|(?<=\s))\(?(for|until|till)\s+", re.IGNORECASE)
_LONGEST_END = 80
# The first line's indentation means something, unless the text begins on the line of the command.
_BEFORE_TEXT = re.compile(r"(?:[ \t]*(?:\r\n?|\n))+|[^\S\r\n]+")
_LONGEST = {Verb.NOTE: 500, Verb.PREAMBLE: 10_000}


def read_note(text: str, line: str, threads: Collection[str]) -> Command | ParseFailure:
    """Read a note: the rest of its line, except its end. `line` shows the line's own words."""
    command, note = _without_names(Command(verb=Verb.NOTE), text[: len(line)].rstrip(), line, threads=threads)
    words, end = _without_end(note)
    return _with_text(replace(command, when=end), words)


def _without_end(note: str) -> tuple[str, TimeExpression | None]:
    """Take `for 6 hours` or `until Friday 18:00` off the end of a note."""
    for match in reversed(list(_UNTIL.finditer(note, max(0, len(note) - _LONGEST_END)))):
        told = note[match.end() :]
        if match[0].startswith("("):
            told = told.rstrip(" .!").removesuffix(")")
        if match[1].lower() == "for":
            span = duration(told)
            end = TimeExpression(span=span) if span else None
        else:
            end = parse_time(told)
        if end is not None:
            return note[: match.start()].rstrip(" ,;"), end
    return note, None


def read_preamble(text: str, line: str, threads: Collection[str]) -> Command | ParseFailure:
    """Read a preamble: the rest of the message. `line` shows the own words of the first line."""
    # An essay may begin with the word "clear": it is an order only if nothing else is there.
    whole = read_arguments(Verb.PREAMBLE, line, threads)
    if isinstance(whole, Command) and whole.word is Word.CLEAR and not text[len(line) :].strip():
        return whole
    return _with_text(*_without_names(Command(verb=Verb.PREAMBLE), text, line, threads=threads))


def _without_names(
    command: Command, text: str, line: str, *, threads: Collection[str]
) -> tuple[Command, str]:
    """Take a thread and an edition off the beginning. A thread's name counts only as it is spelt."""
    end = 0
    for word in words(line):
        is_name = word.raw.rstrip(":") in threads or EDITION.fullmatch(word.value)
        taken = place_word(command, word.value, threads) if is_name else None
        if taken is None:
            break
        command, end = taken, word.end
    return command, text[end:]


def _with_text(command: Command, text: str) -> Command | ParseFailure:
    before = _BEFORE_TEXT.match(text)
    text = text[before.end() if before else 0 :].rstrip()
    longest = _LONGEST[command.verb]
    if not text:
        return ParseFailure(reason=ParseFailureReason.MISSING_ARGUMENT, verb=command.verb)
    if len(text) > longest:
        return ParseFailure(reason=ParseFailureReason.TOO_LONG, verb=command.verb, longest=longest)
    return replace(command, text=text)
