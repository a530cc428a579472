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
    help="Post the current edition now, if it has not been posted; pin it, link it and unpin the previous "
    "thread. Close to the next posting time it asks which edition you mean."
)
@click.argument("thread", required=False)
@click.option("--next", "early", is_flag=True, help="Post the next edition now, ahead of time.")
@click.option(
    "--edition", "key", default="", metavar="KEY", help="Post this edition: the current or the next one."
)
@click.option(
    "--move", is_flag=True, help="Confirm that the thread moves to the community now named in its template."
)
@click.option("--part", type=click.IntRange(2, 99), help="Continue the same edition in another part.")
@click.pass_obj
def post(
    options: dict[str, object], thread: str | None, key: str, *, early: bool, move: bool, part: int | None
) -> int:
    if sum(map(bool, (early, key, part))) > 1:
        raise click.UsageError("use only one of --next, --edition and --part")
    # A script is not asked: close to the next slot it must name the edition, or `post` is refused.
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
    help="Post and pin a fresh copy of the current edition. The post it replaces is unpinned and links to it."
)
@click.argument("thread", required=False)
@click.option("--yes", is_flag=True, help="Repost even though the current post is still up.")
@click.pass_obj
def repost(options: dict[str, object], thread: str | None, *, yes: bool) -> int:
    """Ask if the current post is still up, then give the order."""
    if not yes:
        with open_app(options) as app:
            account = app.prove()
            lines = repost_questions(app.ports, thread, account=account)
        if lines and not _agrees(lines):
            return 1
    return order(options, Order(OrderKind.REPOST, ""), thread)


def _agrees(lines: Sequence[str]) -> bool:
    """Ask on a terminal; otherwise print what is missing and return False."""
    if sys.stdin.isatty():
        for line in lines:
            click.echo(line, err=True)
        return click.confirm("Post a fresh copy anyway?", err=True)
    for line in lines:
        say(Outcome.REFUSED, line, err=True)
    return False


@click.command(help="Render the current edition again and edit its post, if that changes anything.")
@click.argument("thread", required=False)
@click.option("--title", is_flag=True, help="Update the title too; otherwise it stays as posted.")
@click.pass_obj
def refresh(options: dict[str, object], thread: str | None, *, title: bool) -> int:
    return order(options, Order(OrderKind.REFRESH, "", title=title), thread)


@click.command(help="Withdraw the last repost: lock the copy and pin the thread that it replaced again.")
@click.argument("thread", required=False)
@click.pass_obj
def undo(options: dict[str, object], thread: str | None) -> int:
    return order(options, Order(OrderKind.UNDO, ""), thread)
