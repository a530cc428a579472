"""People's hands, each with the ledger kept and with it lost: what they did wins, nothing is posted twice.

The table of docs/explanation/manual-changes.md; `lost` deletes the ledger between the change and the bot's
next scan.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from megabot.commands import run_order
from megabot.commands.run_order import OrderResult, carry_out
from megabot.errors import ConfigError, NotFound
from megabot.reconcile.actions import BlockReason
from megabot.reconcile.decide import blocked_actions
from megabot.reconcile.orders import Order, OrderKind
from megabot.reconcile.report import Report
from megabot.source.model import Previous
from tests.scenario import ON_BOTH
from tests.world import NEWS, SLOT, WEEK, World

Ledger = Callable[[World], None]


def kept(world: World) -> None:
    """Leave the ledger as it is."""


def lost(world: World) -> None:
    """Delete the ledger and what belongs to it; the token stays."""
    for name in ("ledger.db", "ledger.db-journal"):
        (world.state / name).unlink(missing_ok=True)


either = pytest.mark.parametrize("ledger", [kept, lost])


def reasons(report: Report) -> set[BlockReason]:
    return {blocked.reason for blocked in blocked_actions(report.left)}


def adopt(world: World, post_id: int, **said: object) -> OrderResult:
    """What `megabot adopt URL` does."""
    ports = world.ports()
    url = f"{world.sandbox.url}/post/{post_id}"
    order, name = run_order.adoption_order(ports, url, id_="shell:adopt", **{"thread": None, **said})  # type: ignore[arg-type]
    return carry_out(ports, order, name)


def by_hand(world: World, title: str = "NEWS 3!", *, pinned: bool = True) -> int:
    """A moderator posts the week's thread by hand, and pins it."""
    post = world.hand("modlin").create_post(world.community_id, title)
    if pinned:
        world.hand("modlin").feature(post)
    return post


def live(world: World) -> list[str]:
    """The titles of the bot's posts that readers can open, oldest first."""
    return [str(post["name"]) for post in world.posts() if not (post["removed"] or post["deleted"])]


# -- unpin, pin


@either
def test_an_unpin_stays_until_the_next_edition_takes_the_pin(world: World, ledger: Ledger) -> None:
    world.post()
    world.hand("modlin").feature(1, featured=False)
    ledger(world)
    world.run_pass()
    assert world.pinned() == []

    world.clock.at = SLOT + WEEK
    world.run_pass()

    assert world.pinned() == [2]


@either
def test_an_old_thread_pinned_again_stays_for_this_edition(world: World, ledger: Ledger) -> None:
    world.post()
    world.clock.at = SLOT + WEEK
    world.run_pass()
    world.clock.at += timedelta(hours=1)
    world.hand("modlin").feature(1, featured=True)
    ledger(world)

    world.run_pass()

    assert world.pinned() == [1, 2]


@either
def test_a_pin_of_somebody_elses_post_is_left(world: World, ledger: Ledger) -> None:
    rules = by_hand(world, "Rules of the house")
    world.post()
    ledger(world)
    world.clock.at = SLOT + WEEK

    world.run_pass()

    assert world.pinned() == sorted([rules, int(str(world.posts()[-1]["id"]))])


# -- remove, restore, delete, purge


@either
def test_a_removed_thread_is_not_posted_again(world: World, ledger: Ledger) -> None:
    """A14, H04."""
    world.post()
    world.hand("modlin").remove(1)
    ledger(world)

    report = world.post()

    assert BlockReason.REMOVED in reasons(report)
    assert len(world.posts()) == 1


@either
def test_a_thread_that_is_restored_is_the_editions_post_again(world: World, ledger: Ledger) -> None:
    """H05."""
    world.post()
    world.hand("modlin").remove(1)
    world.run_pass()
    ledger(world)
    world.hand("modlin").remove(1, removed=False)

    report = world.post()

    assert BlockReason.THERE in reasons(report)
    assert len(world.posts()) == 1


@either
def test_a_thread_deleted_with_the_bots_own_account_is_not_posted_again(world: World, ledger: Ledger) -> None:
    """H06."""
    world.post()
    world.clock.at += timedelta(minutes=1)
    world.hand("megabot").post("post/delete", post_id=1, deleted=True)
    ledger(world)
    world.sandbox.forget_requests()
    report = world.post()

    assert BlockReason.REMOVED in reasons(report)
    assert world.writes() == []


