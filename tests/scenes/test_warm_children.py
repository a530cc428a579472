"""Warm processes that many accounts share: the same answers as a child from scratch, and no one waits."""

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from megabot.rendering.model import Rendered, RenderProblem
from megabot.rendering.renderer import ChildRenderer
from megabot.rendering.warm_children import OLDEST, UNUSED, WarmChildren
from megabot.source import thread_files, thread_reader
from megabot.source.model import Snapshot
from tests.templates import CONTEXT, FRONT, source

ENDLESS = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def warm(clock: Clock) -> Iterator[WarmChildren]:
    warm = WarmChildren(most=1, now=clock)
    yield warm
    warm.close()


def rendered(children: WarmChildren, body: str, *, cpu_seconds: int = 5) -> Rendered | RenderProblem:
    snapshot = Snapshot(files=source(body))
    (thread,), _ = thread_files.threads(snapshot)
    (text,) = ChildRenderer(cpu_seconds=cpu_seconds, children=children).render(snapshot, [(thread, CONTEXT)])
    return text


def process_of(warm: WarmChildren) -> int:
    return warm._free[0].process.pid


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_texts_and_front_matter_are_as_from_a_child_from_scratch(warm: WarmChildren) -> None:
    text = rendered(warm, "Number {{ edition.number }}.")
    snapshot = Snapshot(files=source("Hello.") | {"broken.md.j2": FRONT.replace("London", "Lodnon")})

    assert isinstance(text, Rendered), text
    assert text.body.startswith("Number ")
    assert thread_reader.threads(snapshot, children=warm) == thread_files.threads(snapshot)


def test_one_process_serves_every_request(warm: WarmChildren) -> None:
    rendered(warm, "one")
    first = process_of(warm)
    rendered(warm, "two")

    assert process_of(warm) == first


def test_a_template_that_runs_without_end_ends_its_child_and_not_the_process(warm: WarmChildren) -> None:
    rendered(warm, "one")
    first = process_of(warm)

    assert isinstance(rendered(warm, ENDLESS, cpu_seconds=1), RenderProblem)
    assert isinstance(rendered(warm, "two"), Rendered)
    assert process_of(warm) == first


def test_whoever_finds_no_free_process_does_not_wait_for_one(warm: WarmChildren) -> None:
    rendered(warm, "one")
    busy = warm._take()
    assert busy is not None

    assert isinstance(rendered(warm, "two"), Rendered)
    assert warm._free == []
    warm._give_back(busy)


def test_several_threads_ask_at_once(warm: WarmChildren) -> None:
    found: list[str] = []

    def ask(number: int) -> None:
        text = rendered(warm, f"number {number}")
        assert isinstance(text, Rendered)
        found.append(text.body.strip())

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(found) == [f"number {number}" for number in range(4)]


def test_a_process_that_was_ended_is_replaced_within_the_same_request(warm: WarmChildren) -> None:
    rendered(warm, "one")
    os.kill(process_of(warm), 9)

    assert isinstance(rendered(warm, "two"), Rendered)
    assert isinstance(rendered(warm, "three"), Rendered)
    assert is_alive(process_of(warm))


def test_a_request_that_takes_too_long_ends_the_process(warm: WarmChildren) -> None:
    rendered(warm, "one")
    first = process_of(warm)

    assert warm.ask("rendering.child.main", b"{}", most=10, timeout=0.0) is None
    assert not is_alive(first)


def test_an_answer_is_read_up_to_its_limit(warm: WarmChildren) -> None:
    request = {"files": {}, "problems": [], "cpu_seconds": 5}
    result = warm.ask("source.child", json.dumps(request).encode(), most=5)

    assert result is not None
    assert result.answer == b'{"thr'


@pytest.mark.parametrize("seconds", [UNUSED + 1, OLDEST + 1])
def test_a_process_that_is_unused_or_old_is_ended(warm: WarmChildren, clock: Clock, seconds: float) -> None:
    rendered(warm, "one")
    first = process_of(warm)
    warm.end_unused()
    assert is_alive(first)
    clock.now = seconds
    if seconds > OLDEST:
        warm._free[0].used = seconds
    warm.end_unused()

    assert not is_alive(first)
    assert isinstance(rendered(warm, "two"), Rendered)
