"""The link to the new thread in the previous one, and locks of previous threads. Pure."""

from collections.abc import Iterator
from datetime import datetime

from megabot.forum.marker import LINK, comment_marker
from megabot.ledger.records import Intent, IntentKind, IntentState
from megabot.reconcile.actions import Action, LinkOldThread, Lock, MissingInput
from megabot.reconcile.observation import Situation, ThreadPost
from megabot.reconcile.rules.announce import announcement
from megabot.reconcile.rules.pin import done_intent, may_moderate
from megabot.reconcile.rules.publish import unknown_wait
from megabot.rendering.model import Rendered
from megabot.source.model import Thread


def link_the_previous_thread(situation: Situation, current: ThreadPost) -> Iterator[Action]:
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


def lock_the_previous_thread(situation: Situation, current: ThreadPost) -> Iterator[Action]:
    """Lock the post before where the front matter says so, once: a person may unlock it."""
    before = next(iter(situation.observation.older), None)
    if before is None or before.withdrawn or not situation.thread.previous.lock or before.post.locked:
        return
    locked = situation.observation.was_done(
        IntentKind.LOCK, edition=current.key, copy=current.copy, post_id=before.id
    )
    posted = done_intent(situation, IntentKind.PUBLISH, current)
    if not locked and posted is not None and may_moderate(situation, before):
        yield Lock(thread_post=before, current=current)


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


def next_deadline(thread: Thread, posts: tuple[ThreadPost, ...], now: datetime) -> datetime | None:
    """Return when the next post is to be unpinned or locked; None if no such moment is ahead."""
    spans = [after for after in (thread.unpin_after, thread.lock_after) if after is not None]
    moments = (thread_post.post.published + after for thread_post in posts for after in spans)
    return min((moment for moment in moments if moment > now), default=None)


def _words_for(situation: Situation, current: ThreadPost) -> str | MissingInput:
    """Give what was decided with the post; for an adopted one, what the source says now."""
    publish = done_intent(situation, IntentKind.PUBLISH, current)
    if publish is not None:
        return publish.new.text
    if not (current.adopted and done_intent(situation, IntentKind.ADOPT, current)):
        return ""
    if situation.current_text is None:
        return MissingInput.CURRENT_TEXT
    return situation.current_text.comment if isinstance(situation.current_text, Rendered) else ""


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


def _was_locked(situation: Situation, thread_post: ThreadPost) -> bool:
    """Return whether we locked a post for any reason, or may have."""
    never = (IntentState.NOT_SENT, IntentState.ABSENT)
    return any(
        intent.new.kind is IntentKind.LOCK
        and intent.new.post_id == thread_post.id
        and intent.state not in never
        for intent in situation.observation.intents
    )
