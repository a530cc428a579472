"""Find the words of a comment that are its author's own: those in plain paragraphs. Pure.

This is not a Markdown parser. In doubtful cases it hides too much rather than too little, because visible
words may be obeyed as a command. test_plain_text.py compares it with the web client's parser, with and
without HTML.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise, takewhile
from unicodedata import category

HIDDEN = "\0"
"""Replaces each hidden character, so that no visible word can be made of hidden ones."""
UNSEEN = "\u200b"
"""Replaces each invisible character, such as a direction mark."""

# "```x```" on one line is code within a paragraph.
_FENCE = re.compile(r"(`{3,}(?=[^`]*$)|~{3,}).*")
_FENCE_ENDS = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*")
_SPOILER = re.compile(r":::[ \t]+spoiler[ \t]+\S.*")
_SPOILER_ENDS = re.compile(r":::[ \t]*")
# HTML (but not <https://address>), and a fence that may be inside a list: their ends are uncertain.
_ENDLESS = re.compile(r"[ \t]*<(?![a-z][a-z0-9+.-]*:)[a-z/!?]| {1,3}(?:`{3}|~{3})", re.IGNORECASE)
_LIST = re.compile(r"[ \t]*(?:[-+*]|[0-9]{1,9}[.)])(?:[ \t]|$)")
# Indented code, a quote, a list, "[" (a definition, a footnote, a link), and what makes the rest doubtful.
_NOT_PLAIN = re.compile(rf" {{4}}| *[\t>\[]|[ \t]*:::|{_LIST.pattern}|{_ENDLESS.pattern}", re.IGNORECASE)
_SPANS = (("`", ["`"]), ("~~", ["~~"]), ("<", [">"]), ("[", ["]", ")"]))


def own_words(text: str) -> str:
    """Hide everything except plain paragraphs. Offsets and line ends stay the same.

    Hidden are quotes and their lazy continuation lines, lists, code, spoilers, tables, footnotes, links,
    images, HTML and struck-out text.
    """
    lines = text.replace(HIDDEN, "\ufffd").replace("\r\n", " \n").replace("\r", "\n").split("\n")
    shown = [HIDDEN * len(line) for line in lines]
    in_list = False
    for run in _runs(lines):
        block = [lines[number] for number in run]
        is_indented = block[0].startswith((" ", "\t"))
        if not (in_list and is_indented):
            shown[run[0] : run[-1] + 1] = _plain_lines(block)
        in_list = (in_list and is_indented) or any(_LIST.match(line) for line in block)
    return "\n".join(shown)


def normalize(plain: str) -> str:
    """Replace every kind of space by a plain one, and every invisible mark by `UNSEEN`. Offsets stay."""
    return plain if plain.isascii() else "".join(map(_evened, plain))


def _evened(char: str) -> str:
    match category(char):
        case "Zs" | "Zl" | "Zp":
            return " "
        case "Cf":
            return UNSEEN
        case _:
            return char


def _runs(lines: Sequence[str]) -> Iterator[list[int]]:
    """Yield the line numbers of each block outside fences and spoilers, up to the first doubtful line."""
    outside = list(_outside(lines))
    # Code or a link that begins before the doubtful line may end after it, in the same paragraph.
    outside += [True for _ in takewhile(_is_text, lines[len(outside) :])]
    is_text = [one and _is_text(line) for one, line in zip(outside, lines, strict=False)]
    for has_text, run in groupby(range(len(is_text)), key=is_text.__getitem__):
        if has_text:
            yield list(run)


def _outside(lines: Sequence[str]) -> Iterator[bool]:
    """Yield for each line whether it is outside fences and spoilers, up to the first doubtful line."""
    fence, in_spoiler = "", False
    for line in lines:
        colons = line.lstrip(" \t").startswith(":::")
        if fence and not (colons and in_spoiler):
            ends = _FENCE_ENDS.fullmatch(line)
            fence = "" if ends and ends[1].startswith(fence) else fence
            yield False
        elif colons:
            # Clients differ about spoilers within spoilers, and about a ::: within code within a spoiler.
            if fence or not (_SPOILER_ENDS if in_spoiler else _SPOILER).fullmatch(line):
                return
            in_spoiler = not in_spoiler
            yield False
        elif _ENDLESS.match(line):
            return
        else:
            begins = _FENCE.fullmatch(line)
            fence = begins[1] if begins else ""
            yield not (in_spoiler or begins)


def _plain_lines(block: Sequence[str]) -> list[str]:
    """Hide from the first line on that is not plain text: the lines after it may belong to it."""
    plain = _without_spans("\n".join(block)).split("\n")
    ends = [number for number, line in enumerate(block) if _NOT_PLAIN.match(line)]
    # Only the second line of a table shows that the first belongs to one.
    ends += [number for number, pair in enumerate(pairwise(block)) if _is_table(*pair)]
    end = min(ends, default=len(block))
    return plain[:end] + [HIDDEN * len(line) for line in block[end:]]


def _is_table(heads: str, rule: str) -> bool:
    marks = set(rule)
    return marks <= set(" \t|:-") and "-" in marks and ("|" in heads or not marks.isdisjoint("|:"))


def _is_text(line: str) -> bool:
    return bool(line.strip(" \t"))  # in Markdown no other kind of space makes a line blank


def _without_spans(paragraph: str) -> str:
    """Hide code, struck-out text, HTML and links, each from its first possible start to its last end."""
    shown = paragraph
    for opening, closings in _SPANS:
        start = paragraph.find(opening)
        end = max(paragraph.rfind(closing) + len(closing) for closing in closings)
        if 0 <= start < end - len(opening):
            hidden = re.sub(r"[^\n]", HIDDEN, paragraph[start:end])
            shown = shown[:start] + hidden + shown[end:]
    return shown
