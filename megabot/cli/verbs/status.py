"""`megabot status`: current threads and problems, from the ledger and the calendar, without the server."""

import json

import click

from megabot.app import open_app
from megabot.cli import terminal
from megabot.cli.views import status_view as view
from megabot.commands import status


@click.command(help="Show the current threads, what comes next, and what needs attention. Asks no server.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(options: dict[str, object], *, as_json: bool) -> int:
    """Print a paragraph for each thread."""
    with open_app(options) as app:
        found = status.read(app.offline_ports)
    if as_json:
        click.echo(json.dumps(status.plain(found), indent=2))
    else:
        terminal.show(view.lines(found, width=terminal.width()))
    return 0
