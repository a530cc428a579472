"""What becomes of writes whose outcome is not known, as a look at the server judges them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from megabot.ledger.records import IntentKind, IntentState, PostRecord
from megabot.reconcile.content import drafts
from megabot.reconcile.observation import Observation, ThreadPost
from megabot.reconcile.outcomes import resolve, resolve_all
from tests.builders import (
    NOW,
    a_link_comment,
    a_pinned_post,
    a_record,
    a_thread_post,
    an_edition,
    an_intent,
    an_observation,
)

SENDING, UNKNOWN, ABSENT, DONE = (
    IntentState.SENDING,
    IntentState.UNKNOWN,
    IntentState.ABSENT,
    IntentState.DONE,
)
BY_SIGHT = [IntentKind.PUBLISH, IntentKind.COMMENT, IntentKind.ADOPT, IntentKind.WITHDRAW]
BY_SIGHT += [IntentKind.ANNOUNCE, IntentKind.RELEASE, IntentKind.FIRST_COMMENT]
ANOTHER_DUE = an_observation(due=an_edition(48))
WITHIN = timedelta(minutes=10) - timedelta(seconds=1)


def judged(kind: IntentKind, state: IntentState, observation: Observation, **intent: object) -> IntentState:
    return resolve(observation, an_intent(kind, state, **intent), NOW)


# -- a post, a comment: found


@pytest.mark.parametrize("state", [SENDING, UNKNOWN])
def test_a_post_that_is_found_was_made(state: IntentState) -> None:
    assert judged(IntentKind.PUBLISH, state, an_observation(posts=(a_thread_post(),))) is DONE


def test_a_post_that_was_made_and_removed_was_made() -> None:
    assert judged(IntentKind.PUBLISH, UNKNOWN, an_observation(posts=(a_thread_post(removed=True),))) is DONE


@pytest.mark.parametrize("other", [a_thread_post(46), a_thread_post(copy=2), a_thread_post(adopted=True)])
def test_another_post_is_not_the_one_looked_for(other: ThreadPost) -> None:
    assert judged(IntentKind.PUBLISH, SENDING, an_observation(posts=(other,))) is UNKNOWN


def test_a_copy_is_found_by_its_number() -> None:
    assert (
        judged(
            IntentKind.PUBLISH,
            SENDING,
            an_observation(posts=(a_thread_post(copy=2), a_thread_post())),
            copy=2,
        )
        is DONE
    )


@pytest.mark.parametrize("state", [SENDING, UNKNOWN])
def test_a_comment_that_is_found_was_made(state: IntentState) -> None:
    assert (
        judged(IntentKind.COMMENT, state, an_observation(comments=(a_link_comment(46), a_link_comment())))
        is DONE
    )


@pytest.mark.parametrize(
    "other",
    [
        a_link_comment(46),
        a_link_comment(copy=2),
        a_link_comment(thread="film"),
        a_link_comment(content="The new thread."),
    ],
)
def test_another_comment_is_not_the_one_looked_for(other: object) -> None:
    assert judged(IntentKind.COMMENT, SENDING, an_observation(comments=(other,))) is UNKNOWN


def test_what_is_found_counts_even_in_a_look_that_proves_nothing() -> None:
    observation = an_observation(posts=(a_thread_post(),), trusted=False, removals_read=False)

    assert judged(IntentKind.PUBLISH, SENDING, observation) is DONE


# -- not found


@pytest.mark.parametrize("kind", BY_SIGHT)
@pytest.mark.parametrize("state", [SENDING, UNKNOWN])
def test_a_look_that_proves_nothing_settles_nothing(kind: IntentKind, state: IntentState) -> None:
    assert judged(kind, state, replace(ANOTHER_DUE, trusted=False)) is state


@pytest.mark.parametrize("state", [SENDING, UNKNOWN])
def test_a_post_is_not_missed_before_the_removals_were_read(state: IntentState) -> None:
    assert judged(IntentKind.PUBLISH, state, replace(ANOTHER_DUE, removals_read=False)) is state


def test_a_comment_is_missed_without_reading_the_removals() -> None:
    assert judged(IntentKind.COMMENT, SENDING, an_observation(removals_read=False)) is UNKNOWN


@pytest.mark.parametrize("kind", BY_SIGHT)
def test_the_first_look_in_vain_only_starts_the_wait(kind: IntentKind) -> None:
    assert judged(kind, SENDING, ANOTHER_DUE) is UNKNOWN


@pytest.mark.parametrize("kind", BY_SIGHT)
def test_it_is_given_up_at_the_second_look_after_the_whole_wait(kind: IntentKind) -> None:
    assert judged(kind, UNKNOWN, ANOTHER_DUE, changed=NOW - WITHIN) is UNKNOWN
    assert judged(kind, UNKNOWN, ANOTHER_DUE, changed=NOW - timedelta(minutes=10)) is ABSENT


def test_a_post_of_the_due_edition_is_not_given_up_but_sent_again() -> None:
    assert judged(IntentKind.PUBLISH, UNKNOWN, an_observation()) is UNKNOWN


def test_a_post_is_given_up_where_nothing_is_due() -> None:
    assert judged(IntentKind.PUBLISH, UNKNOWN, an_observation(due=None)) is ABSENT


def test_a_comment_for_the_due_edition_is_given_up_so_that_it_is_decided_anew() -> None:
    assert judged(IntentKind.COMMENT, UNKNOWN, an_observation()) is ABSENT


# -- what is done to a post

SHOWN = [
    (IntentKind.PIN, a_pinned_post()),
    (IntentKind.PIN, a_thread_post(featured_local=True)),
    (IntentKind.UNPIN, a_thread_post()),
    (IntentKind.LOCK, a_thread_post(locked=True)),
    (IntentKind.UNLOCK, a_thread_post()),
]
NOT_SHOWN = [
    (IntentKind.PIN, a_thread_post()),
    (IntentKind.UNPIN, a_pinned_post()),
    (IntentKind.UNPIN, a_thread_post(featured_local=True)),
    (IntentKind.LOCK, a_thread_post()),
    (IntentKind.UNLOCK, a_thread_post(locked=True)),
]


@pytest.mark.parametrize("state", [SENDING, UNKNOWN])
@pytest.mark.parametrize(("kind", "post"), SHOWN)
def test_what_the_post_shows_was_done(kind: IntentKind, post: ThreadPost, state: IntentState) -> None:
    assert judged(kind, state, an_observation(posts=(a_thread_post(46), post)), post_id=47) is DONE


@pytest.mark.parametrize("state", [SENDING, UNKNOWN])
@pytest.mark.parametrize(("kind", "post"), NOT_SHOWN)
def test_what_the_post_does_not_show_was_not_done(
    kind: IntentKind, post: ThreadPost, state: IntentState
) -> None:
    assert judged(kind, state, an_observation(posts=(post,)), post_id=47) is ABSENT


@pytest.mark.parametrize("kind", [kind for kind in IntentKind if kind not in BY_SIGHT])
def test_what_was_to_be_done_to_a_post_that_is_gone_was_not_done(kind: IntentKind) -> None:
    assert (
        judged(kind, SENDING, an_observation(posts=(a_pinned_post(46, locked=True),)), post_id=47) is ABSENT
    )


@pytest.mark.parametrize(
    ("records", "state"),
    [
        ((a_record(answered=drafts.body_digest(a_thread_post().post)),), ABSENT),
        ((a_record(answered="another body's"),), DONE),
        ((), DONE),
    ],
    ids=["as before", "changed", "nothing known"],
)
def test_an_edit_is_judged_by_the_body_that_was_there_before(
    records: tuple[PostRecord, ...], state: IntentState
) -> None:
    assert (
        judged(
            IntentKind.EDIT, SENDING, an_observation(posts=(a_thread_post(),), records=records), post_id=47
        )
        is state
    )


# -- all of them


def test_only_writes_whose_state_a_look_changes_are_given() -> None:
    intent = an_intent(state=SENDING)
    settled = [an_intent(state=state) for state in IntentState if state not in (SENDING, UNKNOWN)]
    waiting = an_intent(state=UNKNOWN, edition="2026-W46", changed=NOW)

    observation = an_observation(posts=(a_thread_post(),), intents=(*settled, waiting, intent))

    assert resolve_all(observation, NOW) == ((intent, DONE),)
