"""`megabot calendar`: the upcoming editions of each thread."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, groupby, islice
from zoneinfo import ZoneInfo

import click

from megabot.app import App, open_app
from megabot.cli import terminal
from megabot.cli.change_text import change
from megabot.cli.late_text import late_document, late_lines
from megabot.i18n.tables import Line, Span, Tone, table
from megabot.i18n.times import moment, time_until
from megabot.reconcile import override_facts
from megabot.reconcile.due_slots import due_slots
from megabot.reconcile.post_limit import LatePosts, late_posts
from megabot.schedule.calendar import Edition
from megabot.schedule.editions import keys_near
from megabot.schedule.overrides import Override, OverrideKind, usual_slot
from megabot.source.model import Thread


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """An upcoming edition and the changes made to it.

    `usual` is when it would be posted if nobody had moved it.
    """

    edition: Edition
    timezone: str
    usual: datetime
    changes: tuple[Override, ...] = ()
    posted: bool = False


@click.command(help="Show the upcoming editions of each thread and which are on hold, skipped or moved.")
@click.argument("thread", required=False)
@click.option(
    "--count",
    metavar="N",
    type=click.IntRange(1, 520),
    default=8,
    show_default=True,
    help="How many editions of each thread.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, a list of objects.")
@click.pass_obj
def command(options: dict[str, object], thread: str | None, *, count: int, as_json: bool) -> int:
    with open_app(options) as app:
        slots = list(chain.from_iterable(_slots(app, each, count) for each in app.threads(thread)))
        now = app.clock.now()
        ports = app.offline_ports
        limit = ports.ledger.account().post_limit
        # All threads, because a named one may be late because of the others.
        late = late_posts(due_slots(ports, app.threads(None)), limit) if limit else ()
    if as_json:
        click.echo(json.dumps(document(slots, late), indent=2))
    else:
        terminal.show(lines(slots, now, width=terminal.width(), late=late))
    return 0


def _slots(app: App, thread: Thread, count: int) -> Iterator[Slot]:
    """Yield the next editions, and first the current one if it is not posted yet because of a change."""
    now = app.clock.now()
    changed = override_facts.active_overrides(app.offline_ports, thread)
    due = thread.calendar.current(now)
    near = keys_near(thread.calendar, now, ahead=count)
    records = app.offline_ports.ledger.recent_posts(thread.name, editions=near)
    posted = {record.edition for record in records}
    waiting = [due] if due and due.key not in posted and any(one == due for _, one in changed) else []
    for edition in chain(waiting, islice(thread.calendar.upcoming(now), count)):
        yield Slot(
            edition=edition,
            timezone=thread.schedule.timezone,
            usual=usual_slot(thread.schedule, edition),
            posted=edition.key in posted,
            changes=tuple(one for one, of in changed if of.key == edition.key),
        )


def lines(
    slots: Sequence[Slot], now: datetime, *, width: int | None, late: Sequence[LatePosts] = ()
) -> Iterator[Line]:
    """Yield the lines of a table for each thread, under its name and time zone, then what is posted late."""
    for number, ((thread, timezone), group) in enumerate(
        groupby(slots, key=lambda slot: (slot.edition.thread, slot.timezone))
    ):
        if number:
            yield ()
        yield (Span(thread, Tone.STRONG), Span(f"  {timezone}", Tone.QUIET))
        rows = [row for slot in group for row in _rows(slot, now)]
        yield from table(rows, head=("edition", "no.", "posted at", "", ""), indent=2, width=width)
    yield from late_lines(late, now, width=width)


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


def document(slots: Sequence[Slot], late: Sequence[LatePosts] = ()) -> list[dict[str, object]]:
    """Return the data for JSON; times in ISO 8601, in the thread's time zone."""
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
            "rate_limit": late_document(late, slot.edition.thread, slot.timezone, edition=slot.edition.key),
        }
        for slot in slots
    ]


def _local(at: datetime, timezone: str) -> str:
    return at.astimezone(ZoneInfo(timezone)).isoformat()
