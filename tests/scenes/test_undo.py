"""`undo` takes a fresh copy back: the post that it had replaced stands again, and nothing is deleted."""

from collections.abc import Callable

import pytest

from megabot.commands import status
from megabot.commands.model import Command, Verb
from megabot.commands.override_commands import apply_override
from megabot.commands.run_order import OrderResult, carry_out
from megabot.errors import ConfigError
from megabot.i18n.tables import Outcome
from megabot.preview import preview
from megabot.reconcile.actions import BlockReason
from megabot.reconcile.decide import blocked_actions
from megabot.reconcile.orders import Order, OrderKind
from megabot.rendering.model import Rendered, RenderProblem
from megabot.site.entries import gather
from megabot.source.model import Previous
from megabot.source.problems import Problem
from tests.scenario import ON_BOTH
from tests.world import SLOT, WEEK, World

Ledger = Callable[[World], None]


def kept(world: World) -> None:
    """Leave the ledger as it is."""


def lost(world: World) -> None:
    """Delete the ledger; the token stays."""
    (world.state / "ledger.db").unlink()


either = pytest.mark.parametrize("ledger", [kept, lost])


def order(world: World, kind: OrderKind, name: str) -> OrderResult:
    ports = world.ports()
    ports.forum.account()
    return carry_out(ports, Order(kind, name), "news")


@pytest.fixture
def copied(world: World) -> World:
    """The second week's thread, and a fresh copy of it."""
    world.post()
    world.clock.at = SLOT + WEEK
    world.run_pass()
    order(world, OrderKind.REPOST, "comment:1")
    assert world.pinned() == [3]
    return world


@either
@ON_BOTH
def test_the_post_that_was_replaced_is_pinned_again_the_copy_locked(copied: World, ledger: Ledger) -> None:
    ledger(copied)

    answer = order(copied, OrderKind.UNDO, "comment:2")

    assert answer.said == ("news/2026-W48: https://lemmy.example/post/2 (pinned)",)
    assert copied.pinned() == [2]
    assert copied.posts()[2]["locked"]
    assert "continues [here](https://lemmy.example/post/2)" in copied.comments(3)[-1]


@ON_BOTH
def test_what_stands_again_is_open_for_comments_where_the_copy_had_it_locked(world: World) -> None:
    world.change(previous=Previous(lock=True))
    world.post()
    order(world, OrderKind.REPOST, "comment:1")
    locked = world.posts()[0]["locked"]
    world.sandbox.forget_requests()

    order(world, OrderKind.UNDO, "comment:2")

    assert (locked, [post["locked"] for post in world.posts()]) == (True, [False, True])
    assert len([write for write in world.writes() if write.endswith("post/lock")]) == 2


def test_a_lock_that_a_person_sets_after_an_undo_stays(world: World) -> None:
    world.change(previous=Previous(lock=True))
    world.post()
    order(world, OrderKind.REPOST, "comment:1")
    order(world, OrderKind.UNDO, "comment:2")
    world.hand("modlin").lock(1)

    world.run_pass()

    assert world.posts()[0]["locked"]


@either
def test_it_stays_undone(copied: World, ledger: Ledger) -> None:
    order(copied, OrderKind.UNDO, "comment:2")
    ledger(copied)
    copied.sandbox.forget_requests()

    report = copied.run_pass()

    assert copied.writes() == []
    assert report.verified


@either
def test_it_stays_undone_through_weeks_without_another_thread(copied: World, ledger: Ledger) -> None:
    order(copied, OrderKind.UNDO, "comment:2")
    for number in range(51):  # what says so is not on the first page any more
        copied.hand("megabot").comment(2, f"Answer {number}.")
    ledger(copied)
    copied.press.problem = RenderProblem((Problem("thread.md.j2", 7, "preambel is not defined"),))

    for _ in range(5):
        copied.clock.at += WEEK
        copied.run_pass()

    assert copied.pinned() == [2]


@either
def test_the_next_edition_follows_the_post_that_stands_again(copied: World, ledger: Ledger) -> None:
    order(copied, OrderKind.UNDO, "comment:2")
    ledger(copied)
    copied.clock.at = SLOT + 2 * WEEK

    copied.run_pass()

    assert copied.pinned() == [4]
    assert "Last: https://lemmy.example/post/2" in str(copied.posts()[-1]["body"])
    assert [len(copied.comments(number)) for number in (2, 3)] == [2, 1]


