"""The search index: for each edition its title and the words that the previous edition did not have. Pure."""

import json
import re
from collections.abc import Sequence

from megabot.site.entries import Entry
from megabot.site.page_layout import folder

LONGEST = 20_000

_ADDRESS = re.compile(r"<?\bhttps?://[^\s<>()\[\]]+>?")
_MARKS = re.compile(r"[*_~`|^#>\[\]()\\]+|^:::.*?(?:spoiler|$)|^\s*[-+]\s", re.MULTILINE)
_NO_WORDS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e]+")


def shard(pairs: Sequence[tuple[Entry, Entry | None]]) -> str:
    """Return the index of some editions, each paired with the previous one, as JSON."""
    rows = [
        {
            "title": entry.title,
            "page": f"../{folder(entry.thread)}/{entry.key}/index.html",
            "date": entry.start.isoformat(),
            "words": new_words(entry, previous),
        }
        for entry, previous in pairs
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def new_words(entry: Entry, previous: Entry | None) -> str:
    """Return the preamble and the lines that the previous edition did not have, since directories repeat."""
    old = set(previous.body.splitlines()) if previous else set()
    new = [line for line in entry.body.splitlines() if line not in old]
    lines = list(dict.fromkeys([*entry.preamble.splitlines(), *new]))
    lines += [f"{one.author}: {one.line}" for one in entry.featured]
    text = _MARKS.sub(" ", _ADDRESS.sub(" ", "\n".join(lines)))
    return " ".join(_NO_WORDS.sub(" ", text).split())[:LONGEST]
