"""Mutants of `decide`: each of its rules is broken in at least one of them."""

from collections.abc import Callable
from datetime import datetime

from megabot.lemmy import home_servers
from megabot.lemmy.public_web import PublicWeb
from megabot.reconcile import decide, loop
from megabot.reconcile.observation import Situation, ThreadPost
from megabot.reconcile.rules import (
    adopt,
    duplicates,
    pin,
    previous_thread,
    publish,
    refresh,
    remote_pin,
    undo,
    upkeep,
)
from tests.mutants.change import (
    call,
    condition,
    operand,
    returns,
    sooner,
    without,
    without_entry,
    without_last_argument,
    without_operand,
    without_step,
)
from tests.mutants.mutant import Mutant

PASS = "tests/scenes/test_pass.py"
AFTER = "tests/scenes/test_after_its_time.py"
WHICH = "tests/scenes/test_which_edition.py"
HANDS = "tests/scenes/test_manual_changes.py"
FOLLOWING = "tests/scenes/test_edits.py"
UNKNOWN = "tests/scenes/test_unknown_outcomes.py"
PROMISES = "tests/scenes/test_promises.py"
ON_1_0 = "tests/scenes/test_on_1_0.py"
SERVERS = "tests/scenes/test_home_servers.py"
REMOTE = "tests/scenes/test_remote_community.py"
TWO_BOTS = "tests/scenes/test_two_bots.py"
JUDGE = tuple(
    f"{PROMISES}::test_handovers_are_right_in_the_eyes_of_the_demos_judge[{api}]" for api in ("v3", "v4")
)
YEARS = "tests/scenes/test_fault_injection.py::test_a_year_of_trouble_breaks_no_promise"
ALWAYS = "tests/reconcile/test_decide_invariants.py::test_whatever_is_seen_the_plan_keeps_to_all_of_these"


def left_out(rule: Callable[..., object], name: str, *caught_by: str) -> Mutant:
    """Leave one of publication's rules out of their list."""
    return Mutant(name=name, changes=(without_entry(publish, rule),), caught_by=caught_by, rule=rule)


def is_old_enough(situation: Situation, due: datetime) -> bool:
    return due <= situation.now


def is_not_known(situation: Situation, current: ThreadPost) -> bool:
    return current.id not in situation.observation.pin_events


