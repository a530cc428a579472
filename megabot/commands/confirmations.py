"""Orders from accounts on other servers that wait for a confirmation in public. Pure.

Of a code only the digest is kept: whoever reads the ledger or a backup of it cannot confirm anything.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

WITHIN = timedelta(minutes=15)
"""How long a code counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingConfirmation:
    """An order that waits. `order` is its notice's key, `actor` who gave it, `used` what confirmed it."""

    digest: str
    order: str
    actor: str
    until: datetime
    used: str = ""


def with_order(
    waiting_orders: Iterable[PendingConfirmation], *, code: str, order: str, actor: str, now: datetime
) -> tuple[PendingConfirmation, ...]:
    """Add an order that was given just now, and drop those whose time is over."""
    new = PendingConfirmation(digest=_digest(code), order=order, actor=actor, until=now + WITHIN)
    return (*(one for one in waiting_orders if one.until >= now), new)


def find_confirmed(
    waiting_orders: Iterable[PendingConfirmation], *, code: str, actor: str, by: str, at: datetime
) -> PendingConfirmation | None:
    """Return the order that a code confirms, if its own author says so in time, for the first time.

    `by` is the key of the confirmation, `at` when it was said: the same confirmation may be carried out
    again, after a crash.
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


def to_json(waiting: Iterable[PendingConfirmation]) -> str:
    """Write them as the ledger keeps them."""
    return json.dumps([asdict(one) for one in waiting], default=datetime.isoformat)


def from_json(text: str) -> tuple[PendingConfirmation, ...]:
    """Read back what `to_json` wrote; an empty text is none."""
    return tuple(
        PendingConfirmation(**raw | {"until": datetime.fromisoformat(raw["until"])})
        for raw in json.loads(text or "[]")
    )


def _digest(code: str) -> str:
    return sha256(code.encode()).hexdigest()
