"""What is to be kept up about the posts that stand: pins, the link and the lock of the old thread. Pure.

There is never a moment with no thread pinned: the old post is unpinned only where this look saw the new
one pinned. What a person did to a pin stays until the next edition.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from megabot.core.actions import Action, Blocked, BlockReason, LinkOldThread, Lock, MissingInput, Pin, Unpin
from megabot.core.announcing import announce_the_next, announcement, make_the_first_comment
from megabot.core.doubles import find_duplicates
from megabot.core.federation import hold_until_the_home_server_shows_the_pin
from megabot.core.marker import LINK, comment_marker
from megabot.core.posts import Feature, PinEvent, Post
from megabot.core.publication import LONG, unknown_for
from megabot.core.records import Intent, IntentKind, IntentState
from megabot.core.seen import Situation, ThreadPost
from megabot.core.threads import Pin as PinKind
from megabot.core.threads import Rendered, Thread
from megabot.core.undoing import lock_the_undone_copy, unlock_the_restored_post

ARRIVAL_EVERY = timedelta(minutes=2)
"""How often it is looked whether a new post has reached the community's own server."""
KINDS = {PinKind.COMMUNITY: Feature.COMMUNITY, PinKind.LOCAL: Feature.LOCAL}


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


def pin_the_current_post(situation: Situation, current: ThreadPost) -> Iterator[Action]:
    """Pin the newest post unless it is pinned, a person unpinned it, or we may not."""
    kind = KINDS.get(situation.thread.pin)
    if kind is None or is_pinned(current.post, kind) or pin_is_over(situation, current):
        return
    if not may_moderate(situation, current):
        yield Blocked(reason=BlockReason.NOT_MODERATOR, url=current.post.url)
    elif current.id in situation.observation.created_ids:
        yield Pin(thread_post=current, kind=kind)
    elif current.id not in situation.observation.pin_events:
        yield MissingInput.PIN_LOG
    elif was_done_by_another(situation, situation.observation.pin_events[current.id], featured=False):
        yield Blocked(reason=BlockReason.UNPINNED_BY_HAND, url=current.post.url)
    else:
        yield Pin(thread_post=current, kind=kind)


def unpin_the_older_ones(
    situation: Situation, current: ThreadPost, *, is_seen: bool = True
) -> Iterator[Action]:
    """Unpin older own posts, by the kind of pin seen on them, once the new one is seen pinned.

    `is_seen` is whether readers see that pin. After `unpin_after` no post of the thread should be pinned, so
    the new one is not waited for.
    """
    kind = KINDS.get(situation.thread.pin)
    if kind is None or not situation.thread.previous.unpin:
        return
    if not (is_seen and is_pinned(current.post, kind)) and not pin_is_over(situation, current):
        return
    for thread_post in situation.observation.older:
        if thread_post.post.featured and may_moderate(situation, thread_post):
            yield from _unpin(situation, thread_post, current)


def unpin_after_its_time(situation: Situation, current: ThreadPost) -> Iterator[Action]:
    """Unpin the current post after `unpin_after`, unless the mod log says that a person pinned it."""
    kind = KINDS.get(situation.thread.pin)
    if kind is None or not (pin_is_over(situation, current) and is_pinned(current.post, kind)):
        return
    if not may_moderate(situation, current):
        return
    if current.id not in situation.observation.pin_events:
        yield MissingInput.PIN_LOG
    elif was_done_by_another(situation, situation.observation.pin_events[current.id], featured=True):
        yield Blocked(reason=BlockReason.PINNED_BY_HAND, url=current.post.url)
    else:
        yield Unpin(thread_post=current, kind=kind, current=current)


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


def pin_is_over(situation: Situation, thread_post: ThreadPost) -> bool:
    """Return whether a post has been up for longer than it is to be pinned."""
    after = situation.thread.unpin_after
    return after is not None and situation.now >= thread_post.post.published + after


def next_deadline(thread: Thread, posts: tuple[ThreadPost, ...], now: datetime) -> datetime | None:
    """Return when the next post is to be unpinned or locked; None if no such moment is ahead."""
    spans = [after for after in (thread.unpin_after, thread.lock_after) if after is not None]
    moments = (thread_post.post.published + after for thread_post in posts for after in spans)
    return min((moment for moment in moments if moment > now), default=None)


def report_doubles(situation: Situation) -> Iterator[Blocked]:
    """Tell a person which posts carry an edition that another one carries: another megabot is at work."""
    for thread_post, double in find_duplicates(situation.observation.posts):
        yield Blocked(reason=BlockReason.DOUBLED, url=thread_post.post.url, other_url=double.post.url)


