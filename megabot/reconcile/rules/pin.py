"""Decide which of a thread's posts to pin and which to unpin. Pure."""

from collections.abc import Iterator

from megabot.forum.models import Feature, PinEvent, Post
from megabot.ledger.records import Intent, IntentKind, IntentState
from megabot.reconcile.actions import Action, Blocked, BlockReason, MissingInput, Pin, Unpin
from megabot.reconcile.observation import Situation, ThreadPost
from megabot.source.model import Pin as PinKind

KINDS = {PinKind.COMMUNITY: Feature.COMMUNITY, PinKind.LOCAL: Feature.LOCAL}


def pin_the_current_post(situation: Situation, current: ThreadPost) -> Iterator[Action]:
    """Pin the newest post, unless it is pinned, someone unpinned it (H01), or the bot may not pin."""
    kind = KINDS.get(situation.thread.pin)
    if kind is None or is_pinned(current.post, kind) or pin_is_over(situation, current):
        return
    if not may_moderate(situation, current):
        yield Blocked(reason=BlockReason.NOT_MODERATOR, url=current.post.url)
    elif current.id in situation.observation.created_ids:  # nobody can have unpinned it yet
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
    """Unpin our older posts, with the kind of pin seen on them, once the new one is seen pinned.

    `is_seen` is whether readers see that pin. After `unpin_after` no post of the thread should be pinned, so
    this does not wait for the new one.
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
    """Unpin the current post after `unpin_after`, unless the mod log shows that someone else pinned it."""
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


def pin_is_over(situation: Situation, thread_post: ThreadPost) -> bool:
    """Return whether a post has been up for longer than `unpin_after`."""
    after = situation.thread.unpin_after
    return after is not None and situation.now >= thread_post.post.published + after


def _unpin(situation: Situation, thread_post: ThreadPost, current: ThreadPost) -> Iterator[Action]:
    if _was_unpinned_for(situation, thread_post, current) or _pinned_since(situation, thread_post, current):
        yield Blocked(reason=BlockReason.PINNED_BY_HAND, url=thread_post.post.url)
    elif _needs_pin_log(situation, thread_post, current):
        yield MissingInput.PIN_LOG
    elif thread_post.post.featured_community:
        yield Unpin(thread_post=thread_post, kind=Feature.COMMUNITY, current=current)
    elif _is_admin(situation):  # only admins can change a pin on the front page (lemmy-api 2.2)
        yield Unpin(thread_post=thread_post, kind=Feature.LOCAL, current=current)


def _was_unpinned_for(situation: Situation, thread_post: ThreadPost, current: ThreadPost) -> bool:
    """Return whether our last change to this pin was to remove it for the current post.

    If it is pinned all the same, a moderator pinned it again (H03).
    """
    changes = [
        intent.new
        for intent in situation.observation.intents
        if intent.new.post_id == thread_post.id
        and intent.new.kind in (IntentKind.PIN, IntentKind.UNPIN)
        and intent.state is IntentState.DONE
    ]
    last = changes[-1] if changes else None
    replaced_by = (current.key, current.copy)
    return last is not None and last.kind is IntentKind.UNPIN and (last.edition, last.copy) == replaced_by


def _needs_pin_log(situation: Situation, thread_post: ThreadPost, current: ThreadPost) -> bool:
    """Return whether only the mod log can tell our own old pin from a moderator's new one.

    That is so if the ledger does not know of the pin, because it was lost.
    """
    ours = any(
        intent.new.kind is IntentKind.PIN and intent.new.post_id == thread_post.id
        for intent in situation.observation.intents
    )
    return (
        not ours
        and current.id not in situation.observation.created_ids
        and thread_post.id not in situation.observation.pin_events
    )


def is_pinned(post: Post, kind: Feature) -> bool:
    return post.featured_local if kind is Feature.LOCAL else post.featured_community


def may_moderate(situation: Situation, thread_post: ThreadPost) -> bool:
    """Return whether the bot may pin this post. An own post shows its author's rights, an adopted one not."""
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
    """Return whether another account made the newest change to a pin. An unknown name counts as another's."""
    return event is not None and event.featured is featured and event.by != situation.observation.bot_id


def _pinned_since(situation: Situation, thread_post: ThreadPost, current: ThreadPost) -> bool:
    """Return whether the mod log shows that someone pinned it after the current post was published.

    This replaces the ledger's memory of our own unpin if the ledger was lost.
    """
    event = situation.observation.pin_events.get(thread_post.id)
    return (
        event is not None
        and was_done_by_another(situation, event, featured=True)
        and event.when > current.post.published
    )


def done_intent(situation: Situation, kind: IntentKind, current: ThreadPost) -> Intent | None:
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
