"""Notice changes of the source between passes: it is checked every ten minutes, and just before a slot."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from megabot.schedule.interval import Interval
from megabot.source.model import Snapshot
from megabot.source.port import Source

EVERY = timedelta(minutes=10)
BEFORE_A_SLOT = timedelta(minutes=5)
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


class SourceWatch:
    """Remembers what the snapshot of the last pass contained."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._known = ""
        self._asked = _EVER
        self._fetched_for = _EVER

    def changed(self, now: datetime, *, slot: datetime | None) -> bool:
        """Return whether the source has changed.

        Shortly before the next `slot` it is fetched, so that late commits count. Raises `SourceMissing`.
        """
        if slot is not None and now in Interval(slot - BEFORE_A_SLOT, slot) and self._fetched_for != slot:
            self._fetched_for = slot
            self._source.refresh()
        # An interval, so that a clock that was set back does not stop the checks (K04).
        elif now in Interval.after(self._asked, EVERY):
            return False
        last = self._known
        self.note(now)
        return last not in ("", self._known)

    def note(self, now: datetime) -> Snapshot:
        """Take a snapshot for the pass that follows, and remember it. Raises `SourceMissing`."""
        self._asked, snapshot = now, self._source.snapshot()
        self._known = _digest(snapshot)
        return snapshot


def _digest(snapshot: Snapshot) -> str:
    # Without the time of the fetch: fetching the same again is no change. A digest, because the files of a
    # thousand accounts take much memory.
    content = (
        sorted(snapshot.files.items()),
        sorted(snapshot.pictures.items()),
        snapshot.revision,
        snapshot.problems,
    )
    return sha256(repr(content).encode()).hexdigest()
