"""Compares the sections of two editions: which entries were added, removed or edited. Pure."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice

from megabot.source.sections import section_name

MAX_CHANGES = 40
"""How many changes a template gets; it knows only the number of the rest."""
LONGEST_ENTRY = 300
_COMPARED = 100  # at most so many entries of a section are compared to find an edited one without a link
_ALIKE = 0.7

_FRONT = re.compile(r"\A---[ \t]*\n.*?^---[ \t]*\n", re.MULTILINE | re.DOTALL)
_TITLE = re.compile(r"^title:[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_ITEM = re.compile(r"[-*+][ \t]+(?=\S)")
_ADDRESS = re.compile(r"https?://[^\s)<>\]]+")
_MENTIONED = re.compile(r"\bchanges\b")

Files = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One entry: the title of its section, its text, and the earlier text if it was edited."""

    section: str
    text: str
    before: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The changes between two editions, in the order of the sections. `more` counts those not listed."""

    added: tuple[Change, ...] = ()
    removed: tuple[Change, ...] = ()
    edited: tuple[Change, ...] = ()
    more: int = 0


def changes_since(commit: str, files: Files, sections_at: Callable[[str], Files | None]) -> Changes | None:
    """Return what changed in the directory since a commit, None if that is not known or not needed.

    Old sections are read only if a template uses `changes`.
    """
    if not commit or not templates_use_changes(files):
        return None
    sections = sections_at(commit)
    return None if sections is None else diff_sections(sections, files)


def templates_use_changes(files: Files) -> bool:
    return any(path.endswith(".md.j2") and _MENTIONED.search(text) for path, text in files.items())


def diff_sections(before: Files, after: Files) -> Changes | None:
    """Compare the sections of two states of a source; None if no entry differs."""
    old, new = _sections(before), _sections(after)
    all_changes = [
        change
        for name in [*new, *(name for name in old if name not in new)]
        for change in _changes(old.get(name, ("", [])), new.get(name, ("", [])))
    ]
    kinds = _without_moved(all_changes)
    if not any(kinds.values()):
        return None
    left = MAX_CHANGES
    listed = {}
    for kind, some in kinds.items():
        listed[kind] = tuple(some[:left])
        left -= len(listed[kind])
    more = sum(map(len, kinds.values())) - (MAX_CHANGES - left)
    return Changes(added=listed["added"], removed=listed["removed"], edited=listed["edited"], more=more)


def _without_moved(all_changes: list[tuple[str, Change]]) -> dict[str, list[Change]]:
    """Group changes by kind. An entry that moved to another section was neither added nor removed."""
    kinds: dict[str, list[Change]] = {"added": [], "removed": [], "edited": []}
    for kind, change in all_changes:
        kinds[kind].append(change)
    gone = Counter(one.text for one in kinds["removed"])
    come = Counter(one.text for one in kinds["added"])
    moved = gone & come
    for kind in ("added", "removed"):
        still = moved.copy()
        kinds[kind] = [one for one in kinds[kind] if not _took(still, one.text)]
    return kinds


def _took(counter: "Counter[str]", text: str) -> bool:
    if counter[text] <= 0:
        return False
    counter[text] -= 1
    return True


def _sections(files: Files) -> dict[str, tuple[str, list[str]]]:
    """Return the title and the entries of each section by name."""
    sections = {}
    for path in sorted(path for path in files if path.startswith("sections/") and path.endswith(".md")):
        text = files[path].replace("\r\n", "\n")
        front = _FRONT.match(text)
        title = _TITLE.search(front[0]) if front else None
        # Without its number, because renumbering a file only moves its section.
        name = section_name(path)
        shown = title[1].strip("\"'") if title else name
        sections[name] = (shown, list(_entries(text[front.end() :] if front else text)))
    return sections


def _entries(body: str) -> Iterator[str]:
    """Yield each entry with its continuation lines as one line."""
    entry: list[str] = []
    for line in [*body.split("\n"), ""]:
        item = _ITEM.match(line)
        if item or not line.strip() or line.startswith("#"):
            if entry:
                yield " ".join(entry)[:LONGEST_ENTRY]
            entry = [line[item.end() :].strip()] if item else []
        elif entry:
            entry.append(line.strip())


def _changes(old: tuple[str, list[str]], new: tuple[str, list[str]]) -> Iterator[tuple[str, Change]]:
    title = new[0] or old[0]
    # Compared without their order, because an entry in another place is not a change.
    gone = list((Counter(old[1]) - Counter(new[1])).elements())
    come = list((Counter(new[1]) - Counter(old[1])).elements())
    for text in come:
        before = _former(text, gone)
        if before:
            gone.remove(before)
            yield "edited", Change(section=title, text=text, before=before)
        else:
            yield "added", Change(section=title, text=text)
    for text in gone:
        yield "removed", Change(section=title, text=text)


def _former(text: str, gone: list[str]) -> str:
    """Return the earlier text of an entry: one with the same first link, else a similar one, else ""."""
    link = _ADDRESS.search(text)
    # The link says what an entry is about, however much its words changed.
    if link is not None:
        same = (one for one in gone if (other := _ADDRESS.search(one)) and other[0] == link[0])
        if former := next(same, ""):
            return former
    near = get_close_matches(text, list(islice(gone, _COMPARED)), n=1, cutoff=_ALIKE)
    return near[0] if near else ""
