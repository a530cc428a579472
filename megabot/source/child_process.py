"""Starts the child processes that read contributors' files, and reads their answers."""

import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from typing_extensions import override

import megabot

TIMEOUT = 20.0
CPU_SECONDS = 10
_PACKAGE = str(Path(megabot.__file__).parents[1])
# With -I Python ignores its environment and the current folder, so the package's folder is added again.
_PROGRAM = "import sys; sys.path.append(sys.argv[1]); from megabot.{0} import main; main()"


@dataclass(frozen=True, slots=True)
class ChildResult:
    """What a child wrote, and its exit code as in `subprocess`."""

    answer: bytes
    code: int


class Children(Protocol):
    """Runs programs of `megabot.rendering.child` and `megabot.source.child` in child processes."""

    def ask(self, program: str, request: bytes, *, most: int, timeout: float = TIMEOUT) -> ChildResult | None:
        """Run a program for one request; None if it was killed after `timeout` seconds.

        At most `most` bytes of its answer are read.
        """


class ColdChildren(Children):
    """Starts a process for each request."""

    @override
    def ask(self, program: str, request: bytes, *, most: int, timeout: float = TIMEOUT) -> ChildResult | None:
        return ask(program, request, most=most, timeout=timeout)


COLD = ColdChildren()


def ask(program: str, request: bytes, *, most: int, timeout: float = TIMEOUT) -> ChildResult | None:
    """Start a child for one request; None if it was killed after `timeout` seconds.

    At most `most` bytes of its answer are read.
    """
    child = start(program)
    # Reading from a pipe has no timeout; killing the child ends it.
    watchdog = threading.Timer(timeout, child.kill)
    watchdog.start()
    with child:
        answer = _talk(child, request, most=most)
    in_time = watchdog.is_alive()
    watchdog.cancel()
    return ChildResult(answer, child.returncode) if in_time else None


def start(program: str) -> "subprocess.Popen[bytes]":
    """Start a program without our environment, folder and log, so that it can reach no secret.

    It leads a process group, so that everything it starts can be killed with it.
    """
    return subprocess.Popen(
        [sys.executable, "-I", "-c", _PROGRAM.format(program), _PACKAGE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        start_new_session=True,
    )


def _talk(child: "subprocess.Popen[bytes]", request: bytes, *, most: int) -> bytes:
    """Send the request and read the answer up to a limit; the child is always killed at the end."""
    if child.stdin is None or child.stdout is None:
        raise AssertionError("both are pipes")
    try:
        # A child that reached a limit may have ended before it read everything.
        with suppress(BrokenPipeError), child.stdin as stdin:
            stdin.write(request)
        return child.stdout.read(most)
    finally:
        # A child with more output than `most` would wait for a reader.
        child.kill()