@either
def test_the_edition_after_a_deleted_one_links_the_last_that_can_be_opened(
    world: World, ledger: Ledger
) -> None:
    world.post()
    world.clock.at = SLOT + WEEK
    world.run_pass()
    world.hand("megabot").post("post/delete", post_id=2, deleted=True)
    ledger(world)
    world.clock.at = SLOT + 2 * WEEK

    world.run_pass()

    newest = str(world.posts()[-1]["body"])
    assert "/post/1" in newest
    assert "/post/2" not in newest


def test_a_purged_thread_is_not_posted_again(world: World) -> None:
    """H14: with the ledger lost a purge leaves no trace on the server (decision 7)."""
    world.post()
    world.hand("admin").post("admin/purge/post", post_id=1)

    report = world.post()

    assert BlockReason.REMOVED in reasons(report)
    assert world.posts() == []


@either
def test_after_a_removal_a_repost_makes_a_fresh_copy(world: World, ledger: Ledger) -> None:
    world.post()
    world.hand("modlin").remove(1)
    ledger(world)

    world.run_pass(OrderKind.REPOST, order="shell:2")

    assert live(world) == ["News 2"]
    assert world.pinned() == [2]


# -- lock


@either
def test_a_thread_that_a_person_unlocked_is_not_locked_again(world: World, ledger: Ledger) -> None:
    world.change(previous=Previous(lock=True))
    world.post()
    world.clock.at = SLOT + WEEK
    world.run_pass()
    world.hand("modlin").lock(1, locked=False)
    ledger(world)

    world.run_pass()

    assert [post["locked"] for post in world.posts()] == [False, False]


@either
def test_a_locked_standing_thread_is_left_locked(world: World, ledger: Ledger) -> None:
    """H09."""
    world.post()
    world.hand("modlin").lock(1)
    ledger(world)

    report = world.run_pass()

    assert report.verified
    assert world.posts()[0]["locked"]


# -- a thread made by hand


@either
@ON_BOTH
def test_a_thread_made_by_hand_holds_the_post_of_any_week(world: World, ledger: Ledger) -> None:
    world.post()
    world.clock.at = SLOT + WEEK
    by_hand(world)
    ledger(world)

    report = world.run_pass()

    assert BlockReason.HAND_MADE in reasons(report)
    assert live(world) == ["News 2"]


@either
def test_post_anyway_posts_beside_a_thread_made_by_hand(world: World, ledger: Ledger) -> None:
    world.post()
    world.clock.at = SLOT + WEEK
    by_hand(world)
    ledger(world)

    world.post()

    assert live(world) == ["News 2", "News 3"]


def test_on_a_first_run_a_thread_made_by_hand_holds_the_first_post(world: World) -> None:
    world.run_pass()
    world.clock.at = SLOT + WEEK
    by_hand(world)

    report = world.run_pass()

    assert BlockReason.HAND_MADE in reasons(report)


# -- adoption


@either
def test_an_adopted_thread_is_the_edition_of_its_week(world: World, ledger: Ledger) -> None:
    world.post()
    world.clock.at = SLOT + WEEK
    thread = by_hand(world)
    answer = adopt(world, thread)
    ledger(world)

    report = world.run_pass()

    assert answer.done
    assert reasons(report) == {BlockReason.THERE}
    assert live(world) == ["News 2"]
    assert world.pinned() == [thread]


@either
def test_the_edition_after_an_adopted_one_links_it_and_takes_its_pin(world: World, ledger: Ledger) -> None:
    world.post()
    world.clock.at = SLOT + WEEK
    thread = by_hand(world)
    adopt(world, thread)
    ledger(world)
    world.clock.at = SLOT + 2 * WEEK

    world.run_pass()

    newest = world.posts()[-1]
    assert f"/post/{thread}" in str(newest["body"])
    assert world.pinned() == [newest["id"]]
    assert any(str(newest["ap_id"]) in comment for comment in world.comments(thread))


@either
def test_an_adoption_lasts_although_the_comment_that_says_so_was_removed(
    world: World, ledger: Ledger
) -> None:
    """The marker of the edition after it names it too (decision 11)."""
    world.post()
    world.clock.at = SLOT + WEEK
    thread = by_hand(world)
    adopt(world, thread)
    world.clock.at = SLOT + 2 * WEEK
    world.run_pass()
    for comment in world.hand("modlin").get("comment/list", post_id=thread, type_="All")["comments"]:
        world.hand("modlin").post("comment/remove", comment_id=comment["comment"]["id"], removed=True)
    ledger(world)

    world.run_pass()

    records = world.ports().ledger.posts("news")
    assert [(one.post_id, one.edition, one.adopted) for one in records][1] == (thread, "2026-W48", True)


