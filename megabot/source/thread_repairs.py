"""Changes the text of a thread as little as possible so that megabot can post it again. Pure.

Lemmy accepts texts that `limits.flaws` refuses. Readers should see the same as before if possible.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from megabot.source.code_spans import without_code
from megabot.source.limits import flaws

_COLONS = re.compile(r"(\s*)(:{3,})\s*(.*?)\s*")
_FENCE = re.compile(r"\s*(?:(?:[-*+]|\d{1,9}[.)])\s+)?(?:(`{3,})[^`]*|(~{3,}).*)")
_IN_ITEM = re.compile(r"(\s*(?:[-*+]|\d{1,9}[.)])[ \t]+)(:{3,}\s*spoiler\s.*)", re.IGNORECASE)
_MENTION = re.compile(r"@([\w.]+)@([a-zA-Z0-9._:-]+)")
_UNSAFE = re.compile(
    r"((?:\]\(|^\s*\[[^\]]+\]:)\s*(?:<\s*)?|<\s*)(javascript|data|vbscript):", re.IGNORECASE | re.MULTILINE
)
_MARKER = "[//]: # (megabot:"
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff]")
_UNTITLED = "Spoiler"
_ESCAPED = "is escaped, so it still shows as typed"
_INVISIBLE = "&nbsp;"


@dataclass(frozen=True, slots=True)
class _Change:
    """A change and its line in the thread's text, 0 for none."""

    what: str
    line: int


@dataclass(frozen=True, slots=True)
class _Open:
    colons: int
    title: str
    line: int


@dataclass(slots=True)
class _Flattener:
    """Reads nested spoilers like a web client, and writes them one after the other.

    A line of colons closes the outermost spoiler that was opened with as many colons or fewer, with all
    spoilers inside it.
    """

    changes: list[_Change]
    open: list[_Open] = field(default_factory=list)
    fence: str = ""
    waits: bool = False  # whether an inner spoiler was closed and the outer one may continue
    left: int = 0  # how many lines of colons may still follow to close outer spoilers

    def write(self, number: int, line: str) -> Iterator[str]:
        colons = _COLONS.fullmatch(line)
        closed = self._closed_by(colons) if colons and not colons[3] else None
        if self.fence and closed is None:
            yield self._in_fence(number, line, colons)
        elif colons is None:
            yield from self._text(number, line)
        elif not colons[3]:
            yield from self._end(number, line, closed)
        elif colons[3].split(maxsplit=1)[0].lower() == "spoiler":
            yield from self._begin(number, colons)
        else:
            self.changes.append(
                _Change("a ::: that does not open a spoiler is escaped, so it still shows as typed", number)
            )
            yield from self._text(number, f"{colons[1]}\\{line[len(colons[1]) :]}")

    def finish(self) -> Iterator[str]:
        if self.fence:
            self.changes.append(_Change("a code block that was never closed is closed at the end", 0))
            yield self.fence
        if self.open and not self.waits:
            last = self.open[-1]
            self.changes.append(_Change("a spoiler that was never closed is closed at the end", last.line))
            yield ":::"

    def _closed_by(self, colons: re.Match[str]) -> int | None:
        sizes = (at for at, one in enumerate(self.open) if one.colons <= len(colons[2]))
        return next(sizes, None)

    def _in_fence(self, number: int, line: str, colons: re.Match[str] | None) -> str:
        if colons and not colons[3] and self.open:  # its spoiler had more colons but is written with three
            self.changes.append(
                _Change("a ::: in a code block is escaped, so that it does not end the spoiler", number)
            )
            return f"{colons[1]}\\{colons[2]}"
        self._leave_fence(line)
        return line

    def _leave_fence(self, line: str) -> None:
        if _FENCE.fullmatch(line) and line.strip().startswith(self.fence):
            self.fence = "" if not line.strip(f" \t{self.fence[0]}") else self.fence

    def _text(self, number: int, line: str) -> Iterator[str]:
        if self.waits and line.strip():
            self.waits = False
            self.changes.append(
                _Change("text after a nested spoiler is in a second spoiler with the outer title", number)
            )
            yield f"::: spoiler {self.open[-1].title}"
        if fence := _FENCE.fullmatch(line):
            self.fence = fence[1] or fence[2]
        yield line

    def _begin(self, number: int, colons: re.Match[str]) -> Iterator[str]:
        title = colons[3][len("spoiler") :].strip()
        if not title:
            self.changes.append(_Change(f"a spoiler without a title is now called {_UNTITLED}", number))
        if self.open:
            self.changes.append(
                _Change("a spoiler inside another one now follows it, because spoilers do not nest", number)
            )
            if not self.waits:
                yield f"{colons[1]}:::"
        self.waits = False
        self.open.append(_Open(len(colons[2]), title or _UNTITLED, number))
        is_usual = title and len(colons[2]) == 3 and colons[3][len("spoiler")] == " "  # noqa: PLR2004
        yield colons[0] if is_usual else f"{colons[1]}::: spoiler {title or _UNTITLED}"

    def _end(self, number: int, line: str, closed: int | None) -> Iterator[str]:
        if closed is None and self.left:
            self.left -= 1
            self.changes.append(_Change("a ::: left over from nested spoilers is deleted", number))
        elif closed is None:
            self.changes.append(
                _Change("a ::: that closes nothing is escaped, so it still shows as typed", number)
            )
            yield from self._text(number, line.replace(":", "\\:", 1))
        else:
            if self.fence:
                self.changes.append(_Change("a code block is closed where its spoiler ends", number))
                yield self.fence
            self.fence = ""
            self.left += len(self.open) - closed - 1
            del self.open[closed:]
            if not self.waits:
                yield re.sub(":{4,}", ":::", line)
            self.waits = bool(self.open)


