"""Separates the footnotes and link definitions of the parts of a post. Pure.

An essay and a template may both have a `[^1]`. Otherwise both marks would lead to the note that comes first.
"""

import re
from collections.abc import Iterator

from megabot.source.code_spans import without_code

_DEFINITION = re.compile(
    r"[ >]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(\[((?:\\.|[^\[\]\\])+)\]):"
    r"[ \t]*((?:<[^>\n]*>|\S*)(?:[ \t]+[\"'(].*)?)[ \t]*"
)
_NOTE = re.compile(r" {0,3}(\[(\^[^\]\s]+)\]):.*")
_NO_PARAGRAPH = re.compile(r"[ >]*| {0,3}#{1,6}(?:[ \t].*)?")
_SPOILER_LINE = re.compile(r"^[ \t]*:::.*", re.MULTILINE)  # clients show its title as typed
_LABEL = re.compile(r"(?<!\\)\[((?:\\.|[^\[\]\\])+)\](\[\])?")


def prefix_labels(text: str, name: str) -> str:
    """Return the text with a prefix on each label that it defines.

    A footnote mark without a note is escaped, so that it does not lead to another part's note. A link
    definition in the template works in every part, so other labels stay as they are.
    """
    if "[^" not in text and "]:" not in text:
        return text
    plain = _SPOILER_LINE.sub(lambda match: " " * len(match[0]), without_code(text))
    defined = dict(_definitions(plain))
    own, pieces, end, complete = set(defined.values()), [], 0, -1
    for match in _LABEL.finditer(plain):
        label, following = text[match.start(1) : match.end(1)], plain[match.end() : match.end() + 1]
        is_second = plain[max(match.start() - 1, 0) : match.start()] == "]" and match.start() != complete
        if label.startswith("^"):
            new = f"[^{name}-{label[1:]}]" if _normal(label) in own else f"\\[{label}]"
            new, complete = f"{new}{match[2] or ''}", match.end()
        elif _normal(label) not in own or following == "(":
            continue
        elif match.start() in defined or is_second:
            new, complete = f"[{name}-{label}]", match.end()
        elif following == "[":  # the words of a link by another label
            continue
        else:
            new = f"[{label}][{name}-{label}]"
        pieces += [text[end : match.start()], new]
        end = match.end()
    return "".join([*pieces, text[end:]])


def _definitions(plain: str) -> Iterator[tuple[int, str]]:
    """Yield the start and label of each definition. A link cannot be defined inside a paragraph."""
    start, in_paragraph = 0, False
    for line in plain.split("\n"):
        match = _NOTE.fullmatch(line) or (None if in_paragraph else _DEFINITION.fullmatch(line))
        if match:
            yield start + match.start(1), _normal(match[2])
        in_paragraph = not match and not _NO_PARAGRAPH.fullmatch(line)
        start += len(line) + 1


def _normal(label: str) -> str:
    return " ".join(label.split()).casefold()
