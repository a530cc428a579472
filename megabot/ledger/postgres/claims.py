"""Claims on accounts in PostgreSQL: of all processes on all hosts, one at a time acts for an account.

A claim is a row with its holder, a fence and an end by the database's clock. The holder puts the end off as
long as it lives; when it was killed, frozen or cut off, the end comes and another process takes the claim.
Only the database's clock counts: that of a host may jump, or stand still while a virtual machine is paused.

Everything but `renew` within a writer's transaction needs a connection that commits each statement at once:
a process that is frozen within a transaction would keep the row locked.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import BigInteger, Connection, Text, and_, bindparam, column, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.sql.expression import ColumnElement

from megabot.ledger.state import ClaimKind
from megabot.ledger.tables import CLAIMS

LEASE = timedelta(seconds=30)
"""How long a claim lasts without a sign of its holder. Another host takes over within a minute."""

_NOW = func.clock_timestamp()
_KEY = (CLAIMS.c.account_id, CLAIMS.c.kind)
_ROW = (*_KEY, CLAIMS.c.fence)


@dataclass(frozen=True, slots=True)
class HeldClaim:
    """A claim of this process."""

    account_id: int
    kind: ClaimKind
    fence: int


class Claims:
    """The claims of one process. `lease` is how long each lasts without a renewal."""

    def __init__(self, holder: str, *, lease: timedelta = LEASE) -> None:
        self.holder = holder
        self.lease = lease
        self._lost: dict[HeldClaim, bool] = {}
        self._lock = threading.Lock()

    def held(self, account_ids: Iterable[int] | None = None) -> tuple[HeldClaim, ...]:
        """Return what this process took and has not released, also what it lost; or only of some accounts."""
        with self._lock:
            return tuple(
                claim for claim in self._lost if account_ids is None or claim.account_id in account_ids
            )

    def take(self, connection: Connection, account_id: int, kind: ClaimKind) -> HeldClaim | None:
        """Take a claim that nobody holds or whose end has come; None if another process holds it."""
        is_this = and_(CLAIMS.c.account_id == account_id, CLAIMS.c.kind == kind)
        # Read first, because the INSERT locks the row even if it changes nothing.
        if connection.execute(select(CLAIMS.c.until > _NOW).where(is_this)).scalar():
            return None
        new = {"holder": self.holder, "until": _NOW + self.lease}
        statement = insert(CLAIMS).values(account_id=account_id, kind=kind, fence=1, **new)
        taken = statement.on_conflict_do_update(
            index_elements=_KEY, set_={**new, "fence": CLAIMS.c.fence + 1}, where=CLAIMS.c.until < _NOW
        ).returning(CLAIMS.c.fence)
        fence = connection.execute(taken).scalar()
        if fence is None:
            return None
        claim = HeldClaim(account_id, kind, fence)
        with self._lock:
            self._lost[claim] = False
        return claim

    def renew(self, connection: Connection, claims: tuple[HeldClaim, ...]) -> tuple[HeldClaim, ...]:
        """Put off the end of claims of this process, and return those that it has lost."""
        if not claims:
            return ()
        # Locked in one order, because two threads of this process may renew the same claims.
        locked = select(*_KEY).where(_own(claims)).order_by(*_KEY).with_for_update()
        renewed = update(CLAIMS).where(tuple_(*_KEY).in_(locked)).values(until=_NOW + self.lease)
        kept = {(row.account_id, row.kind) for row in connection.execute(renewed.returning(*_KEY))}
        lost = tuple(claim for claim in claims if (claim.account_id, claim.kind) not in kept)
        with self._lock:
            self._lost |= {claim: True for claim in lost if claim in self._lost}
        return lost

    def renew_all(self, connection: Connection) -> None:
        """Put off the end of all claims of this process in one statement, and note those that it has lost.

        A row that is locked is left out: its writer renews it, and must not delay all the others.
        """
        claims = tuple(claim for claim in self.held() if not self.is_lost(claim))
        if not claims:
            return
        locked = select(*_KEY).where(_own(claims)).with_for_update(skip_locked=True)
        renewed = update(CLAIMS).where(tuple_(*_KEY).in_(locked)).values(until=_NOW + self.lease)
        kept = {(row.account_id, row.kind) for row in connection.execute(renewed.returning(*_KEY))}
        missing = tuple(claim for claim in claims if (claim.account_id, claim.kind) not in kept)
        if not missing:
            return
        own = {(row.account_id, row.kind) for row in connection.execute(select(*_KEY).where(_own(missing)))}
        lost = [claim for claim in missing if (claim.account_id, claim.kind) not in own]
        with self._lock:
            self._lost |= {claim: True for claim in lost if claim in self._lost}

    def release(self, connection: Connection, *claims: HeldClaim) -> None:
        """Give claims back in one statement, so that others need not wait for their end."""
        self.forget(*claims)
        if claims:
            connection.execute(update(CLAIMS).where(_own(claims)).values(until=_NOW))

    def forget(self, *claims: HeldClaim) -> None:
        """Renew and confirm these claims no longer. Without `release` they last until their leases end."""
        with self._lock:
            for claim in claims:
                self._lost.pop(claim, None)

    def is_lost(self, claim: HeldClaim) -> bool:
        """Return whether a renewal has found that another process took the claim."""
        with self._lock:
            return self._lost.get(claim, False)


def _own(claims: Iterable[HeldClaim]) -> ColumnElement[bool]:
    """Return the condition for the rows of claims that nobody took since, even if their end has come."""
    rows = [(claim.account_id, claim.kind.value, claim.fence) for claim in claims]
    ids, kinds, fences = zip(*rows, strict=True)
    # Three arrays, so that the statement's text is the same for one claim and for a thousand.
    rows_given = func.unnest(
        bindparam(None, list(ids), ARRAY(BigInteger)),
        bindparam(None, list(kinds), ARRAY(Text)),
        bindparam(None, list(fences), ARRAY(BigInteger)),
    ).table_valued(column("account_id", BigInteger), column("kind", Text), column("fence", BigInteger))
    given = rows_given.render_derived()
    return tuple_(*_ROW).in_(select(given.c.account_id, given.c.kind, given.c.fence))
