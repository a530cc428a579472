"""The warm parent of render children, for a preview that follows edits: it forks one for each request.

It is started with as little as a render child is (no environment, no secrets), reads requests of a known
length on stdin and answers likewise. It renders nothing itself: each child limits itself, ends with its one
request, and can write to a pipe to here alone.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

import babel.dates  # noqa: F401  what a child would else import anew each time

from megabot.rendering.child import main as child_main
from megabot.rendering.child.frames import read_frame, write_frame


def main() -> None:
    """Serve until stdin ends."""
    serve(sys.stdin.buffer, sys.stdout.buffer)


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer each request with what its child wrote, and how that ended."""
    while (request := read_frame(requests)) is not None:
        answer, code = _by_child(lambda body=request: _rendered(body))  # type: ignore[misc]
        write_frame(answers, f"{code}\n".encode() + answer)


def _rendered(request: bytes) -> bytes:
    asked: dict[str, Any] = json.loads(request)
    return child_main.answer(asked).encode()


def _by_child(work: Callable[[], bytes]) -> tuple[bytes, int]:
    """Have a child do some work; give what it wrote, and its exit code as `subprocess` has it."""
    inlet, outlet = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(outlet, 1)
            os.closerange(3, 64)  # only stdin, stdout and stderr are left, as in a child that starts anew
            with os.fdopen(1, "wb", closefd=False) as out:
                out.write(work())
            code = 0
        finally:
            os._exit(code)
    os.close(outlet)
    with os.fdopen(inlet, "rb") as written:
        answer = written.read()
    _, status = os.waitpid(child, 0)
    return answer, os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    main()
