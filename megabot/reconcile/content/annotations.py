"""What people put around a standing post's text: a note on top, highlights below, the part before. Pure.

It is no part of what the template says: it is put around that when the post is written.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from megabot.forum.escaping import address, escape
from megabot.reconcile.content.highlights import Highlight
from megabot.source import limits

_ABOVE, _BELOW = "[//]: # (above: a note)", "[//]: # (below: highlights)"
"""Lines that nobody sees between a text and what was put around it: by them it is told apart again."""
_PAGE = re.compile(r"https?://[^\s()<>\[\]\"\\]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A line on top of one edition's post, until a moment or until it is taken off."""

    edition: str
    text: str
    by: str
    at: datetime
    until: datetime | None = None

    def stands(self, edition: str, now: datetime) -> bool:
        """Tell whether it is to be on the post of an edition now."""
        return self.edition == edition and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotations:
    """What is put around a text: `above` line by line, `below` a heading and its items. All is Markdown."""

    above: tuple[str, ...] = ()
    heading: str = ""
    below: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """A digest of it all, empty for nothing: by it a post is known to lack what was put around it."""
        if not (self.above or self.below):
            return ""
        return hashlib.sha256(repr((self.above, self.heading, self.below)).encode()).hexdigest()


def wrap_body(body: str, living: Annotations) -> str:
    """Put it around a text. Of highlights that do not fit the last are left out, then the rest."""
    room = limits.BODY_LONGEST - limits.MARKER_ROOM - limits.utf16_units(body.rstrip())
    above = "\n\n".join([*living.above, _ABOVE, ""]) if living.above else ""
    above = above if limits.utf16_units(above) <= room else ""
    items = list(living.below)
    while items:
        below = "\n\n" + "\n".join([_BELOW, "", living.heading, "", *items])
        if limits.utf16_units(above + below) <= room:
            return f"{above}{body.rstrip()}{below}"
        items.pop()
    return f"{above}{body.rstrip()}" if above else body


def unwrap_body(body: str) -> str:
    """Give a text without what was put around it."""
    _, found, text = body.partition(f"{_ABOVE}\n")
    return (text if found else body).partition(f"\n{_BELOW}\n")[0].strip("\n")


def link_text(words: str, url: str) -> str:
    """Link words to a page; what is no address of one stays without a link."""
    text = escape(" ".join(words.split()))
    return f"[{text}]({address(url)})" if _PAGE.fullmatch(url) else text


def author_link(highlight: Highlight) -> str:
    """Name a comment's author with a link: a raw name would call them, at every edit again."""
    return link_text(highlight.author.partition("@")[0], highlight.actor)


def note_to_json(note: Note) -> str:
    """Write a note as the ledger keeps it."""
    return json.dumps(asdict(note), default=datetime.isoformat, ensure_ascii=False)


def note_from_json(text: str) -> Note | None:
    """Read back what `note_to_json` wrote; an empty text is none."""
    if not text:
        return None
    raw = json.loads(text)
    until = raw["until"] and datetime.fromisoformat(raw["until"])
    return Note(**raw | {"at": datetime.fromisoformat(raw["at"]), "until": until})


def parse_actors(text: str) -> frozenset[str]:
    """Read the actor ids of those who want to be put forward nowhere."""
    return frozenset(json.loads(text or "[]"))


def actors_to_json(known: Sequence[str]) -> str:
    """Write actor ids as the ledger keeps them."""
    return json.dumps(sorted(set(known)))
