"""Parts of the reference pages that are written from the code; a test keeps the pages equal.

A part stands between `<!-- generated: NAME -->` and `<!-- end -->`; the rest of a page is written by hand.
`python -m tools.reference_pages` updates the parts.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from megabot.check import check_text
from megabot.cli.group import cli
from megabot.cli.help import VERBS
from megabot.errors import SourceBroken
from megabot.i18n import sentences
from megabot.reconcile.actions import NEEDS_PERSON, Blocked
from megabot.reconcile.describe import blocked_sentence, preamble_left_out, too_many_comments
from megabot.schedule.calendar import Calendar
from megabot.source.model import Thread
from megabot.source.problems import Problem
from megabot.source.thread_files import parse_thread

ALERTS = Path("docs/reference/alerts.md")
COMMAND_LINE = Path("docs/reference/command-line.md")
_BLOCK = re.compile(r"(?<=<!-- generated: )(\S+)( -->\n).*?(?=<!-- end -->)", re.DOTALL)
_NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
_THREAD = """\
---
name: news
title: News
schedule: {every: week, on: monday, at: 12, timezone: Europe/London, first: 2026-01-05}
---
"""
_PROBLEM = Problem("thread.md.j2", 14, "the spoiler is never closed", "close it with a line :::")


def update(page: str, blocks: Mapping[str, str]) -> str:
    """Return the page with each of its generated parts replaced by the block of that name."""
    return _BLOCK.sub(lambda found: f"{found[1]}{found[2]}{blocks[found[1]]}", page)


def write() -> None:
    """Update the pages in the current folder."""
    for path, blocks in ((ALERTS, alerts()), (COMMAND_LINE, command_line())):
        path.write_text(update(path.read_text(encoding="utf-8"), blocks), encoding="utf-8")


def names(page: str) -> list[str]:
    """Return the names of the generated parts of a page, in its order."""
    return [found[1] for found in _BLOCK.finditer(page)]


def alerts() -> dict[str, str]:
    """Return each alert's sentence as a quote, with sample values."""
    return {f"alert:{name}": f"\n> {sentence}\n\n" for name, sentence in _alert_sentences()}


def _sample_thread() -> Thread:
    thread, problems = parse_thread("news.md.j2", _THREAD)
    if thread is None:
        raise ValueError(problems)
    return thread


def _alert_sentences() -> Iterator[tuple[str, str]]:
    thread = _sample_thread()
    edition = next(Calendar("news", thread.schedule).upcoming(_NOW))
    url = "https://lemmy.example/post/47"
    broken = SourceBroken((_PROBLEM,))
    for reason in sorted(NEEDS_PERSON):
        blocked = Blocked(
            reason=reason,
            edition=edition.key,
            url=url,
            other_url=f"{url}1",
            by="robin",
            since=_NOW - timedelta(hours=1),
            host="elsewhere.example",
            software="Lemmy 0.19.20",
            why="the server refuses a word or an address in it",
            problems=(_PROBLEM,),
            account_settings=("show_bot_accounts",),
            clock_skew=timedelta(hours=2),
        )
        yield reason, blocked_sentence(thread, blocked)
    yield "cap", too_many_comments(replace(thread, max_comments=2000), url, 2)
    yield "database", sentences.database_was_away(_NOW - timedelta(minutes=40), _NOW)
    yield "essay", preamble_left_out(thread.name, edition.key, [_PROBLEM])
    yield "failed", sentences.thread_failed(thread.name, ValueError("..."))
    yield "inbox", sentences.task_failing("", _NOW, "...")
    yield "job", sentences.task_failing("site", _NOW, "...")
    dead = check_text.dead_link("sections/20-maps.md", 7, "https://gone.example/")
    yield "links", check_text.dead_links([dead])
    yield "preamble", sentences.no_preamble(edition, thread.schedule.timezone)
    yield "source", sentences.source_partly_broken(broken)
    yield "tags", sentences.tags_missing(thread.name, ["Weekly"])


def command_line() -> dict[str, str]:
    """Return the usage, the help and the options of each verb."""
    root = click.Context(cli, info_name="megabot")
    commands = {verb: cli.get_command(root, verb) for verb in VERBS}
    return {
        f"verb:{verb}": "\n" + "".join(_usage_of(command, verb, root))
        for verb, command in commands.items()
        if command is not None
    }


def _usage_of(command: click.Command, name: str, parent: click.Context) -> Iterator[str]:
    context = click.Context(command, info_name=name, parent=parent)
    if isinstance(command, click.Group):
        yield f"{_paragraph(command)}\n\n"
        for sub, subcommand in command.commands.items():
            yield from _usage_of(subcommand, sub, context)
        return
    usage = command.get_usage(context).removeprefix("Usage: ")
    yield f"```\n{' '.join(usage.split())}\n```\n\n{_paragraph(command)}\n\n"
    rows = [
        f"| {_forms(option, context)} | {_meaning(option, context)} |\n"
        for option in command.params
        if isinstance(option, click.Option) and option.help
    ]
    if rows:
        yield "| option | meaning |\n|---|---|\n" + "".join(rows) + "\n"


def _paragraph(command: click.Command) -> str:
    return " ".join((command.help or "").split())


def _forms(option: click.Option, context: click.Context) -> str:
    metavar = "" if option.is_flag else f" {_metavar(option, context)}"
    return f"`{', '.join(option.opts)}{metavar}`".replace("|", "\\|")


def _metavar(option: click.Option, context: click.Context) -> str:
    if isinstance(option.type, click.IntRange) and option.metavar is None:
        return "NUMBER"
    return option.make_metavar(context)


def _meaning(option: click.Option, context: click.Context) -> str:
    facts = []
    if isinstance(option.type, click.IntRange):
        facts.append(f"{option.type.min} to {option.type.max}")
    default = option.get_default(context)
    if option.show_default and default is not None:
        facts.append(f"default: `{default}`")
    text = str(option.help).replace("*", r"\*")
    return f"{text} ({', '.join(facts)})" if facts else text
