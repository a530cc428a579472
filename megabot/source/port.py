"""The port of a source, as a Protocol."""

from typing import Protocol

from megabot.source.model import Snapshot, Thread


class Source(Protocol):
    """Where templates, preambles, sections and data come from."""

    def snapshot(self) -> Snapshot:
        """Read all files. Raise `SourceMissing`; mistakes in files are part of the result.

        A remote repository may be ten minutes out of date. If it cannot be fetched, the result is the last
        good state, with its age.
        """

    def picture(self, snapshot: Snapshot, path: str) -> bytes | None:
        """Read a picture of the snapshot, None if it cannot be read or no longer exists."""

    def sections_at(self, commit: str) -> dict[str, str] | None:
        """Read the files of `sections/` as they were at a commit; None if they are not available."""

    def refresh(self) -> None:
        """Fetch the repository for the next snapshot, whatever its age. Errors are logged, not raised."""

    def threads(self, snapshot: Snapshot) -> tuple[Thread, ...]:
        """Parse the thread templates; raise `SourceBroken` if any is broken.

        The error has all problems, and the threads that can still be used. The renderer reports a broken
        section, data file, preamble or picture, because it matters only to the threads that use it.
        """
