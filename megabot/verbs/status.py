"""`megabot status`: one glance at what is, from the ledger and the calendar, without asking the server."""

import json

import click

from megabot import overview_texts, status
from megabot.app import open_app


@click.command(help="Show what is: the standing post of each thread, the next slot, what needs a person.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(options: dict[str, object], *, as_json: bool) -> int:
    """Print a line or two for each thread."""
    with open_app(options) as app:
        found = status.read(app.desk)
    if as_json:
        click.echo(json.dumps(status.plain(found), indent=2))
        return 0
    for line in overview_texts.status_lines(app.language, found):
        click.echo(line)
    return 0
