"""Notes, highlights and opt-outs in the ledger."""

import json
from collections.abc import Callable, Iterable
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
"""How many highlights are read again in one look; the others have their turn in the next."""
_OPTED_OUT = "optout"


def current_annotations(ledger: Ledger, thread: Thread, edition: str, now: datetime) -> Annotations:
    """Return the note and the highlights that the post of an edition shows now."""
    note, items = note_of(ledger, thread.name), load_highlights(ledger, thread.name, edition)
    above = () if note is None or not note.stands(edition, now) else (_line(thread, note),)
    below = tuple(_item(thread, one) for one in items)
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
    """Give a thread's last note, over or not."""
    return annotations.note_from_json(ledger.get_fact(f"note:{thread}") or "")


def keep_note(ledger: Ledger, thread: str, note: Note | None) -> None:
    """Keep a thread's note, or remove it."""
    ledger.set_fact(f"note:{thread}", annotations.note_to_json(note) if note else "")


def load_highlights(ledger: Ledger, thread: str, edition: str) -> tuple[Highlight, ...]:
    """Return the highlights of an edition."""
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
    """Change each highlight of an edition, or remove it where `change` returns None, in one transaction.

    The service and a verb both do this: what the other one added in the meantime stays.
    """

    def changed(fact: str | None) -> str:
        now = [change(one) for one in highlights.from_json(fact or "")]
        return highlights.to_json(one for one in now if one is not None)

    if load_highlights(ledger, thread, edition):
        ledger.update_fact(_key(thread, edition), changed)


def add_highlight(ledger: Ledger, thread: str, edition: str, new: Highlight) -> None:
    """Add a highlight to those of an edition."""
    ledger.update_fact(
        _key(thread, edition),
        lambda kept: highlights.to_json(highlights.insert_highlight(highlights.from_json(kept or ""), new)),
    )


def load_opt_outs(ledger: Ledger) -> frozenset[str]:
    """Return the actor ids of people who opted out of highlights."""
    return annotations.parse_actors(ledger.get_fact(_OPTED_OUT) or "")


def opt_out(ledger: Ledger, actor: str) -> None:
    """Opt a person out of highlights, and remove the highlights of their comments."""
    if actor not in load_opt_outs(ledger):
        ledger.update_fact(
            _OPTED_OUT,
            lambda kept: annotations.actors_to_json([*annotations.parse_actors(kept or ""), actor]),
        )
    for thread in ledger.threads():
        for edition in {record.edition for record in ledger.posts(thread)}:
            change_highlights(ledger, thread, edition, lambda one: None if one.actor == actor else one)


def refresh_highlights(ports: Ports, thread: Thread, observation: Observation, now: datetime) -> None:
    """Check the highlights of the current post, and remove those that readers can no longer open."""
    current = observation.current
    if current is None or not load_highlights(ports.ledger, thread.name, current.key):
        return
    key = f"highlights:{thread.name}"
    looked, turn = json.loads(ports.ledger.get_fact(key) or '["1970-01-01T00:00:00+00:00", 0]')
    if now in Interval.after(datetime.fromisoformat(looked), LOOK_EVERY):
        return
    turn = reread_highlights(ports, thread.name, current.key, start=turn, most=LOOK_AT)
    ports.ledger.set_fact(key, json.dumps([now.isoformat(), turn]))


def reread_highlights(ports: Ports, thread: str, edition: str, *, start: int, most: int) -> int:
    """Read some highlights of an edition again, and keep what they are now. Gives where to go on."""
    highlights = load_highlights(ports.ledger, thread, edition)
    start = start if start < len(highlights) else 0
    now = {one.comment_id: _as_it_is(ports, one) for one in highlights[start : start + most]}
    change_highlights(ports.ledger, thread, edition, lambda one: now.get(one.comment_id, one))
    return start + most - sum(1 for one in now.values() if one is None)


def _as_it_is(ports: Ports, highlight: Highlight) -> Highlight | None:
    try:
        comment = ports.forum.comment_by_id(highlight.comment_id)
    except NotFound:
        return None
    if not comment.open or comment.url != highlight.url:
        return None
    return replace(highlight, line=first_line(comment.content))


def highlight_of(comment: Comment, *, by: str, now: datetime) -> Highlight:
    """Make a highlight of a comment that was read with its author."""
    if comment.creator is None:
        raise ValueError("a comment needs its author to be highlighted")
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


def record_of(ledger: Ledger, names: Iterable[str], post_id: int) -> PostRecord | None:
    """Find which edition of these threads a post carries."""
    records = (record for name in names for record in ledger.posts(name) if record.post_id == post_id)
    return next(records, None)


def _key(thread: str, edition: str) -> str:
    return f"featured:{thread}/{edition}"
