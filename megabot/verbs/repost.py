"""`megabot repost`: post a fresh copy of the current edition; asks while the present one is open."""

import sys
from collections.abc import Sequence

import click

from megabot.app import open_app
from megabot.core.seen import Order, OrderKind
from megabot.layout import Outcome
from megabot.orders import ask_first
from megabot.terminal import say
from megabot.verbs.ordering import order


@click.command(
    help="Post a fresh copy of the current edition, pin it, unpin the one it replaces and link it from there."
)
@click.argument("thread", required=False)
@click.option("--yes", is_flag=True, help="Repost even though the current post is still up.")
@click.pass_obj
def command(options: dict[str, object], thread: str | None, *, yes: bool) -> int:
    """Ask while the post is open, then give the order."""
    if not yes:
        with open_app(options) as app:
            account = app.prove()
            lines = ask_first(app.ports, thread, account=account)
        if lines and not _agrees(lines):
            return 1
    return order(options, Order(OrderKind.REPOST, ""), thread)


def _agrees(lines: Sequence[str]) -> bool:
    """Ask on a terminal; elsewhere say what is missing."""
    if sys.stdin.isatty():
        for line in lines:
            click.echo(line, err=True)
        return click.confirm("Post a fresh copy anyway?", err=True)
    for line in lines:
        say(Outcome.REFUSED, line, err=True)
    return False