def test_the_adoption_of_a_thread_that_does_not_stand_is_told_too(world: World) -> None:
    thread = by_hand(world, "News of last week", pinned=False)
    world.post()

    answer = adopt(world, thread, as_previous=True)

    assert answer.said[0] == f"news: https://lemmy.example/post/{thread} is now edition 2026-W46"


@either
def test_a_first_run_begins_with_the_thread_that_is_there(world: World, ledger: Ledger) -> None:
    thread = by_hand(world, "News of last week")
    adopt(world, thread, as_previous=True)
    ledger(world)

    world.post()

    newest = world.posts()[-1]
    assert f"/post/{thread}" in str(newest["body"])
    assert world.pinned() == [newest["id"]]


@either
def test_an_adopted_thread_is_pinned_if_nobody_did(world: World, ledger: Ledger) -> None:
    thread = by_hand(world, pinned=False)
    adopt(world, thread)
    ledger(world)

    world.run_pass()

    assert world.pinned() == [thread]


@either
def test_a_thread_is_adopted_once(world: World, ledger: Ledger) -> None:
    thread = by_hand(world)
    adopt(world, thread)
    ledger(world)

    answer = adopt(world, thread)

    assert answer.done
    assert len(world.comments(thread)) == 1


def test_an_adopted_thread_is_never_edited(world: World) -> None:
    thread = by_hand(world)
    adopt(world, thread)

    report = world.run_pass(OrderKind.REFRESH)

    assert BlockReason.ADOPTED in reasons(report)


def test_an_edition_that_has_its_post_takes_no_other(world: World) -> None:
    world.post()
    thread = by_hand(world)

    answer = adopt(world, thread)

    assert not answer.done
    assert "2026-W47 already has a post" in answer.complaints[0]
    assert world.comments(thread) == []


def test_a_thread_is_adopted_as_the_edition_that_is_named(world: World) -> None:
    world.post()
    thread = by_hand(world)

    answer = adopt(world, thread, key="news/2026-W46")

    assert answer.done
    assert any("news/2026-W46:adopted" in comment for comment in world.comments(thread))


def test_an_edition_that_the_schedule_lacks_is_refused_with_an_example(world: World) -> None:
    thread = by_hand(world)

    with pytest.raises(ConfigError, match="write it like 2026-W47"):
        adopt(world, thread, key="2026-11")


def test_a_thread_elsewhere_cannot_be_adopted(world: World) -> None:
    elsewhere = world.sandbox.add_community("books", "Books", moderators=["modlin"])
    thread = world.hand("modlin").create_post(elsewhere.id, "News 3")

    with pytest.raises(ConfigError, match="is not in the community of"):
        adopt(world, thread)


def test_an_address_of_nothing_is_said_to_be_one(world: World) -> None:
    with pytest.raises(NotFound):
        adopt(world, 77)


def test_with_two_threads_in_a_community_the_one_that_is_meant_is_named(world: World) -> None:
    world.pages.all = (NEWS, replace(NEWS, name="film", path="film.md.j2"))
    thread = by_hand(world)

    with pytest.raises(ConfigError, match="any of news, film; choose one with --thread"):
        adopt(world, thread)

    assert adopt(world, thread, thread="film").done
    assert any("film/2026-W47:adopted" in comment for comment in world.comments(thread))


# -- first run, empty ledger


@either
def test_a_first_run_waits_for_the_next_slot(world: World, ledger: Ledger) -> None:
    world.run_pass()
    ledger(world)

    report = world.run_pass()

    assert reasons(report) == {BlockReason.FIRST_RUN}
    assert world.posts() == []


@either
def test_a_slot_missed_is_caught_up_with(world: World, ledger: Ledger) -> None:
    world.post()
    ledger(world)
    world.clock.at = SLOT + WEEK + timedelta(days=1)

    world.run_pass()

    assert live(world) == ["News 2", "News 3"]


def test_a_ledger_that_was_lost_knows_the_posts_again_after_a_pass(world: World) -> None:
    world.post()
    world.clock.at = SLOT + WEEK
    world.run_pass()
    before = world.ports().ledger.posts("news")
    lost(world)

    world.run_pass()

    rebuilt = world.ports().ledger.posts("news")
    assert [(one.post_id, one.edition, one.slot, one.url) for one in rebuilt] == [
        (record.post_id, record.edition, record.slot, record.url) for record in before
    ]


# -- a renamed thread, another community


