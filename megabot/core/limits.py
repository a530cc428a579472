"""What a text must keep to before it is sent: Lemmy's limits, and Markdown that swallows nothing. Pure.

Limits are the server's own (crates/utils/src/utils/validation.rs in both generations; recordings 030 to 037):
titles count code points after trimming, everything else UTF-16 code units.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

TITLE_SHORTEST, TITLE_LONGEST = 3, 200
BODY_LONGEST = 50_000
COMMENT_LONGEST = 10_000
MARKER_ROOM = 200
"""UTF-16 units kept free for the marker and the blank line before it."""

_MENTION = re.compile(r"(?<![\w/])@[\w.]+@[a-zA-Z0-9._:-]+")
_SPOILER = re.compile(r"\s*(:{3,})\s*spoiler\b\s*(.*)", re.IGNORECASE)
_CLOSING = re.compile(r"\s*:{3,}\s*")
_FENCE = re.compile(r"\s*(?:[-*+]\s+)?(`{3,}|~{3,})(.*)")
_BAD_LINK = re.compile(r"\]\(\s*<?\s*(?:javascript|data|vbscript):", re.IGNORECASE)
_NO_ALT = re.compile(r"!\[\s*\]\(")
_MARKER = "[//]: # (megabot:"


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong in a text: `line` counts from 1 within the text, `text` is that line as it stands."""

    line: int
    text: str
    what: str
    hint: str = ""


def utf16_units(text: str) -> int:
    """Count as Lemmy counts bodies and comments: an emoji is 2."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def title_flaw(title: str) -> str:
    """Say what is wrong with a title, "" for nothing."""
    trimmed = title.strip()
    if "\n" in trimmed or "\r" in trimmed:
        return "the title has more than one line"
    if not TITLE_SHORTEST <= len(trimmed) <= TITLE_LONGEST:
        return f"the title has {len(trimmed)} characters; Lemmy takes {TITLE_SHORTEST} to {TITLE_LONGEST}"
    return "" if _is_clean(trimmed) else "the title holds a control character or half a character"


def size_flaw(body: str) -> str:
    """Say whether a body is empty or too long with its marker, "" for neither."""
    if not body.strip():
        return "the text is empty"
    units = utf16_units(body.rstrip()) + MARKER_ROOM
    if units > BODY_LONGEST:
        return f"the text has {units - MARKER_ROOM:,} characters; {BODY_LONGEST - MARKER_ROOM:,} fit"
    return ""


def flaws(text: str, *, mentions: bool) -> Iterator[Flaw]:
    """Find what a text must not hold, and what would swallow what comes after it."""
    lines = text.split("\n")
    yield from _structure(lines)
    for number, line in enumerate(lines, 1):
        if not _is_clean(line):
            yield Flaw(number, line, "a control character or half a character", "delete it")
        if _MARKER in line:
            yield Flaw(number, line, "a marker of megabot's own", "delete it: megabot adds the right one")
        if not mentions and _MENTION.search(line):
            hint = "write a link, [name](https://host/u/name), or set mentions: allow"
            yield Flaw(number, line, "a mention, which would notify that person", hint)
        if _BAD_LINK.search(line):
            yield Flaw(number, line, "a link that no reader can follow safely", "link to http or https")


def oddities(text: str) -> Iterator[Flaw]:
    """Find what is worth a warning and hinders nothing."""
    for number, line in enumerate(text.split("\n"), 1):
        if _NO_ALT.search(line):
            yield Flaw(number, line, "an image without alt text", "describe it: ![a red kite](...)")


def _structure(lines: list[str]) -> Iterator[Flaw]:
    """Follow fences and spoilers from line to line; a spoiler never nests (lemmy-api 5)."""
    fence: Flaw | None = None
    spoiler: Flaw | None = None
    mark = ""
    for number, line in enumerate(lines, 1):
        found = _FENCE.fullmatch(line)
        if fence is not None:
            if found and found[1].startswith(mark) and not found[2].strip():
                fence = None
        elif found:
            fence = Flaw(number, line, "a code block that is never closed", f"close it with {found[1]}")
            mark = found[1]
        elif opening := _SPOILER.fullmatch(line):
            yield from _opening(number, line, opening, inside=spoiler is not None)
            spoiler = Flaw(number, line, "a spoiler that is never closed", "close it with a line :::")
        elif _CLOSING.fullmatch(line):
            if spoiler is None:
                yield Flaw(number, line, "a ::: that closes nothing", "delete it")
            spoiler = None
    yield from (left for left in (fence, spoiler) if left is not None)
    yield from _ends_in_table(lines)


def _opening(number: int, line: str, opening: re.Match[str], *, inside: bool) -> Iterator[Flaw]:
    if inside:
        yield Flaw(number, line, "a spoiler within a spoiler", "close the one before with a line :::")
    if not opening[2].strip():
        yield Flaw(number, line, "a spoiler without a title", "write ::: spoiler Title")
    if opening[1] != ":::":
        yield Flaw(number, line, "a spoiler with more than three colons", "write ::: spoiler Title")


def _ends_in_table(lines: list[str]) -> Iterator[Flaw]:
    last = next((number for number in range(len(lines), 0, -1) if lines[number - 1].strip()), 0)
    if last and lines[last - 1].lstrip().startswith("|"):
        yield Flaw(last, lines[last - 1], "the text ends in a table", "write a line of text after it")


def _is_clean(text: str) -> bool:
    """Tell whether a text holds neither control characters but tabs, nor lone surrogates."""
    return not any((char < " " and char not in "\t\n\r") or "\ud800" <= char <= "\udfff" for char in text)
