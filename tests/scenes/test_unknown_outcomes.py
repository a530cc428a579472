"""A write whose outcome is not known is looked for, never sent again blindly (promises 1 and 5)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest

from megabot.commands.run_order import carry_out
from megabot.errors import OutcomeUnknown, Stopping
from megabot.forum.models import Comment, OwnContent, Post, PostDraft
from megabot.forum.port import Forum
from megabot.ledger.records import IntentState
from megabot.ports import Ports
from megabot.reconcile.actions import BlockReason, Pin
from megabot.reconcile.decide import blocked_actions, writes
from megabot.reconcile.loop import run_pass
from megabot.reconcile.orders import Order, OrderKind
from megabot.reconcile.report import Report
from megabot.service.service import Service
from megabot.source.model import Previous, Refresh
from tests.world import SLOT, WEEK, World

Answer = TypeVar("Answer")
POST = {"news": Order(OrderKind.POST, "shell:1")}


@dataclass
class Lossy:
    """A forum that loses answers: of the named calls, after they were carried out or before they arrive."""

    forum: Forum
    loses: str
    arrives: bool

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  stands in for any method of the port
        return getattr(self.forum, name)

    def create_post(self, community_id: int, draft: PostDraft, *, key: str = "") -> Post:
        return self._maybe("create_post", lambda: self.forum.create_post(community_id, draft, key=key))

    def comment(self, post_id: int, content: str, **how: Any) -> Comment:  # noqa: ANN401
        return self._maybe("comment", lambda: self.forum.comment(post_id, content, **how))

    def feature(self, post_id: int, **how: Any) -> Post:  # noqa: ANN401
        return self._maybe("feature", lambda: self.forum.feature(post_id, **how))

    def lock(self, post_id: int, *, locked: bool, reason: str = "") -> Post:
        return self._maybe("lock", lambda: self.forum.lock(post_id, locked=locked, reason=reason))

    def edit_post(self, post_id: int, draft: PostDraft) -> Post:
        return self._maybe("edit_post", lambda: self.forum.edit_post(post_id, draft))

    def _maybe(self, name: str, send: Callable[[], Answer]) -> Answer:
        if name != self.loses:
            return send()
        self.loses = ""
        if self.arrives:
            send()
        raise OutcomeUnknown("the answer was lost")


class Stopped(Lossy):
    """The process is told to stop after a write has left."""

    def _maybe(self, name: str, send: Callable[[], Answer]) -> Answer:
        answer = send()
        if name == self.loses:
            raise Stopping
        return answer


class Brief(Lossy):
    """As on a busy account: its listing reaches no further back than it was asked to."""

    def own_content(self, *, since: datetime | None) -> OwnContent:
        content = self.forum.own_content(since=since)
        return replace(
            content, posts=tuple(one for one in content.posts if since is None or one.published >= since)
        )


def lossy(world: World, *, loses: str, arrives: bool) -> Ports:
    ports = world.ports()
    ports.forum.account()
    return replace(ports, forum=Lossy(ports.forum, loses, arrives))


def run_to_the_slot_after(world: World, *, loses: str, arrives: bool) -> Report:
    world.post()
    world.clock.at = SLOT + WEEK
    return run_pass(lossy(world, loses=loses, arrives=arrives), authenticated=True)[0]


def test_a_plan_takes_what_a_look_shows_for_done_and_writes_nothing_down(world: World) -> None:
    ports = world.ports()
    with pytest.raises(Stopping):
        run_pass(replace(ports, forum=Stopped(ports.forum, "create_post", arrives=True)), orders=POST)

    report = run_pass(world.ports(), authenticated=True, dry=True)[0]

    assert [type(action) for action in writes(report.left)] == [Pin]
    assert {blocked.reason for blocked in blocked_actions(report.left)} == {BlockReason.THERE}
    assert [intent.state for intent in ports.ledger.intents("news")] == [IntentState.SENDING]


@pytest.mark.parametrize("call", ["create_post", "comment", "feature"])
def test_a_lost_answer_to_a_write_that_was_done_changes_nothing(world: World, call: str) -> None:
    """N13."""
    report = run_to_the_slot_after(world, loses=call, arrives=True)

    assert report.verified
    assert len(world.posts()) == 2
    assert world.pinned() == [2]
    assert len(world.comments(1)) == 1


def test_a_lost_pin_that_was_never_done_is_done_by_the_same_pass(world: World) -> None:
    run_to_the_slot_after(world, loses="feature", arrives=False)

    assert world.pinned() == [2]


def test_a_post_that_was_never_made_is_held_and_made_once_after_ten_minutes(world: World) -> None:
    """N03, N06."""
    report = run_to_the_slot_after(world, loses="create_post", arrives=False)
    assert {blocked.reason for blocked in blocked_actions(report.left)} == {BlockReason.OUTCOME_UNKNOWN}
    world.clock.at += timedelta(minutes=9)
    world.run_pass()
    assert len(world.posts()) == 1

    world.clock.at += timedelta(minutes=2)
    world.run_pass()

    assert world.pinned() == [2]
    assert len(world.posts()) == 2


def test_what_is_sent_again_is_what_was_decided_not_what_the_template_says_now(world: World) -> None:
    """T11."""
    world.change(refresh=Refresh.NEVER)  # else it would follow at once
    run_to_the_slot_after(world, loses="create_post", arrives=False)
    world.press.words = "A template changed meanwhile."
    world.clock.at += timedelta(minutes=11)

    world.run_pass()

    assert len(world.posts()) == 2
    assert "An essay." in str(world.posts()[-1]["body"])


def test_a_process_killed_right_after_its_intent_was_written_posts_once(world: World) -> None:
    run_to_the_slot_after(world, loses="create_post", arrives=True)
    ledger = world.ports().ledger
    intent = ledger.intents("news")[-1]
    assert intent.state is IntentState.DONE
    publish = next(one for one in ledger.intents("news") if one.new.edition == "2026-W48")
    ledger.resolve_intent(publish.id, IntentState.SENDING, at=world.clock.now())

    report = world.run_pass()

    assert report.verified
    assert len(world.posts()) == 2


def test_post_looks_back_for_a_minute_and_names_the_time_to_run_it_again(world: World) -> None:
    ports = lossy(world, loses="create_post", arrives=False)
    began = world.clock.at

    answer = carry_out(ports, Order(OrderKind.POST, "shell:1"), None)

    assert not answer.done
    assert "run this command again after Mon 16 Nov 12:1" in answer.complaints[0]
    assert world.clock.at - began <= timedelta(seconds=70)


def test_a_lost_comment_that_was_never_made_is_made_once_later(world: World) -> None:
    run_to_the_slot_after(world, loses="comment", arrives=False)
    assert world.comments(1) == []
    for _ in range(3):
        world.clock.at += timedelta(minutes=11)
        world.run_pass()

    assert len(world.comments(1)) == 1


def test_an_edit_whose_answer_was_lost_is_not_taken_for_a_persons(world: World) -> None:
    world.post()
    world.press.words = "A better essay."
    ports = lossy(world, loses="edit_post", arrives=True)
    order = {"news": Order(OrderKind.REFRESH, "shell:1")}
    run_pass(ports, orders=order, authenticated=True)
    world.press.words = "The best essay."

    world.run_pass(OrderKind.REFRESH, order="shell:2")

    assert "The best essay." in str(world.posts()[0]["body"])


def test_a_lost_edit_that_was_never_done_is_done_by_the_same_pass(world: World) -> None:
    world.post()
    world.press.words = "A better essay."
    ports = lossy(world, loses="edit_post", arrives=False)

    run_pass(ports, orders={"news": Order(OrderKind.REFRESH, "shell:1")}, authenticated=True)

    assert "A better essay." in str(world.posts()[0]["body"])


def test_a_lost_lock_is_seen_by_the_next_look(world: World) -> None:
    world.change(previous=Previous(lock=True))
    report = run_to_the_slot_after(world, loses="lock", arrives=True)

    assert report.verified
    assert [post["locked"] for post in world.posts()] == [True, False]
    assert world.pinned() == [2]


def test_a_clock_that_is_a_year_ahead_does_not_prolong_the_hold(world: World) -> None:
    """K03: what is written down under it would count for a year."""
    run_to_the_slot_after(world, loses="create_post", arrives=False)
    ledger = world.ports().ledger
    ledger.resolve_intent(ledger.intents("news")[-1].id, IntentState.SENDING, at=world.clock.now())
    world.clock.ahead = 52 * WEEK
    world.run_pass()
    world.clock.ahead = timedelta(0)
    world.run_pass()
    world.clock.at += timedelta(minutes=11)

    world.run_pass()

    assert world.pinned() == [2]


@pytest.mark.parametrize("weeks", [2, 5])
def test_a_thread_of_weeks_ago_is_told_by_a_handover_that_was_cut_short(world: World, weeks: int) -> None:
    """Older than the listing reaches, perhaps than the newest posts of the ledger, for all were removed."""
    world.post()
    for week in range(1, weeks):
        world.clock.at = SLOT + week * WEEK
        world.run_pass()
        world.hand("modlin").remove(week + 1)
        world.run_pass()
    world.clock.at = SLOT + weeks * WEEK
    ports = world.ports()
    ports.forum.account()

    run_pass(replace(ports, forum=Brief(ports.forum, "feature", arrives=False)), authenticated=True)

    assert world.pinned() == [weeks + 1]
    assert len(world.comments(1)) == weeks


def test_a_link_that_did_not_arrive_is_sent_again_when_the_wait_is_over(world: World) -> None:
    world.change(previous=Previous(comment="The new thread is [here]({{ edition.url }})."))
    world.post()
    world.clock.at = SLOT + WEEK
    ports = world.ports()
    lossy = Lossy(ports.forum, "comment", arrives=False)
    service = Service(replace(ports, forum=lossy), tick=timedelta(seconds=30), notify=lambda _: None)
    service.tick()
    assert (lossy.loses, world.comments(1)) == ("", [])

    world.clock.at += timedelta(minutes=10)
    service.tick()

    assert len(world.comments(1)) == 1
