"""Decide which accounts this host takes and gives back, so that all hosts run about as many. Pure.

A host takes free accounts up to its fair share, and gives surplus accounts back as long as another host wants
more. What nobody else takes for a while, it takes beyond its share: the others may have other folders, or
cannot run the account. It gives such an account back only after the hosts have changed.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from math import ceil

GIVING_ROUNDS = 60
"""An account in so many is given back in one round, at least one: half of them in a minute of 30 rounds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a host sees in a round.

    `accounts` are those of its folder in this database, `mine` those that it runs, `giving` those that it is
    giving back, `elsewhere` the hosts that run others. `kept` must not be given back now: their edition is
    almost due, or the outcome of a write is unknown. `hosts` has the other hosts that are alive, each with
    the number of accounts that it would run in addition; `running` how many accounts each holder runs.
    `now` and `patience` are seconds; after `patience` a free account counts as one that nobody else takes.
    """

    me: str
    accounts: Collection[str]
    mine: Collection[str]
    giving: Collection[str] = ()
    elsewhere: Mapping[str, str]
    kept: Collection[str] = ()
    hosts: Mapping[str, int]
    running: Mapping[str, int]
    now: float
    patience: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What a host remembers from one round to the next.

    `free_since` is when each free account was first seen so. `returned` were given back and not taken since;
    `unwanted` had to be taken again, which `hosts` saw.
    """

    free_since: Mapping[str, float] = field(default_factory=dict)
    returned: frozenset[str] = frozenset()
    unwanted: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a host does in a round, and how many more accounts it would run."""

    take: tuple[str, ...]
    give: tuple[str, ...]
    wanted: int


def decide(view: View, memory: Memory) -> tuple[Decision, Memory]:
    """Return what to do now, and what to remember."""
    free = [name for name in view.accounts if name not in view.mine and name not in view.elsewhere]
    memory = _recall(view, memory, free)
    share = fair_share(len(view.accounts), hosts=len(view.hosts) + 1)
    ignored = [name for name in free if view.now - memory.free_since[name] >= view.patience]
    taken = set(ignored)
    is_anyone_short = any(view.hosts.values())
    fresh = [
        name
        for name in free
        # What was just given back is for a host that is short of accounts.
        if name not in taken and not (is_anyone_short and name in memory.returned)
    ]
    room = max(0, share - len(view.mine) - len(ignored))
    take = (*ignored, *_in_order(view.me, fresh)[:room])
    give = _surplus(view, memory, share, free=len(free))
    short = share - len(view.mine) - len(take)
    decision = Decision(take=take, give=give, wanted=max(0, min(short, len(view.elsewhere))))
    return decision, Memory(
        free_since={name: since for name, since in memory.free_since.items() if name not in take},
        returned=(memory.returned - set(take)) | set(give),
        unwanted=memory.unwanted | (memory.returned & set(ignored)),
        hosts=memory.hosts,
    )


def fair_share(accounts: int, *, hosts: int) -> int:
    """Return how many accounts a host takes at most, if each of the hosts takes its part."""
    return ceil(accounts / hosts)


def _recall(view: View, memory: Memory, free: Iterable[str]) -> Memory:
    hosts = frozenset(view.hosts)
    return Memory(
        free_since={name: memory.free_since.get(name, view.now) for name in free},
        returned=memory.returned - set(view.elsewhere),
        unwanted=memory.unwanted if hosts == memory.hosts else frozenset(),
        hosts=hosts,
    )


def _surplus(view: View, memory: Memory, share: int, *, free: int) -> tuple[str, ...]:
    """Return what to give back: not more than others want, and nothing if that only swaps places."""
    running = [view.running.get(name, 0) for name, wanted in view.hosts.items() if wanted]
    if not running or len(view.mine) - min(running) <= 1:
        return ()
    most = min(
        max(1, len(view.mine) - share),
        max(1, ceil(len(view.accounts) / GIVING_ROUNDS)),
        sum(view.hosts.values()) - free - len(view.giving),
    )
    settled = [name for name in view.mine if name not in view.kept and name not in memory.unwanted]
    return _in_order(view.me, settled)[::-1][: max(0, most)]


def _in_order(host: str, accounts: Iterable[str]) -> tuple[str, ...]:
    """Return accounts in an order of the host's own, so that two hosts rarely try to take the same one."""
    return tuple(sorted(accounts, key=lambda name: sha256(f"{host} {name}".encode()).digest()))
