"""A small source and a context to render it with, for tests of templates."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from megabot.rendering import renderer
from megabot.rendering.child.template import render_all
from megabot.rendering.model import (
    CompanionFacts,
    Context,
    EditionFacts,
    PreviousFacts,
    Rendered,
    RenderProblem,
)
from megabot.source.model import Revision, Snapshot, Thread
from megabot.source.problems import Problem
from megabot.source.section_diff import Change, Changes
from megabot.source.thread_files import parse_thread

FRONT = """---
name: news
title: "News {{ edition.number }}"
schedule: {every: week, on: monday, at: "12:00", timezone: Europe/London, first: 2024-01-01}
companions: {atlas: {url: "https://atlas.example"}, film: {latest_by: robin, in: films, title: Film*}}
previous: {comment: "Go on [here]({{ edition.url }}), {{ previous.number }}."}
---
"""
BODY_LINE = FRONT.count("\n") + 1
FILES = {
    "sections/10-maps.md": "---\ntitle: Maps\n---\n- one\n- two\n",
    "sections/20-birds.md": "---\ntitle: Birds\ncw: heights\n---\n- three\n",
    "preambles/news/2026-W26.md": "---\ntheme: Tides\n---\nAn essay.\n",
    "data/events.yaml": "- {what: Market, items: 3, day: 2026-11-16}\n",
    "data/prices.csv": 'name,price\nApple,"1,5"\n',
    "data/more.json": '[{"day": "2026-11-16"}]',
    "_footer.md.j2": "That was {{ community }}.\n",
    "_broken.md.j2": "one\n{{ nosuch }}",
    "_endless.md.j2": "{% include '_endless.md.j2' %}",
}
PICTURES = {"images/kite.png": "1"}
BEFORE = PreviousFacts(
    title="News 129", url="https://lemmy.example/post/1", number=129, slots_ago=1, comments=7
)
CONTEXT = Context(
    edition=EditionFacts(
        key="2026-W26",
        number=130,
        start=date(2026, 6, 22),
        end=date(2026, 6, 28),
        slot=datetime(2026, 6, 22, 11, tzinfo=UTC),
    ),
    community="news",
    previous=BEFORE,
    companions={"atlas": CompanionFacts(url="https://atlas.example")},
    revision=Revision(commit="abcdef0123" * 4, url="https://git.example/news"),
    changes=Changes(added=(Change(section="Birds", text="three"),)),
)
FIRST = replace(CONTEXT, previous=None)


def source(body: str, *, front: str = FRONT, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the files of a source whose thread has this body."""
    return {**FILES, "thread.md.j2": front + body, **(more or {})}


def thread_of(files: Mapping[str, str]) -> Thread:
    thread, problems = parse_thread("thread.md.j2", files["thread.md.j2"])
    assert thread is not None, problems
    return thread


def render(
    files: dict[str, str], context: Context = CONTEXT, *, unreadable: Sequence[Problem] = ()
) -> Rendered | RenderProblem:
    """Render as the child process does, but in this process."""
    (answer,) = render_each(files, [thread_of(files)], context, unreadable=unreadable)
    return answer


def render_each(
    files: dict[str, str],
    threads: Sequence[Thread],
    context: Context = CONTEXT,
    *,
    unreadable: Sequence[Problem] = (),
) -> list[Rendered | RenderProblem]:
    """Render several threads at once, in this process."""
    jobs = [renderer._job(thread, context, alone=len(threads) == 1) for thread in threads]
    asked: list[dict[str, Any]] = json.loads(json.dumps(jobs, default=renderer.plain_date))
    snapshot = Snapshot(files=files, pictures=PICTURES)
    answers = json.loads(json.dumps(render_all(files, sorted(PICTURES), asked, unreadable)))
    return [renderer._answer(answer, snapshot, context) for answer in answers]


def body_of(body: str, context: Context = CONTEXT, *, more: Mapping[str, str] | None = None) -> str:
    """Render a body that has no mistakes."""
    answer = render(source(body, more=more), context)
    assert isinstance(answer, Rendered), answer
    return answer.body


def problems_of(
    body: str, context: Context = CONTEXT, *, front: str = FRONT, more: Mapping[str, str] | None = None
) -> list[str]:
    """Render a body that has mistakes, and return them."""
    answer = render(source(body, front=front, more=more), context)
    assert isinstance(answer, RenderProblem), answer
    return [str(problem) for problem in answer.problems]
