"""Builds a template and sections from an existing thread. Pure.

Its spoilers become sections if a section can express the same; the others stay in the template unchanged.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from megabot.source.code_spans import without_code
from megabot.source.limits import BODY_LONGEST, MARKER_ROOM, flaws, utf16_units
from megabot.source.sections import fence_after, parse_section, section_name, spoiler
from megabot.source.thread_repairs import repair
from megabot.source.titles.title_dates import TitleRead

_OPENS = re.compile(r":::\s*spoiler\s+(\S.*?)\s*", re.IGNORECASE)  # an indented one is in a list
_CLOSES = re.compile(r"\s*:::\s*")
_WARNED = re.compile(r"(\S.*?) \(CW: ([^()]+)\)")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(?=\S)")
_OTHER_HEADING = re.compile(r" {0,3}(?:#{1,2}|#{4,6})[ \t]+\S")
_BEGINS_A_BLOCK = re.compile(r"\s*(?:(?:[-*+]|\d{1,9}[.)])[ \t].*|#+ .*|)")
_CALL = re.compile(r"\{\{ section\('([a-z0-9-]+)'\) \}\}")
_SECTIONS_MOST = 400  # a source may have 2,000 files, and people look through them
_ODD = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateDraft:
    """The result: a title, a body for the template, and section files by path.

    `changes` describe the differences from the thread. `left_over` is the end of a text that was too long.
    """

    title: TitleRead
    body: str
    sections: dict[str, str]
    changes: tuple[str, ...] = ()
    left_over: str = ""


@dataclass(frozen=True, slots=True)
class _Spoiler:
    title: str
    lines: tuple[str, ...]


def take_apart(title: TitleRead, body: str) -> TemplateDraft:
    """Build a template and sections from a thread's text, in the same order."""
    end = len(body)
    while True:
        text, changes = repair(body[:end])
        template, files, shown = _divided(text)
        excess = utf16_units(shown) + MARKER_ROOM - BODY_LONGEST
        if excess <= 0:
            break
        # Repairs and sections change the length, so the shorter text is taken apart again.
        end = _line_end(body, max(end - excess, 0))
    changes = (*changes, *_said_of_sections(text, files))
    if end < len(body):
        note = "the text is too long, because megabot adds a marker; its end is in left-over.md"
        changes = (*changes, note)
    return TemplateDraft(title=title, body=template, sections=files, changes=changes, left_over=body[end:])


def _said_of_sections(text: str, files: dict[str, str]) -> Iterator[str]:
    """Describe what sections change, and which spoilers did not become sections."""
    spoilers = [piece for piece in _pieces(text.split("\n")) if isinstance(piece, _Spoiler)]
    if any(_OTHER_HEADING.match(line) for piece in spoilers for line in piece.lines) and files:
        yield "headings in sections are written as ### and appear as bold lines in the post"
    if len(spoilers) > len(files):
        count = f"{len(spoilers) - len(files)} of {len(spoilers)} spoilers"
        yield f"{count} stay in the template: a section cannot have their tables, footnotes or headings"


