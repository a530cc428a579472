"""Claims on accounts in PostgreSQL: of all processes on all hosts, one at a time acts for an account.

A claim is a row with its holder, a fence and an end by the database's clock. The holder puts the end off as
long as it lives; when it was killed, frozen or cut off, the end comes and another process takes the claim.
"""

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, or_, update
from sqlalchemy.dialects.postgresql import insert

from megabot.ledger.state import ClaimKind
from megabot.ledger.tables import CLAIMS

LEASE = timedelta(seconds=30)
"""How long a claim lasts without a sign of its holder. Another host takes over within a minute."""
RENEW_EVERY = timedelta(seconds=10)
SURE_FOR = timedelta(seconds=10)
"""How long after its last renewal a claim need not be confirmed before a request is sent.

The rest of the lease is for the request: no other process looks for its result before it is over.
"""

_NOW = func.clock_timestamp()
_NEVER = -math.inf


@dataclass(frozen=True, slots=True)
class HeldClaim:
    """A claim of this process."""

    account_id: int
    kind: ClaimKind
    fence: int


class Claims:
    """The claims of one process, each with the time of its last renewal.

    `elapsed` returns seconds that also count while the machine sleeps.
    """

    def __init__(self, holder: str, *, elapsed: Callable[[], float]) -> None:
        self.holder = holder
        self._elapsed = elapsed
        self._renewed: dict[HeldClaim, float] = {}
        self._lock = threading.Lock()

    def held(self, account_id: int | None = None) -> tuple[HeldClaim, ...]:
        """Return what this process took and has not released, also what it lost; or only of an account."""
        with self._lock:
            return tuple(claim for claim in self._renewed if account_id in (None, claim.account_id))

    def take(self, connection: Connection, account_id: int, kind: ClaimKind) -> HeldClaim | None:
        """Take a claim that nobody holds or whose end has come; None if another process holds it."""
        began = self._elapsed()
        new = {"holder": self.holder, "until": _NOW + LEASE}
        statement = insert(CLAIMS).values(account_id=account_id, kind=kind, fence=1, **new)
        taken = statement.on_conflict_do_update(
            index_elements=[CLAIMS.c.account_id, CLAIMS.c.kind],
            set_={**new, "fence": CLAIMS.c.fence + 1},
            where=CLAIMS.c.until < _NOW,
        ).returning(CLAIMS.c.fence)
        fence = connection.execute(taken).scalar()
        if fence is None:
            return None
        claim = HeldClaim(account_id, kind, fence)
        with self._lock:
            self._renewed[claim] = began
        return claim

    def renew(self, connection: Connection, claims: tuple[HeldClaim, ...]) -> tuple[HeldClaim, ...]:
        """Put off the end of claims of this process, and return those that it has lost."""
        if not claims:
            return ()
        began = self._elapsed()
        kept = connection.execute(
            update(CLAIMS)
            .where(or_(*(_is(claim) for claim in claims)))
            .values(until=_NOW + LEASE)
            .returning(CLAIMS.c.account_id, CLAIMS.c.kind)
        ).all()
        found = {(account_id, kind) for account_id, kind in kept}
        with self._lock:
            for claim in claims:
                if claim in self._renewed:
                    self._renewed[claim] = began if (claim.account_id, claim.kind) in found else _NEVER
        return tuple(claim for claim in claims if (claim.account_id, claim.kind) not in found)

    def release(self, connection: Connection, claim: HeldClaim) -> None:
        """Give a claim back, so that others need not wait for its end."""
        with self._lock:
            self._renewed.pop(claim, None)
        connection.execute(update(CLAIMS).where(_is(claim)).values(until=_NOW))

    def is_lost(self, claim: HeldClaim) -> bool:
        """Return whether a renewal has found that another process took the claim."""
        with self._lock:
            return self._renewed.get(claim, _NEVER) == _NEVER

    def is_sure(self, claim: HeldClaim) -> bool:
        """Return whether a claim was renewed so lately that a request may be sent without asking."""
        with self._lock:
            renewed = self._renewed.get(claim, _NEVER)
        return self._elapsed() - renewed < SURE_FOR.total_seconds()


def _is(claim: HeldClaim) -> ColumnElement[bool]:
    # Not its end: if nobody took the claim since, it is still this process's own.
    return and_(
        CLAIMS.c.account_id == claim.account_id,
        CLAIMS.c.kind == claim.kind,
        CLAIMS.c.fence == claim.fence,
    )
