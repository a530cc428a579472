"""Sending the answers that are owed: in the place of the command, or by message while comments are scarce."""

import json
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
"""Stands in an answer for the code that is drawn when the answer is sent."""
WAITING = "confirmations"
WINDOW = timedelta(minutes=10)
ANSWERS = 4
"""How many answers go out as comments within `WINDOW`, the others as messages.

A server grants 6 comments in 10 minutes (lemmy-api 0); two of them stay free for linking new threads.
"""
_SENT = "answers:comments"
log = logging.getLogger("megabot")


def send_answers(ports: Ports) -> None:
    """Send each answer at most once; what certainly was not sent is tried again at the next tick."""
    for record in ports.ledger.open_commands():
        if record.state is CommandState.ANSWERING:  # a crash came between: it may have been sent
            ports.ledger.keep_command(replace(record, state=CommandState.CLOSED))
        elif record.state in {CommandState.ANSWER_DUE, CommandState.CODE_DUE}:
            _send(ports, record)


def _send(ports: Ports, record: CommandRecord) -> None:
    ports.ledger.keep_command(replace(record, state=CommandState.ANSWERING))
    after = CommandState.CLOSED
    try:
        _write(ports, record)
    except NotSent as error:
        log.info("%s", sentences.reply_not_sent(record.by, error))
        after = record.state
    except ForumError as error:  # what was ordered is done; a second answer is not worth it
        log.warning("%s", sentences.reply_not_sent(record.by, error))
    ports.ledger.keep_command(replace(record, state=after))


def _write(ports: Ports, record: CommandRecord) -> None:
    answer = record.answer
    if record.state is CommandState.CODE_DUE:
        answer = answer.replace(CODE, _new_code(ports, record))
    now = ports.clock.now()
    times = _times(ports, now)
    as_comment = record.comment_id and len(times) < ANSWERS
    if as_comment and len(times) == ANSWERS - 1:  # the last for a while
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
        ports.ledger.set_fact(_SENT, json.dumps([at.isoformat() for at in (*times, now)]))
        ports.forum.comment(record.post_id, text, parent_id=record.comment_id)
    else:
        ports.forum.message(record.person_id, text)


def _new_code(ports: Ports, record: CommandRecord) -> str:
    """Draw the code that confirms an order, and remember its digest."""
    code, waiting_orders = ports.draw_code(), confirmations.from_json(ports.ledger.get_fact(WAITING) or "")
    waiting = confirmations.with_order(
        waiting_orders, code=code, order=record.key, actor=record.actor, now=ports.clock.now()
    )
    ports.ledger.set_fact(WAITING, confirmations.to_json(waiting))
    return code


def _times(ports: Ports, now: datetime) -> tuple[datetime, ...]:
    """Return when the comments went out that still take room in the bucket."""
    times = (datetime.fromisoformat(at) for at in json.loads(ports.ledger.get_fact(_SENT) or "[]"))
    return tuple(at for at in times if now - WINDOW < at <= now)
