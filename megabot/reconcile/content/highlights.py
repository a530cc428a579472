"""Comments that moderators put forward: what is kept of one, never its whole text. Pure."""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

LONGEST_LINE = 200
MAX_HIGHLIGHTS = 50
"""How many one edition can have."""

_IMAGE = re.compile(r"!\[([^\]\n]{0,200})\]\([^)\n]{0,2000}\)")
_LINK = re.compile(r"\[([^\]\n]{1,200})\]\([^)\n]{0,2000}\)")
_ADDRESS = re.compile(r"<?[a-z][a-z0-9+.-]{0,20}:(?://)?([^\s<>]{1,2000})>?", re.IGNORECASE)
_LINE_START = re.compile(r"(?:[>#+*-]+(?:[ \t]+|$)|[0-9]{1,9}[.)][ \t]+|[ \t]+|:::[ \t]*spoiler[ \t]*|>+)+")
_MARKS = re.compile(r"[*_~`|^\\]+")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlight:
    """A comment that a moderator put forward.

    `line` is its first line as plain words, `at` when it was written. `author` is as people write the name,
    `actor` the only name that is unique. `by` and `since` say who put it forward, and when.
    """

    comment_id: int
    post_id: int
    author: str
    actor: str
    url: str
    at: datetime
    line: str
    by: str
    since: datetime


def first_line(content: str) -> str:
    """Give the first line of a comment that has words in it, as plain words, cut where it is long."""
    for line in content[:20_000].splitlines():
        if not any(mark.isalnum() for mark in line):  # most costly lines are those of marks alone
            continue
        words = _plain(line[:2_000])
        if words:
            return words if len(words) <= LONGEST_LINE else f"{words[: LONGEST_LINE - 1].rstrip()}…"
    return ""


def _plain(line: str) -> str:
    if not _has_words(line):  # a comment can be thousands of such lines
        return ""
    text = _UNSEEN.sub(" ", line)
    text = text[match.end() :] if (match := _LINE_START.match(text)) else text
    text = _LINK.sub(r"\1", _IMAGE.sub(r"\1", text))
    text = _MARKS.sub("", _ADDRESS.sub(r"\1", text))
    return " ".join(text.split()) if _has_words(text) else ""


def _has_words(text: str) -> bool:
    return any(mark.isalnum() for mark in text)


def insert_highlight(highlights: Iterable[Highlight], new: Highlight) -> tuple[Highlight, ...]:
    """Add one in the order of writing; one that is there already stays as it is."""
    before = tuple(highlights)
    if any(one.comment_id == new.comment_id for one in before):
        return before
    return tuple(sorted((*before, new), key=lambda one: (one.at, one.comment_id)))


def to_json(highlights: Iterable[Highlight]) -> str:
    """Write them as the ledger keeps them."""
    return json.dumps([asdict(one) for one in highlights], default=datetime.isoformat, ensure_ascii=False)


def from_json(text: str) -> tuple[Highlight, ...]:
    """Read back what `to_json` wrote; an empty text is none."""
    return tuple(_read(one) for one in json.loads(text or "[]"))


def _read(raw: dict[str, object]) -> Highlight:
    times = {name: datetime.fromisoformat(str(raw[name])) for name in ("at", "since")}
    return Highlight(**raw | times)  # type: ignore[arg-type]
