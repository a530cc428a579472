"""`megabot unadopt`: undo an adoption."""

from dataclasses import replace

import click

from megabot.app import open_app
from megabot.cli.shell_orders import keep, tell
from megabot.commands import run_order
from megabot.commands.model import Verb


@click.command(
    help="Undo the adoption of the thread at URL: it no longer counts as an edition, the previous thread is "
    "pinned again, and a pin that the bot set is removed."
)
@click.argument("url")
@click.option("--thread", help="The thread that adopted it, if there are several.")
@click.pass_obj
def command(options: dict[str, object], url: str, thread: str | None) -> int:
    with open_app(options) as app:
        account = app.prove()
        order, name = run_order.release_order(app.ports, url, id_="", thread=thread)
        order = replace(order, id=keep(app, Verb.UNADOPT, name))
        return tell(run_order.carry_out(app.ports, order, name, account=account))
