"""The threads that take the accounts' turns. `turns` decides; this module only waits, starts and records."""

import heapq
import logging
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Protocol

from megabot.errors import Stopping
from megabot.service.accounts import turns
from megabot.service.accounts.claims import Claims, EveryAccount
from megabot.service.accounts.turns import Lane, Limits, Running, Waiting

log = logging.getLogger("megabot")


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnEnd:
    """What a turn leaves: whether something is failing, and times in seconds from now.

    `wake`: the next turn is needed by then, None for the usual tick. `slot`: when the next edition is due,
    0 or less if it is due now, None if there is none.
    """

    failing: bool = False
    wake: float | None = None
    slot: float | None = None


class Account(Protocol):
    """One of many accounts. `turn` is called by one thread at a time, but not always by the same one."""

    @property
    def name(self) -> str: ...

    @property
    def server(self) -> str:
        """The address of its server, to notice that several accounts wait for the same one."""

    @property
    def tick(self) -> float:
        """Seconds from one turn to the next."""

    def turn(self) -> TurnEnd:
        """Take one step. Whatever it raises counts as a failure of this account alone."""

    def leave(self) -> None:
        """Give the account up for now, because another host runs it. The next turn starts from scratch."""

    def close(self) -> None:
        """End it for good. Called from any thread, while no turn runs or after the patience for one."""


@dataclass(slots=True)
class _Entry:
    account: Account
    due: float
    slot: float | None = None
    lane: Lane = Lane.QUICK
    running: Running | None = None
    removed: bool = False
    hurried: bool = False

    def waiting(self) -> Waiting:
        return Waiting(
            account=self.account.name,
            server=self.account.server,
            due=self.due,
            slot=self.slot,
            lane=self.lane,
        )


@dataclass(slots=True)
class _Schedule:
    """Who waits until when. A heap entry is skipped if its time is no longer that of the account."""

    entries: dict[str, _Entry] = field(default_factory=dict)
    heap: list[tuple[float, str]] = field(default_factory=list)
    ready: set[str] = field(default_factory=set)

    def wait(self, entry: _Entry) -> None:
        self.ready.discard(entry.account.name)
        heapq.heappush(self.heap, (entry.due, entry.account.name))

    def collect(self, now: float, running: Collection[str]) -> None:
        """Note whose time has come. An account that was replaced during its turn waits for the turn's end."""
        while self.heap and self.heap[0][0] <= now:
            due, name = heapq.heappop(self.heap)
            entry = self.entries.get(name)
            if entry is not None and entry.due == due and name not in running:
                self.ready.add(name)


