"""Find lines of a template that lose their line break to a tag at their end.

jinja2's `trim_blocks` removes the line break behind every tag. On a line of tags alone nobody misses it.
Runs in the child.
"""

import re
from collections.abc import Iterator, Sequence
from textwrap import shorten

from megabot.source.problems import Problem

_TAG = re.compile(r"\{%.*?%\}|\{#.*?#\}")
_MANY_LINES = re.compile(r"\{#.*?#\}|\{%-?\s*raw\s*-?%\}.*?\{%-?\s*endraw\s*-?%\}", re.DOTALL)
_END_OF_LOOP = re.compile(r"\{%[-+]?\s*endfor\b")
_PRINTS_NOTHING = re.compile(r"\{%[-+]?\s*end(?:macro|set|call)\b")  # spoiler() ends with a line break
_SHOWN = 40


def find_glued_lines(path: str, text: str) -> Iterator[Problem]:
    """Find lines of text that are joined to the next one. `+%}` and `-%}` show that the author knows."""
    lines = _MANY_LINES.sub(_blanked, text).split("\n")
    for index, line in enumerate(lines):
        tag = _last_tag(line)
        if tag and _TAG.sub("", line).strip() and _something_follows(lines[index + 1 :]):
            shown = shorten(tag, _SHOWN)
            what = f"{shown} at the end of a line removes the line break: the next line is joined to it"
            hint = f"write +{tag[-2:]} to keep the line break, or move the tag to a separate line"
            yield Problem(path, index + 1, what, hint)


def _blanked(match: re.Match[str]) -> str:
    return match[0] if "\n" not in match[0] else re.sub(r"[^\n]", " ", match[0])


def _last_tag(line: str) -> str:
    if not line.endswith(("%}", "#}")) or line[-3:-2] in ("-", "+"):
        return ""
    last = next((match[0] for match in reversed(list(_TAG.finditer(line))) if match.end() == len(line)), "")
    return "" if _PRINTS_NOTHING.match(last) else last


def _something_follows(lines: Sequence[str]) -> bool:
    """Return whether text comes before the next blank line: after a loop, its first line may."""
    for line in lines:
        rest = _TAG.sub("", line).strip()
        if line.lstrip().startswith(("{%-", "{{-", "{#-")) or not line.strip():
            return False
        if rest or _END_OF_LOOP.search(line):
            return True
    return False
