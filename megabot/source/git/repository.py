"""A source in a remote repository, read from the blobs of its good commit. Checks out no files."""

from datetime import timedelta
from pathlib import Path

from typing_extensions import override

from megabot.clock import Clock
from megabot.errors import SourceBroken, SourceMissing
from megabot.proxy import Proxy
from megabot.source.child_process import COLD, Children
from megabot.source.files import gather, is_picture, is_source_file
from megabot.source.git import tree
from megabot.source.git.address import GitAddress, commit_url
from megabot.source.git.cache import LARGEST, GitCache
from megabot.source.model import Revision, Snapshot, Thread
from megabot.source.port import Source
from megabot.source.thread_reader import threads

EVERY = timedelta(minutes=10)


class GitSource(Source):
    """The source port on a git repository, fetched at most every ten minutes, and at once on `refresh`."""

    def __init__(  # noqa: PLR0913  each is a different part of the machine
        self,
        address: GitAddress,
        *,
        key_file: Path | None,
        state: Path,
        clock: Clock,
        largest: int = LARGEST,
        proxy: Proxy | None = None,
        children: Children = COLD,
    ) -> None:
        self._address = address
        self._children = children
        self._cache = GitCache(
            address, key_file=key_file, state=state, clock=clock, largest=largest, proxy=proxy
        )

    @override
    def snapshot(self) -> Snapshot:
        self._cache.fetch(unless_within=EVERY)
        snapshot = self._read()
        if snapshot is None:  # the copy was damaged, for example by a full disk or a crash
            self._cache.discard()
            self._cache.fetch()
            snapshot = self._read()
        if snapshot is None:
            raise self._missing("the copy in the state folder cannot be read")
        return snapshot

    @override
    def picture(self, snapshot: Snapshot, path: str) -> bytes | None:
        blob = snapshot.pictures.get(path)
        if blob is None:
            return None
        answer = self._cache.blobs([blob])
        head, _, rest = answer.raw.partition(b"\n")
        name, _, size = head.partition(b" blob ")
        whole = answer.ok and name.decode() == blob and size.isdigit() and len(rest) > int(size)
        return rest[: int(size)] if whole else None

    @override
    def sections_at(self, commit: str) -> dict[str, str] | None:
        listing = self._cache.listing(commit)
        if not listing.ok:
            self._cache.fetch_commit(commit)
            listing = self._cache.listing(commit)
        if not listing.ok:
            return None
        entries = tree.sections(tree.entries(listing.raw))
        return tree.texts(self._cache.blobs([entry.id for entry in entries]).raw, entries)

    @override
    def refresh(self) -> None:
        self._cache.fetch()

    @override
    def threads(self, snapshot: Snapshot) -> tuple[Thread, ...]:
        usable, problems = threads(snapshot, children=self._children)
        if problems:
            raise SourceBroken(problems, threads=usable)
        return usable

    def _read(self) -> Snapshot | None:
        """Read the good commit; None if the copy is incomplete."""
        commit = self._cache.good()
        if not commit:
            raise self._missing(self._cache.failure)
        listing = self._cache.listing(commit)
        entries = tree.entries(listing.raw)
        readable, problems = tree.sort_entries(entries)
        texts = [entry for entry in readable if is_source_file(entry.path)]
        contents = self._cache.blobs([entry.id for entry in texts])
        blobs = tree.blobs(contents.raw, texts)
        # A full disk or a crash can leave a commit without all of its files.
        if not listing.ok or not contents.ok or len(blobs) < len(texts):
            return None
        files, mistakes = gather(blobs)
        return Snapshot(
            files=files,
            pictures={entry.path: entry.id for entry in readable if is_picture(entry.path)},
            revision=Revision(commit=commit, url=commit_url(self._address, commit)),
            problems=(*problems, *mistakes),
            fetched=self._cache.fetched,
            ignored=tree.ignored_files(entries),
        )

    def _missing(self, why: str) -> SourceMissing:
        hint = "; check MEGABOT_SOURCE, and for a private repository MEGABOT_SOURCE_KEY_FILE"
        if "safe.directory" in why:  # the settings are right
            hint = ""
        return SourceMissing(f"the git repository {self._address} cannot be fetched: {why}{hint}")