def _unpin(situation: Situation, thread_post: ThreadPost, current: ThreadPost) -> Iterator[Action]:
    if _was_unpinned_for(situation, thread_post, current) or _pinned_since(situation, thread_post, current):
        yield Blocked(reason=BlockReason.PINNED_BY_HAND, url=thread_post.post.url)
    elif _pin_is_a_riddle(situation, thread_post, current):
        yield MissingInput.PIN_LOG
    elif thread_post.post.featured_community:
        yield Unpin(thread_post=thread_post, kind=Feature.COMMUNITY, current=current)
    elif _is_admin(situation):
        yield Unpin(thread_post=thread_post, kind=Feature.LOCAL, current=current)


def _was_unpinned_for(situation: Situation, thread_post: ThreadPost, current: ThreadPost) -> bool:
    """Tell whether the last thing that we did to this pin was to take it off for the standing post."""
    turned = [
        intent.new
        for intent in situation.observation.intents
        if intent.new.post_id == thread_post.id
        and intent.new.kind in (IntentKind.PIN, IntentKind.UNPIN)
        and intent.state is IntentState.DONE
    ]
    last = turned[-1] if turned else None
    served = (current.key, current.copy)
    return last is not None and last.kind is IntentKind.UNPIN and (last.edition, last.copy) == served


def _pin_is_a_riddle(situation: Situation, thread_post: ThreadPost, current: ThreadPost) -> bool:
    """With the ledger lost nothing says whether this pin is an old one of ours or a person's new one."""
    ours = any(
        intent.new.kind is IntentKind.PIN and intent.new.post_id == thread_post.id
        for intent in situation.observation.intents
    )
    return (
        not ours
        and current.id not in situation.observation.created_ids
        and thread_post.id not in situation.observation.pin_events
    )


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


def is_pinned(post: Post, kind: Feature) -> bool:
    """Tell whether a post is pinned in this way."""
    return post.featured_local if kind is Feature.LOCAL else post.featured_community


def may_moderate(situation: Situation, thread_post: ThreadPost) -> bool:
    """Tell whether the bot may pin this post: a post of its own says so itself, an adopted one does not."""
    if thread_post.adopted:
        return situation.observation.moderates
    return thread_post.post.creator_is_moderator or thread_post.post.creator.admin


def _is_admin(situation: Situation) -> bool:
    return any(
        thread_post.post.creator.admin
        for thread_post in situation.observation.posts
        if not thread_post.adopted
    )


def was_done_by_another(situation: Situation, event: PinEvent | None, *, featured: bool) -> bool:
    """Tell whether the newest thing done to a pin was done by a person: an unknown name counts as one."""
    return event is not None and event.featured is featured and event.by != situation.observation.bot_id


def _pinned_since(situation: Situation, thread_post: ThreadPost, current: ThreadPost) -> bool:
    """With the ledger lost, the mod log tells whether a person pinned it after the new one stood."""
    event = situation.observation.pin_events.get(thread_post.id)
    return (
        event is not None
        and was_done_by_another(situation, event, featured=True)
        and event.when > current.post.published
    )


def _is_told(situation: Situation, current: ThreadPost) -> bool:
    said = (comment_marker(comment.content) for comment in situation.observation.comments)
    if any(
        mark is not None
        and mark.purpose == LINK
        and (mark.thread, mark.key, mark.copy) == (situation.thread.name, current.key, current.copy)
        for mark in said
    ):
        return True
    return any(_settles(situation, intent) for intent in _tellings(situation, current))


def _tellings(situation: Situation, current: ThreadPost) -> tuple[Intent, ...]:
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
    return intent.state is IntentState.UNKNOWN and situation.now < intent.changed + unknown_for(intent)


def _publish_of(situation: Situation, current: ThreadPost) -> Intent | None:
    return _done(situation, IntentKind.PUBLISH, current)


def _adopted_by(situation: Situation, current: ThreadPost) -> Intent | None:
    return _done(situation, IntentKind.ADOPT, current)


def _done(situation: Situation, kind: IntentKind, current: ThreadPost) -> Intent | None:
    return next(
        (
            intent
            for intent in situation.observation.intents
            if intent.new.kind is kind
            and intent.state is IntentState.DONE
            and (intent.new.edition, intent.new.copy) == (current.key, current.copy)
        ),
        None,
    )
