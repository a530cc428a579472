"""Does the standing post follow the source? Edits, and why there is none. Pure.

Only what we would send now is compared with what we last sent, never with the server's body, which it
rewrites: so threads that link each other come to rest after one round.
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
"""The least time between two edits that nobody ordered."""


def decide_refresh(situation: Situation) -> tuple[Action, ...]:
    """Choose whether the standing post is edited: on a person's word, or by itself where it follows."""
    ordered = situation.ordered(OrderKind.REFRESH)
    current = situation.observation.current
    if current is None:
        return (Blocked(reason=BlockReason.NOTHING_STANDS),) if ordered else ()
    if not ordered and not follows_source(situation, current):
        return ()
    return tuple(_refresh(situation, current, ordered=ordered))


def follows_source(situation: Situation, current: ThreadPost) -> bool:
    """Tell whether a post follows the source by itself: one of ours of which we know what we last sent."""
    record = situation.observation.record(current.id)
    return (
        (situation.thread.refresh is not Refresh.NEVER or _lacks_what_is_around(situation, record))
        and not current.adopted
        and record is not None
        and bool(record.sent)
    )


def _lacks_what_is_around(situation: Situation, record: PostRecord | None) -> bool:
    """Tell whether a note or highlights came or went since the text was sent: moderators' words go in."""
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
    """Return whether a person wants the title changed, and the source has another one."""
    wanted = situation.order is not None and situation.ordered(OrderKind.REFRESH) and situation.order.title
    text = situation.current_text
    return wanted and isinstance(text, Rendered) and text.title.strip() != current.post.title


def _title_stays(text: Rendered, current: ThreadPost) -> Iterator[Blocked]:
    """Say that a refresh leaves another title as it is, and how it is changed."""
    if text.title.strip() != current.post.title:
        yield Blocked(reason=BlockReason.TITLE_STAYS, url=current.post.url, title=text.title.strip())


def _differs(situation: Situation, record: PostRecord | None, text: Rendered, *, ordered: bool) -> bool:
    if record is None:
        return True
    same = _preamble_digest(record) == text.preamble_digest and not _lacks_what_is_around(situation, record)
    if situation.thread.refresh is Refresh.PREAMBLE and not ordered and same:
        return False
    return record.sent != text_digest(text)


def _preamble_digest(record: PostRecord) -> str:
    return context_json.from_json(record.context).preamble_digest if record.context else ""


def _edited_by_hand(record: PostRecord | None, current: ThreadPost) -> bool:
    """Tell whether the body is another than the server answered with at our last write (decision 13)."""
    return record is not None and bool(record.answered) and record.answered != body_digest(current.post)


def _edited_before(situation: Situation, current: ThreadPost, text: Rendered) -> Blocked | None:
    """Not again what was refused for good, and not more often than readers and the server can bear."""
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
