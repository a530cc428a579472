"""What moderators tell the bot on Lemmy and what may be wrong with it, as values. No parsing, no wording."""

from dataclasses import dataclass
from enum import StrEnum

from megabot.schedule.clock_times import TimeExpression


class Verb(StrEnum):
    """What to do. The value is the word that people write."""

    HELP = "help"
    STATUS = "status"
    PREVIEW = "preview"
    POST = "post"
    REPOST = "repost"
    REFRESH = "refresh"
    ADOPT = "adopt"
    UNADOPT = "unadopt"
    HOLD = "hold"
    SKIP = "skip"
    MOVE = "move"
    RESUME = "resume"
    PREAMBLE = "preamble"
    NOTE = "note"
    UNNOTE = "unnote"
    FEATURE = "feature"
    UNFEATURE = "unfeature"
    ALERTS = "alerts"
    UNDO = "undo"
    OPTOUT = "optout"
    CONFIRM = "confirm"


ASKING = frozenset({Verb.HELP, Verb.STATUS, Verb.PREVIEW, Verb.ALERTS})
"""The verbs that change no thread."""
ACTING = frozenset(Verb) - ASKING - {Verb.CONFIRM, Verb.OPTOUT}
"""The verbs that change a thread, or an edition of one."""


class Word(StrEnum):
    """The fixed words: `preview all`, `repost yes`, `preamble clear`, `alerts on`."""

    ALL = "all"
    YES = "yes"
    CLEAR = "clear"
    ON = "on"
    OFF = "off"
    NEXT = "next"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class Handle:
    """An account as people mention it: `@name@host`."""

    name: str
    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One order, exactly as given: nothing in it is looked up or allowed yet.

    `thread` is a known name, empty where none was said; `edition` has the form of a key, whether or not the
    schedule has it. `part` is that of `post part 2`, else 0. `text` is what `note` or `preamble` is to show,
    as it was written, or the code of `confirm`. `when` is the time that `move` asks for, or a note's end.
    """

    verb: Verb
    thread: str = ""
    edition: str = ""
    word: Word | None = None
    part: int = 0
    text: str = ""
    when: TimeExpression | None = None


class ParseFailureReason(StrEnum):
    """Why a text that is addressed to the bot is no command."""

    UNKNOWN_VERB = "unknown verb"  # an empty word where the bot is named and nothing follows
    UNKNOWN_THREAD = "unknown thread"
    WRONG_ARGUMENT = "wrong argument"
    MISSING_ARGUMENT = "missing argument"
    TOO_LONG = "too long"  # the text of a note or preamble
    NOT_FIRST = "not first"  # the bot is named within a line, and a verb follows
    ONLY_BY_MESSAGE = "only by message"  # a preamble in a comment


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseFailure:
    """Why nothing is done, as facts for an answer.

    `word` is the one in the way, cut short: a person wrote it, so it is escaped before it is shown. `near`
    is the one word that may have been meant, empty where none is alike. `longest` goes with `TOO_LONG`.
    """

    reason: ParseFailureReason
    verb: Verb | None = None
    word: str = ""
    near: str = ""
    longest: int = 0
