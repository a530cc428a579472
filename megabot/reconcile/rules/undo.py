"""Withdraw a repost, so that the post it replaced is current again. Nothing is deleted. Pure."""

from collections.abc import Iterator
from functools import partial

from megabot.forum.marker import UNDONE, comment_marker
from megabot.forum.models import Comment
from megabot.ledger.records import IntentKind, IntentState
from megabot.reconcile.actions import Blocked, BlockReason, Lock, UndoRepost, Unlock
from megabot.reconcile.observation import Situation, ThreadPost
from megabot.reconcile.orders import Order, OrderKind


def decide_undo(situation: Situation) -> UndoRepost | Blocked | None:
    """Decide about an order to undo; None if there is none or it was carried out."""
    if (
        situation.order is None
        or not situation.ordered(OrderKind.UNDO)
        or _was_carried_out(situation, situation.order)
    ):
        return None
    copy = situation.observation.current
    if copy is None:
        return Blocked(reason=BlockReason.NOTHING_STANDS)
    others = tuple(
        thread_post for thread_post in situation.observation.of_edition(copy.key) if thread_post is not copy
    )
    replaced = next(
        (thread_post for thread_post in others if thread_post.post.open and not thread_post.withdrawn), None
    )
    if replaced is not None:
        return UndoRepost(thread_post=copy, current=replaced, order=situation.order.id)
    undone = next((thread_post for thread_post in others if thread_post.withdrawn), None)
    if undone is not None and not copy.withdrawn:
        return Blocked(reason=BlockReason.UNDONE_BEFORE, url=undone.post.url, other_url=copy.post.url)
    reason = BlockReason.NOTHING_TO_GO_BACK_TO if others else BlockReason.NOTHING_TO_UNDO
    return Blocked(reason=reason, url=copy.post.url)


def lock_the_undone_copy(situation: Situation) -> Iterator[Lock]:
    """Lock a withdrawn copy; only once, because a moderator may unlock it."""
    current = situation.observation.current
    for thread_post in situation.observation.older:
        if current is None or not thread_post.withdrawn or thread_post.key != current.key:
            continue
        locked = situation.observation.was_done(
            IntentKind.LOCK, edition=thread_post.key, copy=thread_post.copy, post_id=thread_post.id
        )
        may = thread_post.post.creator_is_moderator or thread_post.post.creator.admin
        if may and not (locked or thread_post.post.locked):
            yield Lock(thread_post=thread_post, current=thread_post)


def unlock_the_restored_post(situation: Situation, current: ThreadPost) -> Iterator[Unlock]:
    """Remove our lock from the post that a withdrawn copy had replaced; once: a moderator may relock it."""
    may = current.post.creator_is_moderator or current.post.creator.admin
    if not (current.post.locked and may):
        return
    for copy in situation.observation.of_edition(current.key):
        done = partial(situation.observation.was_done, edition=copy.key, copy=copy.copy, post_id=current.id)
        if copy.withdrawn and done(IntentKind.LOCK) and not done(IntentKind.UNLOCK):
            yield Unlock(thread_post=current, copy=copy)
            return


def _was_carried_out(situation: Situation, order: Order) -> bool:
    """Return whether the ledger shows it, or, after a restore, a comment newer than the order (C08)."""
    recorded = any(
        intent.new.kind is IntentKind.WITHDRAW
        and intent.new.order == order.id
        and (intent.open or intent.state is IntentState.DONE)
        for intent in situation.observation.intents
    )
    return recorded or any(
        is_undo_comment(comment, situation.thread.name) and order.is_older_than(comment.published)
        for comment in situation.observation.comments
    )


def is_undo_comment(comment: Comment, thread: str) -> bool:
    """Return whether a comment by the bot withdraws the copy that it is in."""
    mark = comment_marker(comment.content)
    open_ = not (comment.removed or comment.deleted)
    return open_ and mark is not None and (mark.thread, mark.purpose) == (thread, UNDONE)
