"""What follows a verb on its line: a thread, an edition, a time, a fixed word, in any order. Pure."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from megabot.commands.model import Command, ParseFailure, ParseFailureReason, Verb, Word
from megabot.commands.plain_text import HIDDEN, UNSEEN
from megabot.schedule.clock_times import TimeExpression, duration, parse_time

EDITION = re.compile(r"[0-9]{4}-(?:W[0-9]{2}|[0-9]{2}(?:-[0-9]{2}(?:-[0-9]{4})?)?)", re.IGNORECASE)
STOPS = ".,!;:"  # no question mark: `post?` asks
# What belongs together is one word: `part 2`.
_WORD = re.compile(rf"part\s+[0-9]+(?=[{STOPS}]*(?:\s|$))|\S+", re.IGNORECASE)
_PART = re.compile(r"part\s+([1-9][0-9]{0,2})")
_BEFORE_TIME = frozenset({"to", "at", "on"})
_MOST_WORDS = 8  # of a time: "to November 24, 2026 at 6 p.m."
_THREAD = re.compile(r"[a-z0-9-]{1,40}")
_CODE = re.compile(r"[a-z0-9]{4,12}")
_MINUSES = str.maketrans("−–", "--")  # phones write these for a hyphen
_FORGIVEN = frozenset({"", "please", "anyway"})
_LONGEST_SHOWN = 40
_ALIKE = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """What may follow a verb."""

    words: tuple[Word, ...] = ()
    thread: bool = True
    edition: bool = False


_FORMS = {
    Verb.PREVIEW: _Form(words=(Word.ALL,), edition=True),
    Verb.POST: _Form(words=(Word.NEXT,), edition=True),
    Verb.REFRESH: _Form(words=(Word.TITLE,)),
    Verb.REPOST: _Form(words=(Word.YES,)),
    Verb.ADOPT: _Form(edition=True),
    Verb.HOLD: _Form(edition=True),
    Verb.SKIP: _Form(edition=True),
    Verb.MOVE: _Form(edition=True),
    Verb.RESUME: _Form(edition=True),
    Verb.PREAMBLE: _Form(words=(Word.CLEAR,), edition=True),
    Verb.ALERTS: _Form(words=(Word.ON, Word.OFF), thread=False),
    Verb.OPTOUT: _Form(thread=False),
    Verb.CONFIRM: _Form(thread=False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A word of a line: as written, in lower case without the stops after it, and where it ends."""

    raw: str
    value: str
    end: int


def words(line: str) -> Iterator[Token]:
    """Split a line into words, without mere punctuation and politeness."""
    for match in _WORD.finditer(line):
        value = match[0].replace(UNSEEN, "").translate(_MINUSES).lower().rstrip(STOPS)
        if value not in _FORGIVEN:
            yield Token(raw=match[0], value=value, end=match.end())


def show_word(word: str) -> str:
    """Cut a word that a person wrote to what an answer may show, escaped; nothing of what was hidden."""
    return word.replace(HIDDEN, "")[:_LONGEST_SHOWN]


def nearest_word(word: str, known: Collection[str]) -> str:
    """Find the one known word that may have been meant instead."""
    others = [one for one in known if one != word]
    return next(iter(get_close_matches(show_word(word), others, n=1, cutoff=_ALIKE)), "")


def read_arguments(verb: Verb, line: str, threads: Collection[str]) -> Command | ParseFailure:
    """Read what follows a verb on its line: every word must be understood."""
    command, rest = Command(verb=verb), [word.value for word in words(line)]
    while rest:
        taken, used = _take_time(command, rest, threads)
        if taken is None:
            taken, used = place_word(command, rest[0], threads), 1
        if taken is None:
            return _refused(command, rest, threads)
        command, rest = taken, rest[used:]
    if _lacks(command):
        return ParseFailure(reason=ParseFailureReason.MISSING_ARGUMENT, verb=verb)
    return command


def _take_time(command: Command, rest: Sequence[str], threads: Collection[str]) -> tuple[Command | None, int]:
    """Take the longest run of words that names a time for `move`. Gives how many there are."""
    if command.verb is not Verb.MOVE or command.when is not None:
        return None, 0
    if rest[0] in threads and not command.thread:
        return None, 0
    for used in range(min(len(rest), _MOST_WORDS), 0, -1):
        phrase = " ".join(rest[:used])
        if (time_expression := parse_time(phrase)) and not EDITION.fullmatch(phrase):
            return replace(command, when=time_expression), used
    return None, 0


def place_word(command: Command, word: str, threads: Collection[str]) -> Command | None:
    """Put one word into its place; None where it has none, or that is taken."""
    form = _FORMS.get(command.verb, _Form())
    if word in form.words and command.word is None:
        return replace(command, word=Word(word))
    if form.thread and not command.thread and word in threads:
        return replace(command, thread=word)
    if form.edition and not command.edition and EDITION.fullmatch(word):
        return replace(command, edition=word.upper())
    if command.verb is Verb.POST and not command.part and (part := _PART.fullmatch(word)):
        return replace(command, part=int(part[1]))
    if command.verb is Verb.CONFIRM and _lacks(command) and _CODE.fullmatch(word):
        return replace(command, text=word)
    return None


def words_of(verb: Verb) -> tuple[Word, ...]:
    """Give the fixed words that may follow a verb."""
    return _FORMS.get(verb, _Form()).words


def _lacks(command: Command) -> bool:
    """Tell whether a command is still without what it cannot do without."""
    match command.verb:
        case Verb.ALERTS:
            return command.word is None
        case Verb.MOVE:
            return command.when is None
        case Verb.CONFIRM:
            return not command.text
        case _:
            return False


def _refused(command: Command, rest: Sequence[str], threads: Collection[str]) -> ParseFailure:
    form, word = _FORMS.get(command.verb, _Form()), rest[0]
    known = [*form.words, *(threads if form.thread else ())]
    rest = rest[:_MOST_WORDS]
    lacks = _lacks(command) and not any(_take_time(command, rest[n:], ())[0] for n in range(1, len(rest)))
    may_be_thread = form.thread and not command.thread and not lacks and _is_like_a_name(word)
    reason = ParseFailureReason.UNKNOWN_THREAD if may_be_thread else ParseFailureReason.WRONG_ARGUMENT
    meant = nearest_word(word, known)
    if command.verb is Verb.MOVE and lacks:
        word = " ".join(rest) if word in _BEFORE_TIME else word
        meant = f"+{word}" if duration(word) else meant
    return ParseFailure(reason=reason, verb=command.verb, word=show_word(word), near=meant)


def _is_like_a_name(word: str) -> bool:
    return (
        bool(_THREAD.fullmatch(word))
        and not EDITION.fullmatch(word)
        and word not in {*Word, *_BEFORE_TIME, "part"}
    )


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
