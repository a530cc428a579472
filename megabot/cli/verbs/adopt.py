"""`megabot adopt`: register a thread that someone else posted as an edition."""

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
    help="Register the thread at URL, posted by another account, as an edition: by default the one whose "
    "posting time it was posted at, after, or shortly before. The bot pins, links and unpins it like its own "
    "threads, but never edits it. To undo: megabot unadopt URL"
)
@click.argument("url")
@click.option("--thread", help="The thread it belongs to, if the community has several.")
@click.option(
    "--edition", "key", default="", metavar="KEY", help="Register it as this edition, like 2026-W47."
)
@click.option("--as-previous", is_flag=True, help="Register it as the previous edition, for a first run.")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.pass_obj
def command(
    options: dict[str, object], url: str, thread: str | None, key: str, *, as_previous: bool, yes: bool
) -> int:
    if key and as_previous:
        raise click.UsageError("use either --edition or --as-previous: they name two different editions")
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
