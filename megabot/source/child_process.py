"""Starting the children that read what contributors wrote, and reading their answers."""

import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import megabot

TIMEOUT = 20.0
CPU_SECONDS = 10
_PACKAGE = str(Path(megabot.__file__).parents[1])
_PROGRAM = "import sys; sys.path.append(sys.argv[1]); from megabot.{0} import main; main()"


@dataclass(frozen=True, slots=True)
class ChildResult:
    """What a child wrote, and its exit code as `subprocess` has it."""

    answer: bytes
    code: int


def ask(program: str, request: bytes, *, most: int, timeout: float = TIMEOUT) -> ChildResult | None:
    """Start a child for one request; None if it was ended after `timeout` seconds.

    `most` is how many bytes of its answer are read.
    """
    child = start(program)
    watchdog = threading.Timer(timeout, child.kill)
    watchdog.start()
    with child:
        answer = _talk(child, request, most=most)
    in_time = watchdog.is_alive()
    watchdog.cancel()
    return ChildResult(answer, child.returncode) if in_time else None


def start(program: str) -> "subprocess.Popen[bytes]":
    """Start one of the programs that render, with nothing of ours: no environment, no folder, no log.

    It leads a group of processes, so that whatever it starts can be ended with it.
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
    """Ask and read the answer up to a limit; whatever happens, the child does not outlive this."""
    if child.stdin is None or child.stdout is None:
        raise AssertionError("both are pipes")
    try:
        with suppress(BrokenPipeError), child.stdin as stdin:
            stdin.write(request)
        return child.stdout.read(most)
    finally:
        child.kill()
