"""Derive the idempotency key of a post or a comment from what is sent. Pure.

Two megabots of one account derive the same key, even if each has its own ledger, and Lemmy 1.0 then
carries out only the first of the two requests (lemmy-api 2.3).
"""

import json
from collections.abc import Iterable
from hashlib import sha256

from megabot.ledger.records import Intent, IntentState, NewIntent

_LENGTH = 32  # characters; 1.0 ignores longer keys (lemmy-api 2.3)


def idempotency_key(account: int, new: NewIntent, *, attempt: int) -> str:
    """Return the key of one attempt to send a write: 32 hexadecimal digits.

    `account` is the bot's person id on its server. The text and the time have no influence, because two
    hosts may render different texts for the same edition at different times.
    """
    parts = ("megabot:v1", account, new.kind.value, new.thread, new.edition, new.copy, new.post_id, attempt)
    return sha256(json.dumps(parts).encode()).hexdigest()[:_LENGTH]


def attempt_number(new: NewIntent, intents: Iterable[Intent]) -> int:
    """Return which attempt to send this write comes next, from 1; `intents` are those of its edition."""
    # An earlier attempt counts, because a server stores a key before it does anything else: a request that
    # was refused or limited has used its key up, too (recorded: 056). One that was not found does not count:
    # if its process was frozen, the request may still arrive, and then the server must know its key. A key
    # that it used up is forgotten by then: megabot waits ten minutes, and 1.0 keeps a key for at most four.
    return 1 + sum(
        1 for intent in intents if intent.state is not IntentState.ABSENT and _is_same_write(intent.new, new)
    )


def _is_same_write(one: NewIntent, other: NewIntent) -> bool:
    return (one.kind, one.edition, one.copy, one.post_id) == (
        other.kind,
        other.edition,
        other.copy,
        other.post_id,
    )
