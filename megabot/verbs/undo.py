"""`megabot undo`: take a fresh copy back."""

import click

from megabot.core.seen import Order, OrderKind
from megabot.verbs.ordering import order


@click.command(help="Take a fresh copy back: the thread that it replaced is pinned again, the copy locked.")
@click.argument("thread", required=False)
@click.pass_obj
def command(options: dict[str, object], thread: str | None) -> int:
    """Give the order, print what stands."""
    return order(options, Order(OrderKind.UNDO, ""), thread)
