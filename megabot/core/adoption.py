"""Taking a thread that a person posted as an edition: which one, and whether that can be. Pure."""

from datetime import datetime

from megabot.core import calendar
from megabot.core.actions import Adopt, Hold, Reason
from megabot.core.calendar import Edition
from megabot.core.marker import ADOPTED, CommentMarker, comment_marker
from megabot.core.posts import Comment
from megabot.core.publication import hold_after
from megabot.core.records import IntentKind
from megabot.core.seen import Case, OrderKind
from megabot.core.threads import Thread


def edition_of(thread: Thread, published: datetime, now: datetime, *, as_previous: bool) -> Edition | None:
    """Choose the edition that a post is to carry: that of the slot nearest to when it was published.

    With `as_previous` it is the one before the current one, so that this one can be posted beside it; None
    where there is none such.
    """
    if not as_previous:
        return calendar.nearest(thread.name, thread.schedule, published)
    due = calendar.due(thread.name, thread.schedule, now)
    return None if due is None else next(calendar.before(thread.name, thread.schedule, due), None)


def adoption(comment: Comment, thread: str) -> CommentMarker | None:
    """Read what a comment of the bot's own says was adopted for a thread: it survives the ledger."""
    mark = comment_marker(comment.content)
    if mark is None or (mark.thread, mark.purpose) != (thread, ADOPTED):
        return None
    return None if comment.removed or comment.deleted else mark


def decide_adoption(case: Case) -> Adopt | Hold | None:
    """Choose what becomes of an order to adopt; None where there is none, or where it was carried out."""
    post, edition = case.seen.adopting, _edition(case)
    if post is None or edition is None:
        return None
    where = (post.url,)
    known = next((own for own in case.seen.posts if own.id == post.id), None)
    if known is not None:
        done = known.adopted and known.key == edition.key
        return None if done else Hold(reason=Reason.OURS, facts=(post.url, known.key))
    if not post.open:
        return Hold(reason=Reason.GONE, facts=where)
    if case.seen.place_id != post.community_id:
        return Hold(reason=Reason.ELSEWHERE, facts=where)
    of_edition = case.seen.of_edition(edition.key)
    standing = next((own for own in of_edition if own.post.open), None)
    if standing is not None:
        return Hold(reason=Reason.EDITION_TAKEN, facts=(edition.key, standing.post.url))
    return _on_its_way(case, post.id) or Adopt(
        post=post, edition=edition, copy=max((own.copy for own in of_edition), default=0) + 1
    )


def _edition(case: Case) -> Edition | None:
    if case.order is None or case.order.kind is not OrderKind.ADOPT:
        return None
    return calendar.by_key(case.thread.name, case.thread.schedule, case.order.edition)


def _on_its_way(case: Case, post_id: int) -> Hold | None:
    """The comment that says so may have been written without our knowing: not a second one meanwhile."""
    for intent in case.seen.intents:
        if intent.new.kind is IntentKind.ADOPT and intent.open and intent.new.post_id == post_id:
            return Hold(reason=Reason.OUTCOME_UNKNOWN, until=intent.changed + hold_after(intent))
    return None
