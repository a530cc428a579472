"""`megabot refresh`: render the current edition again and edit its post."""

import click

from megabot.core.seen import Order, OrderKind
from megabot.verbs.ordering import order


@click.command(help="Render the current edition again and edit its post, if that changes anything.")
@click.argument("thread", required=False)
@click.pass_obj
def command(options: dict[str, object], thread: str | None) -> int:
    """Give the order, print what stands."""
    return order(options, Order(OrderKind.REFRESH, ""), thread)
