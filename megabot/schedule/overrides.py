"""Overrides: moderators' changes to one edition (hold, skip, move, preamble). Pure.

Each applies to one edition only, so it expires automatically.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from megabot.schedule.calendar import Calendar, Edition, Schedule, grace_ends
from megabot.schedule.clock_times import TimeExpression, resolve
from megabot.schedule.editions import is_late, next_unposted_edition


class OverrideKind(StrEnum):
    """The kind of change to an edition."""

    HOLD = "hold"
    SKIP = "skip"
    MOVE = "move"
    PREAMBLE = "preamble"


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A change to the edition with a key, made by `by`. `slot` is for a move, `text` for a preamble."""

    kind: OverrideKind
    edition: str
    by: str
    at: datetime
    slot: datetime | None = None
    text: str = ""


def find_override(overrides: Sequence[Override], kind: OverrideKind, key: str) -> Override | None:
    """Return the newest override of a kind for an edition."""
    return next((one for one in reversed(overrides) if (one.kind, one.edition) == (kind, key)), None)


def add_override(overrides: Sequence[Override], new: Override) -> tuple[Override, ...]:
    """Return the overrides with a new one, which replaces one of the same kind for the edition."""
    return (*remove_overrides(overrides, {new.kind}, new.edition), new)


def remove_overrides(
    overrides: Sequence[Override], kinds: Collection[OverrideKind], key: str
) -> tuple[Override, ...]:
    """Return the overrides without those of some kinds for an edition."""
    return tuple(one for one in overrides if one.kind not in kinds or one.edition != key)


def apply_overrides(calendar: Calendar, overrides: Sequence[Override]) -> Calendar:
    """Return a thread's calendar with its skips and moves.

    A move past a neighbouring edition is ignored: the schedule has changed since, or the neighbour was moved
    back.
    """
    skip_keys, moved = set(calendar.schedule.skip_keys), dict(calendar.schedule.moved)
    for override in overrides:
        edition = calendar.edition(override.edition)
        if edition is not None and override.kind is OverrideKind.SKIP:
            skip_keys.add(edition.key)
        if edition is not None and override.slot is not None:
            moved[edition.key] = override.slot
    changed = replace(calendar.schedule, skip_keys=frozenset(skip_keys), moved=tuple(sorted(moved.items())))
    keys = [override.edition for override in overrides if override.slot]
    return _without_strays(replace(calendar, schedule=changed), keys)


def _without_strays(calendar: Calendar, keys: Sequence[str]) -> Calendar:
    for edition in filter(None, map(calendar.edition, keys)):
        rest = tuple(pair for pair in calendar.schedule.moved if pair[0] != edition.key)
        # Without this move its neighbours may be in order again, or no longer, so all are checked from
        # the start.
        if rest != calendar.schedule.moved and not _is_between(calendar, edition, edition.slot):
            return _without_strays(replace(calendar, schedule=replace(calendar.schedule, moved=rest)), keys)
    return calendar


def next_edition(calendar: Calendar, now: datetime, posted: Collection[str]) -> Edition | None:
    """Return the edition that a change without a key is for: the current one if not posted yet, or the next.

    `posted` are the keys of editions that have a post. None after the last edition.
    """
    due = calendar.current(now)
    ahead = next(calendar.upcoming(now), None)
    # If the next edition was posted early, the current one is not posted after it (promise 2: only the
    # newest).
    is_open = due is not None and not due.skipped and not {due.key, ahead.key if ahead else ""} & {*posted}
    if due is not None and is_open and now <= grace_ends(calendar.schedule, due):
        return due
    return next_unposted_edition(calendar, now, posted)


def repeated_skip(calendar: Calendar, overrides: Sequence[Override], now: datetime) -> Override | None:
    """Return the skip of the edition that would be next, which a second skip without a key would repeat.

    None if the skipped slot is in the past; then a second skip means the next edition.
    """
    skips = {one.edition: one for one in overrides if one.kind is OverrideKind.SKIP}
    due = calendar.current(now)
    if due and due.key in skips and skips[due.key].at >= due.slot:
        return skips[due.key]
    following = next(calendar.upcoming(now), None)
    return skips.get(following.key) if following else None


