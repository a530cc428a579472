"""Sending the answers that are owed: in the place of the command, or by message while comments are scarce."""

import json
import logging
from dataclasses import replace
from datetime import datetime, timedelta

from megabot import texts
from megabot.core import confirming
from megabot.core.heard import Heard, HeardState
from megabot.core.notices import answer_marker
from megabot.errors import ForumError, NotSent
from megabot.ports import Ports

CODE = "{code}"
"""Stands in an answer for the code that is drawn when the answer is sent."""
WAITING = "confirmations"
WINDOW = timedelta(minutes=10)
ANSWERS = 4
"""How many answers go out as comments within `WINDOW`, the others as messages.

A server grants 6 comments in 10 minutes (lemmy-api 1.22); two of them stay free for linking new threads.
"""
_SENT = "answers:comments"
log = logging.getLogger("megabot")


def send_answers(ports: Ports) -> None:
    """Send each answer at most once; what certainly was not sent is tried again at the next tick."""
    for heard in ports.ledger.open_commands():
        if heard.state is HeardState.ANSWERING:  # a crash came between: it may have been sent
            ports.ledger.keep_command(replace(heard, state=HeardState.CLOSED))
        elif heard.state in {HeardState.ANSWER_DUE, HeardState.CODE_DUE}:
            _send(ports, heard)


def _send(ports: Ports, heard: Heard) -> None:
    ports.ledger.keep_command(replace(heard, state=HeardState.ANSWERING))
    after = HeardState.CLOSED
    try:
        _write(ports, heard)
    except NotSent as error:
        log.info("%s", texts.not_answered(heard.by, error))
        after = heard.state
    except ForumError as error:  # what was ordered is done; a second answer is not worth it
        log.warning("%s", texts.not_answered(heard.by, error))
    ports.ledger.keep_command(replace(heard, state=after))


def _write(ports: Ports, heard: Heard) -> None:
    answer = heard.answer
    if heard.state is HeardState.CODE_DUE:
        answer = answer.replace(CODE, _new_code(ports, heard))
    now = ports.clock.now()
    times = _times(ports, now)
    as_comment = heard.comment_id and len(times) < ANSWERS
    if as_comment and len(times) == ANSWERS - 1:  # the last for a while
        minutes = int(WINDOW.total_seconds() // 60)
        answer = f"{answer}\n\n{ports.language.next_by_message.format(number=ANSWERS, minutes=minutes)}"
    text = f"{answer}\n\n{answer_marker(heard.key)}"
    if as_comment:
        ports.ledger.set_fact(_SENT, json.dumps([at.isoformat() for at in (*times, now)]))
        ports.forum.comment(heard.post_id, text, parent_id=heard.comment_id)
    else:
        ports.forum.message(heard.person_id, text)


def _new_code(ports: Ports, heard: Heard) -> str:
    """Draw the code that confirms an order, and remember its digest."""
    code, known = ports.draw_code(), confirming.from_json(ports.ledger.get_fact(WAITING) or "")
    waiting = confirming.asked(known, code=code, order=heard.key, actor=heard.actor, now=ports.clock.now())
    ports.ledger.set_fact(WAITING, confirming.to_json(waiting))
    return code


def _times(ports: Ports, now: datetime) -> tuple[datetime, ...]:
    """Return when the comments went out that still take room in the bucket."""
    times = (datetime.fromisoformat(at) for at in json.loads(ports.ledger.get_fact(_SENT) or "[]"))
    return tuple(at for at in times if now - WINDOW < at <= now)