@either
def test_a_thread_under_another_name_is_another_series(world: World, ledger: Ledger) -> None:
    world.post()
    ledger(world)
    world.change(name="weekly")
    world.run_pass()
    world.clock.at = SLOT + WEEK

    world.run_pass()

    assert "The first." in str(world.posts()[-1]["body"])
    assert world.pinned() == [1, 2]


@either
def test_another_community_holds_the_post_until_somebody_agrees(world: World, ledger: Ledger) -> None:
    """G01."""
    world.post()
    world.sandbox.add_community("newsroom", "Newsroom", moderators=["modlin", "megabot"])
    world.change(community="newsroom")
    ledger(world)
    world.clock.at = SLOT + WEEK

    report = world.run_pass()

    assert BlockReason.STRAYED in reasons(report)
    assert len(world.posts()) == 1


@either
def test_once_agreed_the_next_edition_is_posted_in_the_new_community(world: World, ledger: Ledger) -> None:
    world.post()
    newsroom = world.sandbox.add_community("newsroom", "Newsroom", moderators=["modlin", "megabot"])
    world.change(community="newsroom")
    ledger(world)
    carry_out(world.ports(), Order(OrderKind.POST, "shell:1"), None, move=True)
    world.clock.at = SLOT + WEEK

    world.run_pass()

    first, second = world.posts()
    assert (first["community_id"], second["community_id"]) == (world.community_id, newsroom.id)
    assert world.pinned() == []
    assert second["featured_community"]
    assert str(first["ap_id"]) in str(second["body"])


@either
def test_the_current_edition_is_not_posted_a_second_time_by_a_move(world: World, ledger: Ledger) -> None:
    world.post()
    world.sandbox.add_community("newsroom", "Newsroom", moderators=["modlin", "megabot"])
    world.change(community="newsroom")
    ledger(world)

    answer = carry_out(world.ports(), Order(OrderKind.POST, "shell:1"), None, move=True)

    assert answer.done
    assert len(world.posts()) == 1


@either
def test_a_removed_thread_is_not_posted_again_in_another_community(world: World, ledger: Ledger) -> None:
    world.post()
    world.clock.at = SLOT + WEEK
    world.run_pass()
    world.hand("modlin").remove(2)
    world.sandbox.add_community("newsroom", "Newsroom", moderators=["modlin", "megabot"])
    world.change(community="newsroom")
    ledger(world)

    answer = carry_out(world.ports(), Order(OrderKind.POST, "shell:1"), None, move=True)

    assert "removed or deleted" in answer.complaints[0]
    assert len(world.posts()) == 2


def test_a_ledger_lost_while_the_account_hides_its_posts_is_no_first_run(world: World) -> None:
    world.post()
    world.clock.at += timedelta(minutes=1)
    world.hand("megabot").save_settings(show_bot_accounts=False)
    lost(world)
    world.run_pass()
    world.hand("megabot").save_settings(show_bot_accounts=True)
    world.clock.at = SLOT + WEEK

    world.run_pass()

    assert live(world) == ["News 2", "News 3"]


@either
def test_a_pinned_thread_of_long_ago_that_is_restored_is_unpinned_by_the_next_handover(
    world: World, ledger: Ledger
) -> None:
    world.post()
    world.hand("modlin").remove(1)
    for weeks in (1, 2, 3, 4, 5):
        world.clock.at = SLOT + weeks * WEEK
        world.run_pass()
    world.hand("modlin").remove(1, removed=False)
    ledger(world)
    world.clock.at = SLOT + 6 * WEEK

    world.run_pass()

    assert world.pinned() == [world.posts()[-1]["id"]]


@either
def test_the_pin_goes_back_and_forth_with_a_removal_that_is_taken_back(world: World, ledger: Ledger) -> None:
    """While the newest thread is removed the one before is pinned, by the bot: no person's pin."""
    world.post()
    world.clock.at = SLOT + WEEK
    world.run_pass()
    world.hand("modlin").remove(2)
    world.run_pass()
    assert world.pinned() == [1]
    ledger(world)
    world.hand("modlin").remove(2, removed=False)

    world.run_pass()

    assert world.pinned() == [2]


def test_a_thread_adopted_days_before_its_slot_stops_nothing(world: World) -> None:
    """Its edition's slot lies ahead, which is no proof that this machine's clock is behind."""
    world.post()
    world.clock.at = SLOT + WEEK - timedelta(days=2)
    post = by_hand(world)

    assert adopt(world, post, key="2026-W48").done
    world.clock.at = SLOT + 2 * WEEK
    world.run_pass()

    assert world.pinned() == [post + 1]
