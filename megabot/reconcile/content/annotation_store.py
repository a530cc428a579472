"""Annotations in the ledger: notes, highlights, and users who opted out of highlights."""

import json
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
from megabot.ports import Ports
from megabot.reconcile.content import annotations, highlights
from megabot.reconcile.content.annotations import Annotations, Note
from megabot.reconcile.content.highlights import Highlight, first_line
from megabot.reconcile.observation import Observation
from megabot.rendering.model import FeaturedFacts
from megabot.schedule.interval import Interval
from megabot.source.model import Thread

LOOK_EVERY = timedelta(minutes=30)
LOOK_AT = 20
"""How many highlights are re-read at once; the next check continues with the others."""
_OPTED_OUT = "optout"


def current_annotations(ledger: Ledger, thread: Thread, edition: str, now: datetime) -> Annotations:
    """Return the annotations that the post of an edition must have now."""
    note, items = note_of(ledger, thread.name), load_highlights(ledger, thread.name, edition)
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


def note_of(ledger: Ledger, thread: str) -> Note | None:
    """Return a thread's last note, which may have ended."""
    return annotations.note_from_json(ledger.get_fact(f"note:{thread}") or "")


def keep_note(ledger: Ledger, thread: str, note: Note | None) -> None:
    """Store a thread's note, or remove it with None."""
    ledger.set_fact(f"note:{thread}", annotations.note_to_json(note) if note else "")


def load_highlights(ledger: Ledger, thread: str, edition: str) -> tuple[Highlight, ...]:
    return highlights.from_json(ledger.get_fact(_key(thread, edition)) or "")


def featured_comments(ledger: Ledger, thread: str, edition: str) -> tuple[FeaturedFacts, ...]:
    """Return an edition's highlights as a template sees them: Markdown, escaped."""
    return tuple(
        FeaturedFacts(
            line=escape(highlight.line),
            author=annotations.author_link(highlight),
            url=address(highlight.url),
            at=highlight.at,
        )
        for highlight in load_highlights(ledger, thread, edition)
    )


def change_highlights(
    ledger: Ledger, thread: str, edition: str, change: Callable[[Highlight], Highlight | None]
) -> None:
    """Change each highlight of an edition in one transaction; `change` returns None to remove it.

    The service and a command may both do this at once; neither loses what the other added.
    """

    def changed(fact: str | None) -> str:
        now = [change(one) for one in highlights.from_json(fact or "")]
        return highlights.to_json(one for one in now if one is not None)

    if load_highlights(ledger, thread, edition):
        ledger.update_fact(_key(thread, edition), changed)


def add_highlight(ledger: Ledger, thread: str, edition: str, new: Highlight) -> None:
    ledger.update_fact(
        _key(thread, edition),
        lambda fact: highlights.to_json(highlights.insert_highlight(highlights.from_json(fact or ""), new)),
    )


def load_opt_outs(ledger: Ledger) -> frozenset[str]:
    """Return the actor ids of users who opted out of highlights."""
    return annotations.parse_actors(ledger.get_fact(_OPTED_OUT) or "")


def opt_out(ledger: Ledger, actor: str) -> None:
    """Never highlight a user's comments again, and remove those that are highlighted."""
    if actor not in load_opt_outs(ledger):
        ledger.update_fact(
            _OPTED_OUT,
            lambda fact: annotations.actors_to_json([*annotations.parse_actors(fact or ""), actor]),
        )
    for thread in ledger.threads():
        for edition in {record.edition for record in ledger.posts(thread)}:
            change_highlights(ledger, thread, edition, lambda one: None if one.actor == actor else one)


def refresh_highlights(ports: Ports, thread: Thread, observation: Observation, now: datetime) -> None:
    """Re-read the current post's highlights from time to time, and remove deleted comments."""
    current = observation.current
    if current is None or not load_highlights(ports.ledger, thread.name, current.key):
        return
    key = f"highlights:{thread.name}"
    checked, turn = json.loads(ports.ledger.get_fact(key) or '["1970-01-01T00:00:00+00:00", 0]')
    if now in Interval.after(datetime.fromisoformat(checked), LOOK_EVERY):
        return
    turn = reread_highlights(ports, thread.name, current.key, start=turn, most=LOOK_AT)
    ports.ledger.set_fact(key, json.dumps([now.isoformat(), turn]))


def reread_highlights(ports: Ports, thread: str, edition: str, *, start: int, most: int) -> int:
    """Re-read up to `most` highlights of an edition and store them. Returns the next `start`."""
    highlights = load_highlights(ports.ledger, thread, edition)
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


def _key(thread: str, edition: str) -> str:
    return f"featured:{thread}/{edition}"
