"""`megabot check`: check settings, templates, upcoming editions, the account and links."""

import functools
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import chain
from pathlib import Path, PurePath
from typing import Any

import click

from megabot.app import App, open_app
from megabot.check import account, links, templates
from megabot.check import findings as check_findings
from megabot.check.findings import Finding, Level
from megabot.cli import anonymous, progress, terminal
from megabot.errors import NoNetwork, UserError
from megabot.i18n import translation
from megabot.i18n.tables import Line, Span, Tone, wrap
from megabot.source import folder

FORMATS = ("text", "github", "json")

A_WAIT = 60
_TONES = {Level.FINE: Tone.GOOD, Level.WARNING: Tone.ODD, Level.PROBLEM: Tone.BAD}
_COMMANDS = {Level.PROBLEM: "error", Level.WARNING: "warning"}
# The same escapes as in https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts.
_IN_WORDS = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PLACE = _IN_WORDS | {":": "%3A", ",": "%2C"}
"""Characters that would end a workflow command, or a property of it, and their escapes."""


@click.command(help="Check settings, templates and upcoming editions (add --online for the account).")
@click.option(
    "--online", is_flag=True, help="Also sign in and check the account, its settings and its rights."
)
@click.option(
    "--wait",
    type=click.IntRange(1, 1440),
    is_flag=False,
    flag_value=A_WAIT,
    metavar="[MINUTES]",
    help=f"With --online: keep checking until everything is in place, at most MINUTES (default {A_WAIT}).",
)
@click.option("--links", is_flag=True, help="Also check that every link in the upcoming editions works.")
@click.option("--yes", is_flag=True, help="Fix account settings that hide the bot's own posts.")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    help="text, annotations for a pull request (GitHub Actions), or JSON.",
)
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@click.pass_obj
def command(
    options: dict[str, object], *, online: bool, wait: int | None, links: bool, yes: bool, form: str
) -> int:
    """Print findings as they come in; exit 1 if one is a problem."""
    if wait is not None and not online:
        raise click.UsageError("--wait needs --online: only what is on the server can change while you wait")
    with open_app(options) as app:
        wrong = (check_findings.warning_finding(sentence) for sentence in translation.mistakes())
        parts = [wrong, templates.check_source(app.offline_ports)]
        if online:
            parts.append(_online(app, wait=timedelta(minutes=wait or 0), yes=yes))
        if links:
            parts.append(_links(app))
        findings = chain.from_iterable(_whole(part) for part in parts)
        return _print(findings, form, app.settings.source)


def _online(app: App, *, wait: timedelta, yes: bool) -> Iterator[Finding]:
    agree = functools.cache(lambda question: yes or _agrees(question))  # do not ask twice while waiting
    if not wait:
        yield from account.check_account(app.ports, agree=agree)
        return
    yield from account.wait_until_ready(
        app.ports, agree=agree, wait=wait, tell=lambda sentence: click.echo(f"waiting: {sentence}", err=True)
    )


def _links(app: App) -> Iterator[Finding]:
    watched = partial(progress.show_progress, "links checked")
    yield from links.check(
        app.offline_ports,
        ask=anonymous.link_asker(app),
        cache=anonymous.link_cache(app),
        progress=watched,
        is_online=lambda: anonymous.is_online(app),
    )


def _whole(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings of a part. An error that ends it becomes one, so that the other parts still run."""
    try:
        yield from findings
    # Being offline has a separate exit code (docs/reference/exit-codes.md).
    except NoNetwork:
        raise
    except UserError as error:
        yield check_findings.problem_finding(str(error))


def _placed(finding: Finding, source: object) -> Finding:
    """Name the file that a finding is about relative to the current folder."""
    about = finding.about
    sentence = str(folder.place_problem(about, source)) if about else terminal.shorten_paths(finding.sentence)
    return replace(finding, sentence=sentence)


def _print(findings: Iterable[Finding], form: str, source: object) -> int:
    printed = []
    for finding in findings:
        printed.append(finding)
        if form == "text":
            terminal.show(lines(_placed(finding, source), width=terminal.width()))
        elif form == "github":
            click.echo(annotation(finding, _folder(source)))
    if form == "text":
        terminal.show(summary(printed))
    elif form == "json":
        # The whole output must be one JSON document, so it waits for the last finding.
        click.echo(document(printed))
    return 1 if any(finding.level is check_findings.Level.PROBLEM for finding in printed) else 0


def _folder(source: object) -> PurePath:
    """Return the templates' folder relative to the repository, in which the check runs."""
    return PurePath(os.path.relpath(source)) if isinstance(source, Path) else PurePath()


def _agrees(question: str) -> bool:
    # A script can agree only with --yes: no setting of the account changes unasked.
    return sys.stdin.isatty() and click.confirm(question, err=True)


def line(finding: Finding) -> str:
    """Return a finding as one line of text."""
    return f"{finding.level.value:8}{finding.sentence}"


def lines(finding: Finding, *, width: int | None) -> list[Line]:
    """Return the lines of a finding for a terminal, its level in colour."""
    first, *more = wrap(line(finding), width=width, hanging=8)
    level = Span(first[:8], _TONES[finding.level])
    return [(level, Span(first[8:])), *((Span(other),) for other in more)]


def summary(findings: Sequence[Finding]) -> list[Line]:
    """Count problems and warnings; return no lines if there are none."""
    counted = Counter(finding.level for finding in findings)
    problems, warnings = counted[Level.PROBLEM], counted[Level.WARNING]
    named = [
        f"{number} {noun}{'' if number == 1 else 's'}"
        for number, noun in ((problems, "problem"), (warnings, "warning"))
        if number
    ]
    if not named:
        return []
    note = "" if problems else " Warnings do not block posting. Please review them."
    return [(), (Span(f"{' and '.join(named)}.{note}", Tone.STRONG),)]


def annotation(finding: Finding, folder: PurePath) -> str:
    """Return a finding as a workflow command, which GitHub shows beside the line in a pull request.

    `folder` is the templates' folder relative to the repository. A finding that is "ok" stays a plain line.
    """
    command, about = _COMMANDS.get(finding.level), finding.about
    if command is None:
        return line(finding)
    if about is None:
        return f"::{command} title=megabot::{_escaped(finding.sentence, _IN_WORDS)}"
    place = f"file={_escaped((folder / about.path).as_posix(), _IN_PLACE)}"
    place += f",line={about.line}" if about.line else ""
    hint = f" ({about.hint})" if about.hint else ""
    return f"::{command} {place},title=megabot::{_escaped(about.what + hint, _IN_WORDS)}"


def document(findings: Sequence[Finding]) -> str:
    """Return all findings as one JSON document, with the number of problems and warnings."""
    counted = Counter(finding.level for finding in findings)
    numbers = {f"{level.value}s": counted[level] for level in (Level.PROBLEM, Level.WARNING)}
    return json.dumps(numbers | {"findings": [_plain(one) for one in findings]}, indent=2, ensure_ascii=False)


def _plain(finding: Finding) -> dict[str, Any]:
    plain: dict[str, Any] = {"level": finding.level.value, "sentence": finding.sentence}
    if finding.about is not None:
        about = finding.about
        plain |= {"path": about.path, "line": about.line or None, "what": about.what, "hint": about.hint}
    return plain | ({"link": finding.link} if finding.link else {})


def _escaped(text: str, signs: dict[str, str]) -> str:
    return "".join(signs.get(sign, sign) for sign in text)
