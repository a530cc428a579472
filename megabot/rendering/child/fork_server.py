"""The warm parent of children for the live preview and for many accounts: it forks one for each request.

Like a child it has no environment and no secrets. It reads requests on stdin, each preceded by its length,
and answers in the same way. A request begins with a line that has the program and the most bytes of its
answer. It reads and renders nothing itself: each child limits itself, exits after one request, and can write
only to a pipe to this process.
"""

import json
import os
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, BinaryIO

import babel.dates  # noqa: F401  otherwise every child would import it again

from megabot.rendering.child import main as child_main
from megabot.rendering.child.frames import read_frame, write_frame
from megabot.schedule import time_zones
from megabot.source import child as source_child

_PROGRAMS: dict[str, Callable[[dict[str, Any]], str]] = {
    "rendering.child.main": child_main.answer,
    "source.child": source_child.answer,
}


def main() -> None:
    serve(sys.stdin.buffer, sys.stdout.buffer)


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer each request with its child's output and exit code, until the requests end."""
    time_zones.names()  # read once here instead of in each child
    while (request := read_frame(requests)) is not None:
        head, _, body = request.partition(b"\n")
        program, most = head.decode().split()
        answer, code = _by_child(partial(_answered, program, body), int(most))
        write_frame(answers, f"{code}\n".encode() + answer)


def _answered(program: str, request: bytes) -> bytes:
    asked: dict[str, Any] = json.loads(request)
    return _PROGRAMS[program](asked).encode()


def _by_child(work: Callable[[], bytes], most: int) -> tuple[bytes, int]:
    """Do work in a child; return its output up to `most` bytes, and its exit code as in `subprocess`."""
    inlet, outlet = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            # The child must not read requests that follow from the parent's input.
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(outlet, 1)
            os.closerange(3, 64)  # leave only stdin, stdout and stderr open, as in a fresh child
            with os.fdopen(1, "wb", closefd=False) as out:
                out.write(work())
            code = 0
        finally:
            # Not sys.exit, because the clean-up and the buffered output are the parent's.
            os._exit(code)
    # Otherwise the read below would never reach the end.
    os.close(outlet)
    with os.fdopen(inlet, "rb") as written:
        # Before waitpid, because a child waits if it writes more than a pipe holds.
        answer = written.read(most)
    _, status = os.waitpid(child, 0)
    return answer, os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    main()
