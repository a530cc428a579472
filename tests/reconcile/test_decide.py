"""The plan as a whole: the clock, what stands alone, which reasons need a person."""

from datetime import timedelta

import pytest

from megabot.forum.models import Feature
from megabot.ledger.records import IntentState
from megabot.reconcile.actions import Action, Blocked, BlockReason, MissingInput, Pin, Publish, RetryPublish
from megabot.reconcile.decide import BUILT, CLOCK_TOLERANCE, blocked_actions, decide, writes
from tests.builders import (
    POST,
    REFRESH,
    SLOT,
    WEEK,
    a_pinned_post,
    a_record,
    a_situation,
    a_thread_post,
    an_edition,
    an_intent,
)

THERE = Blocked(reason=BlockReason.THERE, edition="2026-W47")

# -- the clock


@pytest.mark.parametrize("skew", [CLOCK_TOLERANCE, -CLOCK_TOLERANCE])
def test_a_clock_within_an_hour_of_the_servers_is_right(skew: timedelta) -> None:
    """K10."""
    assert writes(decide(a_situation(clock_skew=skew))) != ()


@pytest.mark.parametrize("hours", [2, -2])
def test_nothing_is_written_by_a_clock_that_is_hours_off(hours: int) -> None:
    plan = decide(a_situation(clock_skew=timedelta(hours=hours), posts=(a_thread_post(46),), order=REFRESH))

    assert plan == (Blocked(reason=BlockReason.CLOCK, clock_skew=timedelta(hours=hours)),)


def test_nothing_is_written_by_a_clock_before_this_program_was_made() -> None:
    behind = (Blocked(reason=BlockReason.CLOCK, clock_skew=timedelta(0)),)

    assert decide(a_situation(now=BUILT - timedelta(seconds=1))) == behind
    assert decide(a_situation(now=BUILT, due=an_edition(44, slot=BUILT), known_since=BUILT)) != behind


def test_nothing_is_written_by_a_clock_behind_our_own_editions() -> None:
    records = (a_record(46), a_record(48), a_record(45))
    behind = SLOT + WEEK - CLOCK_TOLERANCE

    assert writes(decide(a_situation(records=records, now=behind - timedelta(seconds=1)))) == ()
    assert (
        blocked_actions(decide(a_situation(records=records, now=behind)))[-1].reason is not BlockReason.CLOCK
    )


# -- what stands alone


def test_a_publish_stands_alone_so_that_pins_are_decided_from_what_is_there() -> None:
    plan = decide(a_situation(posts=(a_thread_post(46), a_pinned_post(45)), order=POST))

    assert [type(action) for action in plan] == [Publish]


def test_a_post_sent_again_stands_alone() -> None:
    unknown = an_intent(state=IntentState.UNKNOWN)

    assert decide(a_situation(posts=(a_thread_post(46),), intents=(unknown,))) == (
        RetryPublish(intent=unknown),
    )


def test_what_must_be_known_first_stands_alone() -> None:
    assert decide(a_situation(removals_read=False, posts=(a_thread_post(46),))) == (
        MissingInput.REMOVALS_AND_PINS,
    )
    assert decide(a_situation(posts=(a_thread_post(),), order=REFRESH, current_text=None)) == (
        MissingInput.PIN_LOG,
    )


def test_upkeep_comes_with_the_reason_why_nothing_is_posted() -> None:
    plan = decide(a_situation(posts=(a_thread_post(),), created_ids=frozenset({47})))

    assert plan == (Pin(thread_post=a_thread_post(), kind=Feature.COMMUNITY), THERE)


def test_what_stands_is_kept_up_while_the_outcome_of_a_new_post_is_unknown() -> None:
    sending = an_intent(state=IntentState.SENDING)

    plan = decide(a_situation(posts=(a_thread_post(46),), pin_events={46: None}, intents=(sending,)))

    assert writes(plan) == (Pin(thread_post=a_thread_post(46), kind=Feature.COMMUNITY),)
    assert blocked_actions(plan)[0].reason is BlockReason.OUTCOME_UNKNOWN


def test_a_plan_falls_into_writes_and_holds_and_needs() -> None:
    pin, blocked = Pin(thread_post=a_thread_post(), kind=Feature.COMMUNITY), Blocked(reason=BlockReason.THERE)
    plan: tuple[Action, ...] = (pin, blocked, MissingInput.TEXT)

    assert writes(plan) == (pin,)
    assert blocked_actions(plan) == (blocked,)


# -- reasons that need a person


@pytest.mark.parametrize("reason", list(BlockReason))
def test_what_needs_a_person_is_what_does_not_pass_by_itself(reason: BlockReason) -> None:
    passing = {
        BlockReason.UNDONE_BEFORE,
        BlockReason.NOTHING_TO_GO_BACK_TO,
        BlockReason.REPOSTED_LATELY,
        BlockReason.OVERTAKEN,
        BlockReason.UNCLEAR,
        BlockReason.NOT_ADOPTED,
        BlockReason.ADOPTED_BY_NONE,
        BlockReason.TITLE_STAYS,
        BlockReason.NOTHING_DUE,
        BlockReason.THERE,
        BlockReason.SKIPPED,
        BlockReason.HELD,
        BlockReason.FIRST_RUN,
        BlockReason.OUTCOME_UNKNOWN,
        BlockReason.NOT_PROVEN,
        BlockReason.NOT_ORDERED,
        BlockReason.PENDING,
        BlockReason.PIN_TRAVELS,
        BlockReason.UNPINNED_BY_HAND,
        BlockReason.PINNED_BY_HAND,
        BlockReason.ADOPTED,
        BlockReason.NOTHING_STANDS,
        BlockReason.UNCHANGED,
        BlockReason.EDITED_LATELY,
        BlockReason.EDITION_TAKEN,
        BlockReason.ELSEWHERE,
        BlockReason.GONE,
        BlockReason.OURS,
        BlockReason.NOTHING_TO_UNDO,
    }

    assert Blocked(reason=reason).needs_person is (reason not in passing)
