"""`megabot check`: everything that can be wrong, each in a line of its own."""

import functools
import sys
from collections.abc import Iterable
from datetime import timedelta

import click

from megabot import check
from megabot.app import App, open_app
from megabot.errors import Expected, SourceBroken

A_WAIT = 60


@click.command(
    help="Look for everything that can be wrong: settings, templates, the next slots; the account too."
)
@click.option("--online", is_flag=True, help="Sign in and look at the account, its settings and its rights.")
@click.option(
    "--wait",
    type=click.IntRange(1, 1440),
    is_flag=False,
    flag_value=A_WAIT,
    metavar="[MINUTES]",
    help=f"With --online: look again until nothing is missing, for {A_WAIT} minutes or so many.",
)
@click.option("--yes", is_flag=True, help="Let it change the account's settings that hide its own posts.")
@click.pass_obj
def command(options: dict[str, object], *, online: bool, wait: int | None, yes: bool) -> int:
    """Print findings as they are made; exit 1 if one is a problem."""
    if wait is not None and not online:
        raise click.UsageError("--wait is for --online: nothing else comes by itself")
    with open_app(options) as app:
        good = _print(check.source(app.desk))
        if online:
            good &= _print(_online(app, wait=timedelta(minutes=wait or 0), yes=yes))
    return 0 if good else 1


def _online(app: App, *, wait: timedelta, yes: bool) -> Iterable[check.Finding]:
    agree = functools.cache(lambda question: yes or _agrees(question))  # who said no is not asked again
    if not wait:
        return check.online(app.ports, agree=agree)
    return check.awaited(
        app.ports, agree=agree, wait=wait, tell=lambda sentence: click.echo(f"waiting: {sentence}", err=True)
    )


def _print(findings: Iterable[check.Finding]) -> bool:
    good = True
    try:
        for finding in findings:
            click.echo(f"{finding.level.value:8}{finding.sentence}")
            good &= finding.level is not check.Level.PROBLEM
    except SourceBroken as error:
        for one in error.problems:
            click.echo(f"{check.Level.PROBLEM.value:8}{one}")
        return False
    except Expected as error:
        click.echo(f"{check.Level.PROBLEM.value:8}{error}")
        return False
    return good


def _agrees(question: str) -> bool:
    return sys.stdin.isatty() and click.confirm(question, err=True)
