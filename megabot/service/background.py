"""Long work of the service, done by another megabot process: started, polled, ended, but never waited for."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from typing_extensions import override

from megabot.schedule.interval import Interval


class BackgroundProcess(Protocol):
    """A `megabot ...` that was started."""

    def answer(self) -> str | None:
        """Return what it printed, None while it runs. May be called once after its end."""

    def end(self) -> None:
        """End it, and wait until it is gone."""


class OwnProcess(BackgroundProcess):
    """A `megabot ...` with this process's own settings. What it prints goes to a file."""

    def __init__(self, words: Sequence[str]) -> None:
        self._out = tempfile.TemporaryFile()  # noqa: SIM115  closed when the answer was read
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-m", "megabot", *words],
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
    """Call `start` with the time when `is_due`, one process at a time; hand what it printed to `on_result`.

    `every` is the least time between two starts. `on_result` gets None if the process was ended because it
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

    def poll(self, now: datetime) -> None:
        """Start the process, or look whether it has ended. Never waits for it."""
        if self._running is None:
            if self._is_due(now) and now not in Interval.after(self._began, self._every):
                self._began, self._running = now, self._start(now)
        elif (printed := self._running.answer()) is not None:
            self._running = None
            self._on_result(printed)
        elif now not in Interval.after(self._began, self._longest):
            self.close()
            self._on_result(None)

    def close(self) -> None:
        """End a process that is running."""
        if self._running is not None:
            self._running.end()
            self._running = None
