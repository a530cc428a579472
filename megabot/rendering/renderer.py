"""The parent's side of rendering: starts the child with only the source's files and reads its answer.

The live preview keeps a warm process between calls, so that an edit shows without the time to start one.
"""

import contextlib
import json
import os
import signal
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from typing_extensions import override

from megabot.rendering import port
from megabot.rendering.child.frames import read_frame, write_frame
from megabot.rendering.digest import preamble_digest
from megabot.rendering.model import Context, Rendered, RenderProblem
from megabot.source.child_process import COLD, CPU_SECONDS, TIMEOUT, Children, ChildResult, start
from megabot.source.model import Snapshot, Thread
from megabot.source.problems import Problem

_PROGRAM = "rendering.child.main"
FORK_SERVER = "rendering.child.fork_server"
_ANSWER_LARGEST = 1024 * 1024  # bytes per job: 50,000 units of text are at most 300,000 bytes of JSON


class ChildRenderer(port.Renderer):
    """The renderer port: one child process for all jobs of a call.

    `timeout` is in seconds of real time, after which the child is killed; `cpu_seconds` is its CPU limit.
    """

    def __init__(
        self, *, timeout: float = TIMEOUT, cpu_seconds: int = CPU_SECONDS, children: Children = COLD
    ) -> None:
        self._timeout = timeout
        self._cpu_seconds = cpu_seconds
        self._children = children

    @override
    def render(
        self, snapshot: Snapshot, jobs: Sequence[tuple[Thread, Context]]
    ) -> tuple[Rendered | RenderProblem, ...]:
        if not jobs:
            return ()
        asked = [_job(thread, context, alone=snapshot.has_one_thread) for thread, context in jobs]
        request = {
            "files": snapshot.files,
            "pictures": sorted(snapshot.pictures),
            "unreadable": [asdict(one) for one in snapshot.problems],
            "jobs": asked,
        }
        answers = self._ask(request | {"cpu_seconds": self._cpu_seconds}, jobs=len(jobs))
        if isinstance(answers, str):
            return tuple(RenderProblem((Problem(thread.path, 0, answers),)) for thread, _ in jobs)
        return tuple(_answer(raw, snapshot, context) for raw, (_, context) in zip(answers, jobs, strict=True))

    def _ask(self, request: dict[str, Any], *, jobs: int) -> list[dict[str, Any]] | str:
        """Start the child and return its answers, or a sentence about why there are none."""
        raw = json.dumps(request, default=plain_date).encode()
        result = self._children.ask(_PROGRAM, raw, most=jobs * _ANSWER_LARGEST, timeout=self._timeout)
        if result is None:
            return render_timeout(self._timeout)
        return parse_answer(result.answer, jobs) or describe_exit(result.code)


def parse_answer(answer: bytes, jobs: int) -> list[dict[str, Any]] | None:
    """Read the child's answer; None if it is incomplete."""
    try:
        results: list[dict[str, Any]] = json.loads(answer)
    except ValueError:
        return None
    return results if len(results) == jobs else None


def render_timeout(seconds: float) -> str:
    return f"rendering took more than {seconds:g} s; check the template for an endless loop"


def describe_exit(code: int) -> str:
    """Return why a process ended without an answer."""
    # The kernel sends SIGXCPU at the soft limit of CPU time and SIGKILL at the hard one (man 2 setrlimit).
    if code in (-signal.SIGKILL, -signal.SIGXCPU):
        return "rendering was stopped at its time limit; check the template for an endless loop"
    return "rendering failed, probably because the text needs too much memory; make it shorter"


def _job(thread: Thread, context: Context, *, alone: bool) -> dict[str, Any]:
    return {
        "alone": alone,
        "thread": {
            "name": thread.name,
            "path": thread.path,
            "title": thread.title,
            "image": thread.image,
            "image_alt": thread.image_alt,
            "thumbnail": thread.thumbnail,
            "comment": thread.previous.comment,
            "first_comment": thread.first_comment,
            "locale": thread.locale,
            "timezone": thread.schedule.timezone,
            "mentions": thread.mentions,
        },
        "context": asdict(_local(thread, context))
        | {
            "companions": _companions(thread, context),
            "previous": _previous(thread, context),
        },
    }


def _local(thread: Thread, context: Context) -> Context:
    """Return the context with the slot in the thread's time zone."""
    slot = context.edition.slot.astimezone(ZoneInfo(thread.schedule.timezone))
    return replace(context, edition=replace(context.edition, slot=slot))


