"""Decide the upkeep of the current thread and the previous ones: one line for each rule. Pure.

A thread is pinned at all times: an older post is unpinned only if this pass has seen the new one pinned.
What a moderator did to a pin stays until the next edition (promise 4).
"""

from collections.abc import Iterator
from datetime import timedelta

from megabot.ledger.records import IntentKind
from megabot.reconcile.actions import Action, Blocked, BlockReason
from megabot.reconcile.observation import Situation, ThreadPost
from megabot.reconcile.rules.announce import announce_the_next, make_the_first_comment
from megabot.reconcile.rules.duplicates import find_duplicates
from megabot.reconcile.rules.pin import (
    done_intent,
    may_moderate,
    pin_the_current_post,
    unpin_after_its_time,
    unpin_the_older_ones,
)
from megabot.reconcile.rules.previous_thread import (
    link_the_previous_thread,
    lock_after_its_time,
    lock_the_previous_thread,
)
from megabot.reconcile.rules.publish import LONG
from megabot.reconcile.rules.remote_pin import hold_until_the_home_server_shows_the_pin
from megabot.reconcile.rules.undo import lock_the_undone_copy, unlock_the_restored_post

ARRIVAL_EVERY = timedelta(minutes=2)
"""How often to check whether a new post has reached the community's own server."""


def decide_upkeep(situation: Situation) -> tuple[Action, ...]:
    """Return what to do about the current post and the older ones, in this order."""
    current = situation.observation.current
    if current is None:
        return ()
    pending = wait_until_it_has_arrived(situation, current)
    if pending is not None:
        return (pending,)
    unconfirmed = hold_until_the_home_server_shows_the_pin(situation, current)
    return (
        *((unconfirmed,) if unconfirmed else pin_the_current_post(situation, current)),
        *link_the_previous_thread(situation, current),
        *lock_the_previous_thread(situation, current),
        *comment_first(situation, current),
        *announce_the_next_edition(situation, current),
        *lock_the_undone_copy(situation),
        *unlock_the_restored_post(situation, current),
        *unpin_the_older_ones(situation, current, is_seen=unconfirmed is None),
        *unpin_after_its_time(situation, current),
        *lock_after_its_time(situation),
        *report_doubles(situation),
    )


def wait_until_it_has_arrived(situation: Situation, current: ThreadPost) -> Blocked | None:
    """Wait until a new post has federated: the previous one stays pinned in the meantime (decision 19)."""
    if not current.post.federation_pending:
        return None
    if situation.now - current.post.published > LONG:
        return Blocked(reason=BlockReason.PENDING_FOR_LONG, url=current.post.url)
    return Blocked(reason=BlockReason.PENDING, until=situation.now + ARRIVAL_EVERY, url=current.post.url)


def comment_first(situation: Situation, current: ThreadPost) -> Iterator[Action]:
    publish = done_intent(situation, IntentKind.PUBLISH, current)
    posted = publish.new.at if publish is not None else None
    may_mark = may_moderate(situation, current)
    yield from make_the_first_comment(situation, current, posted=posted, may_mark=may_mark)


def announce_the_next_edition(situation: Situation, current: ThreadPost) -> Iterator[Action]:
    yield from announce_the_next(situation, current, may_mark=may_moderate(situation, current))


def report_doubles(situation: Situation) -> Iterator[Blocked]:
    """Report posts that carry the same edition: another megabot must be running for this account."""
    for thread_post, duplicate in find_duplicates(situation.observation.posts):
        yield Blocked(reason=BlockReason.DOUBLED, url=thread_post.post.url, other_url=duplicate.post.url)
