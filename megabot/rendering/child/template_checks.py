"""Checks the text of a template, its keys and its title image. Runs in the child."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from textwrap import shorten

from megabot.rendering.child.template_errors import nearest
from megabot.source import limits
from megabot.source.problems import Problem

_TAG = re.compile(r"\{%.*?%\}|\{#.*?#\}")
_MANY_LINES = re.compile(r"\{#.*?#\}|\{%-?\s*raw\s*-?%\}.*?\{%-?\s*endraw\s*-?%\}", re.DOTALL)
_END_OF_LOOP = re.compile(r"\{%[-+]?\s*endfor\b")
_PRINTS_NOTHING = re.compile(
    r"\{%[-+]?\s*end(?:macro|set|call)\b"
)  # the output of spoiler() ends with a line break
_TAG_SHOWN = 40
USUAL_KEYS = frozenset({"text", "theme", "author", "image", "image_alt", "image_credit", "thumbnail"})
"""Keys that a template may use before any preamble has them."""
_ASKED = re.compile(r"\bpreamble\.([A-Za-z_]\w*)")
_REMARK = re.compile(r"\{#.*?#\}", re.DOTALL)
IMAGE_PARTS = ("image", "image_alt", "thumbnail")
"""The texts in the front matter that are rendered for the title image."""


def find_glued_lines(path: str, text: str) -> Iterator[Problem]:
    """Find lines of text that are joined to the next one. `+%}` and `-%}` show that the author intends it."""
    lines = _MANY_LINES.sub(_blanked, text).split("\n")
    for index, line in enumerate(lines):
        tag = _last_tag(line)
        if tag and _TAG.sub("", line).strip() and _something_follows(lines[index + 1 :]):
            shown = shorten(tag, _TAG_SHOWN)
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
    """Return whether text comes before the next blank line. After a loop it may be the loop's first line."""
    for line in lines:
        rest = _TAG.sub("", line).strip()
        if line.lstrip().startswith(("{%-", "{{-", "{#-")) or not line.strip():
            return False
        if rest or _END_OF_LOOP.search(line):
            return True
    return False


def find_unknown_keys(
    files: Mapping[str, str], path: str, thread: str, *, keys: Callable[[str], Mapping[str, object]]
) -> Iterator[Problem]:
    """Find keys that no preamble has, in a thread's template and partials.

    `keys` reads a preamble's front matter.
    """
    odd = [one for one in _asked(files, path) if one[2] not in USUAL_KEYS]
    if not odd:
        return  # reading every preamble takes longer than everything else
    own = (name for name in files if name.startswith("preambles/") and _may_be_of(name, thread))
    known = USUAL_KEYS.union(*(keys(name) for name in own))
    for where, line, key in odd:
        if key not in known:
            near = nearest(key, known)
            hint = f"did you mean preamble.{near}?" if near else "add it to the front matter of a preamble"
            yield Problem(where, line, f"no preamble has the key {key}", hint)


def find_miswritten_keys(
    files: Mapping[str, str], path: str, preamble_path: str, *, keys: Callable[[str], Mapping[str, object]]
) -> Iterator[Problem]:
    """Find keys of a preamble with capitals that a template uses in lower case."""
    odd = [key for key in keys(preamble_path) if key != key.lower()] if preamble_path in files else []
    if odd:
        asked = USUAL_KEYS.union(key for _, _, key in _asked(files, path))
        for key in odd:
            if key not in asked and key.lower() in asked:
                yield Problem(
                    preamble_path, 0, f"no template uses the key {key}", f"write it as {key.lower()}"
                )


def asked_keys(files: Mapping[str, str], path: str) -> tuple[str, ...]:
    """Return the keys of a preamble that a thread's template and partials use, in order, each once."""
    return tuple(dict.fromkeys(key for _, _, key in _asked(files, path)))


def _asked(files: Mapping[str, str], path: str) -> Iterator[tuple[str, int, str]]:
    for name in (path, *sorted(name for name in files if name.startswith("_"))):
        text = _REMARK.sub(lambda remark: "\n" * remark[0].count("\n"), files[name])
        for number, line in enumerate(text.split("\n"), 1):
            yield from ((name, number, match[1]) for match in _ASKED.finditer(line))


def _may_be_of(name: str, thread: str) -> bool:
    folder = name.removeprefix("preambles/").rpartition("/")[0]
    return folder in ("", thread)


def image_mistakes(text: Mapping[str, str], pictures: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Yield part, mistake and hint for images that the server would refuse or that are missing."""
    for part in ("image", "thumbnail"):
        where = text[part]
        if where.startswith(("http://", "https://")):
            if len(where) > limits.URL_LONGEST or where.split() != [where]:
                what = f"{part} is not an address that Lemmy accepts"
                yield part, what, "write at most 2,000 characters without spaces"
        elif where and where not in pictures:
            hint = "write an address, https://..., or the path of a picture in images/"
            yield part, f"{part}: the picture {where} does not exist", hint
    if limits.utf16_units(text["image_alt"]) > limits.ALT_TEXT_LONGEST:
        hint = f"write at most {limits.ALT_TEXT_LONGEST:,} characters"
        yield "image_alt", "image_alt is too long", hint
    if "\n" in text["image_alt"]:
        yield "image_alt", "image_alt has more than one line", "write it on one line"


def image_oddities(text: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield warnings about the title image."""
    if text["image"] and not text["image_alt"]:
        yield "image", "the title image has no image_alt", "describe it for readers who cannot see it"
