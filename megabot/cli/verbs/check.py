"""`megabot check`: everything that can be wrong, each in a line of its own."""

import functools
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import chain
from pathlib import Path, PurePath

import click

from megabot.app import App, open_app
from megabot.check import account, formats, links, templates
from megabot.check import findings as check_findings
from megabot.check.findings import Finding
from megabot.cli import anonymous, progress, terminal
from megabot.errors import NoNetwork, UserError
from megabot.source import folder

FORMATS = ("text", "github", "json")

A_WAIT = 60


@click.command(help="Check settings, templates and upcoming editions (add --online for the account).")
@click.option("--online", is_flag=True, help="Sign in and check the account, its settings and its rights.")
@click.option(
    "--wait",
    type=click.IntRange(1, 1440),
    is_flag=False,
    flag_value=A_WAIT,
    metavar="[MINUTES]",
    help=f"With --online: keep checking until everything is in place, at most MINUTES (default {A_WAIT}).",
)
@click.option("--links", is_flag=True, help="Check that every link of the upcoming editions still works.")
@click.option("--yes", is_flag=True, help="Fix account settings that hide the bot's own posts.")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    help="Lines for people, annotations that a code host shows in a change, or JSON.",
)
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@click.pass_obj
def command(
    options: dict[str, object], *, online: bool, wait: int | None, links: bool, yes: bool, form: str
) -> int:
    """Print findings as they are made; exit 1 if one is a problem."""
    if wait is not None and not online:
        raise click.UsageError("--wait is for --online: nothing else comes by itself")
    with open_app(options) as app:
        parts = [templates.check_source(app.offline_ports)]
        if online:
            parts.append(_online(app, wait=timedelta(minutes=wait or 0), yes=yes))
        if links:
            parts.append(_links(app))
        findings = chain.from_iterable(_whole(part) for part in parts)
        return _print(findings, form, app.settings.source)


def _online(app: App, *, wait: timedelta, yes: bool) -> Iterator[Finding]:
    agree = functools.cache(lambda question: yes or _agrees(question))  # who said no is not asked again
    if not wait:
        yield from account.check_account(app.ports, agree=agree)
        return
    yield from account.wait_until_ready(
        app.ports, agree=agree, wait=wait, tell=lambda sentence: click.echo(f"waiting: {sentence}", err=True)
    )


def _links(app: App) -> Iterator[Finding]:
    watched = partial(progress.show_progress, "links asked")
    yield from links.check(
        app.offline_ports,
        ask=anonymous.link_asker(app),
        cache=anonymous.link_cache(app),
        progress=watched,
        is_online=lambda: anonymous.is_online(app),
    )


def _whole(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Give findings to the end of a part; what ends it early is one too."""
    try:
        yield from findings
    except NoNetwork:
        raise
    except UserError as error:
        yield check_findings.problem_finding(str(error))


def _placed(finding: Finding, source: object) -> Finding:
    """Name the file that a finding is about from where the user stands."""
    about = finding.about
    sentence = str(folder.place_problem(about, source)) if about else terminal.shorten_paths(finding.sentence)
    return replace(finding, sentence=sentence)


def _print(findings: Iterable[Finding], form: str, source: object) -> int:
    found = []
    for finding in findings:
        found.append(finding)
        if form == "text":
            terminal.show(formats.lines(_placed(finding, source), width=terminal.width()))
        elif form == "github":
            click.echo(formats.annotation(finding, _folder(source)))
    if form == "text":
        terminal.show(formats.summary(found))
    elif form == "json":
        click.echo(formats.document(found))
    return 1 if any(finding.level is check_findings.Level.PROBLEM for finding in found) else 0


def _folder(source: object) -> PurePath:
    """Name the source's folder as the repository does in which the check runs."""
    return PurePath(os.path.relpath(source)) if isinstance(source, Path) else PurePath()


def _agrees(question: str) -> bool:
    return sys.stdin.isatty() and click.confirm(question, err=True)
