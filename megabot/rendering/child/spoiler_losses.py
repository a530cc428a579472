"""Finds what readers on Lemmy 0.19 servers do not see in a spoiler, which they get as one run of text. Pure.

Sections and the `spoiler` macro write only what displays well (source/sections.py); a hand-written spoiler
may not. docs/reference/markdown.md has the table.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from megabot.source.limits import Flaw
from megabot.source.sections import fence_after

_OPENS = re.compile(r"\s*:::\s*spoiler\b.*", re.IGNORECASE)
_CLOSES = re.compile(r"\s*:::\s*")
_BREAK = re.compile(r".*(?:  |\\)")
_STARTS = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])[ \t]")
_READERS = "in a spoiler, which readers on Lemmy 0.19 servers see as one run of text"
_BY_MACRO = "use {% call spoiler('Title') %}, or end each entry and paragraph with two spaces"
_LOST = (
    (re.compile(r" {0,3}#{1,6}(?:[ \t].*)?"), "a heading", "write **Heading** and two spaces"),
    (re.compile(r"\s*>.*"), "a quote", "say in words that it is one"),
    (re.compile(r"(?=.*\|)(?=.*-)[\s|:-]+"), "a table", "write a list, or put it outside the spoiler"),
    (re.compile(r" {0,3}\[\^[^\]]+\]:.*"), "a footnote", "write the note in brackets in its place"),
    (re.compile(r" {0,3}\[(?!\^)[^\]]+\]:.*"), "a link definition", "write [words](address) at its place"),
)


def losses(text: str) -> Iterator[Flaw]:
    """Yield the structure in spoilers that those readers do not see, each kind once per spoiler."""
    inside: list[Flaw] | None = None
    fence = ""
    for number, line in enumerate(text.split("\n"), 1):
        was_open, fence = fence, fence_after(fence, line)
        if inside is None:
            inside = [] if _OPENS.fullmatch(line) and not fence else None
        elif _CLOSES.fullmatch(line) and not fence:
            yield from _once(inside)
            inside = None
        elif not was_open:
            what, hint = ("a code block", "use `code` in a line, or put it outside") if fence else ("", "")
            inside.append(Flaw(number, line, what, hint))


def _once(inside: list[Flaw]) -> Iterator[Flaw]:
    reported = set()
    for flaw in _of(inside):
        if flaw.what not in reported:
            reported.add(flaw.what)
            yield replace(flaw, what=f"{flaw.what} {_READERS}")


def _of(inside: list[Flaw]) -> Iterator[Flaw]:
    last, blank = "", False
    for here in inside:
        if here.what:
            yield here
        for pattern, what, hint in _LOST:
            if pattern.fullmatch(here.text):
                yield replace(here, what=what, hint=hint)
        if not here.text.strip():
            blank = True
            continue
        begins = blank or _STARTS.match(here.text) is not None
        if begins and last and not _BREAK.fullmatch(last):
            yield replace(here, what="entries without line breaks", hint=_BY_MACRO)
        last, blank = here.text, False
