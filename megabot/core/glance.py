"""What `status` shows, as plain values."""

from dataclasses import dataclass
from datetime import datetime

from megabot.core.amendments import Override
from megabot.core.calendar import Edition
from megabot.core.records import IntentKind


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestCommand:
    """The newest command: by whom, which word, when."""

    by: str
    verb: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownWrite:
    """A write that may have happened without our knowing."""

    kind: IntentKind
    edition: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadStatus:
    """One thread. `pinned` is what the last look saw, None where it is not pinned and we never pinned it.

    `next_slot` is None after its last edition.

    `empty` is the key of the edition whose slot has come and that has no post, "" where it has one. `essay`
    says where the next edition's preamble comes from ("message", a file), "missing" where the thread has some
    and this edition none of its own, "" where it has none ever. `missing` names the companions that were not
    there when it was last written. `changes` are those of editions that still mean something.
    """

    thread: str
    timezone: str
    next_edition: str
    next_slot: datetime | None
    empty: str = ""
    essay: str = ""
    edition: str = ""
    url: str = ""
    commit: str = ""
    dirty: bool = False
    pinned: bool | None = None
    unknown: tuple[UnknownWrite, ...] = ()
    missing: tuple[str, ...] = ()
    changes: tuple[tuple[Override, Edition], ...] = ()
    commanded: NewestCommand | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """The state of the source. `fetched` is when it was last seen to be the newest, None for a folder.

    `no_revision` says why there is no commit although the folder is in a repository.
    """

    commit: str = ""
    dirty: bool = False
    fetched: datetime | None = None
    no_revision: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """All threads, the alerts that stand, the state of the source at `now`, since when there is a token.

    An alert is its key, which begins with the thread's name where it is about one, and its sentence.
    """

    now: datetime
    source: SourceStatus
    threads: tuple[ThreadStatus, ...]
    alerts: tuple[tuple[str, str], ...]
    signed_in: datetime | None = None
