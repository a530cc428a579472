"""Send replies to commands: as a comment, or as a message while the rate limit leaves few comments."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from megabot.commands import confirmations
from megabot.errors import ForumError, NotSent
from megabot.forum.notices import answer_marker
from megabot.i18n import sentences
from megabot.i18n.translation import ngettext
from megabot.ledger.records import CommandRecord, CommandState
from megabot.ports import Ports

CODE = "{code}"
"""The placeholder for the confirmation code, which is drawn when the reply is sent."""
WINDOW = timedelta(minutes=10)
ANSWERS = 4
"""How many replies are comments within `WINDOW`; the others are messages.

A server allows 6 comments in 10 minutes (lemmy-api 0); two of them are reserved for linking new
threads.
"""
log = logging.getLogger("megabot")


def send_answers(ports: Ports) -> None:
    """Send each reply at most once; one that was certainly not sent is retried at the next tick."""
    for record in ports.ledger.open_commands():
        if record.state is CommandState.ANSWERING:  # after a crash: it may have been sent
            ports.ledger.keep_command(replace(record, state=CommandState.CLOSED))
        elif record.state in {CommandState.ANSWER_DUE, CommandState.CODE_DUE}:
            _send(ports, record)


def _send(ports: Ports, record: CommandRecord) -> None:
    # Recorded first: after a crash the reply may have been sent, so it is not sent again (C16).
    ports.ledger.keep_command(replace(record, state=CommandState.ANSWERING))
    next_state = CommandState.CLOSED
    try:
        _write(ports, record)
    except NotSent as error:
        log.info("%s", sentences.reply_not_sent(record.by, error))
        next_state = record.state
    except ForumError as error:  # the command was run; a second reply would be worse than none (C16)
        log.warning("%s", sentences.reply_not_sent(record.by, error))
    ports.ledger.keep_command(replace(record, state=next_state))


def _write(ports: Ports, record: CommandRecord) -> None:
    answer = record.answer
    if record.state is CommandState.CODE_DUE:
        answer = answer.replace(CODE, _new_code(ports, record))
    now = ports.clock.now()
    times = _times(ports, now)
    as_comment = record.comment_id and len(times) < ANSWERS
    if as_comment and len(times) == ANSWERS - 1:  # the last comment for a while
        minutes = int(WINDOW.total_seconds() // 60)
        last = ngettext(
            "This was my reply number {number} within {minutes} minute, so the next ones come by private "
            "message for a while.",
            "This was my reply number {number} within {minutes} minutes, so the next ones come by private "
            "message for a while.",
            minutes,
        )
        answer = f"{answer}\n\n{last.format(number=ANSWERS, minutes=minutes)}"
    text = f"{answer}\n\n{answer_marker(record.key)}"
    if as_comment:
        ports.ledger.set_comment_replies((*times, now))
        ports.forum.comment(record.post_id, text, parent_id=record.comment_id)
    else:
        ports.forum.message(record.person_id, text)


def _new_code(ports: Ports, record: CommandRecord) -> str:
    """Draw a confirmation code, and store its digest."""
    code = ports.draw_code()
    waiting = confirmations.with_order(
        ports.ledger.confirmations(), code=code, order=record.key, actor=record.actor, now=ports.clock.now()
    )
    ports.ledger.set_confirmations(waiting)
    return code


def _times(ports: Ports, now: datetime) -> tuple[datetime, ...]:
    """Return the times of the comments that still count towards the limit."""
    # A clock that was set back must not keep replies waiting (K04).
    return tuple(at for at in ports.ledger.comment_replies() if now - WINDOW < at <= now)
