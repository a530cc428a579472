"""The marker by which megabot recognizes its own posts and comments: an invisible link definition. No I/O.

`[//]: # (megabot:v1:news/2026-W48 after 2026-W47=8)` renders to nothing on both server generations and in the
web client (recorded: markdown.json, "marker"). The text alone proves nothing, because anyone can copy it. It
counts only on a post of the bot's own account in the thread's community.
"""

import re
from dataclasses import dataclass

_KEY = r"[0-9][0-9W-]{3,14}"
_POST = re.compile(
    rf"\[//\]: # \(megabot:v1:(?P<thread>[a-z0-9-]{{1,40}})/(?P<key>{_KEY})(?:#(?P<copy>[0-9]{{1,3}}))?"
    rf"(?: after (?P<after>{_KEY})=(?P<after_post>[0-9]{{1,18}}))?\)"
)
# Comments are looked up by this after an unknown outcome (decision 10).
_COMMENT = re.compile(
    rf"\[//\]: # \(megabot:v1:(?P<thread>[a-z0-9-]{{1,40}})/(?P<key>{_KEY})(?:#(?P<copy>[0-9]{{1,3}}))?"
    r":(?P<purpose>[a-z-]{1,20})\)"
)
RELEASED = "released"
"""The purpose of an adoption's comment after the adoption was undone."""
LINK, ADOPTED, UNDONE, ANNOUNCED, FIRST = "link", "adopted", "undone", "announced", "first"
"""The purposes of comments: link the new thread, mark an adopted thread, mark an undone repost, announce the
next edition, and be the first comment of a thread."""
INTRODUCTION = "[//]: # (megabot:v1:introduction)"
"""Ends the comment that lets a moderator appoint the bot; it belongs to no edition."""
_START = "[//]: # (megabot:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """The edition and copy that a post carries, and the previous post of the series."""

    thread: str
    key: str
    copy: int = 1
    after_key: str = ""
    after_post: int = 0

    def __str__(self) -> str:
        after = f" after {self.after_key}={self.after_post}" if self.after_post else ""
        return f"[//]: # (megabot:v1:{_edition(self.thread, self.key, self.copy)}{after})"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentMarker:
    """The edition that a comment of the bot belongs to, and the comment's purpose, such as `LINK`."""

    thread: str
    key: str
    copy: int = 1
    purpose: str

    def __str__(self) -> str:
        return f"[//]: # (megabot:v1:{_edition(self.thread, self.key, self.copy)}:{self.purpose})"


def sign(text: str, marker: Marker | CommentMarker) -> str:
    """Append the marker after a blank line; without one, the text before could swallow it (decision 11)."""
    return f"{text.rstrip()}\n\n{marker}"


def post_marker(body: str) -> Marker | None:
    """Return a post's marker: exactly one in the text, on the last line that is not blank (decision 11)."""
    match = _last_line(_POST, body)
    if match is None:
        return None
    return Marker(
        thread=match["thread"],
        key=match["key"],
        copy=int(match["copy"] or 1),
        after_key=match["after"] or "",
        after_post=int(match["after_post"] or 0),
    )


def comment_marker(content: str) -> CommentMarker | None:
    """Return a comment's marker, by the same rule as for a post."""
    match = _last_line(_COMMENT, content)
    if match is None:
        return None
    return CommentMarker(
        thread=match["thread"], key=match["key"], copy=int(match["copy"] or 1), purpose=match["purpose"]
    )


def _last_line(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:

    if text.count(_START) != 1:
        return None
    return pattern.fullmatch(text.rstrip().rpartition("\n")[2].rstrip())


def _edition(thread: str, key: str, copy: int) -> str:
    return f"{thread}/{key}" + (f"#{copy}" if copy > 1 else "")
