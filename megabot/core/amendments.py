"""What moderators change about one edition, beside the source: hold, skip, move, the preamble. Pure.

Each is for one edition and so expires by itself.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from megabot.core import calendar
from megabot.core.calendar import Edition, Schedule
from megabot.core.threads import Thread


class Kind(StrEnum):
    """What is changed about an edition."""

    HOLD = "hold"
    SKIP = "skip"
    MOVE = "move"
    PREAMBLE = "preamble"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """A change of one edition, by key. `by` is who made it; `slot` is that of a move, `text` a preamble's."""

    kind: Kind
    edition: str
    by: str
    at: datetime
    slot: datetime | None = None
    text: str = ""


def to_json(amendments: Sequence[Amendment]) -> str:
    """Write amendments down."""
    return json.dumps(
        [
            asdict(one) | {"at": one.at.isoformat(), "slot": one.slot and one.slot.isoformat()}
            for one in amendments
        ]
    )


def from_json(text: str) -> tuple[Amendment, ...]:
    """Read amendments back; an empty text is none."""
    return tuple(
        Amendment(
            kind=Kind(one["kind"]),
            edition=one["edition"],
            by=one["by"],
            at=datetime.fromisoformat(one["at"]),
            slot=datetime.fromisoformat(one["slot"]) if one["slot"] else None,
            text=one["text"],
        )
        for one in json.loads(text or "[]")
    )


def of_edition(amendments: Sequence[Amendment], kind: Kind, key: str) -> Amendment | None:
    """Give the newest change of a kind to an edition."""
    return next((one for one in reversed(amendments) if (one.kind, one.edition) == (kind, key)), None)


def added(amendments: Sequence[Amendment], new: Amendment) -> tuple[Amendment, ...]:
    """Put a change to those that there are; it takes the place of one of its kind."""
    return (*without(amendments, {new.kind}, new.edition), new)


def without(amendments: Sequence[Amendment], kinds: Collection[Kind], key: str) -> tuple[Amendment, ...]:
    """Take back the changes of some kinds to an edition."""
    return tuple(one for one in amendments if one.kind not in kinds or one.edition != key)


def amended(thread: Thread, amendments: Sequence[Amendment]) -> Thread:
    """Make a thread's schedule what it is with its skips and moves."""
    schedule = thread.schedule
    skip, moved = set(schedule.skip), dict(schedule.moved)
    for one in amendments:
        edition = calendar.by_key(thread.name, schedule, one.edition)
        if edition is None:
            continue
        if one.kind is Kind.SKIP:
            skip.add(edition.start)
        if one.slot is not None:
            moved[edition.start] = one.slot
    changed = replace(schedule, skip=frozenset(skip), moved=tuple(sorted(moved.items())))
    return thread if changed == schedule else replace(thread, schedule=changed)


def next_edition(thread: Thread, now: datetime, posted: Collection[str]) -> Edition:
    """Give the edition that a change without a key is for: the due one while it may be posted, or the next.

    `posted` are the keys of editions that have a post.
    """
    due = calendar.due(thread.name, thread.schedule, now)
    if due and due.key not in posted and not due.skipped and now <= calendar.grace_ends(thread.schedule, due):
        return due
    coming = calendar.upcoming(thread.name, thread.schedule, now)
    return next(edition for edition in coming if not edition.skipped)


def edition_for_preamble(thread: Thread, now: datetime, *, without_one: str) -> Edition:
    """Give the edition that a preamble without a key is for (decision 28).

    The current one if it went up without (`without_one` is its key) and less than half of its time is over.
    """
    due = calendar.due(thread.name, thread.schedule, now)
    coming = next(calendar.upcoming(thread.name, thread.schedule, now))
    if due and due.key == without_one and now - due.slot < (coming.slot - due.slot) / 2:
        return due
    return coming


def moved_slot(
    schedule: Schedule, edition: Edition, *, span: timedelta | None, at: time | None, on: date | None
) -> datetime:
    """Give the moment that a slot is moved to: by a span, or to a time on the thread's clock."""
    if span is not None:
        return edition.slot + span
    zone = ZoneInfo(schedule.timezone)
    return datetime.combine(on or edition.slot.astimezone(zone).date(), at or schedule.at, zone)


def may_move(thread: Thread, edition: Edition, slot: datetime, now: datetime) -> bool:
    """Tell whether a slot may be moved there: not into the past, nor past the one before or after."""
    after = calendar.upcoming(thread.name, thread.schedule, max(edition.slot, now))
    following = next(one for one in after if one.key != edition.key)
    before = next(calendar.before(thread.name, thread.schedule, edition), None)
    return slot > now and slot < following.slot and (before is None or slot > before.slot)
