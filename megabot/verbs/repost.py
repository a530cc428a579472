"""`megabot repost`: post a fresh copy of the current edition; asks while the present one is open."""

import sys

import click

from megabot.app import open_app
from megabot.core.seen import Order, OrderKind
from megabot.orders import ask_first
from megabot.verbs.ordering import order


@click.command(
    help="Post a fresh copy of the current edition, pin it, unpin the one it replaces and link it from there."
)
@click.argument("thread", required=False)
@click.option("--yes", is_flag=True, help="Do it although the present post is open.")
@click.pass_obj
def command(options: dict[str, object], thread: str | None, *, yes: bool) -> int:
    """Ask while the post is open, then give the order."""
    if not yes:
        with open_app(options) as app:
            account = app.prove()
            lines = ask_first(app.ports, thread, account=account)
        for line in lines:
            click.echo(line, err=True)
        if lines and not (sys.stdin.isatty() and click.confirm("Post a fresh copy?", err=True)):
            return 1
    return order(options, Order(OrderKind.REPOST, ""), thread)