def _previous(thread: Thread, context: Context) -> dict[str, Any] | None:
    """Return the facts of the previous edition with its counts, times in the thread's time zone."""
    if context.previous is None:
        return None
    zone = ZoneInfo(thread.schedule.timezone)
    featured = [
        asdict(comment) | {"at": comment.at.astimezone(zone).isoformat()}
        for comment in context.previous.featured
    ]
    return asdict(context.previous) | {"featured": featured, "stats": context.previous.stats}


def _companions(thread: Thread, context: Context) -> dict[str, Any]:
    """Return all companions in the front matter, missing ones as None, so that any other name is an error."""
    companions = context.companions or {}
    facts = ((one.name, companions.get(one.name)) for one in thread.companions)
    return {
        name: None if companion_facts is None else asdict(companion_facts) for name, companion_facts in facts
    }


def _answer(raw: dict[str, Any], snapshot: Snapshot, context: Context) -> Rendered | RenderProblem:
    if "problems" in raw:
        return RenderProblem(tuple(Problem(**one) for one in raw["problems"]))
    text = raw["text"]
    return Rendered(
        title=text["title"],
        body=text["body"],
        comment=text["comment"],
        first_comment=text["first_comment"],
        url=text["image"],
        thumbnail=text["thumbnail"],
        alt_text=text["image_alt"],
        preamble_path=text["preamble"],
        preamble_text=text["words"],
        preamble_digest=preamble_digest(context.preamble or snapshot.files.get(text["preamble"], "")),
        warnings=tuple(Problem(**one) for one in text["warnings"]),
        unused=tuple(Problem(**one) for one in text["unused"]),
    )


def plain_date(value: object) -> str:
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    raise TypeError(type(value).__name__)


class WarmRenderer(ChildRenderer):
    """The renderer port with a warm process, for use by one thread. `close` ends the warm process."""

    def __init__(self, *, timeout: float = TIMEOUT, cpu_seconds: int = CPU_SECONDS) -> None:
        super().__init__(timeout=timeout, cpu_seconds=cpu_seconds)
        self._fork_server: subprocess.Popen[bytes] | None = None

    def close(self) -> None:
        """Kill the warm process and everything it started."""
        server, self._fork_server = self._fork_server, None
        if server is not None:
            kill_group(server)
            server.communicate()

    def _ask(self, request: dict[str, Any], *, jobs: int) -> list[dict[str, Any]] | str:
        """Send the request to the warm process; start it if it is not running."""
        if self._fork_server is None:
            self._fork_server = start(FORK_SERVER)
        raw = json.dumps(request, default=plain_date).encode()
        try:
            result = ask_fork_server(
                self._fork_server, _PROGRAM, raw, most=jobs * _ANSWER_LARGEST, timeout=self._timeout
            )
        except ForkServerEnded:
            self.close()
            return "rendering failed; try again"
        if result is None:
            self.close()
            return render_timeout(self._timeout)
        return parse_answer(result.answer, jobs) or describe_exit(result.code)


class ForkServerEnded(Exception):
    """The warm process ended before it answered."""


def ask_fork_server(
    server: "subprocess.Popen[bytes]", program: str, request: bytes, *, most: int, timeout: float
) -> ChildResult | None:
    """Run a program in a child of a warm process; None if both were killed after `timeout` seconds.

    Raises `ForkServerEnded`. In both cases the warm process is of no more use.
    """
    # Reading from a pipe has no timeout; killing the process ends it.
    watchdog = threading.Timer(timeout, kill_group, [server])
    watchdog.start()
    answer = _exchange(server, f"{program} {most}\n".encode() + request)
    # The timer's thread has ended if it killed the process.
    in_time = watchdog.is_alive()
    watchdog.cancel()
    if answer is None:
        if in_time:
            raise ForkServerEnded
        return None
    code, _, body = answer.partition(b"\n")
    return ChildResult(body, int(code))


def _exchange(server: "subprocess.Popen[bytes]", request: bytes) -> bytes | None:
    if server.stdin is None or server.stdout is None:
        raise AssertionError("both are pipes")
    with contextlib.suppress(BrokenPipeError):
        write_frame(server.stdin, request)
    return read_frame(server.stdout)


def kill_group(server: "subprocess.Popen[bytes]") -> None:
    """Kill a warm process and everything that it started."""
    with contextlib.suppress(ProcessLookupError):
        # The whole group, because the process forks a child for each request.
        os.killpg(server.pid, signal.SIGKILL)
