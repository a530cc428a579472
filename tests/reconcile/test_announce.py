"""When the next edition is announced, and what is done about the comment."""

from dataclasses import replace
from datetime import timedelta

import pytest

from megabot.forum.marker import ANNOUNCED, CommentMarker, sign
from megabot.forum.models import Comment
from megabot.ledger.records import IntentKind, IntentState
from megabot.reconcile.actions import Announce, Distinguish, FirstComment
from megabot.reconcile.observation import Situation, ThreadPost
from megabot.reconcile.rules.announce import (
    announce_the_next,
    announcement,
    announces_at,
    make_the_first_comment,
)
from megabot.rendering.model import Rendered
from megabot.source.model import Previous
from tests.builders import NOW, WEEK, a_post, a_situation, a_thread, an_intent

TEXT = Rendered(title="News 47", body="An essay.", first_comment="Hello.")
SIX_HOURS = timedelta(hours=6)
THREAD = a_thread(previous=Previous(announce=SIX_HOURS))
STANDING = ThreadPost(post=a_post(), key="2026-W47")
SOON = Comment(
    id=9,
    post_id=STANDING.id,
    content=sign("Soon.", CommentMarker(thread="news", key="2026-W47", purpose=ANNOUNCED)),
    url="https://lemmy.example/comment/9",
    published=NOW,
)


def at_slot_minus(span: timedelta, **looked: object) -> Situation:
    """A look so long before the next slot."""
    coming = announces_at(THREAD, NOW)
    assert coming is not None
    situation = a_situation(now=coming + SIX_HOURS - span, thread=THREAD, posts=(STANDING,))
    return replace(situation, observation=replace(situation.observation, **looked))  # type: ignore[arg-type]


def actions(situation: Situation, *, may_mark: bool = True) -> list[object]:
    return list(announce_the_next(situation, STANDING, may_mark=may_mark))


def test_it_is_announced_from_the_moment_on_that_the_front_matter_says() -> None:
    early, now = at_slot_minus(SIX_HOURS + timedelta(seconds=1)), at_slot_minus(SIX_HOURS)

    assert actions(early) == []
    assert [type(one) for one in actions(now)] == [Announce]


@pytest.mark.parametrize(
    ("state", "again"),
    [
        (IntentState.DONE, False),
        (IntentState.REFUSED, False),
        (IntentState.SENDING, False),
        (IntentState.UNKNOWN, False),
        (IntentState.NOT_SENT, True),
        (IntentState.ABSENT, True),
    ],
)
def test_what_was_said_or_may_have_been_is_not_said_again(state: IntentState, *, again: bool) -> None:
    situation = at_slot_minus(SIX_HOURS)
    intent = an_intent(IntentKind.ANNOUNCE, state, post_id=STANDING.id, changed=situation.now)

    observation = replace(situation.observation, intents=(intent,))
    assert bool(actions(replace(situation, observation=observation))) is again


@pytest.mark.parametrize(
    ("state", "again"),
    [
        (IntentState.DONE, False),
        (IntentState.REFUSED, False),
        (IntentState.SENDING, False),
        (IntentState.UNKNOWN, False),
        (IntentState.NOT_SENT, True),
        (IntentState.ABSENT, True),
    ],
)
def test_a_first_comment_that_may_have_been_made_is_not_made_again(
    state: IntentState, *, again: bool
) -> None:
    thread = a_thread(first_comment="Hello.")
    tried = an_intent(IntentKind.FIRST_COMMENT, state, post_id=STANDING.id, changed=NOW)
    situation = replace(a_situation(thread=thread, posts=(STANDING,), intents=(tried,)), current_text=TEXT)

    assert list(make_the_first_comment(situation, STANDING, posted=NOW, may_mark=True)) == (
        [FirstComment(thread_post=STANDING, text="Hello.")] if again else []
    )
    assert list(make_the_first_comment(situation, STANDING, posted=None, may_mark=True)) == []


def test_the_marks_of_the_first_comment_and_of_the_announcement_are_two() -> None:
    first = replace(SOON, content=SOON.content.replace("announced", "first"))
    marked = an_intent(IntentKind.DISTINGUISH, IntentState.DONE, post_id=STANDING.id)
    situation = a_situation(posts=(STANDING,), comments=(first,), intents=(marked,))

    assert list(make_the_first_comment(situation, STANDING, posted=NOW, may_mark=True)) == [
        Distinguish(thread_post=STANDING, comment_id=9, first=True)
    ]
    assert list(make_the_first_comment(situation, STANDING, posted=NOW, may_mark=False)) == []


def test_an_announcement_that_is_there_is_marked_once() -> None:
    there = at_slot_minus(SIX_HOURS, comments=(SOON,))
    marked = at_slot_minus(SIX_HOURS, comments=(replace(SOON, distinguished=True),))

    assert actions(there) == [Distinguish(thread_post=STANDING, comment_id=9)]
    assert actions(there, may_mark=False) == actions(marked) == []


def test_a_mark_that_was_refused_is_not_tried_again() -> None:
    refused = an_intent(IntentKind.DISTINGUISH, IntentState.REFUSED, post_id=STANDING.id)

    assert actions(at_slot_minus(SIX_HOURS, comments=(SOON,), intents=(refused,))) == []


@pytest.mark.parametrize(
    "other",
    [
        replace(SOON, removed=True),
        replace(SOON, deleted=True),
        replace(SOON, post_id=1),
        replace(SOON, content="Soon."),
        replace(SOON, content=SOON.content.replace("W47", "W46")),
        replace(SOON, content=SOON.content.replace("announced", "link")),
    ],
)
def test_another_comment_is_no_announcement(other: Comment) -> None:
    assert announcement(a_situation(comments=(other,)), STANDING) is None


def test_a_thread_that_says_nothing_of_it_announces_nothing() -> None:
    assert actions(a_situation(posts=(STANDING,))) == []
    assert announces_at(a_thread(), NOW) is None


def test_a_slot_that_is_left_out_is_not_announced() -> None:
    coming = announces_at(THREAD, NOW)
    assert coming is not None
    skip = frozenset({(coming + SIX_HOURS).date()})
    thread = replace(THREAD, schedule=replace(THREAD.schedule, skip=skip))

    assert announces_at(thread, NOW) is None
    assert actions(a_situation(now=coming, thread=thread, posts=(STANDING,))) == []


def test_once_the_moment_is_over_there_is_none_to_wait_for() -> None:
    coming = announces_at(THREAD, NOW)
    assert coming is not None

    assert coming - NOW < WEEK
    assert announces_at(THREAD, coming) is None


def test_after_the_last_edition_nothing_is_announced() -> None:
    over = replace(THREAD, schedule=replace(THREAD.schedule, once=True))

    assert (
        list(announce_the_next(a_situation(now=NOW, thread=over, posts=(STANDING,)), STANDING, may_mark=True))
        == []
    )


def test_without_a_text_of_its_own_there_is_no_first_comment() -> None:
    situation = a_situation(thread=a_thread(first_comment="Hello."), posts=(STANDING,))
    silent = replace(situation, current_text=replace(TEXT, first_comment=""))

    assert list(make_the_first_comment(silent, STANDING, posted=NOW, may_mark=True)) == []
