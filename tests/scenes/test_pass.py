"""The pass as scenes: what stands in the community in the end."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from lemmy_sandbox.rules.accounts import make_settings
from megabot.reconcile import describe
from megabot.reconcile.actions import BlockReason, Publish
from megabot.reconcile.decide import BUILT, blocked_actions, writes
from megabot.reconcile.loop import run_pass
from megabot.reconcile.orders import OrderKind
from megabot.reconcile.report import Report
from megabot.rendering.model import RenderProblem
from megabot.schedule.calendar import Every
from megabot.source.model import Pin, Previous
from megabot.source.problems import Problem
from tests.scenario import ON_BOTH
from tests.world import NEWS, SLOT, WEEK, WEEKLY, World


def reasons(report: Report) -> set[BlockReason]:
    return {blocked.reason for blocked in blocked_actions(report.left)}


@ON_BOTH
def test_a_handover_leaves_one_post_pinned_that_links_the_one_before(world: World) -> None:
    world.post()
    world.clock.at = SLOT + WEEK

    world.run_pass()

    first, second = world.posts()
    assert world.pinned() == [second["id"]]
    assert str(first["ap_id"]) in str(second["body"])
    assert any(str(second["ap_id"]) in comment for comment in world.comments(1))


def test_a_handover_takes_eight_requests_beside_the_tick(world: World) -> None:
    world.post()
    service = world.service()
    service.tick()
    world.clock.at = SLOT + WEEK
    world.sandbox.forget_requests()

    service.tick()

    paths = [request.path for request in world.sandbox.requests]
    assert paths[0].endswith("/unread_count")
    assert len(paths) == 1 + 8


def test_an_idle_tick_is_one_request(world: World) -> None:
    world.post()
    service = world.service()
    service.tick()
    world.clock.at += timedelta(seconds=30)
    world.sandbox.forget_requests()

    service.tick()

    assert [request.path for request in world.sandbox.requests] == ["/api/v3/user/unread_count"]


def test_a_pass_with_nothing_to_do_writes_nothing(world: World) -> None:
    world.post()
    world.sandbox.forget_requests()

    report = world.run_pass()

    assert report.verified
    assert world.writes() == []


def test_a_first_run_posts_nothing_by_surprise(world: World) -> None:
    report = world.run_pass()

    assert reasons(report) == {BlockReason.FIRST_RUN}
    assert world.posts() == []


def test_after_a_first_run_the_next_slot_is_posted_by_itself(world: World) -> None:
    world.run_pass()
    world.clock.at = SLOT + WEEK

    world.run_pass()

    assert len(world.posts()) == 1


def test_post_posts_the_current_edition_even_on_a_first_run(world: World) -> None:
    report = world.post()

    assert report.verified
    assert world.pinned() == [1]


def test_post_a_second_time_makes_no_second_post(world: World) -> None:
    world.post()

    report = world.post()

    assert reasons(report) == {BlockReason.THERE}
    assert len(world.posts()) == 1


def test_several_missed_editions_collapse_into_the_current_one(world: World) -> None:
    world.post()
    world.clock.at = SLOT + 3 * WEEK + timedelta(days=1)

    world.run_pass()

    assert [post["name"] for post in world.posts()] == ["News 2", "News 5"]


def test_past_its_grace_an_edition_waits_for_a_person(world: World) -> None:
    world.post()
    world.clock.at = SLOT + WEEK + timedelta(days=4)

    report = world.run_pass()

    assert BlockReason.PAST_GRACE in reasons(report)
    assert len(world.posts()) == 1


def test_past_its_grace_an_edition_is_posted_on_a_persons_word(world: World) -> None:
    world.post()
    world.clock.at = SLOT + WEEK + timedelta(days=3, hours=1)

    world.post()

    assert len(world.posts()) == 2


def test_the_next_slot_is_posted_by_itself_with_the_ledger_lost(world: World) -> None:
    world.post()
    (world.state / "ledger.db").unlink()
    world.clock.at = SLOT + WEEK

    world.run_pass()

    assert world.pinned() == [2]
    assert len(world.posts()) == 2


def test_a_lost_ledger_makes_no_second_post_of_an_edition(world: World) -> None:
    world.post()
    (world.state / "ledger.db").unlink()

    world.post()

    assert len(world.posts()) == 1


def test_a_moderators_unpin_stays_until_the_next_edition(world: World) -> None:
    """H01."""
    world.post()
    world.hand("modlin").feature(1, featured=False)
    world.clock.at += timedelta(hours=2)

    report = world.run_pass()

    assert reasons(report) >= {BlockReason.UNPINNED_BY_HAND}
    assert world.pinned() == []


def test_after_a_moderators_unpin_the_next_edition_is_pinned(world: World) -> None:
    world.post()
    world.hand("modlin").feature(1, featured=False)
    world.clock.at = SLOT + WEEK

    world.run_pass()

    assert world.pinned() == [2]


@ON_BOTH
def test_a_moderators_unpin_stays_with_the_ledger_lost(world: World) -> None:
    world.post()
    world.hand("modlin").feature(1, featured=False)
    (world.state / "ledger.db").unlink()

    world.run_pass()

    assert world.pinned() == []


@ON_BOTH
def test_an_old_thread_that_a_moderator_pins_again_stays_pinned_for_this_edition(world: World) -> None:
    """H03."""
    world.post()
    world.clock.at = SLOT + WEEK
    world.run_pass()
    world.clock.at += timedelta(hours=1)
    world.hand("modlin").feature(1, featured=True)

    world.run_pass()

    assert world.pinned() == [1, 2]


def test_an_old_thread_pinned_again_is_unpinned_by_the_next_handover(world: World) -> None:
    world.post()
    world.clock.at = SLOT + WEEK
    world.run_pass()
    world.hand("modlin").feature(1, featured=True)
    world.clock.at = SLOT + 2 * WEEK

    world.run_pass()

    assert world.pinned() == [3]


def test_a_foreign_pinned_post_is_never_touched(world: World) -> None:
    """H02."""
    rules = world.hand("modlin").create_post(world.community_id, "Rules of the house")
    world.hand("modlin").feature(rules)
    world.post()
    world.clock.at = SLOT + WEEK

    world.run_pass()

    assert world.pinned() == sorted([rules, int(str(world.posts()[-1]["id"]))])


@ON_BOTH
def test_a_removed_thread_is_not_posted_again(world: World) -> None:
    world.post()
    world.hand("modlin").remove(1)
    world.clock.at += timedelta(hours=2)

    report = world.run_pass()

    assert BlockReason.REMOVED in reasons(report)
    assert len(world.posts()) == 1


@ON_BOTH
def test_a_removed_thread_is_not_posted_again_with_the_ledger_lost(world: World) -> None:
    world.post()
    world.hand("modlin").remove(1)
    (world.state / "ledger.db").unlink()

    report = world.post()

    assert BlockReason.REMOVED in reasons(report)


@ON_BOTH
def test_the_next_edition_links_the_last_one_that_readers_can_open(world: World) -> None:
    """H07."""
    world.post()
    world.clock.at = SLOT + WEEK
    world.run_pass()
    world.hand("modlin").remove(2)
    world.clock.at = SLOT + 2 * WEEK

    world.run_pass()

    newest = world.posts()[-1]
    assert "/post/1" in str(newest["body"])
    assert "/post/2" not in str(newest["body"])


@ON_BOTH
def test_a_repost_makes_a_copy_and_the_copy_takes_the_pin(world: World) -> None:
    world.post()

    world.run_pass(OrderKind.REPOST, order="shell:1")

    assert world.pinned() == [2]
    assert "news/2026-W47#2" in str(world.posts()[-1]["body"])
    assert any("/post/2" in comment for comment in world.comments(1))


@ON_BOTH
def test_the_same_repost_command_never_makes_two_copies(world: World) -> None:
    world.post()
    world.run_pass(OrderKind.REPOST, order="shell:1")
    world.clock.at += timedelta(days=1)

    world.run_pass(OrderKind.REPOST, order="shell:1")

    assert len(world.posts()) == 2


def test_two_reposts_within_ten_minutes_are_one(world: World) -> None:
    world.post()
    world.run_pass(OrderKind.REPOST, order="shell:1")

    world.run_pass(OrderKind.REPOST, order="shell:2")

    assert len(world.posts()) == 2


@ON_BOTH
def test_a_refresh_edits_the_body_and_leaves_the_title(world: World) -> None:
    world.post()
    world.press.words = "A better essay."

    world.run_pass(OrderKind.REFRESH)

    post = world.posts()[0]
    assert "A better essay." in str(post["body"])
    assert post["name"] == "News 2"


def test_a_refresh_of_an_unchanged_source_edits_nothing(world: World) -> None:
    world.post()
    world.sandbox.forget_requests()

    report = world.run_pass(OrderKind.REFRESH)

    assert BlockReason.UNCHANGED in reasons(report)
    assert world.writes() == []


def test_a_refresh_never_overwrites_what_a_person_edited_by_hand(world: World) -> None:
    """H10."""
    world.post()
    world.clock.at += timedelta(minutes=1)
    body = str(world.posts()[0]["body"])
    world.hand("megabot").edit_post(1, body=body.replace("An essay.", "Edited by hand."))
    world.press.words = "A better essay."

    report = world.run_pass(OrderKind.REFRESH)

    assert BlockReason.EDITED_BY_HAND in reasons(report)
    assert "Edited by hand." in str(world.posts()[0]["body"])


def test_a_broken_template_leaves_everything_as_it_is(world: World) -> None:
    world.post()
    world.press.problem = RenderProblem((Problem("thread.md.j2", 7, "preambel is undefined"),))
    world.clock.at = SLOT + WEEK

    report = world.run_pass()

    assert BlockReason.TEXT_BROKEN in reasons(report)
    assert world.pinned() == [1]


def test_a_moderators_own_thread_of_the_week_holds_the_post(world: World) -> None:
    """H08."""
    world.post()
    world.clock.at = SLOT + WEEK
    by_hand = world.hand("modlin").create_post(world.community_id, "NEWS 3!")
    world.hand("modlin").feature(by_hand)

    report = world.run_pass()

    assert BlockReason.HAND_MADE in reasons(report)
    assert len(world.posts()) == 1


@ON_BOTH
def test_a_bot_that_is_no_moderator_posts_and_leaves_the_old_thread_pinned(world: World) -> None:
    """A18, H12."""
    world.post()
    world.hand("modlin").post("community/mod", community_id=world.community_id, person_id=5, added=False)
    world.clock.at = SLOT + WEEK

    report = world.run_pass()

    assert BlockReason.NOT_MODERATOR in reasons(report)
    assert (len(world.posts()), world.pinned()) == (2, [1])


def test_with_pin_none_no_pin_is_touched(world: World) -> None:
    world.change(pin=Pin.NONE)
    world.post()
    world.hand("modlin").feature(1)
    world.clock.at = SLOT + WEEK

    world.run_pass()

    assert world.pinned() == [1]


@ON_BOTH
def test_the_old_thread_is_locked_where_the_front_matter_says_so(world: World) -> None:
    world.change(previous=Previous(lock=True, comment="The new thread is [here]({{ edition.url }})."))
    world.post()
    world.clock.at = SLOT + WEEK

    world.run_pass()

    assert [post["locked"] for post in world.posts()] == [True, False]


def test_a_clock_that_is_a_year_ahead_writes_nothing(world: World) -> None:
    """K03."""
    world.run_pass()
    world.clock.ahead = 52 * WEEK

    report = world.run_pass()

    assert reasons(report) == {BlockReason.CLOCK}
    assert world.posts() == []


def test_a_clock_from_before_the_program_was_written_writes_nothing(world: World) -> None:
    """K03."""
    world.change(schedule=replace(WEEKLY, first=date(2026, 10, 5)))
    world.clock.at = BUILT - timedelta(seconds=1)

    report = world.post()

    assert reasons(report) == {BlockReason.CLOCK}
    assert world.posts() == []


def test_before_the_first_slot_its_moment_is_said(world: World) -> None:
    world.clock.at = SLOT - 2 * WEEK

    report = world.run_pass()

    (blocked,) = blocked_actions(report.left)
    assert (blocked.reason, blocked.until) == (BlockReason.NOTHING_DUE, SLOT - WEEK)
    assert "until the first slot, Mon 9 Nov 12:00 GMT;" in describe.blocked_sentence(report.thread, blocked)
    assert world.posts() == []


def test_a_fresh_account_that_hides_marked_posts_posts_where_nothing_is_marked(world: World) -> None:
    world.sandbox.person("megabot").settings = make_settings({"show_nsfw": False})

    assert world.post().verified


@pytest.mark.parametrize("hidden", [{"show_bot_accounts": False}, {"languages": frozenset({2})}])
def test_an_account_that_cannot_see_its_own_posts_does_not_post(
    world: World, hidden: dict[str, object]
) -> None:
    """A16."""
    world.sandbox.person("megabot").settings = make_settings({"show_nsfw": True, **hidden})

    report = world.post()

    assert reasons(report) == {BlockReason.SETTINGS_HIDE}
    assert world.posts() == []


def test_a_setting_flipped_between_two_passes_makes_no_second_post(world: World) -> None:
    world.post()
    (world.state / "ledger.db").unlink()
    world.sandbox.person("megabot").settings = make_settings({"show_nsfw": True, "show_bot_accounts": False})

    world.post()

    assert len(world.posts()) == 1


def test_a_removed_thread_does_not_vouch_for_a_listing(world: World) -> None:
    world.post()
    world.hand("modlin").remove(1)
    world.sandbox.person("megabot").settings = make_settings({"show_nsfw": True, "show_bot_accounts": False})
    world.clock.at = SLOT + WEEK

    report = world.run_pass()

    assert BlockReason.SETTINGS_HIDE in reasons(report)


@ON_BOTH
def test_twice_a_day_each_slot_has_its_own_post_that_links_the_one_before(world: World) -> None:
    twice = replace(WEEKLY, every=Every.DAY, weekdays=(), also_at=(time(21, 0),))
    world.pages.all = (replace(NEWS, schedule=twice),)
    world.post()
    world.clock.at = SLOT + timedelta(hours=9)

    world.run_pass()
    world.run_pass()

    first, second = world.posts()
    assert "news/2026-11-16-1200)" in str(first["body"])
    assert "news/2026-11-16-2100 after 2026-11-16-1200=" in str(second["body"])
    assert world.pinned() == [second["id"]]
    assert (first["name"], second["name"]) == ("News 15", "News 16")


@ON_BOTH
def test_of_two_slots_of_a_day_one_can_be_skipped(world: World) -> None:
    twice = replace(WEEKLY, every=Every.DAY, weekdays=(), also_at=(time(21, 0),))
    world.pages.all = (replace(NEWS, schedule=replace(twice, skip_keys=frozenset(["2026-11-16-2100"]))),)
    world.post()
    for hours in (9, 24):
        world.clock.at = SLOT + timedelta(hours=hours)
        world.run_pass()

    assert [post["name"] for post in world.posts()] == ["News 15", "News 17"]


def test_threads_that_are_due_together_share_what_a_plan_reads_of_their_community(world: World) -> None:
    world.run_pass()
    world.pages.all = tuple(replace(NEWS, name=name) for name in ("news", "books", "films"))
    world.run_pass()
    world.clock.at = SLOT + WEEK
    world.sandbox.forget_requests()

    reports = run_pass(world.ports(), authenticated=True, dry=True)

    assert [type(action) for report in reports for action in writes(report.left)] == [Publish] * 3
    read = [request.path for request in world.sandbox.requests]
    assert [read.count(f"/api/v3/{path}") for path in ("modlog", "post/list")] == [1, 1]


def test_a_pass_that_may_write_reads_the_community_again_for_each_thread(world: World) -> None:
    """A moderator may post by hand while another thread is looked at."""
    world.run_pass()
    world.pages.all = (NEWS, replace(NEWS, name="more"))
    world.run_pass()
    world.clock.at = SLOT + WEEK
    world.hand("modlin").feature(world.hand("modlin").create_post(world.community_id, "News 2"))
    world.sandbox.forget_requests()

    world.run_pass()

    read = [request.path for request in world.sandbox.requests]
    assert [read.count(f"/api/v3/{path}") for path in ("modlog", "post/list")] == [2, 2]
    assert len(world.posts()) == 1
