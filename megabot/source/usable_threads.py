"""The threads of a source that can be used, and the problems of the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from megabot.errors import SourceBroken
from megabot.source.model import Snapshot, Thread
from megabot.source.port import Source


@dataclass(frozen=True, slots=True)
class UsableThreads:
    """The threads that can be used; `broken` has the problems of the others, None if there are none."""

    threads: tuple[Thread, ...]
    broken: SourceBroken | None = None

    def require(self, names: Sequence[str]) -> None:
        """Raise `SourceBroken` if one of these threads may be among the broken ones."""
        usable = {thread.name for thread in self.threads}
        if self.broken is not None and not usable.issuperset(names):
            raise self.broken


def usable_threads(source: Source, snapshot: Snapshot) -> UsableThreads:
    """Return the threads that can be used. Raise `SourceBroken` if there is none."""
    try:
        return UsableThreads(source.threads(snapshot))
    except SourceBroken as error:
        if not error.threads:
            raise
        return UsableThreads(cast("tuple[Thread, ...]", error.threads), error)