def edition_for_preamble(
    calendar: Calendar, now: datetime, posted: Collection[str], *, without_one: str
) -> tuple[Edition, Edition | None] | None:
    """Return the edition that a preamble without a key is for, and the other possible one (decision 28).

    It is the current one if that was posted without a preamble (`without_one` is its key) less than half of
    the interval ago. None if there is no such edition; the other one is None after the last edition.
    """
    due = calendar.current(now)
    following = next_edition(calendar, now, posted)
    if due is None or due.key != without_one:
        return (following, _after(calendar, following)) if following else None
    late = following is not None and is_late(calendar, due, now)
    return (following, due) if late and following else (due, following)


def _after(calendar: Calendar, edition: Edition) -> Edition | None:
    later = calendar.later(edition)
    return next((one for one in later if not one.skipped), None)


class OverrideRefusal(StrEnum):
    """Why an edition cannot be held, skipped or moved."""

    POSTED = "posted"
    OVER = "over"
    SKIPPED = "skipped"


def find_refusal(
    calendar: Calendar, edition: Edition, now: datetime, posted: Collection[str]
) -> OverrideRefusal | None:
    """Return why an edition cannot be changed, None if it can."""
    due = calendar.current(now)
    if edition.key in posted:
        return OverrideRefusal.POSTED
    if due is not None and edition.slot < due.slot:
        return OverrideRefusal.OVER
    return OverrideRefusal.SKIPPED if edition.skipped else None


def drop_expired(calendar: Calendar, overrides: Sequence[Override], now: datetime) -> tuple[Override, ...]:
    """Drop overrides of editions before the current one. Preambles are kept, so that they can be exported."""
    due = calendar.current(now)
    return tuple(
        override
        for override in overrides
        if override.kind is OverrideKind.PREAMBLE
        or due is None
        or (edition := calendar.edition(override.edition)) is None
        or edition.slot >= due.slot
    )


def active_overrides(
    calendar: Calendar, overrides: Sequence[Override], now: datetime, posted: Collection[str]
) -> tuple[tuple[Override, Edition], ...]:
    """Return the overrides that still have an effect, each with its edition, in the order of their slots.

    A hold, skip or move ends when the edition is posted or followed by another; a preamble ends with its
    edition.
    """
    due = calendar.current(now)
    active = []
    for override in overrides:
        edition = calendar.edition(override.edition)
        if edition is None or (due is not None and edition.slot < due.slot):
            continue
        if override.kind is OverrideKind.PREAMBLE or override.edition not in posted:
            active.append((override, edition))
    return tuple(sorted(active, key=lambda pair: pair[1].slot))


def moved_slot(schedule: Schedule, edition: Edition, written: TimeExpression, now: datetime) -> datetime:
    """Return the time that a slot is moved to, in UTC.

    A duration counts from the usual time, so that two moderators with the same command move it once. Without
    a day it is the slot's day, without a time the usual time.
    """
    usual, zone = usual_slot(schedule, edition), ZoneInfo(schedule.timezone)
    if written.span is not None:
        return usual + written.span
    day = edition.slot.astimezone(zone).date() if written.day is None else written.day
    at = usual.astimezone(zone).time() if written.at is None else written.at
    return resolve(replace(written, day=day, at=at), now, zone)


def usual_slot(schedule: Schedule, edition: Edition) -> datetime:
    """Return when an edition would be due if it were not moved."""
    usual = Calendar(edition.thread, replace(schedule, moved=())).edition(edition.key)
    return usual.slot if usual else edition.slot


def may_move(calendar: Calendar, edition: Edition, slot: datetime, now: datetime) -> bool:
    """Return whether a slot may be moved there: into the future, and not past a neighbouring edition."""
    return slot > now and _is_between(calendar, edition, slot)


def _is_between(calendar: Calendar, edition: Edition, slot: datetime) -> bool:
    following = next(calendar.later(edition), None)
    before = next(calendar.earlier(edition), None)
    return (following is None or slot < following.slot) and (before is None or slot > before.slot)
