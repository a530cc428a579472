"""`megabot adopt`: take a thread that a person posted by hand as an edition."""

from dataclasses import replace

import click

from megabot import orders
from megabot.app import open_app
from megabot.core.commands import Verb
from megabot.verbs.ordering import keep, tell


@click.command(
    help="Take the thread at URL, posted by another account, as an edition: that of the slot nearest to it. "
    "It is pinned, linked and unpinned like the others, and never edited."
)
@click.argument("url")
@click.option("--thread", help="The thread that it belongs to, where the community has several.")
@click.option("--edition", "key", default="", metavar="KEY", help="The edition it is to be, as in 2026-W47.")
@click.option("--as-previous", is_flag=True, help="As the edition before the current one, for a first run.")
@click.pass_obj
def command(options: dict[str, object], url: str, thread: str | None, key: str, *, as_previous: bool) -> int:
    """Give the order, print what stands."""
    if key and as_previous:
        raise click.UsageError("--edition and --as-previous name two editions; write one of them")
    with open_app(options) as app:
        account = app.prove()
        order, name = orders.adoption(app.ports, url, id_="", thread=thread, key=key, as_previous=as_previous)
        order = replace(order, id=keep(app, Verb.ADOPT, name))
        return tell(orders.carry_out(app.ports, order, name, account=account))
