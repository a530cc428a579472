"""A source with moderators' overrides applied."""

from collections.abc import Sequence
from dataclasses import replace

from typing_extensions import override

from megabot.errors import SourceBroken
from megabot.ledger.port import Ledger
from megabot.schedule.overrides import Override, apply_overrides
from megabot.source.model import Snapshot, Thread
from megabot.source.port import Source
from megabot.source.usable_threads import usable_threads


class OverriddenSource(Source):
    """A source whose schedules have the skipped and moved slots that the ledger records."""

    def __init__(self, source: Source, ledger: Ledger) -> None:
        self._source = source
        self._ledger = ledger

    @override
    def snapshot(self) -> Snapshot:
        return self._source.snapshot()

    @override
    def picture(self, snapshot: Snapshot, path: str) -> bytes | None:
        return self._source.picture(snapshot, path)

    @override
    def sections_at(self, commit: str) -> dict[str, str] | None:
        return self._source.sections_at(commit)

    @override
    def refresh(self) -> None:
        self._source.refresh()

    @override
    def threads(self, snapshot: Snapshot) -> tuple[Thread, ...]:
        usable = usable_threads(self._source, snapshot)
        overrides = self._ledger.overrides_by_thread([thread.name for thread in usable.threads])
        threads = tuple(_overridden(thread, overrides[thread.name]) for thread in usable.threads)
        if usable.broken is not None:
            # The others go with the error, because a broken file concerns only the threads that use it.
            raise SourceBroken(usable.broken.problems, threads=threads)
        return threads


def _overridden(thread: Thread, overrides: Sequence[Override]) -> Thread:
    if not overrides:
        return thread
    return replace(thread, schedule=apply_overrides(thread.calendar, overrides).schedule)
