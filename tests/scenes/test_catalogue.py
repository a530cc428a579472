"""Cases of docs/faults.md that nothing else shows."""

import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from megabot.check import account, findings
from megabot.errors import Unreachable
from megabot.forum.models import Feature, Post, PostDraft
from megabot.forum.port import Forum
from megabot.ledger.records import IntentKind, NewIntent, PostRecord
from megabot.reconcile.actions import BlockReason
from megabot.reconcile.decide import blocked_actions
from megabot.reconcile.loop import run_pass
from megabot.reconcile.report import Report
from tests.world import NEWS, SLOT, WEEK, World


def reasons(report: Report) -> set[BlockReason]:
    return {blocked.reason for blocked in blocked_actions(report.left)}


def test_a_post_that_cannot_be_looked_for_is_held_and_said_to_be_unknown_since_when(world: World) -> None:
    """N08: nobody knows whether it was made, and for three hours no look can tell."""
    world.post()
    world.clock.at = SLOT + WEEK
    draft = PostDraft(title="News 3", body="An essay.")
    new = NewIntent(kind=IntentKind.PUBLISH, thread="news", edition="2026-W48", at=SLOT + WEEK, draft=draft)
    world.ports().ledger.begin_intent(new)
    world.clock.at += timedelta(hours=3)
    world.hand("megabot").save_settings(show_bot_accounts=False)
    world.sandbox.forget_requests()

    report = world.run_pass()

    assert world.writes() == []
    (blocked,) = (
        blocked for blocked in blocked_actions(report.left) if blocked.reason is BlockReason.UNKNOWN_FOR_LONG
    )
    assert blocked.since == SLOT + WEEK


@dataclass
class NeverUnpins:
    """A forum that takes every write but that one."""

    forum: Forum

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  stands in for any method of the port
        return getattr(self.forum, name)

    def feature(self, post_id: int, *, featured: bool, kind: Feature) -> Post:
        if not featured:
            raise Unreachable("no route")
        return self.forum.feature(post_id, featured=featured, kind=kind)


def test_where_the_old_thread_can_never_be_unpinned_both_stay_pinned_and_nothing_is_posted_again(
    world: World,
) -> None:
    """N14."""
    world.post()
    world.clock.at = SLOT + WEEK
    ports = world.ports()
    ports.forum.account()
    for _ in range(5):
        reports = run_pass(replace(ports, forum=NeverUnpins(ports.forum)), authenticated=True)
        assert reports[0].failure is not None
        world.clock.at += timedelta(hours=1)

    assert world.pinned() == [1, 2]
    world.run_pass()
    assert world.pinned() == [2]


def test_a_language_that_the_community_does_not_take_is_found_before_the_slot(world: World) -> None:
    """A09."""
    ports = world.ports()
    community = replace(ports.forum.community("news"), languages=(0,))

    (finding,) = account.check_language(replace(NEWS, language="en"), community, ports.forum.site())

    assert finding.level is findings.Level.PROBLEM
    assert "en" in finding.sentence


def test_a_title_with_a_word_that_is_refused_is_held_until_the_text_changes(world: World) -> None:
    """A11: in the title it is refused."""
    world.post()
    world.hand("admin").put("site", slur_filter_regex="news")
    world.clock.at = SLOT + WEEK
    world.run_pass()

    report = world.run_pass()

    assert len(world.posts()) == 1
    assert BlockReason.REFUSED_BEFORE in reasons(report)


def test_a_word_that_the_server_took_out_of_the_body_is_named_by_its_line(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """A11: in the body it is replaced, and the post is there."""
    world.hand("admin").put("site", slur_filter_regex="badword")
    world.press.words = "An essay.\nWith a badword in it."

    report = world.post()

    assert report.verified
    assert "replaced words with *removed* in https://lemmy.example/post/1, line 2" in caplog.text


def test_an_address_that_the_server_blocks_is_told_to_the_moderators(world: World) -> None:
    """A12."""
    world.hand("admin").put("site", blocked_urls=["spam.example"])
    world.press.words = "See https://spam.example/offer"
    service = world.service()
    service.tick()
    world.clock.at = SLOT + WEEK
    service.tick()
    world.clock.at += timedelta(minutes=2)

    service.tick()

    assert world.posts() == []
    (letter,) = world.hand("modlin").messages()
    assert "an address that the server blocks" in str(letter["private_message"]["content"])


def test_a_post_of_somebody_else_under_a_recorded_number_is_never_touched(world: World) -> None:
    """A23: a server that was restored from a backup gives numbers out a second time."""
    foreign = world.hand("modlin").create_post(world.community_id, "Rules of the house")
    world.hand("modlin").feature(foreign)
    ledger = world.ports().ledger
    ledger.record_post(
        PostRecord(
            post_id=foreign,
            thread="news",
            edition="2026-W46",
            number=1,
            slot=SLOT - WEEK,
            community_id=world.community_id,
            url="https://lemmy.example/post/77",
            title="News 1",
        )
    )

    world.post()

    assert world.pinned() == [foreign, 2]
    assert world.comments(foreign) == []
    assert "The first." in str(world.posts()[0]["body"])


def test_a_thread_wiped_after_its_deletion_is_not_posted_again_and_not_linked(world: World) -> None:
    """A25: thirty days after a deletion title and body are gone, the number stays."""
    world.post()
    world.clock.at += timedelta(hours=1)
    world.hand("megabot").delete(1)
    post = world.sandbox.world.posts[1]
    post.name, post.body = "*Permanently Deleted*", "*Permanently Deleted*"

    report = world.run_pass()
    assert BlockReason.REMOVED in reasons(report)
    world.clock.at = SLOT + WEEK
    world.run_pass()

    (post_of_week_48,) = world.posts()
    assert post_of_week_48["id"] == 2
    assert "The first." in str(post_of_week_48["body"])


def test_a_community_that_was_removed_stops_its_thread_with_a_clear_line(world: World) -> None:
    """H11."""
    world.post()
    world.clock.at = SLOT + WEEK
    world.hand("admin").post("community/remove", community_id=world.community_id, removed=True)

    report = world.run_pass()

    assert len(world.posts()) == 1
    assert report.failure is not None or BlockReason.REFUSED_BEFORE in reasons(report)


def test_a_bot_that_was_banned_is_told_of_once_and_tries_no_more(world: World) -> None:
    """H13."""
    world.post()
    service = world.service()
    service.tick()
    world.hand("modlin").ban(world.community_id, world.sandbox.person("megabot").id)
    world.clock.at = SLOT + WEEK
    service.tick()
    world.sandbox.forget_requests()

    for _ in range(5):
        world.clock.at += timedelta(hours=1)
        service.tick()

    assert [path for path in world.writes() if path.endswith("/post")] == []
    assert len(world.hand("modlin").messages()) == 1


@contextmanager
def no_zones_of_the_systems_own() -> Iterator[None]:
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(to=())
    zoneinfo.ZoneInfo.clear_cache()
    try:
        yield
    finally:
        zoneinfo.reset_tzpath(to=before)
        zoneinfo.ZoneInfo.clear_cache()


def test_a_system_without_time_zones_has_those_that_come_along() -> None:
    """K08."""
    with no_zones_of_the_systems_own():
        assert zoneinfo.ZoneInfo("Europe/London").key == "Europe/London"
