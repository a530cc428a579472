"""`megabot calendar`: the upcoming editions of each thread."""

import json
from collections.abc import Iterator
from itertools import chain, islice

import click

from megabot.app import App, open_app
from megabot.cli import terminal
from megabot.cli.views import calendar_view as view
from megabot.reconcile import override_facts
from megabot.schedule import calendar
from megabot.schedule.overrides import usual_slot
from megabot.source.model import Thread


@click.command(help="Show the upcoming editions of each thread, with those on hold, skipped or moved.")
@click.argument("thread", required=False)
@click.option(
    "--count",
    metavar="N",
    type=click.IntRange(1, 520),
    default=8,
    show_default=True,
    help="How many of each.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, a list of objects.")
@click.pass_obj
def command(options: dict[str, object], thread: str | None, *, count: int, as_json: bool) -> int:
    """Print a table for each thread."""
    with open_app(options) as app:
        slots = list(chain.from_iterable(_slots(app, each, count) for each in app.threads(thread)))
        now = app.clock.now()
    if as_json:
        click.echo(json.dumps(view.document(slots), indent=2))
    else:
        terminal.show(view.lines(slots, now, width=terminal.width()))
    return 0


def _slots(app: App, thread: Thread, count: int) -> Iterator[view.Slot]:
    """Give the next editions, and before them the current one if it waits because somebody changed it."""
    schedule, now = thread.schedule, app.clock.now()
    changed = override_facts.active_overrides(app.offline_ports, thread)
    due = calendar.current_edition(thread.name, schedule, now)
    posted = {record.edition for record in app.offline_ports.ledger.posts(thread.name)}
    waiting = [due] if due and due.key not in posted and any(one == due for _, one in changed) else []
    for edition in chain(waiting, islice(calendar.upcoming_editions(thread.name, schedule, now), count)):
        yield view.Slot(
            edition=edition,
            timezone=schedule.timezone,
            usual=usual_slot(schedule, edition),
            posted=edition.key in posted,
            changes=tuple(one for one, of in changed if of.key == edition.key),
        )
