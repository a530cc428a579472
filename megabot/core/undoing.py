"""Taking a fresh copy back: the post that it replaced stands again. Nothing is deleted. Pure."""

from collections.abc import Iterator
from functools import partial

from megabot.core.actions import Hold, Lock, Reason, Unlock, Withdraw
from megabot.core.marker import UNDONE, comment_marker
from megabot.core.posts import Comment
from megabot.core.records import IntentKind, IntentState
from megabot.core.seen import Case, Order, OrderKind, Own


def decide_undo(case: Case) -> Withdraw | Hold | None:
    """Choose what becomes of an order to undo; None where there is none, or where it was carried out."""
    if case.order is None or not case.ordered(OrderKind.UNDO) or _was_carried_out(case, case.order):
        return None
    copy = case.observation.current
    if copy is None:
        return Hold(reason=Reason.NOTHING_STANDS)
    others = tuple(own for own in case.observation.of_edition(copy.key) if own is not copy)
    before = next((own for own in others if own.post.open and not own.withdrawn), None)
    if before is not None:
        return Withdraw(own=copy, standing=before, order=case.order.id)
    undone = next((own for own in others if own.withdrawn), None)
    if undone is not None and not copy.withdrawn:
        return Hold(reason=Reason.UNDONE_BEFORE, url=undone.post.url, other_url=copy.post.url)
    reason = Reason.NOTHING_TO_GO_BACK_TO if others else Reason.NOTHING_TO_UNDO
    return Hold(reason=reason, url=copy.post.url)


def lock_what_was_withdrawn(case: Case) -> Iterator[Lock]:
    """Lock a withdrawn copy, once: a person may unlock it."""
    standing = case.observation.current
    for own in case.observation.older:
        if standing is None or not own.withdrawn or own.key != standing.key:
            continue
        locked = case.observation.was_done(IntentKind.LOCK, edition=own.key, copy=own.copy, post_id=own.id)
        may = own.post.creator_is_moderator or own.post.creator.admin
        if may and not (locked or own.post.locked):
            yield Lock(own=own, standing=own)


def unlock_what_stands_again(case: Case, standing: Own) -> Iterator[Unlock]:
    """Take our own lock off the post that a withdrawn copy had replaced, once: a person may lock it."""
    may = standing.post.creator_is_moderator or standing.post.creator.admin
    if not (standing.post.locked and may):
        return
    for copy in case.observation.of_edition(standing.key):
        done = partial(case.observation.was_done, edition=copy.key, copy=copy.copy, post_id=standing.id)
        if copy.withdrawn and done(IntentKind.LOCK) and not done(IntentKind.UNLOCK):
            yield Unlock(own=standing, copy=copy)
            return


def _was_carried_out(case: Case, order: Order) -> bool:
    """Tell by the ledger, or where that was restored by a comment newer than the order (C08)."""
    known = any(
        intent.new.kind is IntentKind.WITHDRAW
        and intent.new.order == order.id
        and (intent.open or intent.state is IntentState.DONE)
        for intent in case.observation.intents
    )
    return known or any(
        withdraws(comment, case.thread.name) and order.is_older_than(comment.published)
        for comment in case.observation.comments
    )


def withdraws(comment: Comment, thread: str) -> bool:
    """Tell whether a comment of the bot's own takes the copy back that it stands in."""
    mark = comment_marker(comment.content)
    open_ = not (comment.removed or comment.deleted)
    return open_ and mark is not None and (mark.thread, mark.purpose) == (thread, UNDONE)
