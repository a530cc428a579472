"""The bot's comments in the current thread: the first one, and the announcement of the next edition. Pure.

The announcement says when the next edition comes, and is edited into the link to it later.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from megabot.forum.marker import ANNOUNCED, FIRST, comment_marker
from megabot.forum.models import Comment
from megabot.ledger.records import IntentKind, IntentState
from megabot.reconcile.actions import Action, Announce, Distinguish, FirstComment, MissingInput
from megabot.reconcile.observation import Situation, ThreadPost
from megabot.reconcile.rules.publish import unknown_until
from megabot.rendering.model import Rendered
from megabot.source.model import Thread

FIRST_WITHIN = timedelta(days=1)
"""How long after a thread was posted it still gets its first comment; later others come before it."""


def announces_at(thread: Thread, now: datetime) -> datetime | None:
    """Return when the next edition will be announced; None if it will not be, or that time has passed."""
    coming = next(thread.calendar.upcoming(now), None)
    if thread.previous.announce is None or coming is None or coming.skipped:
        return None
    at = coming.slot - thread.previous.announce
    return at if at > now else None


def announce_the_next(situation: Situation, current: ThreadPost, *, may_mark: bool) -> Iterator[Action]:
    """Announce the next edition once, if the front matter asks for it; distinguish the comment if allowed."""
    span = situation.thread.previous.announce
    if span is None:
        return
    posted = {thread_post.key for thread_post in situation.observation.posts}
    ahead = situation.thread.calendar.upcoming(situation.now)
    coming = next((edition for edition in ahead if edition.key not in posted), None)
    if coming is None:
        return
    comment = announcement(situation, current)
    if comment is not None:
        marked = comment.distinguished or not may_mark
        if not marked and not _was_tried(situation, current, IntentKind.DISTINGUISH):
            yield Distinguish(thread_post=current, comment_id=comment.id)
    elif coming.slot - span <= situation.now and not (
        coming.skipped or _was_tried(situation, current, IntentKind.ANNOUNCE)
    ):
        yield Announce(thread_post=current, edition=coming)


def make_the_first_comment(
    situation: Situation, current: ThreadPost, *, posted: datetime | None, may_mark: bool
) -> Iterator[Action]:
    """Add the first comment once, if the front matter asks for it; distinguish it if allowed.

    `posted` is when the bot posted the thread, None if the ledger does not know: without the ledger, a
    comment that someone removed looks like one that was never made.
    """
    comment = _own_comment(situation, current, FIRST)
    if comment is not None:
        marked = comment.distinguished or not may_mark
        if not marked and not _was_tried(situation, current, IntentKind.DISTINGUISH_FIRST):
            yield Distinguish(thread_post=current, comment_id=comment.id, first=True)
        return
    if not situation.thread.first_comment or posted is None or situation.now - posted > FIRST_WITHIN:
        return
    if _was_tried(situation, current, IntentKind.FIRST_COMMENT):
        return
    if situation.current_text is None:
        yield MissingInput.CURRENT_TEXT
    elif isinstance(situation.current_text, Rendered) and situation.current_text.first_comment:
        yield FirstComment(thread_post=current, text=situation.current_text.first_comment)


def announcement(situation: Situation, thread_post: ThreadPost) -> Comment | None:
    """Return the comment in a post that announces the next edition."""
    return _own_comment(situation, thread_post, ANNOUNCED)


def _own_comment(situation: Situation, thread_post: ThreadPost, purpose: str) -> Comment | None:
    searched = (situation.thread.name, thread_post.key, thread_post.copy, purpose)
    for comment in situation.observation.comments:
        mark = comment_marker(comment.content)
        here = mark is not None and comment.open and comment.post_id == thread_post.id
        if mark is not None and here and (mark.thread, mark.key, mark.copy, mark.purpose) == searched:
            return comment
    return None


def _was_tried(situation: Situation, thread_post: ThreadPost, kind: IntentKind) -> bool:
    """Return whether this was done or refused, or may still be in progress."""
    return any(
        intent.new.kind is kind
        and (intent.new.edition, intent.new.copy, intent.new.post_id)
        == (thread_post.key, thread_post.copy, thread_post.id)
        and (
            intent.state in (IntentState.DONE, IntentState.REFUSED, IntentState.SENDING)
            or (intent.state is IntentState.UNKNOWN and situation.now < unknown_until(intent))
        )
        for intent in situation.observation.intents
    )
