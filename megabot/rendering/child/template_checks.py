"""What can be told to be wrong from the text of a template, its keys and its title image.

Runs in the child.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from textwrap import shorten

from megabot.rendering.child.template_errors import nearest
from megabot.source import limits
from megabot.source.problems import Problem

_TAG = re.compile(r"\{%.*?%\}|\{#.*?#\}")
_MANY_LINES = re.compile(r"\{#.*?#\}|\{%-?\s*raw\s*-?%\}.*?\{%-?\s*endraw\s*-?%\}", re.DOTALL)
_END_OF_LOOP = re.compile(r"\{%[-+]?\s*endfor\b")
_PRINTS_NOTHING = re.compile(r"\{%[-+]?\s*end(?:macro|set|call)\b")  # spoiler() ends with a line break
_TAG_SHOWN = 40
USUAL_KEYS = frozenset({"text", "theme", "author", "image", "image_alt", "image_credit", "thumbnail"})
"""What may be asked for before any preamble has it."""
_ASKED = re.compile(r"\bpreamble\.([A-Za-z_]\w*)")
_REMARK = re.compile(r"\{#.*?#\}", re.DOTALL)
IMAGE_PARTS = ("image", "image_alt", "thumbnail")
"""The texts of the front matter that are rendered for it."""


def find_glued_lines(path: str, text: str) -> Iterator[Problem]:
    """Find lines of text that are joined to the next one. `+%}` and `-%}` show that the author knows."""
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
    """Return whether text comes before the next blank line: after a loop, its first line may."""
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
    """Find such keys in a thread's template and in the parts; `keys` reads a preamble's front matter."""
    odd = [one for one in _asked(files, path) if one[2] not in USUAL_KEYS]
    if not odd:
        return  # reading every preamble costs more than all else
    own = (name for name in files if name.startswith("preambles/") and _may_be_of(name, thread))
    known = USUAL_KEYS.union(*(keys(name) for name in own))
    for where, line, key in odd:
        if key not in known:
            near = nearest(key, known)
            hint = f"did you mean preamble.{near}?" if near else "write it into the front matter of one"
            yield Problem(where, line, f"no preamble has a key {key}", hint)


def find_miswritten_keys(
    files: Mapping[str, str], path: str, preamble_path: str, *, keys: Callable[[str], Mapping[str, object]]
) -> Iterator[Problem]:
    """Find keys of a preamble in capitals that a template would ask for in small letters."""
    odd = [key for key in keys(preamble_path) if key != key.lower()] if preamble_path in files else []
    if odd:
        asked = USUAL_KEYS.union(key for _, _, key in _asked(files, path))
        for key in odd:
            if key not in asked and key.lower() in asked:
                yield Problem(
                    preamble_path, 0, f"no template uses the key {key}", f"write it as {key.lower()}"
                )


def _asked(files: Mapping[str, str], path: str) -> Iterator[tuple[str, int, str]]:
    for name in (path, *sorted(name for name in files if name.startswith("_"))):
        text = _REMARK.sub(lambda remark: "\n" * remark[0].count("\n"), files[name])
        for number, line in enumerate(text.split("\n"), 1):
            yield from ((name, number, match[1]) for match in _ASKED.finditer(line))


def _may_be_of(name: str, thread: str) -> bool:
    folder = name.removeprefix("preambles/").rpartition("/")[0]
    return folder in ("", thread)


def image_mistakes(text: Mapping[str, str], pictures: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Find what the server would refuse or readers would miss: the part, what is wrong, what to do."""
    for part in ("image", "thumbnail"):
        where = text[part]
        if where.startswith(("http://", "https://")):
            if len(where) > limits.URL_LONGEST or where.split() != [where]:
                yield part, f"{part} is no address that Lemmy takes", "2,000 characters, no spaces"
        elif where and where not in pictures:
            hint = "write an address, https://..., or the path of a picture in images/"
            yield part, f"{part}: there is no picture {where} in the source", hint
    if limits.utf16_units(text["image_alt"]) > limits.ALT_TEXT_LONGEST:
        yield "image_alt", "image_alt is too long", f"{limits.ALT_TEXT_LONGEST:,} characters are the most"
    if "\n" in text["image_alt"]:
        yield "image_alt", "image_alt has more than one line", "write it in one"


def image_oddities(text: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Find what is worth a warning."""
    if text["image"] and not text["image_alt"]:
        yield "image", "a title image without image_alt", "describe it for those who cannot see it"
