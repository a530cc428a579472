"""What `status` shows, as plain values."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadStatus:
    """One thread. `pinned` is what our last write about it says, None where there was none.

    `missing` names the companions that were not there when it was last written.
    """

    thread: str
    next_edition: str
    next_slot: datetime
    edition: str = ""
    url: str = ""
    commit: str = ""
    dirty: bool = False
    pinned: bool | None = None
    unknown: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """The state of the source. `fetched` is when it was last seen to be the newest, None for a folder."""

    commit: str = ""
    dirty: bool = False
    fetched: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """All threads, the alerts that stand, and the state of the source at `now`."""

    now: datetime
    source: SourceStatus
    threads: tuple[ThreadStatus, ...]
    alerts: tuple[str, ...]
