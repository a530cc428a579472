"""A thread that people wrote by hand, taken apart into a template and sections. Pure.

Its spoilers become sections where a section can say the same; what cannot stays in the template as it is.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from megabot.core.sections import fence_after, parse_section, section_name

_OPENS = re.compile(r"\s{0,3}:::\s*spoiler\s+(\S.*?)\s*", re.IGNORECASE)
_CLOSES = re.compile(r"\s{0,3}:::\s*")
_WARNED = re.compile(r"(\S.*?) \(CW: ([^()]+)\)")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(?=\S)")
_BEGINS_A_BLOCK = re.compile(r"\s*(?:(?:[-*+]|\d{1,9}[.)])[ \t].*|#+ .*|)")
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_ANY_MONTH = f"{_MONTHS}|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_DATE = re.compile(
    rf"(?P<iso>\b\d{{4}}-\d\d-\d\d\b)"
    rf"|\b(?P<d1>\d{{1,2}}) (?P<m1>{_ANY_MONTH})\b(?:,? (?P<y1>\d{{4}})\b)?"
    rf"|\b(?P<m2>{_ANY_MONTH}) (?P<d2>\d{{1,2}})\b(?:,? (?P<y2>\d{{4}})\b)?"
)
_NUMBER = re.compile(r"(?<![\w.,:-])#?(\d{1,4})(?![\w.,-]*\d)")
_YEARS = range(1990, 2101)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was made of a thread: a title and a body for the template, and files of sections by path.

    `number` is the one that the title carried, None where it carried none.
    """

    title: str
    body: str
    sections: dict[str, str]
    number: int | None


@dataclass(frozen=True, slots=True)
class _Spoiler:
    title: str
    lines: tuple[str, ...]


def take_apart(title: str, body: str) -> Taken:
    """Make a template and sections of a thread's title and text, in the order that they had."""
    pieces = list(_pieces(body.replace("\r\n", "\n").split("\n")))
    files: dict[int, tuple[str, str]] = {}
    total = sum(isinstance(piece, _Spoiler) for piece in pieces)
    for at, piece in enumerate(pieces):
        if isinstance(piece, _Spoiler):
            made = _section(piece, (len(files) + 1) * 10, {path for path, _ in files.values()}, total=total)
            files |= {at: made} if made else {}
    made_title, number = _title(title)
    return Taken(
        title=made_title,
        body=_template(pieces, {at: path for at, (path, _) in files.items()}),
        sections=dict(files.values()),
        number=number,
    )


def _pieces(lines: list[str]) -> Iterator[str | _Spoiler]:
    """Give the lines of a text, closed spoilers as wholes."""
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
    """Find the line that closes a spoiler; None where another one opens first, or none closes it."""
    for number in range(start, len(lines)):
        if _CLOSES.fullmatch(lines[number]):
            return number
        if _OPENS.fullmatch(lines[number]):
            return None
    return None


def _section(spoiler: _Spoiler, number: int, taken: set[str], *, total: int) -> tuple[str, str] | None:
    """Write a spoiler as a section's file; None where a section cannot say what it says."""
    warned = _WARNED.fullmatch(spoiler.title)
    front = {"title": warned[1], "cw": warned[2]} if warned else {"title": spoiler.title}
    text = "\n".join(_plain_lines(spoiler.lines)).strip("\n")
    path = _path(front["title"], number, taken, width=len(str(total * 10)))
    if parse_section(path, front, text, 1)[1]:
        return None
    settings = "".join(f"{key}: {_quoted(value)}\n" for key, value in front.items())
    return path, f"---\n{settings}---\n{text}\n"


def _plain_lines(lines: tuple[str, ...]) -> Iterator[str]:
    """Give lines as a section has them: headings of one kind, no breaks that it writes by itself."""
    fence = ""
    for line, following in zip(lines, [*lines[1:], ""], strict=False):
        was_open, fence = fence, fence_after(fence, line)
        if was_open or fence:
            yield line
        else:
            plain = line.rstrip() if _BEGINS_A_BLOCK.fullmatch(following) else line
            yield _HEADING.sub("### ", plain)


def _path(title: str, number: int, taken: set[str], *, width: int) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    word = "-".join(re.findall(r"[a-z0-9]+", plain)[:4])[:40].strip("-") or "part"
    word = f"part-{word}" if word[0].isdigit() else word
    names = {section_name(path) for path in taken}
    name = next(one for one in (word, *(f"{word}-{n}" for n in range(2, 1000))) if one not in names)
    return f"sections/{number:0{width}}-{name}.md"


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _template(pieces: list[str | _Spoiler], paths: dict[int, str]) -> str:
    """Write the body: all sections at one place where they stood together, else each where it stood."""
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


def _title(title: str) -> tuple[str, int | None]:
    """Put the edition's dates and number where the title had those of its own."""
    names = iter(["start", "end", *["end"] * 20])
    dated = _DATE.sub(lambda found: _date(found, next(names)), _literal(title))
    parts = re.split(r"(\{\{.*?\}\})", dated)
    for at in range(0, len(parts), 2):
        for found in _NUMBER.finditer(parts[at]):
            if int(found[1]) not in _YEARS:
                begin, end = found.span(1)
                parts[at] = f"{parts[at][:begin]}{{{{ edition.number }}}}{parts[at][end:]}"
                return "".join(parts), int(found[1])
    return dated, None


def _date(found: re.Match[str], name: str) -> str:
    if found["iso"]:
        return f"{{{{ edition.{name} }}}}"
    month = "MMMM" if (found["m1"] or found["m2"]) in _MONTHS.split("|") else "MMM"
    if found["d1"]:
        pattern = f"d {month}" + (" y" if found["y1"] else "")
    else:
        pattern = f"{month} d" + (", y" if found["y2"] else "")
    return f"{{{{ edition.{name} | date('{pattern}') }}}}"
