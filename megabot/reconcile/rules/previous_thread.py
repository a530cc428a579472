"""The link to the new thread in the previous one, and locks of previous threads. Pure."""

from collections.abc import Iterator
from datetime import datetime

from megabot.forum.marker import LINK, comment_marker
from megabot.ledger.records import Intent, IntentKind, IntentState
from megabot.reconcile.actions import Action, LinkOldThread, Lock, MissingInput
from megabot.reconcile.observation import Situation, ThreadPost
from megabot.reconcile.rules.announce import announcement
from megabot.reconcile.rules.pin import done_intent, may_moderate
from megabot.reconcile.rules.publish import unknown_until
from megabot.rendering.model import Rendered
from megabot.source.model import Thread


def link_the_previous_thread(situation: Situation, current: ThreadPost) -> Iterator[Action]:
    """Link the new post from the previous one, once."""
    previous = next(iter(situation.observation.older), None)
    if previous is None or previous.withdrawn or _is_linked(situation, current):
        return
    text = _link_text(situation, current)
    if isinstance(text, MissingInput):
        yield text
    elif text:
        comment = announcement(situation, previous)
        comment_id = comment.id if comment else 0
        yield LinkOldThread(thread_post=previous, text=text, current=current, comment_id=comment_id)


def lock_the_previous_thread(situation: Situation, current: ThreadPost) -> Iterator[Action]:
    """Lock the previous post if the front matter asks for it; once, because a moderator may unlock it."""
    previous = next(iter(situation.observation.older), None)
    if previous is None or previous.withdrawn or not situation.thread.previous.lock or previous.post.locked:
        return
    locked = situation.observation.was_done(
        IntentKind.LOCK, edition=current.key, copy=current.copy, post_id=previous.id
    )
    posted = done_intent(situation, IntentKind.PUBLISH, current)
    if not locked and posted is not None and may_moderate(situation, previous):
        yield Lock(thread_post=previous, current=current)


def lock_after_its_time(situation: Situation) -> Iterator[Lock]:
    """Lock posts after `lock_after`; only once, because a moderator may unlock them.

    Posts whose time came before the ledger began are left alone: a moderator may have unlocked them, and
    the ledger would not know.
    """
    after, ledger_start = situation.thread.lock_after, situation.observation.ledger_start
    if after is None or ledger_start is None:
        return
    for thread_post in situation.observation.posts:
        due = thread_post.post.published + after
        may = thread_post.post.open and not thread_post.post.locked and may_moderate(situation, thread_post)
        if may and ledger_start <= due <= situation.now and not _was_locked(situation, thread_post):
            yield Lock(thread_post=thread_post, current=thread_post, aged=True)


def next_deadline(thread: Thread, posts: tuple[ThreadPost, ...], now: datetime) -> datetime | None:
    """Return when the next post must be unpinned or locked; None if there is no such time ahead."""
    spans = [after for after in (thread.unpin_after, thread.lock_after) if after is not None]
    moments = (thread_post.post.published + after for thread_post in posts for after in spans)
    return min((moment for moment in moments if moment > now), default=None)


def _link_text(situation: Situation, current: ThreadPost) -> str | MissingInput:
    """Return the text decided with the post; for an adopted post, the one that the source has now."""
    publish = done_intent(situation, IntentKind.PUBLISH, current)
    if publish is not None:
        return publish.new.text
    if not (current.adopted and done_intent(situation, IntentKind.ADOPT, current)):
        return ""
    if situation.current_text is None:
        return MissingInput.CURRENT_TEXT
    return situation.current_text.comment if isinstance(situation.current_text, Rendered) else ""


def _is_linked(situation: Situation, current: ThreadPost) -> bool:
    marks = (comment_marker(comment.content) for comment in situation.observation.comments)
    if any(
        mark is not None
        and mark.purpose == LINK
        and (mark.thread, mark.key, mark.copy) == (situation.thread.name, current.key, current.copy)
        for mark in marks
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
    """Return whether no link is sent (again): it was done or refused, or the server may still be at work."""
    if intent.state in (IntentState.DONE, IntentState.REFUSED, IntentState.SENDING):
        return True
    return intent.state is IntentState.UNKNOWN and situation.now < unknown_until(intent)


def _was_locked(situation: Situation, thread_post: ThreadPost) -> bool:
    """Return whether we locked a post for any reason, or may have done so."""
    not_done = (IntentState.NOT_SENT, IntentState.ABSENT)
    return any(
        intent.new.kind is IntentKind.LOCK
        and intent.new.post_id == thread_post.id
        and intent.state not in not_done
        for intent in situation.observation.intents
    )
