"""A renderer that keeps a warm process between two calls: an edit shows in the time that rendering takes."""

import contextlib
import json
import os
import signal
import subprocess
import threading
from typing import Any

from megabot.rendering.child.frames import read_frame, write_frame
from megabot.rendering.renderer import Renderer, describe_exit, parse_answer, plain_date, render_timeout
from megabot.source.child_process import CPU_SECONDS, TIMEOUT, start


class WarmRenderer(Renderer):
    """The renderer port for one thread of a process that lives long. `close` ends the warm process."""

    def __init__(self, *, timeout: float = TIMEOUT, cpu_seconds: int = CPU_SECONDS) -> None:
        super().__init__(timeout=timeout, cpu_seconds=cpu_seconds)
        self._nursery: subprocess.Popen[bytes] | None = None

    def close(self) -> None:
        """End the warm process, and whatever it started."""
        nursery, self._nursery = self._nursery, None
        if nursery is not None:
            _kill(nursery)
            nursery.communicate()

    def _ask(self, request: dict[str, Any], *, jobs: int) -> list[dict[str, Any]] | str:
        """Send the request to the warm process, started where there is none (any more)."""
        if self._nursery is None:
            self._nursery = start("rendering.child.warm")
        watchdog = threading.Timer(self._timeout, _kill, [self._nursery])
        watchdog.start()
        answer = _exchange(self._nursery, json.dumps(request, default=plain_date).encode())
        in_time = watchdog.is_alive()
        watchdog.cancel()
        if answer is None:
            self.close()
            return "rendering broke off" if in_time else render_timeout(self._timeout)
        code, _, body = answer.partition(b"\n")
        return parse_answer(body, jobs) or describe_exit(int(code))


def _exchange(nursery: "subprocess.Popen[bytes]", request: bytes) -> bytes | None:
    if nursery.stdin is None or nursery.stdout is None:
        raise AssertionError("both are pipes")
    with contextlib.suppress(BrokenPipeError):
        write_frame(nursery.stdin, request)
    return read_frame(nursery.stdout)


def _kill(nursery: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(nursery.pid, signal.SIGKILL)
