"""Time, randomness, signals and notifications to systemd."""

import contextlib
import select
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from secrets import token_hex, token_urlsafe
from typing import Protocol
from uuid import uuid4

from typing_extensions import override

from megabot.errors import Stopping

EARLIEST, LATEST = 0.0, datetime(9000, 1, 1, tzinfo=UTC).timestamp()
"""Bounds for the clock, so that adding even thousands of years stays within Python's `datetime`."""
LONGEST_SLEEP = 60.0
"""Seconds of one wait; after each the remaining time is computed again, because a clock can jump."""
PATIENCE = 3.0
"""Seconds that a write in progress has to finish after SIGTERM; systemd kills after TimeoutStopSec, 10."""


class Clock(Protocol):
    """Time, as an argument."""

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Wait; raise `Stopping` as soon as a stop is requested."""


class _Woken(Exception):
    """SIGHUP arrived during a wait."""


class Stop:
    """Whether a stop was requested, or a reload of the settings (`reread`, by SIGHUP).

    `interrupted` is set if the stop came from SIGINT (Ctrl-C).

    The signal only sets a flag, so that a write in progress can finish. What takes longer than `patience`
    seconds is interrupted by `Stopping` from an alarm: a blocked read resumes after a signal handler
    (PEP 475) unless the handler raises (decision 24).
    """

    def __init__(self, *, patience: float = PATIENCE, sleep: Callable[[float], None] | None = None) -> None:
        self.requested = False
        self.interrupted = False
        self.reread = False
        self._sleep_once = sleep or time.sleep
        self._patience = patience
        self._sleeping = False
        self._wakes = False  # SIGHUP came between two waits: the next one ends at once

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Handle SIGTERM, SIGINT and SIGHUP, then restore the old handlers. For the main thread only."""
        before = {number: signal.signal(number, self._told) for number in (signal.SIGTERM, signal.SIGINT)}
        before[signal.SIGALRM] = signal.signal(signal.SIGALRM, self._out_of_patience)
        before[signal.SIGHUP] = signal.signal(signal.SIGHUP, self._told_to_reread)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            for number, handler in before.items():
                signal.signal(number, handler)

    def sleep(self, seconds: float) -> None:
        """Wait, or raise `Stopping` at once if a stop is requested. The whole program waits only here.

        SIGHUP ends the current wait early, or the next one if there is none.
        """
        with contextlib.suppress(_Woken):
            self._sleep(seconds)

    def _sleep(self, seconds: float) -> None:
        # From here on the handlers raise; a signal before this line has set the flag that is read next.
        self._sleeping = True
        try:
            if self.requested:
                self._raise()
            while seconds > 0 and not self._wakes:
                seconds -= self._wait(min(seconds, LONGEST_SLEEP))
        finally:
            self._sleeping = self._wakes = False

    def _wait(self, seconds: float) -> float:
        """Wait once and return for how long; the planned time if the monotonic clock did not move forward."""
        began = time.monotonic()
        try:
            self._sleep_once(seconds)
        except OSError:  # Linux refuses the wait (EINVAL) if the clock jumped below zero
            seconds = min(seconds, 1.0)
            select.select((), (), (), seconds)
        took = time.monotonic() - began
        return took if took > 0 else seconds

    def _told(self, number: int, frame: object) -> None:
        first, self.requested = not self.requested, True
        self.interrupted = self.interrupted or number == signal.SIGINT
        if self._sleeping:
            self._raise()
        if first:
            signal.setitimer(signal.ITIMER_REAL, self._patience)

    def _told_to_reread(self, number: int, frame: object) -> None:
        self.reread = self._wakes = True
        if self._sleeping:
            self._sleeping = False  # a second SIGHUP must not raise while this one is handled
            raise _Woken

    def _out_of_patience(self, number: int, frame: object) -> None:
        self._raise()

    def _raise(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)  # do not interrupt the clean-up again
        raise Stopping("stop requested; the ledger records what was in progress")


class SystemClock(Clock):
    """The clock port on this machine's clock.

    `progress` is called before each wait, because a wait means that the step before it has finished.
    """

    def __init__(self, stop: Stop, *, progress: Callable[[], None] = lambda: None) -> None:
        self._stop = stop
        self._progress = progress

    @override
    def now(self) -> datetime:
        return read_clock(time.time())

    @override
    def sleep(self, seconds: float) -> None:
        self._progress()
        self._stop.sleep(seconds)


class ThreadClock(Clock):
    """The clock port for threads that no signal reaches: waits end with `Stopping` once `stopping` is set.

    `progress` is called before each wait, as for `SystemClock`.
    """

    def __init__(self, stopping: threading.Event, *, progress: Callable[[], None] = lambda: None) -> None:
        self._stopping = stopping
        self._progress = progress

    @override
    def now(self) -> datetime:
        return read_clock(time.time())

    @override
    def sleep(self, seconds: float) -> None:
        self._progress()
        # Event.wait refuses a wait of many years.
        if self._stopping.wait(min(max(seconds, 0.0), threading.TIMEOUT_MAX)):
            raise Stopping("stop requested; the ledger records what was in progress")


def read_clock(seconds: float) -> datetime:
    """Return a Unix time in UTC, clamped to EARLIEST and LATEST."""
    return datetime.fromtimestamp(min(max(seconds, EARLIEST), LATEST), UTC)


def notify(state: str, *, environ: Mapping[str, str]) -> None:
    """Send a state to systemd (sd_notify), like `READY=1` or `WATCHDOG=1`. Do nothing without systemd."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]  # names of abstract Unix sockets begin with a zero byte
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        try:
            line.sendto(state.encode(), address)
        except OSError:
            return  # a notification that cannot be sent is not a reason to stop


def new_code() -> str:
    """Return a random code that cannot be guessed: 8 characters that are easy to type."""
    return token_hex(4)


def new_token() -> str:
    """Return a random token of 43 letters, digits, hyphens and underscores, for a link or a session."""
    return token_urlsafe(32)


def new_key() -> str:
    """Return a unique key of 32 characters, the most that Lemmy 1.0 compares."""
    return uuid4().hex