def _line_end(text: str, longest: int) -> int:
    """Return where to cut a text: after a line, or after a word if that would cut away much."""
    line, word = text.rfind("\n", 0, longest), text.rfind(" ", 0, longest)
    return next((at for at in (line, word) if longest - at < longest // 4), longest)


def _divided(text: str) -> tuple[str, dict[str, str], str]:
    """Return the template's body, the sections by path, and roughly what they will be rendered to."""
    pieces = list(_pieces(text.split("\n")))
    files: dict[int, tuple[str, str, str]] = {}
    names: set[str] = set()
    total = sum(isinstance(piece, _Spoiler) for piece in pieces)
    for at, piece in enumerate(pieces):
        if isinstance(piece, _Spoiler) and len(files) < _SECTIONS_MOST:
            section = _section(piece, (len(files) + 1) * 10, names, total=total)
            files |= {at: section} if section else {}
    body = _template(pieces, {at: path for at, (path, _, _) in files.items()})
    spoilers = {section_name(path): shown for path, _, shown in files.values()}
    together = body.replace("{{ sections() }}", "\n\n".join(spoilers.values()))
    shown = _CALL.sub(lambda match: spoilers[match[1]], together)
    return body, {path: written for path, written, _ in files.values()}, shown


def _pieces(lines: list[str]) -> Iterator[str | _Spoiler]:
    """Yield the lines of a text, and each closed spoiler as one piece."""
    fence, at = "", 0
    while at < len(lines):
        was_open, fence = fence, fence_after(fence, lines[at])
        opens = None if was_open or fence else _OPENS.fullmatch(lines[at])
        end = _end(lines, at + 1) if opens else None
        if opens is None or end is None:
            yield lines[at]
            at += 1
        else:
            yield _Spoiler(opens[1], tuple(lines[at + 1 : end]))
            at = end + 1


def _end(lines: list[str], start: int) -> int | None:
    """Return the line that closes a spoiler; None if another one opens first or nothing closes it."""
    fences = (
        at for at in range(start, len(lines)) if _CLOSES.fullmatch(lines[at]) or _OPENS.fullmatch(lines[at])
    )
    first = next(fences, None)
    return first if first is not None and _CLOSES.fullmatch(lines[first]) else None


def _section(piece: _Spoiler, number: int, names: set[str], *, total: int) -> tuple[str, str, str] | None:
    """Return a spoiler as a section: path, file and spoiler. None if a section cannot express it."""
    warned = _WARNED.fullmatch(piece.title)
    front = {"title": warned[1], "cw": warned[2]} if warned else {"title": piece.title}
    text = "\n".join(_plain_lines(piece.lines)).strip("\n")
    word = _word(front["title"])
    name = next(one for one in (word, *(f"{word}-{n}" for n in range(2, 1000))) if one not in names)
    # Padded with zeros, because sections are sorted by file name.
    path = f"sections/{number:0{len(str(total * 10))}}-{name}.md"
    has_notes = "[^" in without_code(text)  # a footnote's mark must be in the same part as its note
    section, _ = parse_section(path, front, text, 1)
    # A section that `check` would refuse stays in the template as it was.
    if section is None or has_notes or any(flaws(text, mentions=True)):
        return None
    names.add(name)
    settings = "".join(f"{key}: {quote_yaml(value)}\n" for key, value in front.items())
    return path, f"---\n{settings}---\n{text}\n", spoiler(section)


def _plain_lines(lines: tuple[str, ...]) -> Iterator[str]:
    """Yield lines as a section needs them: headings as ###, no hard breaks that megabot adds itself."""
    fence = ""
    for line, following in zip(lines, [*lines[1:], ""], strict=False):
        was_open, fence = fence, fence_after(fence, line)
        if was_open or fence:
            yield line
        else:
            plain = line.rstrip() if _BEGINS_A_BLOCK.fullmatch(following) else line
            match = _HEADING.match(plain)
            yield f"### {plain[match.end() :]}" if match else plain


def _word(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    word = "-".join(re.findall(r"[a-z0-9]+", plain)[:4])[:40].strip("-") or "part"
    return f"part-{word}" if word[0].isdigit() else word


def quote_yaml(value: str) -> str:
    """Return a text in quotes for YAML."""
    plain = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + _ODD.sub(lambda match: f"\\u{ord(match[0]):04x}", plain) + '"'


def _template(pieces: list[str | _Spoiler], paths: dict[int, str]) -> str:
    """Return the body: all sections in one place if they were together, else each in its old place."""
    places = sorted(paths)
    together = all(
        at in paths or (isinstance(pieces[at], str) and not str(pieces[at]).strip())
        for at in range(places[0], places[-1] + 1)
    ) if places else False  # fmt: skip
    lines: list[str] = []
    for at, piece in enumerate(pieces):
        if at in paths:
            lines.append(f"{{{{ section('{section_name(paths[at])}') }}}}")
        elif isinstance(piece, _Spoiler):
            lines += [_literal(line) for line in (f"::: spoiler {piece.title}", *piece.lines, ":::")]
        elif not (together and places[0] < at < places[-1]):
            lines.append(_literal(piece))
    text = "\n".join(lines).strip("\n")
    if together:
        listed = "\n".join(f"{{{{ section('{section_name(paths[at])}') }}}}" for at in places)
        text = text.replace(listed, "{{ sections() }}")
    return f"{text}\n"


def _literal(line: str) -> str:
    """Keep a line from being read as a template."""
    return re.sub(r"\{([{%#])", r"{{ '{\1' }}", line)