class Pool:
    """Gives each account its turns until `stop`. `put`, `hurry` and `remove` may be called at any time."""

    def __init__(
        self,
        *,
        limits: Limits = turns.LIMITS,
        claims: Claims | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.stopping = threading.Event()
        """Set when the turns must end; for the accounts' clocks."""
        self._limits = limits
        self._claims = claims or EveryAccount()
        self._now = now
        self._changed = threading.Condition()
        self._schedule = _Schedule()
        self._running: dict[str, Running] = {}
        self._queue: queue.SimpleQueue[_Entry] = queue.SimpleQueue()
        self._threads = 0
        self._progress: dict[Lane, float] = {}
        self._dispatcher = threading.Thread(target=self._dispatch, name="turns", daemon=True)
        self._turn = threading.local()

    def start(self) -> None:
        self._dispatcher.start()

    def put(self, account: Account) -> None:
        """Add an account. Its first turn is at its place in the tick."""
        with self._changed:
            now = self._now()
            due = turns.next_due(account.name, now, tick=account.tick, wake=None)
            entry = _Entry(account, due)
            self._schedule.entries[account.name] = entry
            self._schedule.wait(entry)
            self._changed.notify()

    def hurry(self, name: str) -> None:
        """Let an account have its next turn as soon as possible."""
        with self._changed:
            entry = self._schedule.entries.get(name)
            if entry is None:
                return
            entry.hurried = True
            now = self._now()
            # One that is due already keeps its place before those that are hurried later.
            if entry.running is None and entry.due > now:
                entry.due = now
                self._schedule.wait(entry)
                self._changed.notify()

    def remove(self, name: str) -> None:
        """Give an account no more turns, and close it, after its running turn if there is one."""
        with self._changed:
            entry = self._schedule.entries.pop(name, None)
            self._schedule.ready.discard(name)
            if entry is None:
                return
            entry.removed = True
            if entry.running is not None:
                return
        _close(entry.account)

    def note_progress(self) -> None:
        """Note that the turn of this thread gets on, as shown by a response of a server."""
        running = getattr(self._turn, "running", None)
        if running is not None:
            self._progress[running.lane] = self._now()

    def is_stuck(self) -> bool:
        """Return whether a lane has waiting turns but no progress."""
        with self._changed:
            now = self._now()
            overdue: dict[Lane, float] = {}
            for entry in self._schedule.entries.values():
                if entry.running is None and entry.due < now:
                    overdue[entry.lane] = min(overdue.get(entry.lane, now), entry.due)
            return turns.is_stuck(overdue, self._progress, now)

    def running(self) -> Counter[Lane]:
        """Count the running turns by lane."""
        with self._changed:
            return Counter(turn.lane for turn in self._running.values())

    def stop(self, *, patience: float) -> None:
        """Begin no more turns, wait up to `patience` seconds for the running ones, and close everything.

        A turn that is still running then is given up: the caller ends the process. The ledger records what
        was in progress.
        """
        with self._changed:
            self.stopping.set()
            self._changed.notify_all()
            entries = tuple(self._schedule.entries.values())
            busy = [entry.account for entry in entries if entry.running is not None]
            idle = [entry.account for entry in entries if entry.running is None]
            self._schedule.entries.clear()
        # At once, so that another host can run them while a long turn ends here.
        for account in idle:
            _close(account)
        with self._changed:
            self._changed.wait_for(lambda: not self._running, timeout=patience)
        for account in busy:
            _close(account)

    def _dispatch(self) -> None:
        with self._changed:
            while not self.stopping.is_set():
                now = self._now()
                self._schedule.collect(now, self._running)
                entries = self._schedule.entries
                waiting = [entries[name].waiting() for name in self._schedule.ready]
                chosen = turns.choose(waiting, self._running.values(), now, self._limits)
                if chosen is None:
                    self._changed.wait(self._pause(now))
                else:
                    self._begin(entries[chosen[0].account], chosen[1], now)

    def _pause(self, now: float) -> float | None:
        """Return for how many seconds nothing can begin unless a turn ends; None for any time."""
        times = [self._schedule.heap[0][0]] if self._schedule.heap else []
        if self._schedule.ready:
            slow = turns.becomes_slow_at(self._running.values(), now, self._limits)
            # A little later, because the turn is slow only after that time.
            times += [slow + 0.01] if slow is not None else []
        return max(0.0, min(times) - now) if times else None

    def _begin(self, entry: _Entry, lane: Lane, now: float) -> None:
        name = entry.account.name
        entry.running = Running(account=name, server=entry.account.server, began=now, lane=lane)
        entry.hurried = False
        self._schedule.ready.discard(name)
        self._running[name] = entry.running
        self._progress[lane] = now
        if self._threads < min(len(self._running), self._limits.threads):
            self._threads += 1
            threading.Thread(target=self._work, name=f"turns-{self._threads}", daemon=True).start()
        self._queue.put(entry)

    def _work(self) -> None:
        while True:
            entry = self._queue.get()
            self._turn.running = entry.running
            end = self._take(entry.account)
            self._turn.running = None
            self._end(entry, end)

    def _take(self, account: Account) -> TurnEnd:
        try:
            if self._claims.may_run(account.name):
                return account.turn()
            account.leave()
        except Stopping:
            return TurnEnd()
        except Exception:
            log.exception("this is a bug in megabot; please report it with these lines (%s)", account.name)
            return TurnEnd(failing=True)
        return TurnEnd()

    def _end(self, entry: _Entry, end: TurnEnd) -> None:
        with self._changed:
            now, running = self._now(), entry.running
            if running is None:
                raise AssertionError("only a running turn ends")
            self._progress[running.lane] = now
            entry.lane = turns.lane_after(
                seconds=now - running.began, failing=end.failing, limits=self._limits
            )
            entry.slot = None if end.slot is None else now + end.slot
            wake = 0.0 if entry.hurried else end.wake
            entry.due = turns.next_due(entry.account.name, now, tick=entry.account.tick, wake=wake)
            entry.running = None
            del self._running[running.account]
            # After a removal, an account of the same name may have been added in the meantime.
            waits = self._schedule.entries.get(running.account)
            if waits is not None:
                self._schedule.wait(waits)
            self._changed.notify_all()
        if entry.removed:
            _close(entry.account)


def _close(account: Account) -> None:
    """Close an account. A failure concerns it alone."""
    try:
        account.close()
    except Exception:
        log.exception("this is a bug in megabot; please report it with these lines (%s)", account.name)
