"""Keys of the preamble that a template asks for and no preamble has: a slip that would show as nothing.

A missing key is none, so that `{% if preamble.theme %}` works in weeks without a theme. Runs in the child.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from megabot.rendering.child.template_errors import nearest
from megabot.source.problems import Problem

USUAL = frozenset({"text", "theme", "author", "image", "image_alt", "image_credit", "thumbnail"})
"""What may be asked for before any preamble has it."""
_ASKED = re.compile(r"\bpreamble\.([A-Za-z_]\w*)")
_REMARK = re.compile(r"\{#.*?#\}", re.DOTALL)


def find_unknown_keys(
    files: Mapping[str, str], path: str, thread: str, *, keys: Callable[[str], Mapping[str, object]]
) -> Iterator[Problem]:
    """Find such keys in a thread's template and in the parts; `keys` reads a preamble's front matter."""
    odd = [one for one in _asked(files, path) if one[2] not in USUAL]
    if not odd:
        return  # reading every preamble costs more than all else
    own = (name for name in files if name.startswith("preambles/") and _may_be_of(name, thread))
    known = USUAL.union(*(keys(name) for name in own))
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
        asked = USUAL.union(key for _, _, key in _asked(files, path))
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
