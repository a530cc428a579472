"""The parent's side of rendering: starts the child with nothing but the source's files, reads its answer."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import megabot
from megabot.core.problems import Problem
from megabot.core.threads import Context, Rendered, RenderProblem, Snapshot, Thread

TIMEOUT = 20.0
ANSWER_LARGEST = 16 * 1024 * 1024
_PACKAGE = str(Path(megabot.__file__).parents[1])
_PROGRAM = "import sys; sys.path.append(sys.argv[1]); from megabot.adapters.render_child import main; main()"


class Renderer:
    """The renderer port: one child process for all jobs of a call. `timeout` is in seconds of the wall."""

    def __init__(self, *, timeout: float = TIMEOUT) -> None:
        self._timeout = timeout

    def render(
        self, snapshot: Snapshot, jobs: Sequence[tuple[Thread, Context]]
    ) -> tuple[Rendered | RenderProblem, ...]:
        """Render many editions in one start. Whatever the child does, each job gets an answer."""
        if not jobs:
            return ()
        alone = sum(1 for path in snapshot.files if _is_template(path)) == 1
        asked = [_job(thread, context, alone=alone) for thread, context in jobs]
        answers = self._ask({"files": snapshot.files, "jobs": asked})
        if isinstance(answers, str):
            return tuple(RenderProblem((Problem(thread.path, 0, answers),)) for thread, _ in jobs)
        return tuple(_answer(raw) for raw in answers)

    def _ask(self, request: dict[str, Any]) -> list[dict[str, Any]] | str:
        """Start the child and give its answers, or a sentence about how it ended."""
        try:
            child = subprocess.run(
                [sys.executable, "-I", "-c", _PROGRAM, _PACKAGE],
                input=json.dumps(request, default=_written).encode("utf-8", "surrogatepass"),
                capture_output=True,
                env={},
                cwd="/",
                timeout=self._timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"rendering took more than {self._timeout:.0f} s: a loop that never ends?"
        if child.returncode or len(child.stdout) > ANSWER_LARGEST:
            return "rendering was stopped at its limits of memory and time: a loop that never ends?"
        found: list[dict[str, Any]] = json.loads(child.stdout)
        return found


def _job(thread: Thread, context: Context, *, alone: bool) -> dict[str, Any]:
    return {
        "alone": alone,
        "thread": {
            "name": thread.name,
            "path": thread.path,
            "title": thread.title,
            "comment": thread.previous.comment,
            "locale": thread.locale,
            "mentions": thread.mentions,
        },
        "context": asdict(context) | {"companions": _companions(thread, context)},
    }


def _companions(thread: Thread, context: Context) -> dict[str, Any]:
    """Give every companion of the front matter a place, so that another name is a mistake."""
    known = context.companions or {}
    facts = ((one.name, known.get(one.name)) for one in thread.companions)
    return {name: None if found is None else asdict(found) for name, found in facts}


def _answer(raw: dict[str, Any]) -> Rendered | RenderProblem:
    if "problems" in raw:
        return RenderProblem(tuple(Problem(**one) for one in raw["problems"]))
    text = raw["text"]
    return Rendered(
        title=text["title"],
        body=text["body"],
        comment=text["comment"],
        preamble=text["preamble"],
        warnings=tuple(Problem(**one) for one in text["warnings"]),
    )


def _is_template(path: str) -> bool:
    return path.endswith(".md.j2") and not path.startswith("_")


def _written(value: object) -> str:
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    raise TypeError(type(value).__name__)
