"""`megabot post`, `repost`, `refresh`, `undo`: give an order about the current thread."""

import sys
from collections.abc import Sequence

import click

from megabot.app import open_app
from megabot.cli.shell_orders import order
from megabot.cli.terminal import say
from megabot.commands.run_order import UnclearOrder, repost_questions
from megabot.commands.status_text import ask_which
from megabot.i18n.tables import Outcome
from megabot.reconcile.orders import Order, OrderKind


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
def post(
    options: dict[str, object], thread: str | None, key: str, *, early: bool, move: bool, part: int | None
) -> int:
    """Give the order, print what stands."""
    if sum(map(bool, (early, key, part))) > 1:
        raise click.UsageError("--next, --edition and --part name different things; write one of them")
    ask = _ask if sys.stdin.isatty() else None
    given = Order(OrderKind.POST, "", edition=key.upper(), early=early, part=part or 0)
    return order(options, given, thread, move=move, ask=ask)


def _ask(unclear: UnclearOrder) -> str:
    """Ask which edition is meant; an empty answer means none."""
    question = ask_which(unclear.thread, unclear.editions, unclear.follows)
    if len(unclear.editions) == 1:
        return unclear.editions[0] if click.confirm(question, err=True) else ""
    choice = click.Choice([*unclear.editions, "none"])
    chosen = str(click.prompt(question, type=choice, default="none", err=True))
    return "" if chosen == "none" else chosen


@click.command(
    help="Post a fresh copy of the current edition, pin it, unpin the one it replaces and link it from there."
)
@click.argument("thread", required=False)
@click.option("--yes", is_flag=True, help="Repost even though the current post is still up.")
@click.pass_obj
def repost(options: dict[str, object], thread: str | None, *, yes: bool) -> int:
    """Ask while the post is open, then give the order."""
    if not yes:
        with open_app(options) as app:
            account = app.prove()
            lines = repost_questions(app.ports, thread, account=account)
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


@click.command(help="Render the current edition again and edit its post, if that changes anything.")
@click.argument("thread", required=False)
@click.option("--title", is_flag=True, help="Change the title too, which otherwise stays as posted.")
@click.pass_obj
def refresh(options: dict[str, object], thread: str | None, *, title: bool) -> int:
    """Give the order, print what stands."""
    return order(options, Order(OrderKind.REFRESH, "", title=title), thread)


@click.command(help="Take a fresh copy back: the thread that it replaced is pinned again, the copy locked.")
@click.argument("thread", required=False)
@click.pass_obj
def undo(options: dict[str, object], thread: str | None) -> int:
    """Give the order, print what stands."""
    return order(options, Order(OrderKind.UNDO, ""), thread)
