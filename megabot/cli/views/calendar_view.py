"""The next editions of each thread, as `megabot calendar` shows them. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from megabot.cli.views.changes_view import change
from megabot.i18n.tables import Line, Span, Tone, table
from megabot.i18n.times import moment, time_until
from megabot.schedule.calendar import Edition
from megabot.schedule.overrides import Override, OverrideKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One edition to come, on the clock of `timezone`, and the changes made to it.

    `usual` is the moment that it would be posted at if nobody had moved it.
    """

    edition: Edition
    timezone: str
    usual: datetime
    changes: tuple[Override, ...] = ()
    posted: bool = False


def lines(slots: Sequence[Slot], now: datetime, *, width: int | None) -> Iterator[Line]:
    """Write a table for each thread, under its name and time zone."""
    for number, ((thread, timezone), group) in enumerate(
        groupby(slots, key=lambda slot: (slot.edition.thread, slot.timezone))
    ):
        if number:
            yield ()
        yield (Span(thread, Tone.STRONG), Span(f"  {timezone}", Tone.QUIET))
        rows = [row for slot in group for row in _rows(slot, now)]
        yield from table(rows, head=("edition", "no.", "posted at", "", ""), indent=2, width=width)


def _rows(slot: Slot, now: datetime) -> Iterator[tuple[str | Span, ...]]:
    edition = slot.edition
    when = moment(edition.slot, slot.timezone, now, column=True)
    notes = list(_notes(slot, now)) or [Span("")]
    tone = Tone.QUIET if edition.skipped else Tone.PLAIN
    yield (
        Span(edition.key, tone),
        Span(f"{edition.number:3}", tone),
        Span(when, tone),
        Span(time_until(edition.slot, now), Tone.QUIET),
        notes[0],
    )
    yield from (("", "", "", "", note) for note in notes[1:])


def _notes(slot: Slot, now: datetime) -> Iterator[Span]:
    if slot.edition.skipped and all(one.kind is not OverrideKind.SKIP for one in slot.changes):
        yield Span("skipped in its template", Tone.ODD)
    if slot.posted:
        yield Span("already posted", Tone.GOOD)
    yield from (change(one, slot.timezone, now, usual=slot.usual) for one in slot.changes)


def document(slots: Sequence[Slot]) -> list[dict[str, object]]:
    """Make what JSON can hold; moments in ISO 8601, on the clock of the thread's zone."""
    return [
        {
            "thread": slot.edition.thread,
            "edition": slot.edition.key,
            "number": slot.edition.number,
            "slot": _local(slot.edition.slot, slot.timezone),
            "skipped": slot.edition.skipped,
            "posted": slot.posted,
            "held": any(one.kind is OverrideKind.HOLD for one in slot.changes),
            "usual_slot": _local(slot.usual, slot.timezone),
            "timezone": slot.timezone,
        }
        for slot in slots
    ]


def _local(at: datetime, timezone: str) -> str:
    return at.astimezone(ZoneInfo(timezone)).isoformat()
