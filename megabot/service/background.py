"""Long work of the service, in another megabot process that is started and polled, but never waited for."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from typing_extensions import override

from megabot.schedule.interval import Interval


class BackgroundProcess(Protocol):
    """A running `megabot ...` process."""

    def answer(self) -> str | None:
        """Return its output, None while it runs. May be called only once after it ended."""

    def end(self) -> None:
        """Kill it and wait until it is gone."""


class OwnProcess(BackgroundProcess):
    """A `megabot ...` process with this process's settings.

    Its output goes to a file: a pipe that nobody reads while it runs could fill up and block it.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._out = tempfile.TemporaryFile()  # noqa: SIM115  closed after the output was read
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-m", "megabot", *words],  # -P: import nothing from the working directory
            stdin=subprocess.DEVNULL,
            stdout=self._out,
            stderr=subprocess.DEVNULL,
        )

    @override
    def answer(self) -> str | None:
        if self._child.poll() is None:
            return None
        with self._out as out:
            out.seek(0)
            return out.read().decode(errors="replace")

    @override
    def end(self) -> None:
        self._child.kill()
        self._child.wait()
        self._out.close()


class BackgroundJob:
    """Starts a process when `is_due`, one at a time, and passes its output to `on_result`.

    `every` is the least time between two starts. `on_result` gets None if the process was killed because it
    took longer than `longest`.
    """

    def __init__(
        self,
        start: Callable[[datetime], BackgroundProcess],
        *,
        is_due: Callable[[datetime], bool],
        on_result: Callable[[str | None], None],
        longest: timedelta,
        every: timedelta = timedelta(0),
    ) -> None:
        self._start = start
        self._is_due = is_due
        self._on_result = on_result
        self._longest = longest
        self._every = every
        self._running: BackgroundProcess | None = None
        self._began = datetime(1970, 1, 1, tzinfo=UTC)

    @property
    def is_running(self) -> bool:
        return self._running is not None

    def poll(self, now: datetime) -> None:
        """Start the process, or check whether it has ended. Never waits for it."""
        if self._running is None:
            if self._is_due(now) and now not in Interval.after(self._began, self._every):
                self._began, self._running = now, self._start(now)
        elif (printed := self._running.answer()) is not None:
            self._running = None
            self._on_result(printed)
        # A clock that was set back ends this wait, so that no process runs without end (K04).
        elif now not in Interval.after(self._began, self._longest):
            self.close()
            self._on_result(None)

    def close(self) -> None:
        """Kill the process if it is running."""
        if self._running is not None:
            self._running.end()
            self._running = None
