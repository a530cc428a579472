"""Adopt a thread that a moderator posted: which edition it becomes, and whether that is possible. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from megabot.forum.marker import ADOPTED, RELEASED, CommentMarker, comment_marker
from megabot.forum.models import Comment, Post
from megabot.ledger.records import IntentKind
from megabot.reconcile.actions import Adopt, Blocked, BlockReason, MissingInput, Release, Unpin
from megabot.reconcile.observation import Observation, Situation, ThreadPost
from megabot.reconcile.orders import OrderKind
from megabot.reconcile.rules.duplicates import order_posts
from megabot.reconcile.rules.pin import KINDS, is_pinned
from megabot.reconcile.rules.publish import unknown_until
from megabot.reconcile.rules.remote_pin import is_pinned_for_readers
from megabot.schedule.calendar import Edition
from megabot.schedule.editions import edition_of_post
from megabot.source.model import Thread


def edition_of(thread: Thread, published: datetime, now: datetime, *, as_previous: bool) -> Edition | None:
    """Return the edition that a post becomes, by when it was published.

    With `as_previous` it is the edition before the current one, so that the current one can still be
    posted; None if there is none.
    """
    if not as_previous:
        return edition_of_post(thread.calendar, published)
    due = thread.calendar.current(now)
    return None if due is None else next(thread.calendar.earlier(due), None)


def adoption(comment: Comment, thread: str) -> CommentMarker | None:
    """Return what a comment by the bot says about an adoption; it is still there if the ledger is lost."""
    mark = comment_marker(comment.content)
    if mark is None or (mark.thread, mark.purpose) != (thread, ADOPTED):
        return None
    return None if comment.removed or comment.deleted else mark


@dataclass(frozen=True, slots=True)
class Effects:
    """The effects of an adoption, apart from its comment: whether it pins the thread, which posts it unpins.

    `current` is the URL of the post that is current afterwards.
    """

    current: str
    pinned: bool
    unpinned: tuple[str, ...]


def effects_of(thread: Thread, observation: Observation, adopted: ThreadPost) -> Effects:
    """Return what an adoption would change, so that someone can confirm it."""
    posts = order_posts(
        (adopted, *(thread_post for thread_post in observation.posts if thread_post.id != adopted.id))
    )
    current, *older = [thread_post for thread_post in posts if thread_post.post.open] or [adopted]
    kind = KINDS.get(thread.pin)
    unpins = kind is not None and thread.previous.unpin
    return Effects(
        current=current.post.url,
        pinned=current is adopted and kind is not None and not is_pinned(adopted.post, kind),
        unpinned=tuple(thread_post.post.url for thread_post in older if thread_post.post.featured)
        if unpins
        else (),
    )


def decide_adoption(situation: Situation) -> Adopt | Blocked | None:
    """Decide about an order to adopt; None if there is none or it was carried out."""
    post, edition = situation.observation.post_to_adopt, _edition(situation)
    if post is None or edition is None:
        return None
    thread_post = next(
        (thread_post for thread_post in situation.observation.posts if thread_post.id == post.id), None
    )
    if thread_post is not None:
        done = thread_post.adopted and thread_post.key == edition.key
        return None if done else Blocked(reason=BlockReason.OURS, url=post.url, edition=thread_post.key)
    if not post.open:
        return Blocked(reason=BlockReason.GONE, url=post.url)
    if situation.observation.community_id != post.community_id:
        return Blocked(reason=BlockReason.ELSEWHERE, url=post.url)
    of_edition = situation.observation.of_edition(edition.key)
    current = next((thread_post for thread_post in of_edition if thread_post.post.open), None)
    if current is not None:
        return Blocked(reason=BlockReason.EDITION_TAKEN, edition=edition.key, url=current.post.url)
    copies = (*(thread_post.copy for thread_post in of_edition), *released_copies(situation, edition.key))
    return _on_its_way(situation, post.id) or Adopt(
        post=post, edition=edition, copy=max(copies, default=0) + 1
    )


def released_copies(situation: Situation, key: str) -> Iterator[int]:
    """Return the copies of an edition whose adoption was undone: their numbers are not used again."""
    for comment in situation.observation.comments:
        mark = comment_marker(comment.content)
        if mark is not None and (mark.thread, mark.key, mark.purpose) == (
            situation.thread.name,
            key,
            RELEASED,
        ):
            yield mark.copy


def decide_release(situation: Situation) -> Release | Unpin | Blocked | MissingInput | None:
    """Decide how to undo an adoption; None if there is no such order or it was carried out.

    The pin is removed last, once the current post is seen pinned, and only if the bot had set it.
    """
    post = situation.observation.post_to_adopt
    if post is None or not situation.ordered(OrderKind.UNADOPT):
        return None
    thread_post = next(
        (thread_post for thread_post in situation.observation.posts if thread_post.id == post.id), None
    )
    if thread_post is None:
        return _unpin_released(situation, post)
    if not thread_post.adopted:
        return Blocked(reason=BlockReason.NOT_ADOPTED, url=post.url)
    waits = _on_its_way(situation, post.id)
    comments = (
        comment
        for comment in situation.observation.comments
        if comment.post_id == post.id and adoption(comment, situation.thread.name)
    )
    mark = next(comments, None)
    return waits or Release(thread_post=thread_post, comment_id=mark.id if mark else 0)


def _unpin_released(situation: Situation, post: Post) -> Unpin | MissingInput | Blocked | None:
    kind, current = KINDS.get(situation.thread.pin), situation.observation.current
    released = any(
        comment.post_id == post.id and mark is not None and mark.purpose == RELEASED
        for comment in situation.observation.comments
        for mark in (comment_marker(comment.content),)
    )
    if not released and not any(
        intent.new.kind is IntentKind.RELEASE and intent.new.post_id == post.id
        for intent in situation.observation.intents
    ):
        return Blocked(reason=BlockReason.ADOPTED_BY_NONE, url=post.url)
    if kind is None or not is_pinned(post, kind) or not situation.observation.moderates:
        return None
    if current is not None and not is_pinned_for_readers(situation.thread, situation.observation):
        return None
    if post.id not in situation.observation.pin_events:
        return MissingInput.PIN_LOG
    event = situation.observation.pin_events[post.id]
    if event is None or event.by != situation.observation.bot_id or not event.featured:
        return None
    thread_post = ThreadPost(post=post, key=situation.order.edition if situation.order else "", adopted=True)
    return Unpin(thread_post=thread_post, kind=kind, current=current or thread_post)


def _edition(situation: Situation) -> Edition | None:
    if situation.order is None or situation.order.kind is not OrderKind.ADOPT:
        return None
    return situation.thread.calendar.edition(situation.order.edition)


def _on_its_way(situation: Situation, post_id: int) -> Blocked | None:
    """Block while an adoption or release has an unknown outcome, so that it is not sent twice."""
    for intent in situation.observation.intents:
        if (
            intent.new.kind in (IntentKind.ADOPT, IntentKind.RELEASE)
            and intent.open
            and intent.new.post_id == post_id
        ):
            return Blocked(reason=BlockReason.OUTCOME_UNKNOWN, until=unknown_until(intent))
    return None
