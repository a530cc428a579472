"""Commands that moderators give on Lemmy, and parse failures, as values. No parsing, no wording."""

from dataclasses import dataclass
from enum import StrEnum

from megabot.schedule.clock_times import TimeExpression


class Verb(StrEnum):
    """What to do. The value is the word that moderators write."""

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
    WEB = "web"


ASKING = frozenset({Verb.HELP, Verb.STATUS, Verb.PREVIEW, Verb.ALERTS})
"""The verbs that only ask for something."""
# Anyone may opt out, and `confirm` cannot need a confirmation itself.
ACTING = frozenset(Verb) - ASKING - {Verb.CONFIRM, Verb.OPTOUT, Verb.WEB}
"""The verbs that change a thread or an edition."""
# A forged `web` would send a link that nobody asked for, and a forged `web logout` would end sessions.
CONFIRMED = ACTING | {Verb.WEB}
"""The verbs that must be confirmed if they come by message from another server."""


class Word(StrEnum):
    """The fixed arguments, as in `preview all`, `repost yes`, `preamble clear`, `alerts on`, `web logout`."""

    ALL = "all"
    YES = "yes"
    CLEAR = "clear"
    ON = "on"
    OFF = "off"
    NEXT = "next"
    TITLE = "title"
    LOGOUT = "logout"


@dataclass(frozen=True, slots=True)
class Handle:
    """An account as people mention it: `@name@host`."""

    name: str
    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command as it was given; it is not authorized yet.

    `thread` is a known name, or "" if none was given. `edition` has the form of a key, but the schedule may
    not have it. `part` is the number in `post part 2`, else 0. `text` is that of `note` or `preamble`, as it
    was written, or the code of `confirm`. `when` is the time for `move`, or the end of a note.
    """

    verb: Verb
    thread: str = ""
    edition: str = ""
    word: Word | None = None
    part: int = 0
    text: str = ""
    when: TimeExpression | None = None


class ParseFailureReason(StrEnum):
    """Why a text that is addressed to the bot is not a command."""

    UNKNOWN_VERB = "unknown verb"  # the word is "" if nothing follows the bot's name
    UNKNOWN_THREAD = "unknown thread"
    WRONG_ARGUMENT = "wrong argument"
    MISSING_ARGUMENT = "missing argument"
    TOO_LONG = "too long"  # the text of a note or preamble
    NOT_FIRST = "not first"  # the bot's name and a verb are in the middle of a line
    ONLY_BY_MESSAGE = "only by message"  # a preamble in a comment


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseFailure:
    """Why a text is not a command, as facts for the reply.

    `word` is the offending word, cut short; it is user input, so it must be escaped before it is shown.
    `near` is the word that was probably meant, "" if none is similar. `longest` goes with `TOO_LONG`.
    """

    reason: ParseFailureReason
    verb: Verb | None = None
    word: str = ""
    near: str = ""
    longest: int = 0
