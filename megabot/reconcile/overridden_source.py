"""A source with the overrides of its editions applied."""

from megabot.errors import SourceBroken
from megabot.ledger.port import Ledger
from megabot.ledger.stored_overrides import load_overrides
from megabot.schedule import overrides as rules
from megabot.source.model import Snapshot, Thread
from megabot.source.port import Source
from megabot.source.usable import usable_threads


class OverriddenSource:
    """A source as it is with the changes that the ledger keeps: skipped and moved slots."""

    def __init__(self, source: Source, ledger: Ledger) -> None:
        self._source = source
        self._ledger = ledger

    def snapshot(self) -> Snapshot:
        """Read everything as it is now."""
        return self._source.snapshot()

    def picture(self, snapshot: Snapshot, path: str) -> bytes | None:
        """Read a picture."""
        return self._source.picture(snapshot, path)

    def sections_at(self, commit: str) -> dict[str, str] | None:
        """Read the sections of another time."""
        return self._source.sections_at(commit)

    def refresh(self) -> None:
        """Fetch now."""
        self._source.refresh()

    def threads(self, snapshot: Snapshot) -> tuple[Thread, ...]:
        """Parse the threads, and give each the slots that moderators chose."""
        found = usable_threads(self._source, snapshot)
        threads = tuple(
            rules.apply_overrides(one, load_overrides(self._ledger, one.name)) for one in found.threads
        )
        if found.broken is not None:
            raise SourceBroken(found.broken.problems, threads=threads)
        return threads
