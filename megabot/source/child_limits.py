"""What ends a template when its time is used up, and tells the line that it was at. Runs in the child."""

import resource
import signal
from types import FrameType

_TEMPLATE = "__jinja_template__"  # what jinja2 leaves in the code that it makes of a template


class OutOfTime(BaseException):
    """The time of the child is used up, at a line of a template or, with 0, around them.

    No plain `Exception`: jinja2 goes on after some of those.
    """

    def __init__(self, path: str, line: int) -> None:
        super().__init__()
        self.path = path
        self.line = line


def interrupt(signum: int, frame: FrameType | None) -> None:
    """Break off what is running; a handler of signals."""
    while frame is not None and _TEMPLATE not in frame.f_globals:
        frame = frame.f_back
    if frame is None:
        raise OutOfTime("", 0)
    line = frame.f_globals[_TEMPLATE].get_corresponding_lineno(_line(frame))
    raise OutOfTime(frame.f_code.co_filename, line)


def _line(frame: FrameType) -> int:
    """Give the line in jinja2's code. The end of a loop has none there, so it is that of the body."""
    before = [line for start, _, line in frame.f_code.co_lines() if line and start <= frame.f_lasti]
    return before[-1] if before else 1


MEMORY = 600 * 1024 * 1024


CPU_SECONDS_MORE = 2  # for saying which template used up its time, and for the other jobs


DESCRIPTORS = 3  # stdin, stdout and stderr are open: nothing more can be


def limit(cpu_seconds: int) -> None:
    """Take from the process what no template needs; for good: hard limits are not raised again.

    As root, NPROC does not bind, and only there. Time that is used up is an error in the template first,
    which then has its line; what Python cannot break off, one sum without end, is killed a little later.
    """
    signal.signal(signal.SIGXCPU, interrupt)
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: DESCRIPTORS,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_AS: MEMORY,
    }
    for kind, most in limits.items():
        resource.setrlimit(kind, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + CPU_SECONDS_MORE))
