"""The content of the archive: one entry for each edition, read from the ledger."""

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from functools import cached_property
from urllib.parse import urlsplit

from megabot.ledger.port import Ledger
from megabot.ledger.records import KeptText, PostRecord, latest
from megabot.ledger.state import Highlight
from megabot.reconcile.content import stored_text
from megabot.rendering import context_json


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One edition as it was posted.

    `start` is the day of the slot in the thread's time zone. `host` is that of the edition's first post: it
    stays part of the edition's `tag` even if a later copy is shown. `featured` are the comments that
    moderators highlighted.
    """

    thread: str
    key: str
    number: int
    title: str
    url: str
    host: str
    start: date
    published: datetime
    changed: datetime
    body: str
    community: str = ""
    preamble: str = ""
    commit: str = ""
    commit_url: str = ""
    comments: int = 0
    featured: tuple[Highlight, ...] = ()

    @property
    def tag(self) -> str:
        """A permanent unique id for feeds, which does not change with the URL (RFC 4151)."""
        return f"tag:{self.host},{self.start.isoformat()}:{self.thread}/{self.key}"

    @cached_property
    def digest(self) -> str:
        """A digest of everything that a page shows, except the number of comments."""
        # Otherwise each comment would change the feeds, the bulletins and the search index.
        unlike = {"comments", "featured"}
        parts = [str(getattr(self, one.name)) for one in fields(self) if one.name not in unlike]
        parts.append(_text_of(self.featured))
        return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()

    @property
    def updated(self) -> datetime:
        """When something that a feed shows last changed."""
        return max([self.changed, *(one.since for one in self.featured)])


def gather(ledger: Ledger) -> tuple[Entry, ...]:
    """Return all editions that readers can open, by thread, oldest first, each with its current copy."""
    entries = [entry for name in ledger.threads() for entry in _of_thread(ledger, name)]
    return tuple(sorted(entries, key=lambda entry: (entry.thread, entry.start, entry.number)))


def _of_thread(ledger: Ledger, name: str) -> list[Entry]:
    records = ledger.posts(name)
    texts = {text.post_id: text for text in ledger.texts(name)}
    if any(record.post_id not in texts for record in records):  # written before texts were stored
        intents = ledger.intents(name)
        sent = (stored_text.text_from_intents(intents, record) for record in records)
        texts = {text.post_id: text for text in sent if text is not None} | texts
    first: dict[str, PostRecord] = {}
    for record in records:
        first.setdefault(record.edition, record)
    shown = latest(one for one in records if one.post_id in texts and texts[one.post_id].open)
    highlighted = ledger.highlighted_editions(name)
    return [
        _entry(
            record,
            texts[record.post_id],
            first=first[edition],
            featured=ledger.highlights(name, edition) if edition in highlighted else (),
        )
        for edition, record in shown.items()
    ]


def _entry(
    record: PostRecord, text: KeptText, *, first: PostRecord, featured: tuple[Highlight, ...]
) -> Entry:
    context = context_json.from_json(record.context) if record.context else None
    return Entry(
        thread=record.thread,
        key=record.edition,
        number=record.number,
        title=record.title,
        url=record.url,
        host=urlsplit(first.url).hostname or "localhost",
        # An adopted or imported post was never rendered, so it has no context.
        start=context.edition.start if context else record.slot.date(),
        published=text.published,
        changed=text.changed,
        body=text.body,
        community=context.community if context else "",
        preamble=text.preamble,
        commit=record.commit,
        commit_url=context.revision.url if context else "",
        comments=text.comments,
        featured=featured,
    )


def _text_of(featured: tuple[Highlight, ...]) -> str:
    # In the format of earlier versions, so that an upgrade does not change the page of every edition.
    if not featured:
        return ""
    return json.dumps([asdict(one) for one in featured], default=datetime.isoformat, ensure_ascii=False)
