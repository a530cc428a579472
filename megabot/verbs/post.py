"""`megabot post`: post the current edition now, or with `--next` the one that follows, before its slot."""

import sys

import click

from megabot.core.seen import Order, OrderKind
from megabot.orders import Unclear
from megabot.overview_texts import ask_which
from megabot.verbs.ordering import order


@click.command(
    help="Post the current edition now, if it is not there yet; pin it, link it, unpin the old one. Close to "
    "the next slot it asks which edition is meant."
)
@click.argument("thread", required=False)
@click.option("--next", "early", is_flag=True, help="Post the next edition now, before its slot.")
@click.option(
    "--edition", "key", default="", metavar="KEY", help="The current or the next edition, by its key."
)
@click.option("--move", is_flag=True, help="Let a thread go on in the community that its source names now.")
@click.option("--part", type=click.IntRange(2, 99), help="Go on in another part of the same edition.")
@click.pass_obj
def command(
    options: dict[str, object], thread: str | None, key: str, *, early: bool, move: bool, part: int | None
) -> int:
    """Give the order, print what stands."""
    if sum(map(bool, (early, key, part))) > 1:
        raise click.UsageError("--next, --edition and --part name different things; write one of them")
    ask = _ask if sys.stdin.isatty() else None
    given = Order(OrderKind.POST, "", edition=key.upper(), early=early, part=part or 0)
    return order(options, given, thread, move=move, ask=ask)


def _ask(unclear: Unclear) -> str:
    """Ask which edition is meant; an empty answer means none."""
    question = ask_which(unclear.thread, unclear.editions, unclear.follows)
    if len(unclear.editions) == 1:
        return unclear.editions[0] if click.confirm(question, err=True) else ""
    choice = click.Choice([*unclear.editions, "none"])
    chosen = str(click.prompt(question, type=choice, default="none", err=True))
    return "" if chosen == "none" else chosen
