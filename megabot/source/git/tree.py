"""Parses git's output about the files of a commit: tree entries and blobs. Does not run git."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from megabot.source.files import (
    ALL_LARGEST,
    FILES_MOST,
    TOO_LARGE,
    canonical,
    gather,
    is_inside,
    is_picture,
    is_source_file,
    odd_name,
    too_large,
    why_ignored,
)
from megabot.source.problems import Problem

_LINK = "120000"
_SUBMODULE = "160000"


@dataclass(frozen=True, slots=True)
class Entry:
    """A tree entry: mode, the blob's id, its size in bytes, and the path."""

    mode: str
    id: str
    size: int
    path: str


def entries(listing: bytes) -> list[Entry]:
    """Parse the output of `git ls-tree -r -z -l`."""
    # Names in git are bytes; `odd_name` reports those that are not UTF-8.
    lines = listing.decode("utf-8", "surrogateescape").split("\0")
    return [_entry(line) for line in lines if line]


def _entry(line: str) -> Entry:
    facts, _, path = line.partition("\t")
    mode, _, blob, size = facts.split()
    # A submodule has a dash instead of a size: https://git-scm.com/docs/git-ls-tree
    return Entry(mode, blob, int(size) if size.isdecimal() else 0, canonical(path))


def blobs(batch: bytes, entries: Sequence[Entry]) -> list[tuple[str, bytes]]:
    """Split the output of `git cat-file --batch`; stop at the first blob that is not as requested."""
    contents: list[tuple[str, bytes]] = []
    at = 0
    for entry in entries:
        head = f"{entry.id} blob {entry.size}\n".encode()
        start, end = at + len(head), at + len(head) + entry.size
        if batch[at:start] != head or batch[end : end + 1] != b"\n":
            break
        contents.append((entry.path, batch[start:end]))
        at = end + 1
    return contents


def sort_entries(entries: list[Entry]) -> tuple[list[Entry], list[Problem]]:
    """Return the files that can be read, and the problems of those refused because of their tree entry."""
    ours = [entry for entry in entries if _concerns_us(entry)]
    problems = [_refused(entry) for entry in ours]
    readable = [entry for entry, problem in zip(ours, problems, strict=True) if problem is None]
    texts = [entry.size for entry in readable if not is_picture(entry.path)]
    if len(readable) > FILES_MOST or sum(texts) > ALL_LARGEST:
        return [], [TOO_LARGE]
    return readable, [problem for problem in problems if problem is not None]


def ignored_files(entries: list[Entry]) -> tuple[Problem, ...]:
    """Return the files that look like part of the source but are not read."""
    return tuple(filter(None, (why_ignored(entry.path) for entry in entries)))


def _concerns_us(entry: Entry) -> bool:
    stands_for_more = entry.mode in (_LINK, _SUBMODULE) and is_inside(PurePosixPath(entry.path))
    return is_source_file(entry.path) or is_picture(entry.path) or stands_for_more


def _refused(entry: Entry) -> Problem | None:
    odd = odd_name(entry.path)
    if odd is not None:
        return odd
    if entry.mode == _LINK:
        return Problem(entry.path, 0, "links are not followed in git", "put the file itself here")
    if entry.mode == _SUBMODULE:
        return Problem(entry.path, 0, "submodules are not fetched", "put the files themselves here")
    return too_large(entry.path, entry.size)


def sections(entries: Sequence[Entry]) -> list[Entry]:
    """Return the readable files in `sections/`."""
    readable, _ = sort_entries([entry for entry in entries if entry.path.startswith("sections/")])
    return [entry for entry in readable if is_source_file(entry.path)]


def texts(batch: bytes, entries: Sequence[Entry]) -> dict[str, str] | None:
    """Return the files in the output of `git cat-file --batch` as texts; None if some are missing."""
    whole = blobs(batch, entries)
    return gather(whole)[0] if len(whole) == len(entries) else None
