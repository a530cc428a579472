"""Parse what follows a verb on its line: a thread, an edition, a time, a fixed word, in any order. Pure."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from megabot.commands.model import Command, ParseFailure, ParseFailureReason, Verb, Word
from megabot.commands.plain_text import HIDDEN, UNSEEN
from megabot.schedule.clock_times import TimeExpression, duration, parse_time

EDITION = re.compile(r"[0-9]{4}-(?:W[0-9]{2}|[0-9]{2}(?:-[0-9]{2}(?:-[0-9]{4})?)?)", re.IGNORECASE)
STOPS = ".,!;:"  # no question mark: `post?` asks
# `part 2` is read as one word.
_WORD = re.compile(rf"part\s+[0-9]+(?=[{STOPS}]*(?:\s|$))|\S+", re.IGNORECASE)
_PART = re.compile(r"part\s+([1-9][0-9]{0,2})")
_BEFORE_TIME = frozenset({"to", "at", "on"})
_MOST_WORDS = 8  # in a time, as in "to November 24, 2026 at 6 p.m."
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
    Verb.WEB: _Form(words=(Word.LOGOUT,), thread=False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A word of a line: as written, in lower case without trailing punctuation, and the offset of its end."""

    raw: str
    value: str
    end: int


def words(line: str) -> Iterator[Token]:
    """Yield the words of a line, except mere punctuation and words such as "please"."""
    for match in _WORD.finditer(line):
        value = match[0].replace(UNSEEN, "").translate(_MINUSES).lower().rstrip(STOPS)
        if value not in _FORGIVEN:
            yield Token(raw=match[0], value=value, end=match.end())


def show_word(word: str) -> str:
    """Shorten a user's word for a reply, without hidden characters. It must still be escaped."""
    return word.replace(HIDDEN, "")[:_LONGEST_SHOWN]


def nearest_word(word: str, candidates: Collection[str]) -> str:
    """Return the known word that was probably meant instead, "" if none is similar."""
    others = [candidate for candidate in candidates if candidate != word]
    return next(iter(get_close_matches(show_word(word), others, n=1, cutoff=_ALIKE)), "")


def read_arguments(verb: Verb, line: str, threads: Collection[str]) -> Command | ParseFailure:
    """Parse what follows a verb on its line. Every word must be understood."""
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
    """Add the time for `move` from the longest run of words that names one; also return their number."""
    if command.verb is not Verb.MOVE or command.when is not None:
        return None, 0
    # A thread can be called like a day of the week.
    if rest[0] in threads and not command.thread:
        return None, 0
    for used in range(min(len(rest), _MOST_WORDS), 0, -1):
        phrase = " ".join(rest[:used])
        # A key such as 2026-12-24 would read as a date.
        if (time_expression := parse_time(phrase)) and not EDITION.fullmatch(phrase):
            return replace(command, when=time_expression), used
    return None, 0


def place_word(command: Command, word: str, threads: Collection[str]) -> Command | None:
    """Add one word to a command; None if it does not fit or its place is taken."""
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
    return _FORMS.get(verb, _Form()).words


def _lacks(command: Command) -> bool:
    """Return whether a required argument is missing."""
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
    candidates = [*form.words, *(threads if form.thread else ())]
    rest = rest[:_MOST_WORDS]
    lacks = _lacks(command) and not any(_take_time(command, rest[n:], ())[0] for n in range(1, len(rest)))
    may_be_thread = form.thread and not command.thread and not lacks and _is_like_a_name(word)
    reason = ParseFailureReason.UNKNOWN_THREAD if may_be_thread else ParseFailureReason.WRONG_ARGUMENT
    meant = nearest_word(word, candidates)
    if command.verb is Verb.MOVE and lacks:
        word = " ".join(rest) if word in _BEFORE_TIME else word
        # `move 2h` without the sign is a likely slip for `move +2h`.
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


