"""Noticing that the source changed between two passes: asked every ten minutes, and anew before a slot."""

from datetime import UTC, datetime, timedelta

from megabot.schedule.interval import Interval
from megabot.source.model import Snapshot
from megabot.source.port import Source

EVERY = timedelta(minutes=10)
BEFORE_A_SLOT = timedelta(minutes=5)
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


class SourceWatch:
    """Remembers what the last pass went by."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._known: Snapshot | None = None
        self._asked = _EVER
        self._fetched_for = _EVER

    def changed(self, now: datetime, *, slot: datetime | None) -> bool:
        """Tell whether the source says something new.

        `slot` is the next one: shortly before it the source is fetched anew. Raises `SourceMissing`.
        """
        if slot is not None and now in Interval(slot - BEFORE_A_SLOT, slot) and self._fetched_for != slot:
            self._fetched_for = slot
            self._source.refresh()
        elif now in Interval.after(self._asked, EVERY):
            return False
        before, snapshot = self._known, self.note(now)
        return before is not None and _said(before) != _said(snapshot)

    def note(self, now: datetime) -> Snapshot:
        """Remember what the source says as what a pass, which follows, goes by. Raises `SourceMissing`."""
        self._asked, self._known = now, self._source.snapshot()
        return self._known


def _said(snapshot: Snapshot) -> tuple[object, ...]:
    return snapshot.files, snapshot.pictures, snapshot.revision, snapshot.problems
