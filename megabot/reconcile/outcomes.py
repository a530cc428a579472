"""Settle writes with an unknown outcome from what a listing shows. Pure.

A write that cannot be seen may still happen: a publish or a comment is given up only after two listings
without it, with the whole wait time between them (decision 8).
"""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from megabot.forum.marker import ADOPTED, ANNOUNCED, FIRST, LINK, RELEASED, UNDONE, comment_marker
from megabot.forum.models import Post
from megabot.ledger.records import Intent, IntentKind, IntentState
from megabot.reconcile.content.drafts import body_digest
from megabot.reconcile.observation import Observation
from megabot.reconcile.rules.publish import unknown_until

_PURPOSES = {
    IntentKind.ADOPT: ADOPTED,
    IntentKind.WITHDRAW: UNDONE,
    IntentKind.ANNOUNCE: ANNOUNCED,
    IntentKind.FIRST_COMMENT: FIRST,
    IntentKind.RELEASE: RELEASED,
}


def resolve_all(observation: Observation, now: datetime) -> tuple[tuple[Intent, IntentState], ...]:
    """Return each open intent whose state this observation changes, with its new state."""
    judged = ((intent, resolve(observation, intent, now)) for intent in observation.intents if intent.open)
    return tuple((intent, state) for intent, state in judged if state is not intent.state)


def apply_resolutions(
    observation: Observation, judged: tuple[tuple[Intent, IntentState], ...], now: datetime
) -> tuple[Intent, ...]:
    """Return all intents with these verdicts applied."""
    states = {intent.id: state for intent, state in judged}
    return tuple(
        replace(intent, state=states[intent.id], changed=now) if intent.id in states else intent
        for intent in observation.intents
    )


def resolve(observation: Observation, intent: Intent, now: datetime) -> IntentState:
    match intent.new.kind:
        case (
            IntentKind.PUBLISH
            | IntentKind.COMMENT
            | IntentKind.ADOPT
            | IntentKind.WITHDRAW
            | IntentKind.ANNOUNCE
            | IntentKind.FIRST_COMMENT
            | IntentKind.RELEASE
        ):
            # What is seen exists, even in a listing that proves nothing about the rest.
            if _found(observation, intent):
                return IntentState.DONE
            return _unseen(observation, intent, now)
        # A second one of these does no harm, so what a listing does not show is given up without a wait.
        case IntentKind.PIN | IntentKind.UNPIN | IntentKind.LOCK | IntentKind.UNLOCK | IntentKind.EDIT:
            post = next(
                (
                    thread_post.post
                    for thread_post in observation.posts
                    if thread_post.id == intent.new.post_id
                ),
                None,
            )
            if post is None:
                return IntentState.ABSENT
            return IntentState.DONE if _shows(observation, intent, post) else IntentState.ABSENT
        case IntentKind.DISTINGUISH | IntentKind.DISTINGUISH_FIRST:
            return IntentState.DONE if _is_marked(observation, intent) else IntentState.ABSENT
        case _:
            assert_never(intent.new.kind)


def _found(observation: Observation, intent: Intent) -> bool:
    copy = (intent.new.edition, intent.new.copy)
    purpose = _PURPOSES.get(intent.new.kind, LINK)
    if intent.new.kind is IntentKind.PUBLISH:
        return any(
            (thread_post.key, thread_post.copy) == copy and not thread_post.adopted
            for thread_post in observation.posts
        )
    marks = (comment_marker(comment.content) for comment in observation.comments)
    return any(
        mark is not None
        and (mark.thread, mark.purpose) == (intent.new.thread, purpose)
        and (mark.key, mark.copy) == copy
        for mark in marks
    )


def _is_marked(observation: Observation, intent: Intent) -> bool:
    """Return whether the comment is marked; an announcement may have become the link meanwhile."""
    is_first = intent.new.kind is IntentKind.DISTINGUISH_FIRST
    shown = (one for one in observation.comments if one.distinguished and one.post_id == intent.new.post_id)
    marks = (comment_marker(one.content) for one in shown)
    return any((mark is not None and mark.purpose == FIRST) is is_first for mark in marks)


def _unseen(observation: Observation, intent: Intent, now: datetime) -> IntentState:
    # A post can be missing because a moderator has already removed it (A14).
    removals_read = observation.removals_read or intent.new.kind is not IntentKind.PUBLISH
    if not (observation.trusted and removals_read):
        # An expired token or a setting can hide the post (decision 1).
        return intent.state
    if intent.state is IntentState.SENDING:
        return IntentState.UNKNOWN  # the first listing without it: the wait time starts here
    if now < unknown_until(intent):
        return IntentState.UNKNOWN
    resent = (
        intent.new.kind is IntentKind.PUBLISH
        and observation.due is not None
        and observation.due.key == intent.new.edition
    )
    # A publish that is still due stays open, so that it is retried with the text decided then (T11).
    return IntentState.UNKNOWN if resent else IntentState.ABSENT


def _shows(observation: Observation, intent: Intent, post: Post) -> bool:
    match intent.new.kind:
        case IntentKind.PIN:
            return post.featured
        case IntentKind.UNPIN:
            return not post.featured
        case IntentKind.LOCK:
            return post.locked
        case IntentKind.UNLOCK:
            return not post.locked
        case _:
            record, draft = observation.record(post.id), intent.new.draft
            # Not compared with what was sent, because servers change texts (decision 13).
            if record is None or record.answered != body_digest(post):
                return True
            # A change of the title alone leaves the body as it was.
            return draft is not None and draft.title == post.title != record.title
