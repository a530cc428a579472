"""Warm processes that fork a child for each request, shared by many accounts.

A child that is started from scratch needs 0.2 s of CPU to import its libraries; a forked one has them.
"""

import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from typing_extensions import override

from megabot.rendering.renderer import FORK_SERVER, ForkServerEnded, ask_fork_server, kill_group
from megabot.source.child_process import COLD, TIMEOUT, Children, ChildResult, start

MOST = 2
UNUSED = 60.0
"""Seconds after which an unused process is ended, to free its memory."""
OLDEST = 3600.0
"""Seconds after which a process is replaced, because the system's time zones can change."""


@dataclass(slots=True)
class _Warm:
    process: "subprocess.Popen[bytes]"
    started: float
    used: float


class WarmChildren(Children):
    """At most `most` warm processes. Each serves one request at a time, from any thread.

    If none is free, a child is started from scratch, so that a template that runs without end delays no other
    account.
    """

    def __init__(self, *, most: int = MOST, now: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._now = now
        self._lock = threading.Lock()
        self._free: list[_Warm] = []
        self._count = 0

    @override
    def ask(self, program: str, request: bytes, *, most: int, timeout: float = TIMEOUT) -> ChildResult | None:
        warm = self._take()
        if warm is None:
            return COLD.ask(program, request, most=most, timeout=timeout)
        try:
            result = ask_fork_server(warm.process, program, request, most=most, timeout=timeout)
        except ForkServerEnded:
            self._end(warm)
            return COLD.ask(program, request, most=most, timeout=timeout)
        except BaseException:
            self._end(warm)
            raise
        if result is None:
            self._end(warm)
        else:
            self._give_back(warm)
        return result

    def end_unused(self) -> None:
        """End the processes that have been unused for a while or are old."""
        with self._lock:
            now = self._now()
            ending = [one for one in self._free if now - one.used > UNUSED or now - one.started > OLDEST]
            self._free = [one for one in self._free if one not in ending]
        for warm in ending:
            self._end(warm)

    def close(self) -> None:
        """End all processes that are free."""
        with self._lock:
            ending, self._free = self._free, []
        for warm in ending:
            self._end(warm)

    def _take(self) -> _Warm | None:
        with self._lock:
            if self._free:
                return self._free.pop()
            if self._count >= self._most:
                return None
            self._count += 1
        try:
            return _Warm(start(FORK_SERVER), self._now(), self._now())
        except OSError:
            with self._lock:
                self._count -= 1
            return None

    def _give_back(self, warm: _Warm) -> None:
        with self._lock:
            warm.used = self._now()
            self._free.append(warm)

    def _end(self, warm: _Warm) -> None:
        kill_group(warm.process)
        warm.process.communicate()
        with self._lock:
            self._count -= 1
