"""The essay editor: a preamble as a form, and the form as a preamble again. Pure.

What a moderator does not change in the form stays byte for byte as it was: comments, quotes, the order of the
keys, line endings.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import unified_diff

from megabot.source.front_matter.fence import front_end
from megabot.source.front_matter.yaml import FrontMatter, Value, plain, split
from megabot.source.preambles import BY_MESSAGE

# The order of the form's fields. `text` is the essay itself.
_USUAL = ("theme", "author", "image", "image_alt", "image_credit", "thumbnail")
_TEXT = "text"
_NOT_TEXT = (bool, int, float, date)
_LONG = 80
# The reader of front matter refuses these characters, except as escapes.
_ODD = re.compile("[\x7f-\x9f\u2028\u2029\ufffe\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One key of the front matter. `long` values need a field with several lines."""

    name: str
    value: str = ""
    long: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A preamble as the editor shows it, with one kind of line ending.

    `kept` are keys with lists or mappings, which the form does not show and does not change. `whole` is set
    if the front matter has mistakes, or is not one key per line: then `body` is the whole text, front matter
    included.
    """

    fields: tuple[Field, ...]
    body: str
    kept: tuple[str, ...] = ()
    whole: bool = False

    def values(self) -> dict[str, str]:
        return {field.name: field.value for field in self.fields}


def form_of(text: str, asked: Iterable[str] = ()) -> Form:
    """Return the form of a preamble: the keys that it has, and empty ones for the `asked` that it lacks."""
    file = split(BY_MESSAGE, text)
    if file.front.problems or _starts(file, text) is None:
        return Form(fields=(), body=_newlines(text), whole=True)
    values = {name: _shown(value) for name, value in file.mapping().items()}
    kept = tuple(name for name, value in values.items() if value is None)
    shown = {name: value for name, value in values.items() if value is not None}
    missing = {name: "" for name in asked if name not in values and name != _TEXT}
    names = sorted({**shown, **missing}, key=_rank)
    found = ((name, shown.get(name, "")) for name in names)
    fields = tuple(
        Field(name=name, value=value, long="\n" in value or len(value) > _LONG) for name, value in found
    )
    return Form(fields=fields, body=_newlines(file.body), kept=kept)


def fill_in(text: str, values: Mapping[str, str], body: str, *, whole: bool = False) -> str:
    """Return a preamble with the values and the body that were typed.

    Keys that `values` does not name stay; an empty value removes its key. `whole`: the body was typed as the
    whole text, because the form had no fields.
    """
    before = form_of(text)
    typed = _newlines(body)
    if whole:
        return text if before.whole and typed == before.body else typed
    if before.whole:
        # Someone else's mistake in the front matter, after the form was made.
        return fill_in("", values, body)
    known = before.values()
    wanted = {name: _newlines(value) for name, value in values.items() if name not in before.kept}
    changed = {name: value for name, value in wanted.items() if value != known.get(name, "")}
    if not changed and typed == before.body:
        return text
    front = _front(text, changed)
    if typed == before.body:
        return front + split(BY_MESSAGE, text).body
    # Otherwise a body that begins with --- would be read as front matter.
    return (front or ("---\n---\n" if _looks_like_front(typed) else "")) + typed


def difference(before: str, after: str) -> tuple[str, ...]:
    """Return the lines of a diff, each with +, - or a space before it; empty if nothing differs."""
    if _newlines(before).strip() == _newlines(after).strip():
        return ()
    old, new = (_newlines(text).strip().split("\n") if text.strip() else [] for text in (before, after))
    # A unified diff starts with two lines that name files, and these texts have none.
    return tuple(unified_diff(old, new, lineterm="", n=2))[2:]


def asked_fields(asked: Iterable[str], images: Iterable[str]) -> tuple[str, ...]:
    """Return the keys that the form offers.

    `asked` are those that the template uses, `images` its template texts for the title image, which use keys
    of the preamble unless the thread sets its own.
    """
    used = {match for text in images for match in re.findall(r"\bpreamble\.(\w+)", text)}
    return tuple(sorted({*asked, *used} - {_TEXT}, key=_rank))


def _rank(name: str) -> tuple[int, str]:
    return (_USUAL.index(name), "") if name in _USUAL else (len(_USUAL), name)


def _shown(value: Value) -> str | None:
    """Return a value as the form shows it; None if it has no field."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if isinstance(value, (list, dict)) else _newlines(str(value))


