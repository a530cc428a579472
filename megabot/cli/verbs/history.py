"""`megabot history`: what megabot did and who ordered it, newest first."""

import json

import click

from megabot.app import App, open_app
from megabot.cli import terminal
from megabot.cli.views import history_view as view
from megabot.errors import UserError


@click.command(help="Show what the bot has done, and who ordered what, newest first. Asks no server.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, a list of objects.")
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many lines."
)
@click.pass_obj
def command(options: dict[str, object], *, as_json: bool, limit: int) -> int:
    """Print the ledger's writes and how they went, among the commands that it was given."""
    with open_app(options) as app:
        ledger = app.offline_ports.ledger
        intents = ledger.history(limit)
        orders = {intent.new.order for intent in intents} - {""}
        record = {key: found for key in orders if (found := ledger.command(key))}
        posts = [post for thread in ledger.threads() for post in ledger.posts(thread)]
        done = view.find_entries(list(intents), posts, record)
        commands = [record for record in ledger.commands(limit) if record.verb]
        timezone, now = _timezone(app), app.clock.now()
    if as_json:
        click.echo(json.dumps(view.document(done, commands, limit=limit), indent=2))
        return 0
    width = terminal.width()
    terminal.show(view.lines(done, commands, timezone=timezone, now=now, limit=limit, width=width))
    return 0


def _timezone(app: App) -> str:
    """Return the threads' time zone; UTC if they have several, or the source cannot be read."""
    try:
        zones = {thread.schedule.timezone for thread in app.threads(None)}
    except UserError:
        return "UTC"
    return zones.pop() if len(zones) == 1 else "UTC"