RULES_LEFT_OUT = (
    left_out(
        publish.nothing_is_due,
        "the first slot is not waited for",
        f"{PASS}::test_before_the_first_slot_its_moment_is_said",
    ),
    left_out(
        publish.outcome_is_unknown,
        "a post of unknown outcome is sent again at once",
        f"{UNKNOWN}::test_a_post_that_was_never_made_is_held_and_made_once_after_ten_minutes",
    ),
    left_out(
        publish.the_order_was_carried_out,
        "the same order makes a second copy",
        f"{PASS}::test_the_same_repost_command_never_makes_two_copies",
    ),
    left_out(
        publish.it_is_there,
        "an edition that has its post is posted again",
        f"{PASS}::test_post_a_second_time_makes_no_second_post",
        *JUDGE,
    ),
    left_out(
        publish.a_later_one_is_posted,
        "a missed edition is posted after a later one",
        f"{WHICH}::test_an_edition_that_was_missed_is_not_posted_after_a_later_one[v3]",
    ),
    left_out(
        publish.it_is_unclear_which_is_meant,
        "an hour before the slot last week's edition is posted",
        f"{WHICH}::test_close_to_the_slot_post_asks_which_edition_is_meant_and_posts_nothing[v3]",
    ),
    left_out(
        publish.a_skipped_slot_stays_empty,
        "a slot that is to be skipped is posted",
        f"{PROMISES}::test_a_slot_that_is_skipped_stays_empty_and_keeps_its_number",
    ),
    left_out(
        publish.nothing_is_posted_by_surprise,
        "a first run posts by itself",
        f"{PASS}::test_a_first_run_posts_nothing_by_surprise",
        f"{HANDS}::test_a_first_run_waits_for_the_next_slot",
    ),
    left_out(
        publish.the_grace_is_over,
        "the grace is ignored",
        f"{PASS}::test_past_its_grace_an_edition_waits_for_a_person",
    ),
    left_out(
        publish.it_is_in_the_wrong_community,
        "another community for a running thread is taken as it comes",
        f"{HANDS}::test_another_community_holds_the_post_until_somebody_agrees",
    ),
    left_out(
        publish.another_order_posts_nothing,
        "who has a thread refreshed gets a new one",
        f"{PROMISES}::test_a_refresh_at_a_slot_leaves_the_new_thread_to_the_service",
    ),
    left_out(
        publish.removals_are_read_first,
        "a post is made without reading the removals",
        f"{PASS}::test_a_removed_thread_is_not_posted_again_with_the_ledger_lost",
        f"{HANDS}::test_a_thread_made_by_hand_holds_the_post_of_any_week",
    ),
    left_out(
        publish.the_account_hides_posts,
        "an account that hides posts is not told of",
        f"{PASS}::test_an_account_that_cannot_see_its_own_posts_does_not_post",
    ),
    left_out(
        publish.the_look_proves_nothing,
        "absence in a look that proves nothing is taken for absence",
        ALWAYS,
    ),
    left_out(
        publish.a_removed_post_may_be_it,
        "a removed post whose text the server hides is no hindrance",
        f"{ON_1_0}::test_a_removed_thread_whose_text_nobody_shows_is_not_posted_again",
    ),
    left_out(
        publish.what_was_decided_is_sent,
        "what is sent again is rendered anew",
        f"{UNKNOWN}::test_what_is_sent_again_is_what_was_decided_not_what_the_template_says_now",
    ),
    left_out(
        publish.the_text_is_needed,
        "nobody asks for the text",
        f"{PASS}::test_a_handover_leaves_one_post_pinned_that_links_the_one_before",
    ),
    left_out(
        publish.the_text_is_broken,
        "a broken template is not noticed",
        f"{PASS}::test_a_broken_template_leaves_everything_as_it_is",
    ),
    left_out(
        publish.it_was_refused_before,
        "a refused text is sent again with each pass",
        f"{PROMISES}::test_a_text_that_the_server_refused_is_sent_once_until_it_changes",
    ),
    left_out(
        publish.a_person_posted_it,
        "a thread made by hand is ignored",
        f"{HANDS}::test_a_thread_made_by_hand_holds_the_post_of_any_week",
    ),
)

