"""`megabot adopt`: take a thread that a person posted by hand as an edition."""

import sys
from dataclasses import replace

import click

from megabot.app import App, open_app
from megabot.cli.shell_orders import keep, tell
from megabot.commands import adoption_text, run_order
from megabot.commands.model import Verb
from megabot.forum.models import Account
from megabot.reconcile.orders import Order


@click.command(
    help="Take the thread at URL, posted by another account, as an edition: that of its slot, if it was "
    "posted at the slot, later, or a little early. It is pinned, linked and unpinned like the others, and "
    "never edited. To undo it: megabot unadopt URL"
)
@click.argument("url")
@click.option("--thread", help="The thread that it belongs to, where the community has several.")
@click.option("--edition", "key", default="", metavar="KEY", help="The edition it is to be, as in 2026-W47.")
@click.option("--as-previous", is_flag=True, help="As the edition before the current one, for a first run.")
@click.option("--yes", is_flag=True, help="Adopt it without asking.")
@click.pass_obj
def command(
    options: dict[str, object], url: str, thread: str | None, key: str, *, as_previous: bool, yes: bool
) -> int:
    """Ask on a terminal, give the order, print what stands."""
    if key and as_previous:
        raise click.UsageError("--edition and --as-previous name two editions; write one of them")
    with open_app(options) as app:
        account = app.prove()
        order, name = run_order.adoption_order(
            app.ports, url, id_="", thread=thread, key=key, as_previous=as_previous
        )
        if sys.stdin.isatty() and not yes and not _agrees(app, order, name, account):
            return 1
        order = replace(order, id=keep(app, Verb.ADOPT, name))
        return tell(run_order.carry_out(app.ports, order, name, account=account))


def _agrees(app: App, order: Order, name: str, account: Account | None) -> bool:
    post = app.ports.forum.post(order.post_id)
    effects = run_order.adoption_effects(app.ports, name, post, order.edition, account)
    (thread,) = app.threads(name)
    for line in adoption_text.consequences(thread, post.url, post.published, order.edition, effects):
        click.echo(line, err=True)
    return click.confirm(adoption_text.ask_adopt(), err=True)
