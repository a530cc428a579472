"""`megabot post`: post the current edition now, if it is not there yet."""

import click

from megabot.core.seen import OrderKind
from megabot.verbs.ordering import order


@click.command(
    help="Post the current edition now, if it is not there yet; pin it, link it, unpin the old one."
)
@click.argument("thread", required=False)
@click.option("--move", is_flag=True, help="Let a thread go on in the community that its source names now.")
@click.option("--part", type=click.IntRange(2, 99), help="Go on in another part of the same edition.")
@click.pass_obj
def command(options: dict[str, object], thread: str | None, *, move: bool, part: int | None) -> int:
    """Give the order, print what stands."""
    return order(options, OrderKind.POST, thread, move=move, part=part or 0)
