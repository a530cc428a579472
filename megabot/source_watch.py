"""Noticing that the source changed between two passes: asked every ten minutes, and anew before a slot."""

from datetime import UTC, datetime, timedelta

from megabot.core.threads import Snapshot
from megabot.ports import Source

EVERY = timedelta(minutes=10)
BEFORE_A_SLOT = timedelta(minutes=5)
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


class SourceWatch:
    """Remembers what the source said when it was last asked."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._known: Snapshot | None = None
        self._asked = _EVER
        self._fetched_for = _EVER

    def changed(self, now: datetime, *, slot: datetime | None) -> bool:
        """Tell whether the source says something new.

        `slot` is the next one: shortly before it the source is fetched anew. Raises `SourceMissing`.
        """
        if slot is not None and slot - BEFORE_A_SLOT <= now < slot and self._fetched_for != slot:
            self._fetched_for = slot
            self._source.refresh()
        elif timedelta() <= now - self._asked < EVERY:
            return False
        self._asked = now
        before, self._known = self._known, self._source.snapshot()
        return before is not None and _said(before) != _said(self._known)


def _said(snapshot: Snapshot) -> tuple[object, ...]:
    return snapshot.files, snapshot.pictures, snapshot.revision, snapshot.problems
