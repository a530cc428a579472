"""Turns sections into spoilers that display well on every server and client. Pure.

Lemmy 0.19 servers render the inside of a spoiler as one run of inline text for federated readers: without
lists and headings, and without blank lines. So every block in it ends with a hard break (two spaces, which
are invisible at the end of a list item, where a backslash would show), and sub-headings become bold lines.
docs/reference/markdown.md has the table.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum, auto
from typing import NamedTuple

from megabot.source.problems import Problem

_KEYS = ("title", "cw", "status")
_FENCE = re.compile(r"\s*(?:[-*+][ \t]+)?(?:(`{3,})[^`]*|(~{3,}).*)")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*))?")
_CLOSING_MARKS = re.compile(r"(?:^|[ \t])#+[ \t]*$")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])[ \t]")
_WARNING = re.compile(r"\(cw:\s*", re.IGNORECASE)
COMMENT = (
    "readers would see this HTML comment",
    "delete it, or write {# ... #} in a template, which is not posted",
)
_MISTAKES = (
    # The line under a table's head: nothing but dashes, colons and at least one bar.
    (
        re.compile(r"(?=.*\|)(?=.*-)[\s|:-]+"),
        "a section cannot have a table",
        "write a list: spoilers show no tables",
    ),
    (
        re.compile(r" {0,3}(?:=+|-+|[-*_](?:[ \t]*[-*_]){2,})\s*"),
        "a section cannot have a line of dashes",
        "use ### for a heading, or delete it",
    ),
    (re.compile(r"[^`]*<!--.*"), *COMMENT),
    (
        re.compile(r" {0,3}\[\^[^\]]+\]:.*"),
        "a section cannot have a footnote",
        "write the note in brackets in its place",
    ),
    (
        re.compile(r" {0,3}\[(?!\^)[^\]]+\]:.*"),
        "a section cannot have a link definition",
        "write [words](address) in its place",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A valid file of `sections/`. `line` is the body's first line in `path`."""

    name: str
    title: str
    cw: str
    status: str
    body: str
    path: str
    line: int


class _Kind(Enum):
    BLANK = auto()
    TEXT = auto()
    ITEM = auto()
    HEADING = auto()
    CODE = auto()


class _Line(NamedTuple):  # half the cost of a frozen dataclass, and there is one for every line
    kind: _Kind
    text: str


def section_name(path: str) -> str:
    """Return the name of a section: `sections/20-maps.md` is `maps`; the number only sets the order."""
    stem = path.rpartition("/")[2].removesuffix(".md")
    return re.sub(r"^\d+[-_]", "", stem)


def parse_section(
    path: str, front: Mapping[str, object], body: str, first_line: int
) -> tuple[Section | None, tuple[Problem, ...]]:
    """Check a section file without its front matter. Returns the section only if there are no problems."""
    body = body.replace("\r\n", "\n")
    problems = sorted([*_front_problems(path, front), *_body_problems(path, body, first_line)])
    if problems:
        return None, tuple(problems)
    title, cw, status = (str(front.get(key) or "").strip() for key in _KEYS)
    name = section_name(path)
    return Section(name=name, title=title, cw=cw, status=status, body=body, path=path, line=first_line), ()


def spoiler(section: Section) -> str:
    """Return a section as a spoiler, without a line break at the end. Order and words do not change."""
    warning = f" (CW: {section.cw})" if section.cw else ""
    status = f" - {section.status}" if section.status else ""
    inside = "\n".join(_broken_lines(_lines(section.body)))
    return f"::: spoiler {section.title}{warning}{status}\n{inside}\n:::"


def _lines(body: str) -> list[_Line]:
    lines = []
    fence = ""
    for text in body.rstrip().split("\n"):
        was_open, fence = fence, fence_after(fence, text)
        # The line that closes a fence counts as text: a break after it does no harm.
        kind = _Kind.CODE if fence else _Kind.TEXT if was_open else _kind(text)
        lines.append(_Line(kind, text))
    return lines


