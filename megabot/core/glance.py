"""What `status` shows, as plain values."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadStatus:
    """One thread. `pinned` is what our last write about it says; None where there was none."""

    thread: str
    next_edition: str
    next_slot: datetime
    edition: str = ""
    url: str = ""
    commit: str = ""
    dirty: bool = False
    pinned: bool | None = None
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """All threads, and the alerts that stand."""

    threads: tuple[ThreadStatus, ...]
    alerts: tuple[str, ...]
