"""The site as a scene: what is posted is on it, what is removed leaves it; the service keeps it by itself."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from megabot.errors import Unreachable
from megabot.ports import Ports
from megabot.reconcile.content.annotation_store import add_highlight, highlight_of
from megabot.reconcile.full_scan import scan_all_posts
from megabot.service.background import BackgroundJob
from megabot.service.site_job import DAILY, EVERY, LONGEST, site_job
from megabot.site.build import publish
from tests.world import SLOT, WEEK, World

ADDRESS = "https://threads.example/"
KEYS = ["2026-W47", "2026-W48", "2026-W49"]


def site(world: World, tmp_path: Path) -> list[str]:
    """Write the site, and name its editions."""
    publish(world.ports(), tmp_path / "site", address=ADDRESS)
    return sorted(page.parent.name for page in (tmp_path / "site" / "news").glob("2*/index.html"))


@pytest.fixture
def three(world: World) -> World:
    for week, words in enumerate(("An essay on kites.", "An essay on bells.", "An essay on tides.")):
        world.press.words = words
        world.clock.at = SLOT + week * WEEK
        world.post()
    return world


def test_every_edition_is_there_as_it_was_posted(three: World, tmp_path: Path) -> None:
    assert site(three, tmp_path) == KEYS
    page = (tmp_path / "site/news/2026-W48/index.html").read_text()
    assert "An essay on bells." in page
    assert "megabot:v1" not in page


def test_what_a_moderator_removes_disappears_at_the_next_build(three: World, tmp_path: Path) -> None:
    site(three, tmp_path)
    old = int(str(three.posts()[0]["id"]))
    three.hand("modlin").post("post/remove", post_id=old, removed=True, reason="")
    scan_all_posts(three.ports())

    assert site(three, tmp_path) == KEYS[1:]
    assert not any("kites" in path.read_text() for path in (tmp_path / "site").rglob("*.*"))


def test_what_is_restored_comes_back_with_the_text_that_was_sent(three: World, tmp_path: Path) -> None:
    old = int(str(three.posts()[0]["id"]))
    for removed in (True, False):
        three.hand("modlin").post("post/remove", post_id=old, removed=removed, reason="")
        scan_all_posts(three.ports())

    assert site(three, tmp_path) == KEYS
    assert "kites" in (tmp_path / "site/news/2026-W47/index.html").read_text()


def test_a_server_that_is_away_takes_nothing_from_the_site(three: World, tmp_path: Path) -> None:
    three.sandbox.stop()

    with pytest.raises(Unreachable):
        scan_all_posts(three.ports())
    assert site(three, tmp_path) == KEYS


def test_an_edit_reaches_the_site(three: World, tmp_path: Path) -> None:
    three.press.words = "Mended."
    three.pages.commit = "b" * 40
    three.clock.at += timedelta(hours=1)
    three.run_pass()

    site(three, tmp_path)
    assert "Mended." in (tmp_path / "site/news/2026-W49/index.html").read_text()


@dataclass
class Child:
    """A `megabot site` beside the service."""

    said: str | None = None
    ended: bool = False

    def answer(self) -> str | None:
        return self.said

    def end(self) -> None:
        self.ended = True


@dataclass
class Bench:
    """A job on a world, with the children that it started."""

    world: World
    ports: Ports
    children: list[Child] = field(default_factory=list)
    stamp: int = 1

    def job(self) -> BackgroundJob:
        return site_job(self.ports, self._start, stamp=lambda: self.stamp)

    def _start(self) -> Child:
        self.children.append(Child())
        return self.children[-1]


@pytest.fixture
def bench(world: World) -> Bench:
    return Bench(world, world.ports())


def test_the_site_is_written_once_for_each_change_and_never_twice_at_a_time(bench: Bench) -> None:
    job, now = bench.job(), bench.world.clock.now()
    job.poll(now)
    bench.stamp = 2
    job.poll(now + EVERY)
    assert len(bench.children) == 1
    bench.children[0].said = '{"files": 9, "written": 2, "removed": 0}'
    for number in range(2, 6):
        job.poll(now + number * EVERY)

    assert len(bench.children) == 2


def test_a_change_right_after_a_build_waits_a_little(bench: Bench) -> None:
    job, now = bench.job(), bench.world.clock.now()
    job.poll(now)
    bench.children[0].said = '{"files": 9, "written": 2, "removed": 0}'
    bench.stamp = 2
    job.poll(now + timedelta(seconds=30))
    job.poll(now + timedelta(seconds=60))
    assert len(bench.children) == 1
    job.poll(now + EVERY)

    assert len(bench.children) == 2


@pytest.mark.parametrize("said", ["", "Traceback", "[]", '{"files": 1}'])
def test_a_build_that_fails_is_told_and_tried_again(
    bench: Bench, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    job, now = bench.job(), bench.world.clock.now()
    job.poll(now)
    bench.children[0].said = said
    job.poll(now + EVERY)
    job.poll(now + 2 * EVERY)

    assert "run: megabot site" in caplog.text
    assert len(bench.children) == 2


def test_a_build_that_hangs_is_ended(bench: Bench) -> None:
    job, now = bench.job(), bench.world.clock.now()
    job.poll(now)
    job.poll(now + LONGEST + EVERY)

    assert bench.children[0].ended


def test_a_build_that_began_while_the_clock_was_ahead_is_ended(bench: Bench) -> None:
    """K04."""
    job, now = bench.job(), bench.world.clock.now()
    job.poll(now + timedelta(days=365))
    job.poll(now)

    assert bench.children[0].ended


def test_old_posts_are_looked_over_once_a_day(bench: Bench) -> None:
    job, now = bench.job(), bench.world.clock.now()
    looks: Callable[[], int] = lambda: sum(  # noqa: E731
        request.path.endswith("/user") for request in bench.world.sandbox.requests
    )
    job.poll(now)
    once = looks()
    job.poll(now + timedelta(hours=5))
    assert (once > 0, looks()) == (True, once)
    job.poll(now + DAILY)

    assert looks() > once


def test_an_old_highlight_that_was_deleted_leaves_the_site(three: World, tmp_path: Path) -> None:
    remark = three.hand("reader").comment(1, "Kites in the rain")
    ports = three.ports()
    highlight = highlight_of(ports.forum.comment_by_id(remark), by="modlin", now=three.clock.now())
    add_highlight(ports.ledger, "news", KEYS[0], highlight)
    site(three, tmp_path)
    page = tmp_path / "site/news/2026-W47/index.html"
    assert "Kites in the rain" in page.read_text()
    three.hand("reader").delete_comment(remark)
    scan_all_posts(three.ports())

    site(three, tmp_path)
    assert "Kites in the rain" not in page.read_text()
