"""Orders from the page for moderators, which it writes into the ledger for the service. Pure."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256

from megabot.commands.model import Command, Handle, ParseFailure, Verb, Word
from megabot.commands.parser import parse
from megabot.forum.notices import Origin
from megabot.ledger.port import Ledger
from megabot.ledger.records import CommandRecord, CommandState
from megabot.reconcile.override_facts import preamble_of
from megabot.schedule.calendar import Edition
from megabot.schedule.clock_times import RelativeDay, TimeExpression, Weekday, YearDay
from megabot.source import preambles
from megabot.source.model import Snapshot, Thread

WEB = "web:"
"""How the keys of orders from the page begin."""
ORDERS = frozenset(
    {
        Verb.POST,
        Verb.REPOST,
        Verb.REFRESH,
        Verb.UNDO,
        Verb.HOLD,
        Verb.SKIP,
        Verb.MOVE,
        Verb.RESUME,
        Verb.PREAMBLE,
        Verb.NOTE,
        Verb.UNNOTE,
        Verb.FEATURE,
        Verb.UNFEATURE,
    }
)
"""The verbs that the page can give."""
_NOBODY = Handle("", "")
# Not strftime, which follows the system's language.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class UnwritableOrderError(Exception):
    """A command that a moderator could not give by message, such as a note with several lines.

    `failure` is how the parser understands its text, None if as another command.
    """

    def __init__(self, command: Command, failure: ParseFailure | None) -> None:
        super().__init__(f"no message means exactly {command}")
        self.failure = failure


def is_order(record: CommandRecord) -> bool:
    """Return whether a command was given on the page."""
    return record.key.startswith(WEB)


def order_record(  # noqa: PLR0913  the columns of a record
    command: Command,
    *,
    key: str,
    actor: str,
    by: str,
    at: datetime,
    threads: tuple[str, ...],
    expects: str = "",
) -> CommandRecord:
    """Return the order for the service; it carries it out within one tick, and closes it with an answer.

    `key` begins with `WEB`, and the command names its thread. `threads` are those that the author may
    command. Spaces around a text are left out. For `feature` and `unfeature` the caller adds the comment as
    `comment_id`. Raises `UnwritableOrderError`.
    """
    # Only a thread that is named stays the same one when others are added before the order is carried out.
    if not key.startswith(WEB) or command.verb not in ORDERS or not command.thread:
        raise ValueError(f"{command.verb} with the key {key} is no order from the page")
    said = order_text(command)
    read = parse(said, origin=Origin.MESSAGE, bot=_NOBODY, threads=threads)
    if read != _stripped(command):
        raise UnwritableOrderError(command, read if isinstance(read, ParseFailure) else None)
    return CommandRecord(
        key=key,
        at=at,
        state=CommandState.ACTING,
        by=by,
        actor=actor,
        verb=command.verb.value,
        threads=threads,
        said=said,
        expects=expects,
    )


def order_text(command: Command) -> str:
    """Return a command as a moderator would write it in a private message."""
    words = [command.verb.value, command.thread, command.edition, command.word.value if command.word else ""]
    if command.part:
        words.append(f"part {command.part}")
    if command.verb is Verb.PREAMBLE and command.word is not Word.CLEAR:
        return f"{_line(words)}\n\n{_stripped(command).text}"
    words.append(_stripped(command).text)
    if command.when is not None:
        # "to", because a date alone would be read as the key of an edition.
        to = "" if command.when.span is not None else "to"
        words += ["until" if command.verb is Verb.NOTE else to, _time_text(command.when)]
    return _line(words)


def preamble_in_effect(ledger: Ledger, snapshot: Snapshot, thread: Thread, edition: Edition) -> str:
    """Return the preamble that an edition has now, front matter included; "" for none."""
    sent = preamble_of(ledger, thread.name, edition.key)
    return preambles.text_of(snapshot, thread, edition.key, edition.start) if sent is None else sent


def preamble_digest(ledger: Ledger, snapshot: Snapshot, thread: Thread, edition: Edition) -> str:
    """Return the digest of the preamble that an edition has now, for `expects`; never ""."""
    return text_digest(preamble_in_effect(ledger, snapshot, thread, edition))


def text_digest(text: str) -> str:
    """Return the digest of a preamble. Line endings and spaces around the text make no difference."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return sha256(plain.encode()).hexdigest()


def _stripped(command: Command) -> Command:
    lines = command.text.rstrip().splitlines(keepends=True)
    while lines and not lines[0].strip():
        del lines[0]
    text = "".join(lines)
    return replace(command, text=text if command.verb is Verb.PREAMBLE else text.lstrip())


def _line(words: list[str]) -> str:
    return " ".join(filter(None, words))


def _time_text(when: TimeExpression) -> str:
    if when.span is not None:
        return _span_text(when.span)
    day = _day_text(when.day) if when.day is not None else ""
    return _line([day, when.at.strftime("%H:%M") if when.at is not None else ""])


def _span_text(span: timedelta) -> str:
    hours, minutes = divmod(int(abs(span).total_seconds()) // 60, 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "d"), (hours, "h"), (minutes, "m"))
    return ("-" if span < timedelta() else "+") + "".join(f"{count}{unit}" for count, unit in parts if count)


def _day_text(day: date | Weekday | RelativeDay | YearDay) -> str:
    match day:
        case Weekday(number):
            return _WEEKDAYS[number]
        case RelativeDay(days):
            return "tomorrow" if days else "today"
        case YearDay(month, number):
            return f"{number} {_MONTHS[month - 1]}"
        case _:
            return day.isoformat()
