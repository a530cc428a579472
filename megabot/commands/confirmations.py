"""Commands from accounts on other servers that wait for a public confirmation. Pure.

Only the digest of a code is stored, so that the ledger or a backup of it cannot be used to confirm anything.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from megabot.ledger.state import PendingConfirmation

WITHIN = timedelta(minutes=15)
"""How long a code is valid."""


def with_order(
    waiting_orders: Iterable[PendingConfirmation], *, code: str, order: str, actor: str, now: datetime
) -> tuple[PendingConfirmation, ...]:
    """Add a command that was given just now, and drop expired ones."""
    new = PendingConfirmation(digest=_digest(code), order=order, actor=actor, until=now + WITHIN)
    return (*(one for one in waiting_orders if one.until >= now), new)


def find_confirmed(
    waiting_orders: Iterable[PendingConfirmation], *, code: str, actor: str, by: str, at: datetime
) -> PendingConfirmation | None:
    """Return the command that a code confirms, if its author sends the code in time, and only once.

    `by` is the key of the confirming notice, `at` when it was sent. The same notice may confirm again,
    because it is run again after a crash.
    """
    return next(
        (
            waiting_order
            for waiting_order in waiting_orders
            if (waiting_order.digest, waiting_order.actor) == (_digest(code), actor)
            and (waiting_order.used == by or (not waiting_order.used and at <= waiting_order.until))
        ),
        None,
    )


def mark_confirmed(
    waiting_orders: Iterable[PendingConfirmation], order: PendingConfirmation, *, by: str
) -> tuple[PendingConfirmation, ...]:
    return tuple(replace(one, used=by) if one == order else one for one in waiting_orders)


def _digest(code: str) -> str:
    return sha256(code.encode()).hexdigest()