def _newlines(text: str) -> str:
    # Browsers send \r\n between the lines of a text field.
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _looks_like_front(text: str) -> bool:
    return front_end(text.split("\n")) != 0


def _front(text: str, changed: Mapping[str, str]) -> str:
    """Return the front matter with its `---` lines and the changed values; "" for none."""
    lines = text.split("\n")
    end = front_end(lines) or 0
    if not changed:
        return "".join(f"{line}\n" for line in lines[: end + 1]) if end else ""
    file, inner = split(BY_MESSAGE, text), lines[1:end]
    # From the last key to the first, so that the numbers of the lines before stay right.
    for name, (first, last) in reversed(_places(_starts(file, text) or {}, inner).items()):
        if name in changed:
            inner[first:last] = _written(name, changed[name], file.mapping()[name])
    for name in sorted(changed.keys() - file.mapping().keys(), key=_rank):
        inner += _written(name, changed[name], None)
    fences = (lines[0], lines[end]) if end else ("---", "---")
    return "".join(f"{line}\n" for line in (fences[0], *inner, fences[1])) if end or inner else ""


def _starts(file: FrontMatter, text: str) -> dict[str, int] | None:
    """Return the index of each key's line in the front matter, in order; None if a key has no such line."""
    inner, starts = text.split("\n")[1 : file.first_line - 2], {}
    for name in file.mapping():
        key = re.compile(rf"""(["']?){re.escape(name)}\1\s*:(?:\s|$)""")
        at = file.front.lines[(name,)] - 2
        # The reader gives the line below the key for a text that starts there.
        near = (one for one in (at, at - 1) if 0 <= one < len(inner) and key.match(inner[one]))
        start = next(near, None)
        if start is None:
            return None
        starts[name] = start
    return starts


def _places(starts: Mapping[str, int], inner: list[str]) -> dict[str, tuple[int, int]]:
    """Return the first line of each key in `inner` and the one after its value, in order."""
    following = [*starts.values(), len(inner)][1:]
    return {
        name: (start, _value_end(inner, start, limit))
        for (name, start), limit in zip(starts.items(), following, strict=True)
    }


def _value_end(inner: list[str], start: int, limit: int) -> int:
    # Empty lines and comments below a value belong to what follows.
    while limit > start + 1 and (not inner[limit - 1].strip() or inner[limit - 1].startswith("#")):
        limit -= 1
    return limit


def _written(name: str, value: str, before: Value) -> list[str]:
    """Return the line for a key; none for an empty value."""
    if not value:
        return []
    bare, kind = f"{name}: {value}", type(plain(value))
    is_as_before = isinstance(before, _NOT_TEXT) and kind is type(before)
    if is_as_before or _reads_as(bare, name, value):
        return [bare]
    quoted = _ODD.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))
    return [f"{name}: {quoted}"]


def _reads_as(line: str, name: str, value: str) -> bool:
    """Return whether an unquoted line means exactly this text."""
    if "\n" in value:
        return False
    file = split(BY_MESSAGE, f"---\n{line}\n---\n")
    return not file.front.problems and file.mapping() == {name: value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Someone who has typed a draft of the same edition: who, and when they last changed it."""

    by: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a text in the editor relates to what others did meanwhile.

    `changed`: another preamble is in effect than the one that the author started from. `others` have drafts
    of the same edition.
    """

    changed: bool = False
    others: tuple[Author, ...] = ()

    @property
    def may_be_used(self) -> bool:
        """Whether using the text overwrites nothing that its author has not seen."""
        return not self.changed


def standing(*, base: str, current: str, others: Iterable[Author] = ()) -> Standing:
    """Compare the digest that the author started from with that of the preamble in effect."""
    return Standing(changed=base not in ("", current), others=tuple(others))
