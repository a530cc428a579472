"""`megabot calendar`: the next editions of each thread."""

import json
from itertools import islice
from zoneinfo import ZoneInfo

import click

from megabot.app import open_app
from megabot.core import calendar


@click.command(help="Show the next editions of each thread, left-out ones included.")
@click.argument("thread", required=False)
@click.option("--count", type=click.IntRange(1, 520), default=8, show_default=True, help="How many of each.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, a list of objects.")
@click.pass_obj
def command(options: dict[str, object], thread: str | None, *, count: int, as_json: bool) -> int:
    """Print slots in the thread's own zone."""
    with open_app(options) as app:
        threads = app.threads(thread)
        now = app.clock.now()
    rows = [
        {
            "thread": each.name,
            "edition": edition.key,
            "number": edition.number,
            "slot": edition.slot.astimezone(ZoneInfo(each.schedule.timezone)).isoformat(),
            "skipped": edition.skipped,
        }
        for each in threads
        for edition in islice(calendar.upcoming(each.name, each.schedule, now), count)
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return 0
    for row in rows:
        skipped = "  left out" if row["skipped"] else ""
        click.echo(f"{row['thread']}/{row['edition']}  no. {row['number']}  {row['slot']}{skipped}")
    return 0
