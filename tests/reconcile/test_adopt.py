"""Taking a thread that a person posted as an edition."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from megabot.forum.marker import CommentMarker, sign
from megabot.forum.models import Comment
from megabot.ledger.records import IntentKind, IntentState
from megabot.reconcile.actions import Adopt, Blocked, BlockReason
from megabot.reconcile.rules.adopt import adoption, decide_adoption, edition_of
from tests.builders import (
    ADOPT,
    AN_HOUR_AGO,
    MODERATOR,
    NOW,
    POST,
    SLOT,
    a_link_comment,
    a_situation,
    a_thread,
    a_thread_post,
    an_edition,
    an_intent,
)

BY_HAND = a_thread_post(copy=3, creator=MODERATOR).post
CARRIED = replace(a_thread_post(copy=3, adopted=True), post=BY_HAND)


def decided(**looked: object) -> Adopt | Blocked | None:
    return decide_adoption(a_situation(**{"order": ADOPT, "post_to_adopt": BY_HAND, **looked}))  # type: ignore[arg-type]


# -- which edition


@pytest.mark.parametrize(
    ("published", "key"),
    [
        (SLOT - timedelta(hours=2), "2026-W47"),
        (SLOT + timedelta(days=3), "2026-W47"),
        (SLOT - timedelta(hours=24), "2026-W47"),
        (SLOT - timedelta(hours=25), "2026-W46"),
        (SLOT + timedelta(days=4), "2026-W47"),
    ],
)
def test_a_thread_made_by_hand_is_the_edition_of_its_slot_or_of_one_a_little_ahead(
    published: object, key: str
) -> None:
    edition = edition_of(a_thread(), published, NOW, as_previous=False)  # type: ignore[arg-type]

    assert edition is not None
    assert edition.key == key


def test_as_the_previous_one_it_leaves_room_for_the_current_one() -> None:
    assert edition_of(a_thread(), SLOT, NOW, as_previous=True) == an_edition(46)


def test_before_the_second_slot_there_is_no_previous_one() -> None:
    first = a_thread().schedule.first
    moment = datetime.combine(first, time(12), UTC)

    assert edition_of(a_thread(), moment, moment, as_previous=True) is None


# -- whether it can be


def test_a_moderators_thread_is_adopted() -> None:
    assert decided() == Adopt(post=BY_HAND, edition=an_edition(), copy=1)


def test_it_is_the_next_copy_where_the_editions_own_post_was_removed() -> None:
    assert decided(posts=(a_thread_post(removed=True),)) == Adopt(post=BY_HAND, edition=an_edition(), copy=2)


def test_nothing_is_adopted_without_an_order() -> None:
    assert decided(order=POST) is None


def test_what_was_adopted_is_not_adopted_again() -> None:
    assert decided(posts=(CARRIED,)) is None


@pytest.mark.parametrize(
    ("looked", "reason"),
    [
        ({"posts": (a_thread_post(),)}, BlockReason.EDITION_TAKEN),
        ({"posts": (replace(CARRIED, key="2026-W46"),)}, BlockReason.OURS),
        ({"posts": (replace(CARRIED, adopted=False),)}, BlockReason.OURS),
        ({"community_id": 9}, BlockReason.ELSEWHERE),
        ({"post_to_adopt": replace(BY_HAND, removed=True)}, BlockReason.GONE),
        ({"post_to_adopt": replace(BY_HAND, deleted=True)}, BlockReason.GONE),
    ],
)
def test_what_cannot_be_adopted_is_said(looked: dict[str, object], reason: BlockReason) -> None:
    verdict = decided(**looked)

    assert isinstance(verdict, Blocked)
    assert verdict.reason is reason


@pytest.mark.parametrize("state", [IntentState.SENDING, IntentState.UNKNOWN])
def test_it_is_not_said_twice_while_the_first_comment_may_be_on_its_way(state: IntentState) -> None:
    sent = an_intent(IntentKind.ADOPT, state, post_id=BY_HAND.id, changed=AN_HOUR_AGO)

    assert decided(intents=(sent,)) == Blocked(
        reason=BlockReason.OUTCOME_UNKNOWN, until=AN_HOUR_AGO + timedelta(minutes=10)
    )


def test_a_comment_of_another_adoption_is_no_hindrance() -> None:
    sent = an_intent(IntentKind.ADOPT, IntentState.SENDING, post_id=1)

    assert isinstance(decided(intents=(sent,)), Adopt)


# -- what a comment says


def said(**changed: object) -> Comment:
    mark = CommentMarker(thread="news", key="2026-W47", purpose="adopted")
    comment = a_link_comment(content=sign("This thread is kept.", mark))
    return replace(comment, **changed)  # type: ignore[arg-type]


def test_a_comment_of_the_bots_keeps_an_adoption() -> None:
    mark = adoption(said(), "news")

    assert mark is not None
    assert mark.key == "2026-W47"


@pytest.mark.parametrize("comment", [said(removed=True), said(deleted=True), a_link_comment()])
def test_a_comment_that_was_taken_back_or_says_something_else_keeps_none(comment: Comment) -> None:
    assert adoption(comment, "news") is None


def test_an_adoption_of_another_thread_is_not_this_ones() -> None:
    assert adoption(said(), "film") is None
