"""Decide which account has its turn next, and in which lane. Pure.

Times are seconds of a clock that only moves forward, so that a wrong system clock delays no turn by more than
one tick.

There are two lanes. Accounts whose last turn was short and without failures share the quick one; all others
share the slow one, so that they wait only for each other. A turn that takes long counts as slow while it
still runs, and then keeps other accounts of the same server out of the quick lane: they would wait for it,
too. In each lane some places are kept for editions that are due, which also go first.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256


class Lane(StrEnum):
    """The part of the pool that an account's turns take place in."""

    QUICK = "quick"
    SLOW = "slow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many turns may take place at once.

    `quick` and `slow` are the places of the lanes, of which `kept` in each are for due editions. One server
    can take half of the quick lane. A turn is slow after `slow_after` seconds.
    """

    quick: int = 8
    slow: int = 8
    kept: int = 2
    slow_after: float = 5.0

    @property
    def threads(self) -> int:
        """The most turns at once: turns that became slow while they ran are as many again as `slow`."""
        return self.quick + 2 * self.slow

    @property
    def server_share(self) -> int:
        return max(1, self.quick // 2)


LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An account that waits for its turn, which is due at `due`.

    `slot` is when its next edition is due, None if that is unknown or there is none.
    """

    account: str
    server: str
    due: float
    slot: float | None = None
    lane: Lane = Lane.QUICK


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A turn that takes place now: since when, and in which lane it began."""

    account: str
    server: str
    began: float
    lane: Lane


def choose(
    waiting: Iterable[Waiting], running: Collection[Running], now: float, limits: Limits
) -> tuple[Waiting, Lane] | None:
    """Return whose turn begins now and in which lane, None if no one may begin.

    An account with a due edition goes first, then the one that has waited longest. `waiting` has only
    accounts whose turn is due.
    """
    taken = _taken_places(running, now, limits)
    allowed = [
        (waits, lane)
        for waits in waiting
        if _has_room(lane := _lane(waits, taken), waits.server, taken, limits, urgent=is_urgent(waits, now))
    ]
    return min(allowed, key=lambda one: (not is_urgent(one[0], now), one[0].due), default=None)


def is_urgent(waits: Waiting, now: float) -> bool:
    """Return whether an edition of the account is due."""
    return waits.slot is not None and waits.slot <= now


def lane_after(*, seconds: float, failing: bool, limits: Limits) -> Lane:
    """Return the lane of an account's next turn, by how long its last one took and whether it failed."""
    return Lane.SLOW if failing or seconds > limits.slow_after else Lane.QUICK


def next_due(account: str, now: float, *, tick: float, wake: float | None) -> float:
    """Return when an account's next turn is due: at its place in the tick, or in `wake` seconds if earlier.

    The place follows from the name alone, so that the turns of many accounts are spread over the tick, after
    a restart too.
    """
    place = tick * place_in_tick(account)
    turn = place + tick * ((now - place) // tick + 1)
    return turn if wake is None else min(turn, now + max(0.0, wake))


def place_in_tick(account: str) -> float:
    """Return a number from 0 to 1, evenly spread over all names."""
    return int.from_bytes(sha256(account.encode()).digest()[:4]) / 2**32


def becomes_slow_at(running: Iterable[Running], now: float, limits: Limits) -> float | None:
    """Return when the next running turn begins to count as slow, None if none will."""
    times = (turn.began + limits.slow_after for turn in running if turn.lane is Lane.QUICK)
    return min((at for at in times if at > now), default=None)


STUCK_AFTER = 90.0
"""Seconds without any progress in a lane in which turns are waiting: longer than any request may take."""


def is_stuck(
    overdue: Mapping[Lane, float], progress: Mapping[Lane, float], now: float, *, after: float = STUCK_AFTER
) -> bool:
    """Return whether a lane no longer works, so that systemd should restart the process.

    `overdue` has the oldest due time of the waiting turns of each lane, `progress` when something in the lane
    last got on: a turn began or ended, or a server answered.
    """
    return any(now - max(due, progress.get(lane, due)) > after for lane, due in overdue.items())


@dataclass(frozen=True, slots=True)
class _TakenPlaces:
    """The places that running turns take: the quick ones by server, and the servers with a slow one."""

    quick: Counter[str]
    slow: int
    slow_servers: frozenset[str]


def _taken_places(running: Iterable[Running], now: float, limits: Limits) -> _TakenPlaces:
    quick, slow, slow_servers = Counter[str](), 0, set[str]()
    for turn in running:
        is_long = now - turn.began > limits.slow_after
        if turn.lane is Lane.QUICK and not is_long:
            quick[turn.server] += 1
        else:
            slow += 1
        if is_long:
            slow_servers.add(turn.server)
    return _TakenPlaces(quick, slow, frozenset(slow_servers))


def _lane(waits: Waiting, taken: _TakenPlaces) -> Lane:
    return Lane.SLOW if waits.server in taken.slow_servers else waits.lane


def _has_room(lane: Lane, server: str, taken: _TakenPlaces, limits: Limits, *, urgent: bool) -> bool:
    kept, quick = 0 if urgent else limits.kept, taken.quick.total()
    if quick + taken.slow >= limits.threads:
        return False
    if lane is Lane.SLOW:
        return taken.slow < limits.slow - kept
    return quick < limits.quick - kept and taken.quick[server] < limits.server_share
