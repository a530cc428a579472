"""Finds the code in a Markdown text, so that it can be left unchanged. Pure; takes linear time."""

import re
from collections import defaultdict
from collections.abc import Iterator

from megabot.source.sections import fence_after

_INDENTED = re.compile(r" {0,3}\t|    ")
_ITEM = re.compile(r"\s*(?:(?:[-*+]|\d{1,9}[.)])[ \t]|\[\^[^\]\s]+\]:)")  # of a list, or a footnote
_TICKS = re.compile(r"(\\*)(`+)")
_PARAGRAPH = re.compile(r"\n[ \t]*\n")


def without_code(text: str) -> str:
    """Return the text with code replaced by spaces, so that all other characters keep their positions."""
    blanked = "\n".join(_without_blocks(text.split("\n")))
    pieces, end = [], 0
    for start, stop in _spans(blanked):
        pieces += [blanked[end:start], re.sub(r"[^\n]", " ", blanked[start:stop])]
        end = stop
    return "".join([*pieces, blanked[end:]])


def _without_blocks(lines: list[str]) -> Iterator[str]:
    fence, blank, in_list = "", True, False
    for line in lines:
        was_open, fence = fence, fence_after(fence, line)
        if was_open or fence:
            blank = False
            yield " " * len(line)
        elif not line.strip():
            blank = True
            yield line
        elif blank and not in_list and _INDENTED.match(line):
            yield " " * len(line)  # `blank` stays True, so the next indented line is code too
        else:
            in_list = bool(_ITEM.match(line)) or (in_list and line[0] in " \t")
            blank = False
            yield line


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Find code within lines: from backticks to the same number of backticks in the same paragraph."""
    start = 0
    for gap in [*(match.start() for match in _PARAGRAPH.finditer(text)), len(text)]:
        yield from ((start + one, start + other) for one, other in _spans_of(text[start:gap]))
        start = gap


def _spans_of(paragraph: str) -> Iterator[tuple[int, int]]:
    runs = list(_TICKS.finditer(paragraph))
    by_length: defaultdict[int, list[int]] = defaultdict(list)
    # Backwards, so that pop() gives the earliest one, and thousands of backticks take linear time.
    for number in range(len(runs) - 1, -1, -1):
        by_length[len(runs[number][2])].append(number)
    opened = 0
    for number, run in enumerate(runs):
        start = run.start(2) + len(run[1]) % 2  # a backslash escapes only outside code
        if number < opened or start == run.end():
            continue
        ahead = by_length[run.end() - start]
        while ahead and ahead[-1] <= number:
            ahead.pop()
        if ahead:
            yield start, runs[ahead[-1]].end()
            opened = ahead[-1] + 1
