"""Comments that moderators highlighted. Only the first line of a comment is stored. Pure."""

import re
from collections.abc import Iterable

from megabot.ledger.state import Highlight

LONGEST_LINE = 200
MAX_HIGHLIGHTS = 50
"""The most highlights that one edition can have."""

# Every repetition is bounded, so that a comment made for that cannot take quadratic time.
_IMAGE = re.compile(r"!\[([^\]\n]{0,200})\]\([^)\n]{0,2000}\)")
_LINK = re.compile(r"\[([^\]\n]{1,200})\]\([^)\n]{0,2000}\)")
_ADDRESS = re.compile(r"<?[a-z][a-z0-9+.-]{0,20}:(?://)?([^\s<>]{1,2000})>?", re.IGNORECASE)
_LINE_START = re.compile(r"(?:[>#+*-]+(?:[ \t]+|$)|[0-9]{1,9}[.)][ \t]+|[ \t]+|:::[ \t]*spoiler[ \t]*|>+)+")
_MARKS = re.compile(r"[*_~`|^\\]+")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")


def first_line(content: str) -> str:
    """Return the first line of a comment that has words in it, as plain words, cut to `LONGEST_LINE`."""
    for line in content[:20_000].splitlines():
        if not any(mark.isalnum() for mark in line):  # lines of marks alone take the expressions longest
            continue
        words = _plain(line[:2_000])
        if words:
            return words if len(words) <= LONGEST_LINE else f"{words[: LONGEST_LINE - 1].rstrip()}…"
    return ""


def _plain(line: str) -> str:
    if not _has_words(line):  # a comment can have thousands of such lines
        return ""
    text = _UNSEEN.sub(" ", line)
    text = text[match.end() :] if (match := _LINE_START.match(text)) else text
    text = _LINK.sub(r"\1", _IMAGE.sub(r"\1", text))
    text = _MARKS.sub("", _ADDRESS.sub(r"\1", text))
    return " ".join(text.split()) if _has_words(text) else ""


def _has_words(text: str) -> bool:
    return any(mark.isalnum() for mark in text)


def insert_highlight(highlights: Iterable[Highlight], new: Highlight) -> tuple[Highlight, ...]:
    """Add a highlight, in the order of the comments' times; an existing one is not changed."""
    existing = tuple(highlights)
    if any(one.comment_id == new.comment_id for one in existing):
        return existing
    return tuple(sorted((*existing, new), key=lambda one: (one.at, one.comment_id)))
