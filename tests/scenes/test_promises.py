"""Promises that only mutants showed to be without a test (`make mutants`), as scenes."""

import logging
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest

from megabot.demo import judge
from megabot.errors import Unreachable
from megabot.forum.models import Feature, Post
from megabot.forum.port import Forum
from megabot.reconcile.loop import run_pass
from megabot.reconcile.orders import OrderKind
from tests.scenario import ON_BOTH
from tests.simulation import events
from tests.simulation.__main__ import quiet_end
from tests.simulation.rules import created
from tests.simulation.server import What
from tests.simulation.year import Year
from tests.world import SLOT, WEEK, WEEKLY, World

TOO_LONG = "word " * 20_000


def test_a_slot_that_is_skipped_stays_empty_and_keeps_its_number(world: World) -> None:
    world.change(schedule=replace(WEEKLY, skip=frozenset({date(2026, 11, 23)})))
    world.post()

    for weeks in (1, 2):
        world.clock.at = SLOT + weeks * WEEK
        world.run_pass()

    assert [post["name"] for post in world.posts()] == ["News 2", "News 4"]


def test_a_refresh_at_a_slot_leaves_the_new_thread_to_the_service(world: World) -> None:
    world.post()
    world.clock.at = SLOT + WEEK
    world.press.words = "Other words."

    world.run_pass(OrderKind.REFRESH)

    assert ["Other words." in str(post["body"]) for post in world.posts()] == [True]


def test_a_text_that_the_server_refused_is_sent_once_until_it_changes(world: World) -> None:
    world.run_pass()
    world.clock.at = SLOT + WEEK
    world.press.words = TOO_LONG
    world.sandbox.forget_requests()
    for _ in range(3):
        world.run_pass()
    assert world.writes() == ["POST /api/v3/post"]

    world.press.words = "Few words."
    world.run_pass()

    assert [post["name"] for post in world.posts()] == ["News 3"]


def test_a_marker_that_somebody_copied_is_nothing(world: World) -> None:
    world.post()
    copied = str(world.posts()[0]["body"])
    copy = world.hand("modlin").create_post(world.community_id, "What I read", body=copied)
    world.hand("modlin").feature(copy)
    for weeks in (1, 2):
        world.clock.at = SLOT + weeks * WEEK
        world.run_pass()

    first, second, third = (int(str(post["id"])) for post in world.posts())
    assert world.pinned() == [copy, third]
    assert [len(world.comments(one)) for one in (first, copy, second)] == [1, 0, 1]


def test_a_thread_is_known_by_its_marker_whatever_its_title(world: World) -> None:
    world.post()
    world.clock.at += timedelta(hours=1)
    world.hand("megabot").put("post", post_id=1, name="Breaking: the kites have landed")
    (world.state / "ledger.db").unlink()
    world.clock.at = SLOT + WEEK

    world.run_pass()

    assert world.pinned() == [2]
    assert "Last: https://lemmy.example/post/1" in str(world.posts()[-1]["body"])


@dataclass
class Unpinning:
    """A forum that cannot be reached when a post is to be unpinned."""

    forum: Forum

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  stands in for any method of the port
        return getattr(self.forum, name)

    def feature(self, post_id: int, *, featured: bool, kind: Feature) -> Post:
        if not featured:
            raise Unreachable("no route")
        return self.forum.feature(post_id, featured=featured, kind=kind)


def test_an_old_thread_is_unpinned_only_beside_a_new_one_that_is_pinned(world: World) -> None:
    """The bot is cut off within a handover, and a moderator unpins the new thread: the old one is left."""
    world.post()
    world.clock.at = SLOT + WEEK
    ports = world.ports()
    run_pass(replace(ports, forum=Unpinning(ports.forum)), authenticated=True)
    assert world.pinned() == [1, 2]
    world.hand("modlin").feature(2, featured=False)

    world.run_pass()

    assert world.pinned() == [1]


@ON_BOTH
def test_handovers_are_right_in_the_eyes_of_the_demos_judge(world: World) -> None:
    world.post()
    for weeks in (1, 2):
        world.clock.at = SLOT + weeks * WEEK
        world.run_pass()
        world.run_pass()

    editions = [f"news/2026-W{week}" for week in (47, 48, 49)]
    assert judge.verdict(world.sandbox.url, community="news", bot="megabot", editions=editions) == []


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", [1, 2])
def test_in_a_year_of_trouble_each_thread_links_one_before(seed: int, silent: None) -> None:
    year = Year(seed)
    events.draw(year)
    year.run()
    quiet_end(year)

    assert without_a_link(year) == []


@pytest.fixture
def silent(caplog: pytest.LogCaptureFixture) -> None:
    """A year of trouble has much to say."""
    caplog.set_level(logging.CRITICAL, logger="megabot")


def without_a_link(year: Year) -> list[str]:
    """The bot's posts that link no older one of their thread, though readers could open one."""
    made = {deed.post.id: (thread, key) for deed, thread, key, _ in created(year)}
    open_: set[int] = set()
    found = []
    for deed in year.server.deeds:
        post = deed.post
        if deed.what is What.CREATE and post.id in made:
            thread, key = made[post.id]
            older = [made[other] for other in open_ if other in made]
            there = any(name == thread and before < key for name, before in older)
            if there and "Last: " not in post.body:
                found.append(f"{thread}/{key} does not link the one before")
        gone = deed.what is What.PURGE or not post.open
        open_ = open_ - {post.id} if gone else open_ | {post.id}
    return found
