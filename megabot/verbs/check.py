"""`megabot check`: everything that can be wrong, each in a line of its own."""

import sys
from collections.abc import Iterable

import click

from megabot import check
from megabot.app import open_app
from megabot.errors import Expected, SourceBroken


@click.command(
    help="Look for everything that can be wrong: settings, templates, the next slots; the account too."
)
@click.option("--online", is_flag=True, help="Sign in and look at the account, its settings and its rights.")
@click.option("--yes", is_flag=True, help="Let it change the account's settings that hide its own posts.")
@click.pass_obj
def command(options: dict[str, object], *, online: bool, yes: bool) -> int:
    """Print findings as they are made; exit 1 if one is a problem."""
    with open_app(options) as app:
        good = _print(check.source(app.desk))
        if online:
            good &= _print(check.online(app.ports, agree=lambda question: yes or _agrees(question)))
    return 0 if good else 1


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