# Indentation is kept (it can be Markdown), unless the text begins on the line of the command.
_BEFORE_TEXT = re.compile(r"(?:[ \t]*(?:\r\n?|\n))+|[^\S\r\n]+")
# A private message has at most 10,000 characters (lemmy-api 2.7).
_LONGEST = {Verb.NOTE: 500, Verb.PREAMBLE: 10_000}


def read_note(text: str, line: str, threads: Collection[str]) -> Command | ParseFailure:
    """Parse a note: the rest of its line, and the time when it ends. `line` is the line with hidden parts."""
    command, note = _without_names(Command(verb=Verb.NOTE), text[: len(line)].rstrip(), line, threads=threads)
    words, end = _without_end(note)
    return _with_text(replace(command, when=end), words)


def _without_end(note: str) -> tuple[str, TimeExpression | None]:
    """Split `for 6 hours` or `until Friday 18:00` from the end of a note."""
    # Only the last one can be the end; searching only there keeps long notes cheap.
    for match in reversed(list(_UNTIL.finditer(note, max(0, len(note) - _LONGEST_END)))):
        phrase = note[match.end() :]
        if match[0].startswith("("):
            phrase = phrase.rstrip(" .!").removesuffix(")")
        if match[1].lower() == "for":
            span = duration(phrase)
            end = TimeExpression(span=span) if span else None
        else:
            end = parse_time(phrase)
        if end is not None:
            return note[: match.start()].rstrip(" ,;"), end
    return note, None


def read_preamble(text: str, line: str, threads: Collection[str]) -> Command | ParseFailure:
    """Parse a preamble: the rest of the message. `line` is the first line with hidden parts."""
    # An essay may begin with the word "clear", so it is a command only if nothing follows.
    whole = read_arguments(Verb.PREAMBLE, line, threads)
    if isinstance(whole, Command) and whole.word is Word.CLEAR and not text[len(line) :].strip():
        return whole
    if text[len(line) :].strip() and (name := _unknown_thread(line, threads)):
        return ParseFailure(
            reason=ParseFailureReason.UNKNOWN_THREAD,
            verb=Verb.PREAMBLE,
            word=show_word(name),
            near=nearest_word(name, threads),
        )
    return _with_text(*_without_names(Command(verb=Verb.PREAMBLE), text, line, threads=threads))


def _unknown_thread(line: str, threads: Collection[str]) -> str:
    """Return the one word of a line, besides a key, that must be meant as the name of a thread; else ""."""
    # Above a text that is where a thread is named. As the first line of the essay it would be published.
    names = [word.raw.rstrip(":") for word in words(line)]
    others = [name for name in names if not EDITION.fullmatch(name)]
    if len(others) != 1 or len(names) - len(others) > 1:
        return ""
    (name,) = others
    return name if name not in threads and _is_like_a_name(name) else ""


def _without_names(
    command: Command, text: str, line: str, *, threads: Collection[str]
) -> tuple[Command, str]:
    """Split a thread and an edition from the beginning. A thread's name must match exactly, case included."""
    end = 0
    for word in words(line):
        # An essay can begin with nearly any word, also with one that only resembles a name.
        is_name = word.raw.rstrip(":") in threads or EDITION.fullmatch(word.value)
        taken = place_word(command, word.value, threads) if is_name else None
        if taken is None:
            break
        command, end = taken, word.end
    return command, text[end:]


def _with_text(command: Command, text: str) -> Command | ParseFailure:
    gap = _BEFORE_TEXT.match(text)
    text = text[gap.end() if gap else 0 :].rstrip()
    longest = _LONGEST[command.verb]
    if not text:
        return ParseFailure(reason=ParseFailureReason.MISSING_ARGUMENT, verb=command.verb)
    if len(text) > longest:
        return ParseFailure(reason=ParseFailureReason.TOO_LONG, verb=command.verb, longest=longest)
    return replace(command, text=text)
