"""What follows a verb on its line: a thread, an edition, a time, a fixed word, in any order. Pure."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from difflib import get_close_matches

from megabot.core.commands import Command, Misunderstood, Reason, Verb, Word
from megabot.core.plain_words import HIDDEN

EDITION = re.compile(r"[0-9]{4}-(?:W[0-9]{2}|[0-9]{2}(?:-[0-9]{2})?)", re.IGNORECASE)
SPAN = r"(?:[1-9][0-9]{0,2}[dhm]){1,3}"
STOPS = ".,!;:"  # no question mark: `post?` asks
_TIME = r"(?:([0-9]{4}-[0-9]{2}-[0-9]{2})(?:\s+|T))?([0-9]{1,2}:[0-9]{2})"
# What belongs together is one word: `part 2`, `to 2026-11-24 18:00`.
_WORD = re.compile(rf"(?:part\s+[0-9]+|to\s+{_TIME})(?=[{STOPS}]*(?:\s|$))|\S+", re.IGNORECASE)
_PART = re.compile(r"part\s+([1-9][0-9]{0,2})")
_MOVE_BY = re.compile(rf"([+-])({SPAN})")
_MOVE_TO = re.compile(rf"to\s+{_TIME}", re.IGNORECASE)
_THREAD = re.compile(r"[a-z0-9-]{1,40}")
_CODE = re.compile(r"[a-z0-9]{4,12}")
_UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
_MINUSES = str.maketrans("−–", "--")  # phones write these for a hyphen
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
    Verb.POST: _Form(words=(Word.ANYWAY, Word.NEXT), edition=True),
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
class Written:
    """A word of a line: as written, in lower case without the stops after it, and where it ends."""

    raw: str
    value: str
    end: int


def words(line: str) -> Iterator[Written]:
    """Split a line into words, without mere punctuation and politeness."""
    for found in _WORD.finditer(line):
        value = found[0].translate(_MINUSES).lower().rstrip(STOPS)
        if value not in {"", "please"}:
            yield Written(raw=found[0], value=value, end=found.end())


def shown(word: str) -> str:
    """Cut a word that a person wrote to what an answer may show, escaped; nothing of what was hidden."""
    return word.replace(HIDDEN, "")[:_LONGEST_SHOWN]


def near(word: str, known: Collection[str]) -> str:
    """Find the one known word that may have been meant instead."""
    others = [one for one in known if one != word]
    return next(iter(get_close_matches(shown(word), others, n=1, cutoff=_ALIKE)), "")


def read_arguments(verb: Verb, line: str, threads: Collection[str]) -> Command | Misunderstood:
    """Read what follows a verb on its line: every word must be understood."""
    command = Command(verb=verb)
    for word in words(line):
        taken = take(command, word.value, threads)
        if taken is None:
            return _refused(command, word.value, threads)
        command = taken
    if _lacks(command):
        return Misunderstood(reason=Reason.MISSING_ARGUMENT, verb=verb)
    return command


def take(command: Command, word: str, threads: Collection[str]) -> Command | None:
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
    if command.verb is Verb.MOVE and _lacks(command):
        return _move(command, word)
    if command.verb is Verb.CONFIRM and _lacks(command) and _CODE.fullmatch(word):
        return replace(command, text=word)
    return None


def _move(command: Command, word: str) -> Command | None:
    if by := _MOVE_BY.fullmatch(word):
        return replace(command, span=span_of(by[2]) if by[1] == "+" else -span_of(by[2]))
    to = _MOVE_TO.fullmatch(word)
    if to is None:
        return None
    try:
        on = date.fromisoformat(to[1]) if to[1] else None
        return replace(command, at=time.fromisoformat(to[2].zfill(5)), on=on)
    except ValueError:  # 25:00, or the 30th of February
        return None


def span_of(text: str) -> timedelta:
    """Read a length of time that has the form of `SPAN`: `6h`, `1d12h`."""
    parts = re.findall(r"([0-9]+)([dhm])", text.lower())
    return sum((int(number) * _UNITS[unit] for number, unit in parts), timedelta())


def _lacks(command: Command) -> bool:
    """Tell whether a command is still without what it cannot do without."""
    match command.verb:
        case Verb.ALERTS:
            return command.word is None
        case Verb.MOVE:
            return command.span is None and command.at is None
        case Verb.CONFIRM:
            return not command.text
        case _:
            return False


def _refused(command: Command, word: str, threads: Collection[str]) -> Misunderstood:
    form = _FORMS.get(command.verb, _Form())
    known = [*form.words, *(threads if form.thread else ())]
    may_be_thread = form.thread and not command.thread and not _lacks(command) and _is_like_a_name(word)
    reason = Reason.UNKNOWN_THREAD if may_be_thread else Reason.WRONG_ARGUMENT
    return Misunderstood(reason=reason, verb=command.verb, word=shown(word), near=near(word, known))


def _is_like_a_name(word: str) -> bool:
    return bool(_THREAD.fullmatch(word)) and not EDITION.fullmatch(word) and word not in {*Word, "part"}
