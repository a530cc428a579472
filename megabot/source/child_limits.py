"""Limits a child process, and interrupts a template that runs too long with its line. Runs in the child."""

import resource
import signal
from types import FrameType

_TEMPLATE = "__jinja_template__"  # a global in the code that jinja2 compiles from a template


class OutOfTime(BaseException):
    """The child's CPU time is used up, at a line of a template, or outside of one if `line` is 0.

    Not an `Exception`, because jinja2 catches some of those.
    """

    def __init__(self, path: str, line: int) -> None:
        super().__init__()
        self.path = path
        self.line = line


def interrupt(signum: int, frame: FrameType | None) -> None:
    """Raise `OutOfTime` in the running template; a signal handler."""
    while frame is not None and _TEMPLATE not in frame.f_globals:
        frame = frame.f_back
    if frame is None:
        raise OutOfTime("", 0)
    line = frame.f_globals[_TEMPLATE].get_corresponding_lineno(_line(frame))
    raise OutOfTime(frame.f_code.co_filename, line)


def _line(frame: FrameType) -> int:
    """Return the line in jinja2's compiled code. The end of a loop has none, so the body's line is used."""
    before = [line for start, _, line in frame.f_code.co_lines() if line and start <= frame.f_lasti]
    return before[-1] if before else 1


MEMORY = 600 * 1024 * 1024


CPU_SECONDS_MORE = 2  # to report which template used up the time, and for the other jobs


DESCRIPTORS = 3  # stdin, stdout and stderr; nothing else can be opened


def limit(cpu_seconds: int) -> None:
    """Take away what no template needs. Hard limits cannot be raised again.

    NPROC has no effect for root. CPU time that is used up first raises an error in the template, which then
    has its line. Python cannot interrupt a single endless calculation, so the kernel kills it a little later.
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
    # The soft limit raises an error in the template, so that its line is known; the hard one kills (man 2
    # setrlimit).
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + CPU_SECONDS_MORE))