RULES_BROKEN = (
    Mutant(
        name="a removed post is posted again",
        changes=(returns(publish.it_is_there, 3, gives=None),),
        caught_by=(f"{PASS}::test_a_removed_thread_is_not_posted_again",),
        rule=publish.it_is_there,
    ),
    Mutant(
        name="a second order within minutes makes a second copy",
        changes=(condition(publish.the_order_was_carried_out, 9, gives=False),),
        caught_by=(f"{PASS}::test_two_reposts_within_ten_minutes_are_one",),
        rule=publish.the_order_was_carried_out,
    ),
    Mutant(
        name="every copy has the number of the first",
        changes=(call(publish.publish_it, max, gives=0),),
        caught_by=(f"{PASS}::test_a_repost_makes_a_copy_and_the_copy_takes_the_pin",),
        rule=publish.publish_it,
    ),
    Mutant(
        name="a post does not name the one before",
        changes=(call(publish.publish_it, next, gives=None),),
        caught_by=(f"{HANDS}::test_an_adoption_lasts_although_the_comment_that_says_so_was_removed",),
        rule=publish.publish_it,
    ),
    Mutant(
        name="a clock that differs from the server's is trusted",
        changes=(without(decide.clock_is_wrong, abs),),
        caught_by=(f"{PASS}::test_a_clock_that_is_a_year_ahead_writes_nothing",),
        rule=decide.clock_is_wrong,
    ),
    Mutant(
        name="a second thread is adopted for an edition that has one",
        changes=(condition(adopt.decide_adoption, 9, gives=False),),
        caught_by=(f"{HANDS}::test_an_edition_that_has_its_post_takes_no_other",),
        rule=adopt.decide_adoption,
    ),
    Mutant(
        name="an edition that a moderator holds is posted",
        changes=(condition(publish.a_moderator_holds_it, 1, gives=False),),
        caught_by=("tests/scenes/test_exceptions.py::test_an_edition_that_is_held_waits_for_a_word",),
        rule=publish.a_moderator_holds_it,
    ),
    Mutant(
        name="an order to undo is carried out twice",
        changes=(without(undo.decide_undo, undo._was_carried_out),),
        caught_by=("tests/scenes/test_undo.py::test_the_same_order_undoes_once",),
        rule=undo.decide_undo,
    ),
    Mutant(
        name="a copy that was taken back is locked with each pass",
        changes=(without_operand(undo.lock_the_undone_copy, 3, 2, 3),),
        caught_by=("tests/scenes/test_undo.py::test_it_stays_undone",),
        rule=undo.lock_the_undone_copy,
    ),
    Mutant(
        name="a pin that a person set ends with its time",
        changes=(call(pin.unpin_after_its_time, pin.was_done_by_another, gives=False),),
        caught_by=(f"{AFTER}::test_a_thread_that_a_person_pins_again_stays_pinned",),
        rule=pin.unpin_after_its_time,
    ),
    Mutant(
        name="a thread that was unpinned after its time is pinned again",
        changes=(without(pin.pin_the_current_post, pin.pin_is_over),),
        caught_by=(f"{AFTER}::test_a_thread_is_unpinned_after_its_time_and_stays_so",),
        rule=pin.unpin_after_its_time,
    ),
    Mutant(
        name="a thread that a person unlocked is locked again",
        changes=(without(previous_thread.lock_after_its_time, previous_thread._was_locked),),
        caught_by=(f"{AFTER}::test_a_thread_that_a_person_unlocks_stays_open[v3-kept]",),
        rule=previous_thread.lock_after_its_time,
    ),
    Mutant(
        name="with the ledger lost a thread that a person unlocked is locked again",
        changes=(operand(previous_thread.lock_after_its_time, 3, 2, gives=is_old_enough),),
        caught_by=(f"{AFTER}::test_a_thread_that_a_person_unlocks_stays_open[v3-lost]",),
        rule=previous_thread.lock_after_its_time,
    ),
    Mutant(
        name="undoing an adoption takes a moderator's pin off",
        changes=(without_operand(adopt._unpin_released, 6, 2),),
        caught_by=("tests/scenes/test_unadopt.py::test_a_pin_that_a_moderator_set_stays[v3]",),
        rule=adopt.decide_release,
    ),
    Mutant(
        name="a person's lock is taken off what stands again after an undo",
        changes=(without_operand(undo.unlock_the_restored_post, 3, 3),),
        caught_by=("tests/scenes/test_undo.py::test_a_lock_that_a_person_sets_after_an_undo_stays",),
        rule=undo.unlock_the_restored_post,
    ),
    Mutant(
        name="a post that nobody sees yet takes the pin",
        changes=(condition(upkeep.decide_upkeep, 2, gives=False),),
        caught_by=(f"{ON_1_0}::test_a_post_takes_the_pin_when_it_has_arrived_and_not_before",),
        rule=upkeep.wait_until_it_has_arrived,
    ),
    Mutant(
        name="a pin that another server has not confirmed counts",
        changes=(without_last_argument(upkeep.decide_upkeep, pin.unpin_the_older_ones),),
        caught_by=(
            f"{REMOTE}::test_a_pin_that_a_0_19_refuses_counts_for_nothing_and_moderators_are_told",
            ALWAYS,
        ),
        rule=remote_pin.hold_until_the_home_server_shows_the_pin,
    ),
    Mutant(
        name="a pin that another server refused is sent again",
        changes=(without_operand(remote_pin.hold_until_the_home_server_shows_the_pin, 3, 1),),
        caught_by=(f"{REMOTE}::test_a_refused_pin_is_not_sent_again_and_again",),
        rule=remote_pin.hold_until_the_home_server_shows_the_pin,
    ),
    Mutant(
        name="what another server answered is not looked at in the same pass",
        changes=(condition(loop._again, 1, gives=True),),
        caught_by=(f"{REMOTE}::test_a_pin_that_the_home_server_shows_counts_and_the_old_thread_is_unpinned",),
    ),
    Mutant(
        name="another server leads the question about a pin to where it wants",
        changes=(without_last_argument(home_servers.reader, PublicWeb.read),),
        caught_by=(f"{SERVERS}::test_an_answer_that_leads_elsewhere_or_is_too_large_is_none",),
    ),
    Mutant(
        name="a pin on its way is an alert at once",
        changes=(condition(remote_pin.hold_until_the_home_server_shows_the_pin, 7, gives=False),),
        caught_by=(f"{REMOTE}::test_a_server_that_does_not_federate_is_told_of_after_an_hour",),
        rule=remote_pin.hold_until_the_home_server_shows_the_pin,
    ),
    Mutant(
        name="a person's unpin is ignored",
        changes=(call(pin.pin_the_current_post, pin.was_done_by_another, gives=False),),
        caught_by=(f"{PASS}::test_a_moderators_unpin_stays_until_the_next_edition",),
        rule=pin.pin_the_current_post,
    ),
    Mutant(
        name="a post is pinned before it is known who unpinned it",
        changes=(condition(pin.pin_the_current_post, 3, gives=is_not_known),),
        caught_by=(f"{PASS}::test_a_moderators_unpin_stays_with_the_ledger_lost",),
        rule=pin.pin_the_current_post,
    ),
    Mutant(
        name="the old thread is unpinned first",
        changes=(
            sooner(
                upkeep.decide_upkeep,
                pin.unpin_the_older_ones,
                than=pin.pin_the_current_post,
            ),
            without(pin.unpin_the_older_ones, pin.is_pinned),
        ),
        caught_by=(*JUDGE, YEARS),
        rule=pin.pin_the_current_post,
        words="left no",
    ),
    Mutant(
        name="the old thread is unpinned although the new one is not pinned",
        changes=(without(pin.unpin_the_older_ones, pin.is_pinned),),
        caught_by=(
            f"{PROMISES}::test_an_old_thread_is_unpinned_only_beside_a_new_one_that_is_pinned",
            ALWAYS,
        ),
        rule=pin.unpin_the_older_ones,
    ),
    Mutant(
        name="a person's pin of an old thread is ignored",
        changes=(condition(pin._unpin, 1, gives=False),),
        caught_by=(
            f"{PASS}::test_an_old_thread_that_a_moderator_pins_again_stays_pinned_for_this_edition",
            f"{HANDS}::test_an_old_thread_pinned_again_stays_for_this_edition",
        ),
        rule=pin.unpin_the_older_ones,
    ),
    Mutant(
        name="the old thread is told with each pass",
        changes=(without(previous_thread.link_the_previous_thread, previous_thread._is_linked),),
        caught_by=(f"{PASS}::test_a_handover_takes_eight_requests_beside_the_tick",),
        rule=previous_thread.link_the_previous_thread,
    ),
    Mutant(
        name="the old thread is told nothing",
        changes=(without_step(upkeep.decide_upkeep, previous_thread.link_the_previous_thread),),
        caught_by=(*JUDGE, f"{PASS}::test_a_handover_leaves_one_post_pinned_that_links_the_one_before"),
        rule=previous_thread.link_the_previous_thread,
        words="has no comment that links the next thread",
    ),
    Mutant(
        name="a lock that a person took off is set again",
        changes=(without_operand(previous_thread.lock_the_previous_thread, 2, 1),),
        caught_by=(f"{HANDS}::test_a_thread_that_a_person_unlocked_is_not_locked_again",),
        rule=previous_thread.lock_the_previous_thread,
    ),
    Mutant(
        name="a double is not reported",
        changes=(call(upkeep.report_doubles, duplicates.find_duplicates, gives=()),),
        caught_by=(f"{TWO_BOTS}::test_after_a_race_the_older_post_stands_and_the_double_is_reported",),
        rule=upkeep.report_doubles,
    ),
    Mutant(
        name="a thread that is to stay as it was posted is edited",
        changes=(call(refresh.decide_refresh, refresh.follows_source, gives=True),),
        caught_by=(f"{FOLLOWING}::test_with_refresh_never_the_thread_stays_as_it_was_posted",),
        rule=refresh.decide_refresh,
    ),
    Mutant(
        name="what a person wrote into a post is overwritten",
        changes=(condition(refresh._refresh, 7, gives=False),),
        caught_by=(
            f"{PASS}::test_a_refresh_never_overwrites_what_a_person_edited_by_hand",
            f"{FOLLOWING}::test_what_a_person_wrote_into_the_post_is_not_overwritten",
        ),
        rule=refresh.decide_refresh,
    ),
)

DECISIONS = (*RULES_LEFT_OUT, *RULES_BROKEN)
