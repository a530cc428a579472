"""Annotations that moderators add to a post: a note above its text, highlighted comments below it. Pure.

The template does not know of them: they are wrapped around its text when the post is written.
"""

import hashlib
import re
from dataclasses import dataclass

from megabot.forum.escaping import address, escape
from megabot.ledger.state import Highlight
from megabot.source import limits

_ABOVE, _BELOW = "[//]: # (above: a note)", "[//]: # (below: highlights)"
"""Markdown comments, invisible to readers, that separate a text from its annotations."""
# A URL without characters that could end a Markdown link early.
_PAGE = re.compile(r"https?://[^\s()<>\[\]\"\\]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotations:
    """What is wrapped around a text, as Markdown: lines above it, a heading and items below it."""

    above: tuple[str, ...] = ()
    heading: str = ""
    below: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """A digest of the annotations, "" if there are none. It shows whether a post has the current ones."""
        if not (self.above or self.below):
            return ""
        return hashlib.sha256(repr((self.above, self.heading, self.below)).encode()).hexdigest()


def wrap_body(body: str, living: Annotations) -> str:
    """Wrap annotations around a text. If they do not fit, drop the last highlights first, then the rest."""
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
    """Return a text without its annotations."""
    _, separator, text = body.partition(f"{_ABOVE}\n")
    return (text if separator else body).partition(f"\n{_BELOW}\n")[0].strip("\n")


def link_text(words: str, url: str) -> str:
    """Return words as a link; without one if `url` is not a web address."""
    text = escape(" ".join(words.split()))
    return f"[{text}]({address(url)})" if _PAGE.fullmatch(url) else text


def author_link(highlight: Highlight) -> str:
    """Return a comment's author as a link, because a plain @mention would notify them at every edit."""
    return link_text(highlight.author.partition("@")[0], highlight.actor)
