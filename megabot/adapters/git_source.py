"""A source that is a repository elsewhere: read from the blobs of its good commit. Writes no file of it."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path, PurePosixPath

from megabot.adapters.git_cache import LARGEST, GitCache
from megabot.adapters.source_files import (
    ALL_LARGEST,
    FILES_MOST,
    TOO_LARGE,
    belongs,
    gather,
    is_inside,
    is_picture,
    odd_name,
    too_large,
)
from megabot.adapters.thread_files import threads
from megabot.core.git_address import GitAddress, commit_url
from megabot.core.problems import Problem
from megabot.core.threads import Revision, Snapshot, Thread
from megabot.errors import SourceBroken, SourceMissing
from megabot.ports import Clock

EVERY = timedelta(minutes=10)
_LINK = "120000"
_SUBMODULE = "160000"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of a tree: what it is, the blob's id, how large that is and where it belongs."""

    mode: str
    id: str
    size: int
    path: str


class GitSource:
    """The source port on a git repository: fetched at most every ten minutes, and at once on `refresh`."""

    def __init__(
        self,
        address: GitAddress,
        *,
        key_file: Path | None,
        state: Path,
        clock: Clock,
        largest: int = LARGEST,
    ) -> None:
        self._address = address
        self._cache = GitCache(address, key_file=key_file, state=state, clock=clock, largest=largest)

    def snapshot(self) -> Snapshot:
        """Read the good commit. Raise `SourceMissing` where there is none yet and none can be fetched."""
        self._cache.fetch(unless_within=EVERY)
        snapshot = self._read()
        if snapshot is None:  # a disk's or a crash's doing
            self._cache.discard()
            self._cache.fetch()
            snapshot = self._read()
        if snapshot is None:
            raise self._missing("the copy in the state folder cannot be read")
        return snapshot

    def picture(self, snapshot: Snapshot, path: str) -> bytes | None:
        """Read a picture's blob: that of the snapshot, whatever was fetched since."""
        blob = snapshot.pictures.get(path)
        if blob is None:
            return None
        answer = self._cache.blobs([blob])
        head, _, rest = answer.raw.partition(b"\n")
        name, _, size = head.partition(b" blob ")
        whole = answer.ok and name.decode() == blob and size.isdigit() and len(rest) > int(size)
        return rest[: int(size)] if whole else None

    def refresh(self) -> None:
        """Fetch now; trouble is logged, and the good commit stays."""
        self._cache.fetch()

    def threads(self, snapshot: Snapshot) -> tuple[Thread, ...]:
        """Parse the threads; raise `SourceBroken` with every mistake of every file."""
        found, problems = threads(snapshot)
        if problems:
            raise SourceBroken(problems)
        return found

    def _read(self) -> Snapshot | None:
        """Read the good commit; None where the copy does not hold all of it."""
        commit = self._cache.good()
        if not commit:
            raise self._missing(self._cache.failure)
        listing = self._cache.listing(commit)
        all_found, problems = _sorted_out(_entries(listing.raw))
        found = [entry for entry in all_found if belongs(entry.path)]
        contents = self._cache.blobs([entry.id for entry in found])
        blobs = _blobs(contents.raw, found)
        if not listing.ok or not contents.ok or len(blobs) < len(found):
            return None
        files, mistakes = gather(blobs)
        return Snapshot(
            files=files,
            pictures={entry.path: entry.id for entry in all_found if is_picture(entry.path)},
            revision=Revision(commit=commit, url=commit_url(self._address, commit)),
            problems=(*problems, *mistakes),
            fetched=self._cache.fetched,
        )

    def _missing(self, why: str) -> SourceMissing:
        return SourceMissing(
            f"the source {self._address} cannot be fetched: {why}; check MEGABOT_SOURCE, and for a private "
            "repository MEGABOT_SOURCE_KEY_FILE"
        )


def _entries(listing: bytes) -> list[_Entry]:
    lines = listing.decode("utf-8", "surrogateescape").split("\0")
    return [_entry(line) for line in lines if line]


def _entry(line: str) -> _Entry:
    facts, _, path = line.partition("\t")
    mode, _, blob, size = facts.split()
    return _Entry(mode, blob, int(size) if size.isdecimal() else 0, path)


def _blobs(batch: bytes, entries: list[_Entry]) -> list[tuple[str, bytes]]:
    """Cut up what `git cat-file --batch` gave, as far as it is what was asked for."""
    found: list[tuple[str, bytes]] = []
    at = 0
    for entry in entries:
        head = f"{entry.id} blob {entry.size}\n".encode()
        start, end = at + len(head), at + len(head) + entry.size
        if batch[at:start] != head or batch[end : end + 1] != b"\n":
            break
        found.append((entry.path, batch[start:end]))
        at = end + 1
    return found


def _sorted_out(entries: list[_Entry]) -> tuple[list[_Entry], list[Problem]]:
    """Tell the files that can be read from what is refused unread, going by the tree alone."""
    ours = [entry for entry in entries if _concerns_us(entry)]
    problems = [_refused(entry) for entry in ours]
    found = [entry for entry, problem in zip(ours, problems, strict=True) if problem is None]
    texts = [entry.size for entry in found if not is_picture(entry.path)]
    if len(found) > FILES_MOST or sum(texts) > ALL_LARGEST:
        return [], [TOO_LARGE]
    return found, [problem for problem in problems if problem is not None]


def _concerns_us(entry: _Entry) -> bool:
    stands_for_more = entry.mode in (_LINK, _SUBMODULE) and is_inside(PurePosixPath(entry.path))
    return belongs(entry.path) or is_picture(entry.path) or stands_for_more


def _refused(entry: _Entry) -> Problem | None:
    odd = odd_name(entry.path)
    if odd is not None:
        return odd
    if entry.mode == _LINK:
        return Problem(entry.path, 0, "a link, which is not followed in git", "put the file itself here")
    if entry.mode == _SUBMODULE:
        return Problem(entry.path, 0, "a submodule, which is not fetched", "put the files themselves here")
    return too_large(entry.path, entry.size)