def repair(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the text in a form that `limits.flaws` accepts, and what was changed in it."""
    changes: list[_Change] = []
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if _CONTROL.search(plain):
        changes.append(_Change("control characters are deleted", 0))
        plain = _CONTROL.sub("", plain)
    lines = list(_without_markers(plain.split("\n"), changes))
    flattener, written = _Flattener(changes), list[str]()
    for number, line in lines:
        for piece in _out_of_items(number, line, changes):
            written += flattener.write(number, piece)
    written += flattener.finish()
    repaired = "\n".join(_with_safe_words("\n".join(written), changes))
    if any(flaw.what == "the text ends with a table" for flaw in flaws(repaired, mentions=True)):
        changes.append(_Change(f"a line {_INVISIBLE} was added after the table at the end", 0))
        repaired = f"{repaired.rstrip()}\n\n{_INVISIBLE}"
    return repaired, tuple(_said(changes))


def _without_markers(lines: list[str], changes: list[_Change]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines, 1):
        if _MARKER in line:
            changes.append(_Change("a marker of megabot is deleted", number))
        else:
            yield number, line


def _out_of_items(number: int, line: str, changes: list[_Change]) -> Iterator[str]:
    """Move a spoiler that starts a list item to a separate line, so that it is recognised."""
    match = _IN_ITEM.fullmatch(line)
    if match is None:
        yield line
        return
    changes.append(_Change("a spoiler in a list starts on its own line", number))
    yield match[1].rstrip()
    # Tab stops are four columns apart: https://spec.commonmark.org/0.31.2/#tabs
    yield " " * len(match[1].expandtabs(4)) + match[2]


def _with_safe_words(text: str, changes: list[_Change]) -> Iterator[str]:
    """Rewrite mentions, unsafe links and HTML comments so that they do no harm and look the same."""
    plain = without_code(text)
    for number, (line, visible) in enumerate(zip(text.split("\n"), plain.split("\n"), strict=True), 1):
        edits = [(*match.span(), _mention(line, visible, match)) for match in _MENTION.finditer(line)]
        if edits:
            changes.append(_Change("mentions became links, so that posts do not notify anyone", number))
        if "<!--" in visible:
            changes.append(_Change(f"<!-- {_ESCAPED}", number))
            edits += [(*match.span(), "<!\\--") for match in re.finditer("<!--", visible)]
        safe = line
        for begin, end, new in sorted(edits, reverse=True):
            safe = safe[:begin] + new + safe[end:]
        while mention := _MENTION.search(safe):  # an edit can turn the text around it into a new mention
            safe = safe[: mention.start()] + safe[mention.start() + 1 :]
        if _UNSAFE.search(safe):
            changes.append(
                _Change("a javascript: or data: link, which no reader could open, became text", number)
            )
            safe = _UNSAFE.sub(r"\1\2 :", safe)
        yield safe


def _mention(line: str, visible: str, mention: re.Match[str]) -> str:
    """Return what to write for a mention: a link, except in an address, code or the words of a link."""
    before, name, host = line[: mention.start()], mention[1], mention[2].rstrip("._:-")
    rest = mention[2][len(host) :]
    if "://" in before.rpartition(" ")[2]:
        return f"%40{name}@{mention[2]}"
    if before.endswith("\\"):
        return f"@[{name}](https://{host}/u/{name}){rest}"
    if before.endswith("]("):
        return f"https://{host}/u/{name}{rest}"
    in_words = before.count("[") > before.count("]") or before.lstrip().startswith(":::")
    if visible[mention.start() : mention.end()] != mention[0] or in_words or not host:
        return f"{name}@{mention[2]}"
    return f"[@{name}](https://{host}/u/{name}){rest}"


def _said(changes: list[_Change]) -> Iterator[str]:
    """Yield each kind of change once, with its lines."""
    lines: dict[str, set[int]] = {}
    for change in sorted(changes, key=lambda one: one.line):
        lines.setdefault(change.what, set()).add(change.line)
    for what, all_of in lines.items():
        numbers = sorted(all_of - {0})
        listed = ", ".join(map(str, numbers[:10])) + (" ..." if len(numbers) > 10 else "")  # noqa: PLR2004
        yield f"line{'s' * (len(numbers) > 1)} {listed}: {what}" if numbers else what
