"""`megabot refresh`: render the current edition again and edit its post."""

import click

from megabot.core.seen import Order, OrderKind
from megabot.verbs.ordering import order


@click.command(help="Render the current edition again and edit its post, if that changes anything.")
@click.argument("thread", required=False)
@click.option("--title", is_flag=True, help="Change the title too, which otherwise stays as posted.")
@click.pass_obj
def command(options: dict[str, object], thread: str | None, *, title: bool) -> int:
    """Give the order, print what stands."""
    return order(options, Order(OrderKind.REFRESH, "", title=title), thread)
