"""Annotations in the ledger: notes and highlights."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta

from megabot.errors import NotFound
from megabot.forum.escaping import address, escape
from megabot.forum.models import Comment
from megabot.i18n import sentences
from megabot.i18n.translation import _
from megabot.ledger.port import Ledger
from megabot.ledger.records import PostRecord
from megabot.ledger.state import Highlight, Job, JobRun, Note
from megabot.ports import Ports
from megabot.reconcile.content import annotations, highlights
from megabot.reconcile.content.annotations import Annotations
from megabot.reconcile.content.highlights import first_line
from megabot.reconcile.observation import Observation
from megabot.rendering.model import FeaturedFacts
from megabot.schedule.interval import Interval
from megabot.source.model import Thread

LOOK_EVERY = timedelta(minutes=30)
LOOK_AT = 20
"""How many highlights are re-read at once; the next check continues with the others."""


def current_annotations(ledger: Ledger, thread: Thread, edition: str, now: datetime) -> Annotations:
    """Return the annotations that the post of an edition must have now."""
    note, items = ledger.thread(thread.name).note, ledger.highlights(thread.name, edition)
    above = () if note is None or not note.applies_to(edition, now) else (_line(thread, note),)
    below = tuple(_item(thread, highlight) for highlight in items)
    return Annotations(above=above, heading=_("## Highlights") if below else "", below=below)


def _line(thread: Thread, note: Note) -> str:
    at = sentences.local_moment(note.at, thread.schedule.timezone)
    text = annotations.link_text(note.text, "")
    if note.until is None:
        return _("> **Note, {at}:** {text}").format(at=at, text=text)
    until = sentences.local_moment(note.until, thread.schedule.timezone)
    return _("> **Note, {at} (until {until}):** {text}").format(at=at, until=until, text=text)


def _item(thread: Thread, highlight: Highlight) -> str:
    at = sentences.local_moment(highlight.at, thread.schedule.timezone)
    return _("- {line} ({by}, {at})").format(
        line=annotations.link_text(highlight.line or "...", highlight.url),
        by=annotations.author_link(highlight),
        at=at,
    )


def keep_note(ledger: Ledger, thread: str, note: Note | None) -> None:
    """Store a thread's note, or remove it with None."""
    ledger.change_thread(thread, lambda state: replace(state, note=note))


def featured_comments(ledger: Ledger, thread: str, edition: str) -> tuple[FeaturedFacts, ...]:
    """Return an edition's highlights as a template sees them: Markdown, escaped."""
    return tuple(
        FeaturedFacts(
            line=escape(highlight.line),
            author=annotations.author_link(highlight),
            url=address(highlight.url),
            at=highlight.at,
        )
        for highlight in ledger.highlights(thread, edition)
    )


def change_highlights(
    ledger: Ledger, thread: str, edition: str, change: Callable[[Highlight], Highlight | None]
) -> None:
    """Change each highlight of an edition in one transaction; `change` returns None to remove it.

    The service and a command may both do this at once; neither loses what the other added.
    """

    def changed(existing: tuple[Highlight, ...]) -> tuple[Highlight, ...]:
        return tuple(one for one in map(change, existing) if one is not None)

    if ledger.highlights(thread, edition):
        ledger.change_highlights(thread, edition, changed)


def add_highlight(ledger: Ledger, thread: str, edition: str, new: Highlight) -> None:
    ledger.change_highlights(thread, edition, lambda existing: highlights.insert_highlight(existing, new))


def refresh_highlights(ports: Ports, thread: Thread, observation: Observation, now: datetime) -> None:
    """Re-read the current post's highlights from time to time, and remove deleted comments."""
    current = observation.current
    if current is None or not ports.ledger.highlights(thread.name, current.key):
        return
    last = ports.ledger.job(Job.HIGHLIGHTS, thread.name)
    if last.at is not None and now in Interval.after(last.at, LOOK_EVERY):
        return
    position = reread_highlights(ports, thread.name, current.key, start=last.position, most=LOOK_AT)
    ports.ledger.keep_job(Job.HIGHLIGHTS, JobRun(at=now, position=position), thread.name)


def reread_highlights(ports: Ports, thread: str, edition: str, *, start: int, most: int) -> int:
    """Re-read up to `most` highlights of an edition and store them. Returns the next `start`."""
    highlights = ports.ledger.highlights(thread, edition)
    start = start if start < len(highlights) else 0
    read = {one.comment_id: _reread(ports, one) for one in highlights[start : start + most]}
    change_highlights(ports.ledger, thread, edition, lambda one: read.get(one.comment_id, one))
    return start + most - sum(1 for one in read.values() if one is None)


def _reread(ports: Ports, highlight: Highlight) -> Highlight | None:
    try:
        comment = ports.forum.comment_by_id(highlight.comment_id)
    except NotFound:
        return None
    if not comment.open or comment.url != highlight.url:
        return None
    return replace(highlight, line=first_line(comment.content))


def highlight_of(comment: Comment, *, by: str, now: datetime) -> Highlight:
    """Return a highlight for a comment, which must have been read with its author."""
    if comment.creator is None:
        raise ValueError("a highlight needs the author of its comment")
    host = comment.creator.actor.partition("://")[2].partition("/")[0]
    return Highlight(
        comment_id=comment.id,
        post_id=comment.post_id,
        author=f"{comment.creator.name}@{host}",
        actor=comment.creator.actor,
        url=comment.url,
        at=comment.published,
        line=first_line(comment.content),
        by=by,
        since=now,
    )


def record_of(ledger: Ledger, names: Collection[str], post_id: int) -> PostRecord | None:
    """Return the record of a post in these threads, None if it belongs to none."""
    record = ledger.post(post_id)
    return record if record is not None and record.thread in names else None
