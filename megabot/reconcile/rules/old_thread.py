"""What is to be kept up about the posts that stand: pins, the link and the lock of the old thread. Pure.

There is never a moment with no thread pinned: the old post is unpinned only where this look saw the new
one pinned. What a person did to a pin stays until the next edition.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from megabot.forum.marker import LINK, comment_marker
from megabot.ledger.records import Intent, IntentKind, IntentState
from megabot.reconcile.actions import (
    Action,
    Blocked,
    BlockReason,
    LinkOldThread,
    Lock,
    MissingInput,
)
from megabot.reconcile.observation import Situation, ThreadPost
from megabot.reconcile.rules.announce import announce_the_next, announcement, make_the_first_comment
from megabot.reconcile.rules.duplicates import find_duplicates
from megabot.reconcile.rules.pin import (
    _done,
    may_moderate,
    pin_the_current_post,
    unpin_after_its_time,
    unpin_the_older_ones,
)
from megabot.reconcile.rules.publish import LONG, unknown_wait
from megabot.reconcile.rules.remote_pin import hold_until_the_home_server_shows_the_pin
from megabot.reconcile.rules.undo import lock_the_undone_copy, unlock_the_restored_post
from megabot.rendering.model import Rendered
from megabot.source.model import Thread

ARRIVAL_EVERY = timedelta(minutes=2)
"""How often it is looked whether a new post has reached the community's own server."""


def decide_upkeep(situation: Situation) -> tuple[Action, ...]:
    """Choose what to do about the standing post and those before it, in the order to be done."""
    current = situation.observation.current
    if current is None:
        return ()
    pending = wait_until_it_has_arrived(situation, current)
    if pending is not None:
        return (pending,)
    unconfirmed = hold_until_the_home_server_shows_the_pin(situation, current)
    return (
        *((unconfirmed,) if unconfirmed else pin_the_current_post(situation, current)),
        *link_the_old_thread(situation, current),
        *lock_the_old_thread(situation, current),
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
    """Do nothing for a post that nobody sees yet: the one before stays pinned meanwhile (decision 19)."""
    if not current.post.federation_pending:
        return None
    if situation.now - current.post.published > LONG:
        return Blocked(reason=BlockReason.PENDING_FOR_LONG, url=current.post.url)
    return Blocked(reason=BlockReason.PENDING, until=situation.now + ARRIVAL_EVERY, url=current.post.url)


def lock_after_its_time(situation: Situation) -> Iterator[Lock]:
    """Lock posts after `lock_after`, once: a person may unlock them.

    What fell due before the ledger began is left alone: it cannot tell a lock that a person took off.
    """
    after, born = situation.thread.lock_after, situation.observation.ledger_start
    if after is None or born is None:
        return
    for thread_post in situation.observation.posts:
        due = thread_post.post.published + after
        may = thread_post.post.open and not thread_post.post.locked and may_moderate(situation, thread_post)
        if may and born <= due <= situation.now and not _was_locked(situation, thread_post):
            yield Lock(thread_post=thread_post, current=thread_post, aged=True)


def _was_locked(situation: Situation, thread_post: ThreadPost) -> bool:
    """Return whether we locked a post for any reason, or may have."""
    never = (IntentState.NOT_SENT, IntentState.ABSENT)
    return any(
        intent.new.kind is IntentKind.LOCK
        and intent.new.post_id == thread_post.id
        and intent.state not in never
        for intent in situation.observation.intents
    )


def next_deadline(thread: Thread, posts: tuple[ThreadPost, ...], now: datetime) -> datetime | None:
    """Return when the next post is to be unpinned or locked; None if no such moment is ahead."""
    spans = [after for after in (thread.unpin_after, thread.lock_after) if after is not None]
    moments = (thread_post.post.published + after for thread_post in posts for after in spans)
    return min((moment for moment in moments if moment > now), default=None)


def report_doubles(situation: Situation) -> Iterator[Blocked]:
    """Tell a person which posts carry an edition that another one carries: another megabot is at work."""
    for thread_post, double in find_duplicates(situation.observation.posts):
        yield Blocked(reason=BlockReason.DOUBLED, url=thread_post.post.url, other_url=double.post.url)


def link_the_old_thread(situation: Situation, current: ThreadPost) -> Iterator[Action]:
    """Comment in the post before, once, with the address of the new one."""
    before = next(iter(situation.observation.older), None)
    if before is None or before.withdrawn or _is_told(situation, current):
        return
    text = _words_for(situation, current)
    if isinstance(text, MissingInput):
        yield text
    elif text:
        soon = announcement(situation, before)
        yield LinkOldThread(thread_post=before, text=text, current=current, comment_id=soon.id if soon else 0)


def _words_for(situation: Situation, current: ThreadPost) -> str | MissingInput:
    """Give what was decided with the post; for an adopted one, what the source says now."""
    publish = _publish_of(situation, current)
    if publish is not None:
        return publish.new.text
    if not (current.adopted and _adopted_by(situation, current)):
        return ""
    if situation.current_text is None:
        return MissingInput.CURRENT_TEXT
    return situation.current_text.comment if isinstance(situation.current_text, Rendered) else ""


def comment_first(situation: Situation, current: ThreadPost) -> Iterator[Action]:
    """Make the first comment in a new thread, where the front matter says so."""
    publish = _publish_of(situation, current)
    posted = publish.new.at if publish is not None else None
    may_mark = may_moderate(situation, current)
    yield from make_the_first_comment(situation, current, posted=posted, may_mark=may_mark)


def announce_the_next_edition(situation: Situation, current: ThreadPost) -> Iterator[Action]:
    """Announce the next edition in the standing post, where the front matter says so."""
    yield from announce_the_next(situation, current, may_mark=may_moderate(situation, current))


def lock_the_old_thread(situation: Situation, current: ThreadPost) -> Iterator[Action]:
    """Lock the post before where the front matter says so, once: a person may unlock it."""
    before = next(iter(situation.observation.older), None)
    if before is None or before.withdrawn or not situation.thread.previous.lock or before.post.locked:
        return
    locked = situation.observation.was_done(
        IntentKind.LOCK, edition=current.key, copy=current.copy, post_id=before.id
    )
    if not locked and _publish_of(situation, current) is not None and may_moderate(situation, before):
        yield Lock(thread_post=before, current=current)


def _is_told(situation: Situation, current: ThreadPost) -> bool:
    said = (comment_marker(comment.content) for comment in situation.observation.comments)
    if any(
        mark is not None
        and mark.purpose == LINK
        and (mark.thread, mark.key, mark.copy) == (situation.thread.name, current.key, current.copy)
        for mark in said
    ):
        return True
    return any(_settles(situation, intent) for intent in _link_intents(situation, current))


def _link_intents(situation: Situation, current: ThreadPost) -> tuple[Intent, ...]:
    return tuple(
        intent
        for intent in situation.observation.intents
        if intent.new.kind is IntentKind.COMMENT
        and (intent.new.edition, intent.new.copy) == (current.key, current.copy)
    )


def _settles(situation: Situation, intent: Intent) -> bool:
    """Done and refused are for good; of an unknown one we wait as long as the server may be at work."""
    if intent.state in (IntentState.DONE, IntentState.REFUSED, IntentState.SENDING):
        return True
    return intent.state is IntentState.UNKNOWN and situation.now < intent.changed + unknown_wait(intent)


def _publish_of(situation: Situation, current: ThreadPost) -> Intent | None:
    return _done(situation, IntentKind.PUBLISH, current)


def _adopted_by(situation: Situation, current: ThreadPost) -> Intent | None:
    return _done(situation, IntentKind.ADOPT, current)