def fence_after(fence: str, text: str) -> str:
    """Return the fence that is open after a line, given the one that was open before it; "" for none."""
    match = _FENCE.fullmatch(text)
    if match is None:
        return fence
    mark = match[1] or match[2]
    if not fence:
        return mark
    return "" if mark.startswith(fence) and text.strip() == mark else fence


def _kind(text: str) -> _Kind:
    if not text.strip():
        return _Kind.BLANK
    if _ITEM.match(text):
        return _Kind.ITEM
    return _Kind.HEADING if _HEADING.fullmatch(text) else _Kind.TEXT


def _broken_lines(lines: list[_Line]) -> Iterator[str]:
    blank = True
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        if line.kind is _Kind.HEADING and not blank:
            yield ""
        if line.kind is not _Kind.BLANK or not blank:
            yield _broken_line(line, following)
        blank = line.kind is _Kind.BLANK


def _broken_line(line: _Line, following: _Line | None) -> str:
    if line.kind is _Kind.BLANK or line.kind is _Kind.CODE:
        return line.text
    text = _bold(line.text) if line.kind is _Kind.HEADING else line.text
    if following is None:
        return text.rstrip()
    goes_on = following.kind is _Kind.TEXT and line.kind is not _Kind.HEADING
    # A backslash at the end already is a hard break, and spaces after it would undo that.
    if goes_on or text.endswith("\\"):
        return text
    return text.rstrip() + "  "


def _bold(heading: str) -> str:
    # A ** in the heading would end the bold text.
    words = _heading_words(heading).replace("**", "")
    return f"**{_WARNING.sub('(CW: ', words)}**"


def _heading_words(heading: str) -> str:
    match = _HEADING.fullmatch(heading)
    return _CLOSING_MARKS.sub("", match[2] or "").strip() if match else ""


def _front_problems(path: str, front: Mapping[str, object]) -> Iterator[Problem]:
    if not str(front.get("title") or "").strip():
        yield Problem(path, 1, "the section has no title", "start the file with ---, title: ..., ---")
    for key, value in front.items():
        if key not in _KEYS:
            yield Problem(path, 1, f"unknown key {key!r}", _suggestion(str(key)))
        elif value is not None and not (isinstance(value, str) and "\n" not in value.strip()):
            yield Problem(path, 1, f"{key!r} is not a single line of text", "put it in quotes, on one line")


def _suggestion(key: str) -> str:
    close = get_close_matches(key.lower(), _KEYS, n=1)
    return f"did you mean {close[0]!r}?" if close else f"use one of: {', '.join(_KEYS)}"


def _body_problems(path: str, body: str, first_line: int) -> Iterator[Problem]:
    lines = _lines(body)
    if not body.strip():
        yield Problem(path, first_line, "the section is empty", "write a line, or delete the file")
    for number, line in enumerate(lines, first_line):
        mistake = _mistake(line)
        if mistake is not None:
            yield Problem(path, number, *mistake)
    if lines[-1].kind is _Kind.CODE:
        opened = first_line + _open_fence(lines)
        yield Problem(path, opened, "the code block is never closed", "close it with the marks that open it")


def _open_fence(lines: list[_Line]) -> int:
    index = len(lines)
    while index and lines[index - 1].kind is _Kind.CODE:
        index -= 1
    return index


def _mistake(line: _Line) -> tuple[str, str] | None:
    if line.text.lstrip().startswith(":::"):
        return (
            "a section cannot contain :::",
            "delete it: a section already is a spoiler, and they do not nest",
        )
    if line.kind is _Kind.HEADING:
        return _heading_mistake(line.text)
    if line.kind is _Kind.TEXT or line.kind is _Kind.ITEM:
        return next(((what, hint) for pattern, what, hint in _MISTAKES if pattern.fullmatch(line.text)), None)
    return None


def _heading_mistake(text: str) -> tuple[str, str] | None:
    if text.split(maxsplit=1)[0] != "###":
        return "headings in a section must be ###", "use ###"
    return None if _heading_words(text) else ("the heading has no text", "write one, or delete the line")