def test_a_change_of_the_template_on_the_way_hinders_no_undo(copied: World) -> None:
    copied.press.words = "A better essay."

    answer = order(copied, OrderKind.UNDO, "comment:2")

    assert answer.done
    assert "A better essay." in str(copied.posts()[1]["body"])


def test_after_an_undo_a_new_order_makes_a_new_copy_at_once(copied: World) -> None:
    order(copied, OrderKind.UNDO, "comment:2")

    order(copied, OrderKind.REPOST, "comment:3")

    assert copied.pinned() == [4]


@either
def test_status_and_preview_go_by_the_post_that_stands_again(copied: World, ledger: Ledger) -> None:
    order(copied, OrderKind.UNDO, "comment:2")
    ledger(copied)
    copied.run_pass()

    (found,) = status.read(copied.ports()).threads
    (shown,) = preview.preview(copied.ports(), None, choose=lambda: copied.pages.all).editions

    assert found.url == "https://lemmy.example/post/2"
    assert isinstance(shown.text, Rendered)
    assert "Last: https://lemmy.example/post/2" in shown.text.body


def test_the_same_order_undoes_once(copied: World) -> None:
    order(copied, OrderKind.UNDO, "comment:2")
    copied.clock.at += WEEK / 7
    order(copied, OrderKind.REPOST, "comment:3")

    order(copied, OrderKind.UNDO, "comment:2")

    assert copied.pinned() == [4]


def test_a_thread_that_is_no_copy_is_left_as_it_is(world: World) -> None:
    world.post()

    answer = order(world, OrderKind.UNDO, "comment:1")

    assert answer.outcome is Outcome.NOTHING
    assert world.pinned() == [1]


def test_a_copy_stands_again_when_the_post_it_replaced_is_removed(copied: World) -> None:
    order(copied, OrderKind.UNDO, "comment:2")
    copied.hand("modlin").remove(2)

    report = copied.run_pass()

    assert copied.pinned() == [3]
    assert BlockReason.REMOVED not in {blocked.reason for blocked in blocked_actions(report.left)}


@either
def test_the_site_and_hold_name_the_post_that_stands_again(copied: World, ledger: Ledger) -> None:
    order(copied, OrderKind.UNDO, "comment:2")
    ledger(copied)
    copied.run_pass()
    desk, (thread,) = copied.ports(), copied.pages.all

    newest = gather(desk.ledger)[-1]
    with pytest.raises(ConfigError, match="example/post/2;"):
        apply_override(desk, thread, Command(verb=Verb.HOLD, edition="2026-W48"), by="modlin", ordered=SLOT)

    assert (newest.key, newest.url) == ("2026-W48", "https://lemmy.example/post/2")


def test_the_site_shows_the_post_that_stood_in_a_later_week_too(copied: World) -> None:
    order(copied, OrderKind.UNDO, "comment:2")
    copied.clock.at = SLOT + 2 * WEEK
    copied.run_pass()

    assert [entry.url for entry in gather(copied.ports().ledger)] == [
        f"https://lemmy.example/post/{number}" for number in (1, 2, 4)
    ]


@either
@ON_BOTH
def test_a_second_undo_says_that_it_was_done_and_what_is_current(copied: World, ledger: Ledger) -> None:
    order(copied, OrderKind.UNDO, "comment:2")
    ledger(copied)

    answer = order(copied, OrderKind.UNDO, "comment:3")

    assert answer.outcome is Outcome.NOTHING
    assert answer.said[-1] == (
        "news: the repost https://lemmy.example/post/3 was already undone; https://lemmy.example/post/2 is "
        "the current thread. To post a new copy: megabot repost news"
    )
    assert copied.pinned() == [2]


def test_undo_without_a_repost_names_the_current_thread(world: World) -> None:
    world.post()

    answer = order(world, OrderKind.UNDO, "comment:1")

    assert answer.said[-1:] == (
        "news: the current thread https://lemmy.example/post/1 is not a repost, so there is nothing to undo",
    )


def test_a_copy_whose_original_is_gone_is_not_undone_and_says_why(copied: World) -> None:
    copied.hand("modlin").remove(2)

    answer = order(copied, OrderKind.UNDO, "comment:2")

    assert answer.outcome is Outcome.REFUSED
    assert "the post that it replaced was removed or deleted" in answer.complaints[0]
    assert copied.pinned() == [3]
