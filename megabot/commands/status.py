"""The status of the bot, from the ledger and the calendar alone, so that it works when the server is down."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from megabot.commands.model import ACTING
from megabot.i18n import sentences
from megabot.ledger.current_post import current_post_record
from megabot.ledger.port import Ledger
from megabot.ledger.preloaded import PreloadedLedger
from megabot.ledger.records import Intent, IntentKind, IntentState, PostRecord
from megabot.ledger.state import Claim
from megabot.ports import OfflinePorts
from megabot.reconcile import override_facts
from megabot.rendering import context_json
from megabot.schedule.calendar import Edition
from megabot.schedule.editions import keys_near, later_posted_key, next_unposted_edition
from megabot.schedule.overrides import Override
from megabot.source import preambles
from megabot.source.model import Snapshot, Thread
from megabot.source.usable_threads import usable_threads


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestCommand:
    """The newest command: who gave it, which verb, and when."""

    by: str
    verb: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownWrite:
    """A write whose outcome is unknown."""

    kind: IntentKind
    edition: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadStatus:
    """The status of one thread.

    `pinned` is what the last pass saw, None if it is not pinned and we never pinned it. `next_slot` is None
    after the last edition. `empty` is the key of an edition whose slot has passed and that has no post, else
    "". `preamble` is where the next edition's comes from: "message", a file, "missing" if other editions have
    one, "" if the thread never has any. `missing`: companions that did not exist at the last write.
    `changes` are the overrides that still have an effect.
    """

    thread: str
    timezone: str
    next_edition: str
    next_slot: datetime | None
    empty: str = ""
    preamble: str = ""
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
    """The state of the source. `fetched` is when it was last known to be up to date, None for a folder.

    `no_revision` is why there is no commit although the folder is in a repository.
    """

    commit: str = ""
    dirty: bool = False
    fetched: datetime | None = None
    no_revision: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """All threads, the active alerts, the state of the source at `now`, and when the token was issued.

    An alert is a key, which begins with the thread's name if it is about one, and a sentence. `claims` say
    which host acts for the account; there are none for a ledger in a file.
    """

    now: datetime
    source: SourceStatus
    threads: tuple[ThreadStatus, ...]
    alerts: tuple[tuple[str, str], ...]
    signed_in: datetime | None = None
    claims: tuple[Claim, ...] = ()


_RECENT = 200  # commands that are searched for the newest of each thread


def read(ports: OfflinePorts) -> Status:
    """Read the status. Raises `SourceMissing`, and `SourceBroken` if no thread can be used."""
    snapshot = ports.source.snapshot()
    usable = usable_threads(ports.source, snapshot)
    now, ledger = ports.clock.now(), ports.ledger
    # Read for all threads at once, because there may be many of them.
    near = {thread.name: keys_near(thread.calendar, now) for thread in usable.threads}
    ports = replace(ports, ledger=cast("Ledger", PreloadedLedger(ledger, near)))
    alerts, revision = dict(ports.alerts.active_alerts()), snapshot.revision
    if usable.broken is not None:
        alerts["source"] = sentences.source_partly_broken(usable.broken)
    alone = usable.broken is None and len(usable.threads) == 1
    return Status(
        now=now,
        source=SourceStatus(
            commit=revision.commit,
            dirty=revision.dirty,
            fetched=snapshot.fetched,
            no_revision=snapshot.no_revision,
        ),
        threads=tuple(_thread(ports, snapshot, thread, alone=alone) for thread in usable.threads),
        alerts=tuple(alerts.items()),
        signed_in=ports.signed_in(),
        claims=ledger.claims(),
    )


def plain(status: Status) -> dict[str, object]:
    """Return a status as plain values for JSON, with times in ISO 8601."""
    return {
        "threads": [_plain_thread(one) for one in status.threads],
        "alerts": [sentence for _, sentence in status.alerts],
        "source": asdict(status.source) | {"fetched": _plain_moment(status.source.fetched)},
        "token": {"since": _plain_moment(status.signed_in)},
        "claims": [
            {"kind": one.kind.value, "holder": one.holder, "until": _plain_moment(one.until)}
            for one in status.claims
        ],
    }


def _plain_thread(status: ThreadStatus) -> dict[str, object]:
    command = status.commanded
    commanded = {"by": command.by, "verb": command.verb, "at": _plain_moment(command.at)} if command else None
    values = asdict(replace(status, changes=(), commanded=None))
    return values | {
        "essay": values.pop("preamble"),  # the key that scripts know
        "next_slot": _plain_moment(status.next_slot),
        "unknown": [asdict(write) | {"at": _plain_moment(write.at)} for write in status.unknown],
        "changes": [_plain_change(change, edition) for change, edition in status.changes],
        "commanded": commanded,
    }


def _plain_change(change: Override, edition: Edition) -> dict[str, object]:
    return {
        "edition": edition.key,
        "kind": change.kind.value,
        "by": change.by,
        "at": _plain_moment(change.at),
        "slot": _plain_moment(change.slot),
    }


def _plain_moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _thread(ports: OfflinePorts, snapshot: Snapshot, thread: Thread, *, alone: bool) -> ThreadStatus:
    now = ports.clock.now()
    records = ports.ledger.recent_posts(thread.name, editions=keys_near(thread.calendar, now))
    posted = {record.edition for record in records}
    following = next_unposted_edition(thread.calendar, now, posted)
    local = following.slot.astimezone(ZoneInfo(thread.schedule.timezone)) if following else None
    base = ThreadStatus(
        thread=thread.name,
        timezone=thread.schedule.timezone,
        next_edition=following.key if following else "",
        next_slot=local,
        empty=_empty(thread, posted, now),
        preamble=_preamble_state(ports, snapshot, thread, following, alone=alone) if following else "",
        changes=override_facts.active_overrides(ports, thread),
        commanded=_commanded(ports, thread.name),
    )
    current = current_post_record(ports.ledger, thread.name)
    return _with_post(ports, base, current) if current else base


def _empty(thread: Thread, posted: Collection[str], now: datetime) -> str:
    due = thread.calendar.current(now)
    # After a later edition, a missed one is no longer posted (promise 2).
    if due is None or due.skipped or due.key in posted or later_posted_key(thread.calendar, due, posted):
        return ""
    return due.key


def _with_post(ports: OfflinePorts, base: ThreadStatus, current: PostRecord) -> ThreadStatus:
    intents = ports.ledger.recent_intents(base.thread, editions=(), post_ids=(current.post_id,))
    return replace(
        base,
        edition=current.edition,
        url=current.url,
        commit=current.commit,
        dirty=current.dirty,
        pinned=_pinned(ports, current, intents),
        missing=_missing(current),
        unknown=tuple(
            UnknownWrite(kind=intent.new.kind, edition=intent.new.edition, at=intent.new.at)
            for intent in intents
            if intent.open
        ),
    )


def _pinned(ports: OfflinePorts, current: PostRecord, intents: Sequence[Intent]) -> bool | None:
    """Return what was last seen, a moderator's unpin included, or else our own last change."""
    changes = [
        intent.new.kind is IntentKind.PIN
        for intent in intents
        if intent.new.kind in (IntentKind.PIN, IntentKind.UNPIN)
        and intent.new.post_id == current.post_id
        and intent.state is IntentState.DONE
    ]
    seen = ports.ledger.thread(current.thread).pinned
    # A moderator's unpin shows only in what was seen; our own last change would say pinned.
    if seen or (changes and seen is not None):
        return seen
    return changes[-1] if changes else None


def _preamble_state(
    ports: OfflinePorts, snapshot: Snapshot, thread: Thread, coming: Edition, *, alone: bool
) -> str:
    if override_facts.preamble_of(ports.ledger, thread.name, coming.key) is not None:
        return "message"
    file = preambles.file_of(snapshot, thread, coming.key, coming.start, alone=alone)
    return file or ("missing" if override_facts.has_preambles(ports, snapshot, thread, alone=alone) else "")


def _commanded(ports: OfflinePorts, thread: str) -> NewestCommand | None:
    return next(
        (
            NewestCommand(by=record.by, verb=record.verb, at=record.at)
            for record in ports.ledger.commands(_RECENT)
            if record.verb in ACTING and thread in record.threads
        ),
        None,
    )


def _missing(record: PostRecord) -> tuple[str, ...]:
    if not record.context:
        return ()
    companions = context_json.from_json(record.context).companions or {}
    return tuple(name for name, facts in companions.items() if facts is None)
