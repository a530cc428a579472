"""The process and the system around it: time, chance, orders to stop, telling systemd. Decides nothing."""

import contextlib
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from secrets import token_hex
from typing import Protocol
from uuid import uuid4

from typing_extensions import override

from megabot.errors import Stopping

EARLIEST, LATEST = 0.0, datetime(9000, 1, 1, tzinfo=UTC).timestamp()
"""What a clock can show here. Sums of times, up to thousands of years, stay within what Python can hold."""
LONGEST_SLEEP = 60.0
"""Seconds of one wait: after each the rest is computed again."""
PATIENCE = 3.0
"""Seconds that whatever is under way has after SIGTERM; systemd kills after TimeoutStopSec, 10."""


class Clock(Protocol):
    """Time, as an argument."""

    def now(self) -> datetime:
        """Tell the time, aware, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Wait; raise `Stopping` as soon as the process is told to stop."""


class _Woken(Exception):
    """SIGHUP arrived in a wait."""


class Stop:
    """Whether the process was told to stop, or to read its settings again (`reread`, by SIGHUP).

    `interrupted` says that it was told by SIGINT (Ctrl-C).

    The signal only sets a flag, so that a write under way can end well. What takes longer than `patience`
    is interrupted by `Stopping` from an alarm: a blocked read resumes after a signal's handler (PEP 475),
    unless that raises (decision 24).
    """

    def __init__(self, *, patience: float = PATIENCE, sleep: Callable[[float], None] | None = None) -> None:
        self.requested = False
        self.interrupted = False
        self.reread = False
        self._sleep_once = sleep or time.sleep
        self._patience = patience
        self._sleeping = False
        self._wakes = False  # SIGHUP came between two waits: the next one is over before it begins

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Listen to SIGTERM, SIGINT and SIGHUP; put everything back afterwards. For the main thread only."""
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
        """Wait, unless told to stop: then raise `Stopping` at once. All waiting of the program is here.

        SIGHUP ends the wait that it meets early, or the next one where it meets none.
        """
        with contextlib.suppress(_Woken):
            self._sleep(seconds)

    def _sleep(self, seconds: float) -> None:
        self._sleeping = True  # from here on the handlers raise, before here the flag is seen: no gap
        try:
            if self.requested:
                self._raise()
            while seconds > 0 and not self._wakes:
                seconds -= self._wait(min(seconds, LONGEST_SLEEP))
        finally:
            self._sleeping = self._wakes = False

    def _wait(self, seconds: float) -> float:
        """Wait once, and return for how long; by the plan where the clock for it jumped."""
        began = time.monotonic()
        try:
            self._sleep_once(seconds)
        except OSError:  # a clock that jumped below zero: Linux refuses such a wait (EINVAL)
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
            self._sleeping = False  # a second one must not meet the way out
            raise _Woken

    def _out_of_patience(self, number: int, frame: object) -> None:
        self._raise()

    def _raise(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)  # said once; the way out must not be interrupted again
        raise Stopping("told to stop; whatever was under way is in the ledger")


class SystemClock(Clock):
    """The clock port on this machine's clock.

    `progress` is called before each wait: whoever waits has come to the end of something.
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


def read_clock(seconds: float) -> datetime:
    """Return the time that a clock shows, in UTC; one that shows an impossible time is kept within bounds."""
    return datetime.fromtimestamp(min(max(seconds, EARLIEST), LATEST), UTC)


def notify(state: str, *, environ: Mapping[str, str]) -> None:
    """Tell systemd how it goes (sd_notify): `READY=1`, `WATCHDOG=1`, `STATUS=...`. Silent without one."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]  # Linux's abstract names begin with a zero byte
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        try:
            line.sendto(state.encode(), address)
        except OSError:
            return  # a manager that does not listen is no reason to stop


def new_code() -> str:
    """Draw a code that nobody can guess: 8 characters that are easy to type."""
    return token_hex(4)


def new_key() -> str:
    """Make a key that nobody has used: 32 characters, the most that Lemmy 1.0 looks at."""
    return uuid4().hex
