"""What megabot needs of a source, as a Protocol with its contract."""

from typing import Protocol

from megabot.source.model import Snapshot, Thread


class Source(Protocol):
    """Where templates, preambles, sections and data come from."""

    def snapshot(self) -> Snapshot:
        """Read everything as it is now. Raise `SourceMissing`; mistakes in files are values in the result.

        What is fetched from elsewhere may be ten minutes old; where it cannot be had, the last good state is
        given, with its age.
        """

    def picture(self, snapshot: Snapshot, path: str) -> bytes | None:
        """Read a picture of the snapshot, None where it cannot be read (any more)."""

    def sections_at(self, commit: str) -> dict[str, str] | None:
        """Read the files of `sections/` as they were at a commit; None where that cannot be had."""

    def refresh(self) -> None:
        """Fetch now, whatever the age, what the next snapshot gives. Trouble is logged, not raised."""

    def threads(self, snapshot: Snapshot) -> tuple[Thread, ...]:
        """Parse the thread templates; raise `SourceBroken` if any is broken.

        The error has all problems, and the threads that can be used all the same. A broken section, data
        file, preamble or picture is the renderer's problem: it concerns the threads that use it.
        """
