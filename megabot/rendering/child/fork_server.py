"""The warm parent of render children for the live preview: it forks one child for each request.

Like a render child it has no environment and no secrets. It reads requests on stdin, each preceded by its
length, and answers in the same way. It renders nothing itself: each child limits itself, exits after one
request, and can write only to a pipe to this process.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

import babel.dates  # noqa: F401  otherwise every child would import it again

from megabot.rendering.child import main as child_main
from megabot.rendering.child.frames import read_frame, write_frame


def main() -> None:
    serve(sys.stdin.buffer, sys.stdout.buffer)


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer each request with its child's output and exit code, until the requests end."""
    while (request := read_frame(requests)) is not None:
        answer, code = _by_child(lambda body=request: _rendered(body))  # type: ignore[misc]
        write_frame(answers, f"{code}\n".encode() + answer)


def _rendered(request: bytes) -> bytes:
    asked: dict[str, Any] = json.loads(request)
    return child_main.answer(asked).encode()


def _by_child(work: Callable[[], bytes]) -> tuple[bytes, int]:
    """Do work in a child; return its output, and its exit code as in `subprocess`."""
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
        answer = written.read()
    _, status = os.waitpid(child, 0)
    return answer, os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    main()
