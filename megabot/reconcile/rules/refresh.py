"""Decide whether to edit the current post so that it follows the source, and if not, why. Pure.

What would be sent now is compared with what was last sent, never with the body on the server, which the
server rewrites. So threads that link each other settle after one round.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from megabot.ledger.records import IntentKind, IntentState, PostRecord
from megabot.reconcile.actions import Action, Blocked, BlockReason, Edit, MissingInput
from megabot.reconcile.content.drafts import body_digest, edit_matches, text_digest
from megabot.reconcile.observation import Situation, ThreadPost
from megabot.reconcile.orders import OrderKind
from megabot.rendering import context_json
from megabot.rendering.model import Rendered, RenderProblem
from megabot.source.model import Refresh

EDIT_EVERY = timedelta(minutes=10)
"""The least time between two automatic edits of a post."""


def decide_refresh(situation: Situation) -> tuple[Action, ...]:
    """Decide whether to edit the current post: on an order, or automatically if it follows the source."""
    ordered = situation.ordered(OrderKind.REFRESH)
    current = situation.observation.current
    if current is None:
        return (Blocked(reason=BlockReason.NOTHING_STANDS),) if ordered else ()
    if not ordered and not follows_source(situation, current):
        return ()
    return tuple(_refresh(situation, current, ordered=ordered))


def follows_source(situation: Situation, current: ThreadPost) -> bool:
    """Return whether a post is edited automatically: only our own posts whose last sent text is known."""
    record = situation.observation.record(current.id)
    return (
        (situation.thread.refresh is not Refresh.NEVER or _annotations_changed(situation, record))
        and not current.adopted
        and record is not None
        and bool(record.sent)
    )


def _annotations_changed(situation: Situation, record: PostRecord | None) -> bool:
    """Return whether the note or the highlights changed since the text was sent.

    They come from moderators, so they are applied even with `refresh: never`.
    """
    sent = context_json.from_json(record.context).living if record and record.context else ""
    return sent != situation.observation.annotations_digest


def _refresh(situation: Situation, current: ThreadPost, *, ordered: bool) -> Iterator[Action]:
    record = situation.observation.record(current.id)
    where = current.post.url
    if current.adopted:
        yield Blocked(reason=BlockReason.ADOPTED, url=where)
    elif situation.current_text is None:
        yield MissingInput.CURRENT_TEXT
    elif isinstance(situation.current_text, RenderProblem):
        yield Blocked(reason=BlockReason.TEXT_BROKEN, problems=situation.current_text.problems)
    elif not _differs(situation, record, situation.current_text, ordered=ordered) and not _retitles(
        situation, current
    ):
        if ordered:
            edited = _edited_by_hand(record, current)
            yield Blocked(reason=BlockReason.EDITED_BY_HAND if edited else BlockReason.UNCHANGED, url=where)
            yield from _title_stays(situation.current_text, current)
    elif _edited_by_hand(record, current):
        yield Blocked(reason=BlockReason.EDITED_BY_HAND, url=where)
    elif not ordered and (blocked := _edited_before(situation, current, situation.current_text)):
        yield blocked
    else:
        yield Edit(
            thread_post=current,
            text=situation.current_text,
            record=record,
            retitle=_retitles(situation, current),
        )


def _retitles(situation: Situation, current: ThreadPost) -> bool:
    """Return whether a new title was ordered and the source has one."""
    wanted = situation.order is not None and situation.ordered(OrderKind.REFRESH) and situation.order.title
    text = situation.current_text
    return wanted and isinstance(text, Rendered) and text.title.strip() != current.post.title


def _title_stays(text: Rendered, current: ThreadPost) -> Iterator[Blocked]:
    """Report that a refresh without `title` keeps the title although the source has a new one."""
    if text.title.strip() != current.post.title:
        yield Blocked(reason=BlockReason.TITLE_STAYS, url=current.post.url, title=text.title.strip())


def _differs(situation: Situation, record: PostRecord | None, text: Rendered, *, ordered: bool) -> bool:
    if record is None:
        return True
    same = _preamble_digest(record) == text.preamble_digest and not _annotations_changed(situation, record)
    if situation.thread.refresh is Refresh.PREAMBLE and not ordered and same:
        return False
    return record.sent != text_digest(text)


def _preamble_digest(record: PostRecord) -> str:
    return context_json.from_json(record.context).preamble_digest if record.context else ""


def _edited_by_hand(record: PostRecord | None, current: ThreadPost) -> bool:
    """Return whether the body differs from what the server returned for our last write (decision 13)."""
    return record is not None and bool(record.answered) and record.answered != body_digest(current.post)


def _edited_before(situation: Situation, current: ThreadPost, text: Rendered) -> Blocked | None:
    """Block an edit that was refused for good, or that would follow the last one too soon."""
    edits = [
        intent
        for intent in situation.observation.intents
        if intent.new.kind is IntentKind.EDIT and intent.new.post_id == current.id
    ]
    if not edits:
        return None
    last = edits[-1]
    if (
        last.state is IntentState.REFUSED
        and last.new.draft is not None
        and edit_matches(last.new.draft, text)
    ):
        return Blocked(reason=BlockReason.REFUSED_BEFORE, why=last.note)
    until: datetime = last.changed + EDIT_EVERY
    if situation.now < until and last.state is not IntentState.NOT_SENT:
        return Blocked(reason=BlockReason.EDITED_LATELY, until=until)
    return None
