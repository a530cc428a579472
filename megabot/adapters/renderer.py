"""The parent's side of rendering: starts the child with nothing but the source's files, reads its answer."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import megabot
from megabot.core.drafts import essay_digest
from megabot.core.problems import Problem
from megabot.core.threads import Context, Rendered, RenderProblem, Snapshot, Thread

TIMEOUT = 20.0
CPU_SECONDS = 10
_ANSWER_LARGEST = 1024 * 1024  # of one job: 50,000 units of text are at most 300,000 bytes of JSON
_PACKAGE = str(Path(megabot.__file__).parents[1])
_PROGRAM = "import sys; sys.path.append(sys.argv[1]); from megabot.adapters.{0} import main; main()"


class Renderer:
    """The renderer port: one child process for all jobs of a call.

    `timeout` is in seconds of the wall, and ends the child; `cpu_seconds` are those that it may compute.
    """

    def __init__(self, *, timeout: float = TIMEOUT, cpu_seconds: int = CPU_SECONDS) -> None:
        self._timeout = timeout
        self._cpu_seconds = cpu_seconds

    def render(
        self, snapshot: Snapshot, jobs: Sequence[tuple[Thread, Context]]
    ) -> tuple[Rendered | RenderProblem, ...]:
        """Render many editions in one start. Whatever the child does, each job gets an answer."""
        if not jobs:
            return ()
        alone = sum(1 for path in snapshot.files if _is_template(path)) == 1
        asked = [_job(thread, context, alone=alone) for thread, context in jobs]
        request = {"files": snapshot.files, "pictures": sorted(snapshot.pictures), "jobs": asked}
        answers = self._ask(request | {"cpu_seconds": self._cpu_seconds}, jobs=len(jobs))
        if isinstance(answers, str):
            return tuple(RenderProblem((Problem(thread.path, 0, answers),)) for thread, _ in jobs)
        return tuple(_answer(raw, snapshot, context) for raw, (_, context) in zip(answers, jobs, strict=True))

    def _ask(self, request: dict[str, Any], *, jobs: int) -> list[dict[str, Any]] | str:
        """Start the child and give its answers, or a sentence about how it ended."""
        child = start("render_child")
        watchdog = threading.Timer(self._timeout, child.kill)
        watchdog.start()
        with child:
            answer = _talk(child, json.dumps(request, default=written).encode(), most=jobs * _ANSWER_LARGEST)
        in_time = watchdog.is_alive()
        watchdog.cancel()
        if not in_time:
            return too_slow(self._timeout)
        return parsed(answer, jobs) or ending(child.returncode)


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


def _talk(child: subprocess.Popen[bytes], request: bytes, *, most: int) -> bytes:
    """Ask and read the answer up to a limit; whatever happens, the child does not outlive this."""
    if child.stdin is None or child.stdout is None:
        raise AssertionError("both are pipes")
    try:
        with suppress(BrokenPipeError), child.stdin as stdin:
            stdin.write(request)
        return child.stdout.read(most)
    finally:
        child.kill()


def parsed(answer: bytes, jobs: int) -> list[dict[str, Any]] | None:
    """Read the child's answer; None where it did not come to its end."""
    try:
        found: list[dict[str, Any]] = json.loads(answer)
    except ValueError:
        return None
    return found if len(found) == jobs else None


def too_slow(seconds: float) -> str:
    """Say that rendering was ended from outside."""
    return f"rendering took more than {seconds:g} s: a loop that never ends?"


def ending(code: int) -> str:
    """Say how a process that gave no answer came to its end."""
    if code in (-signal.SIGKILL, -signal.SIGXCPU):
        return "rendering was stopped at its limits of time: a loop that never ends?"
    return "rendering broke off: the text probably needs too much memory"


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
            "locale": thread.locale,
            "mentions": thread.mentions,
        },
        "context": asdict(_local(thread, context))
        | {
            "companions": _companions(thread, context),
            "previous": _previous(thread, context),
        },
    }


def _local(thread: Thread, context: Context) -> Context:
    """Give the slot as the clocks of the thread's zone show it."""
    slot = context.edition.slot.astimezone(ZoneInfo(thread.schedule.timezone))
    return replace(context, edition=replace(context.edition, slot=slot))


def _previous(thread: Thread, context: Context) -> dict[str, Any] | None:
    """Give the facts of the edition before, its counts with them, times in the thread's zone."""
    if context.previous is None:
        return None
    zone = ZoneInfo(thread.schedule.timezone)
    featured = [
        asdict(one) | {"at": one.at.astimezone(zone).isoformat()} for one in context.previous.featured
    ]
    return asdict(context.previous) | {"featured": featured, "stats": context.previous.stats}


def _companions(thread: Thread, context: Context) -> dict[str, Any]:
    """Give every companion of the front matter a place, so that another name is a mistake."""
    known = context.companions or {}
    facts = ((one.name, known.get(one.name)) for one in thread.companions)
    return {name: None if found is None else asdict(found) for name, found in facts}


def _answer(raw: dict[str, Any], snapshot: Snapshot, context: Context) -> Rendered | RenderProblem:
    if "problems" in raw:
        return RenderProblem(tuple(Problem(**one) for one in raw["problems"]))
    text = raw["text"]
    return Rendered(
        title=text["title"],
        body=text["body"],
        comment=text["comment"],
        url=text["image"],
        thumbnail=text["thumbnail"],
        alt_text=text["image_alt"],
        preamble=text["preamble"],
        words=text["words"],
        essay=essay_digest(context.preamble or snapshot.files.get(text["preamble"], "")),
        warnings=tuple(Problem(**one) for one in text["warnings"]),
        unused=tuple(Problem(**one) for one in text["unused"]),
    )


def _is_template(path: str) -> bool:
    return path.endswith(".md.j2") and not path.startswith("_")


def written(value: object) -> str:
    """Write a date for JSON."""
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    raise TypeError(type(value).__name__)
