"""What is, at a glance: from the ledger and the calendar alone, so it answers when the server does not."""

from dataclasses import asdict, replace
from zoneinfo import ZoneInfo

from megabot.core import calendar, context
from megabot.core.glance import SourceStatus, Status, ThreadStatus
from megabot.core.records import IntentKind, IntentState, PostRecord
from megabot.core.threads import Thread
from megabot.ports import Desk


def read(desk: Desk) -> Status:
    """Read the status. Raises `SourceMissing` and `SourceBroken`."""
    snapshot = desk.source.snapshot()
    threads = desk.source.threads(snapshot)
    revision = snapshot.revision
    return Status(
        now=desk.clock.now(),
        source=SourceStatus(commit=revision.commit, dirty=revision.dirty, fetched=snapshot.fetched),
        threads=tuple(_thread(desk, thread) for thread in threads),
        alerts=tuple(sentence for _, sentence in desk.alerts.standing()),
    )


def plain(status: Status) -> dict[str, object]:
    """Make a status what JSON can hold; times in ISO 8601."""
    threads = [asdict(one) | {"next_slot": one.next_slot.isoformat()} for one in status.threads]
    fetched = status.source.fetched
    source = asdict(status.source) | {"fetched": fetched.isoformat() if fetched else None}
    return {"threads": threads, "alerts": list(status.alerts), "source": source}


def _thread(desk: Desk, thread: Thread) -> ThreadStatus:
    coming = next(
        edition
        for edition in calendar.upcoming(thread.name, thread.schedule, desk.clock.now())
        if not edition.skipped
    )
    zone = ZoneInfo(thread.schedule.timezone)
    base = ThreadStatus(thread=thread.name, next_edition=coming.key, next_slot=coming.slot.astimezone(zone))
    records = desk.ledger.posts(thread.name)
    if not records:
        return base
    newest, intents = records[-1], desk.ledger.intents(thread.name)
    pins = [
        intent
        for intent in intents
        if intent.new.kind in (IntentKind.PIN, IntentKind.UNPIN)
        and intent.new.post_id == newest.post_id
        and intent.state is IntentState.DONE
    ]
    return replace(
        base,
        edition=newest.edition,
        url=newest.url,
        commit=newest.commit,
        dirty=newest.dirty,
        pinned=pins[-1].new.kind is IntentKind.PIN if pins else None,
        missing=_missing(newest),
        unknown=tuple(
            f"{intent.new.kind} {intent.new.edition} since {intent.new.at:%Y-%m-%d %H:%M} UTC"
            for intent in intents
            if intent.open
        ),
    )


def _missing(record: PostRecord) -> tuple[str, ...]:
    if not record.context:
        return ()
    companions = context.from_json(record.context).companions or {}
    return tuple(name for name, facts in companions.items() if facts is None)
