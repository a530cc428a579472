"""`megabot status`: current threads and problems, from the ledger and the calendar, without the server."""

import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import click

from megabot.app import open_app
from megabot.cli import accounts_status, terminal
from megabot.cli.change_text import change
from megabot.clock import Stop, SystemClock
from megabot.commands import status
from megabot.commands.status import SourceStatus, Status, ThreadStatus
from megabot.i18n.tables import Line, Span, Tone, table, wrap
from megabot.i18n.times import format_span, moment, time_until
from megabot.ledger.state import Claim, ClaimKind
from megabot.reconcile import describe

# The service fetches every ten minutes, so an older state means that attempts failed.
_FRESH = timedelta(minutes=30)
_ABOUT = {True: ", pinned", False: ", not pinned", None: ", not pinned by megabot"}
Row = tuple[Span, str | Span]


@click.command(help="Show the current threads, what comes next and what needs attention. Works offline.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--accounts",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="List all accounts of `megabot run --accounts`: last turn, next edition, alerts, broken settings.",
)
@click.pass_obj
def command(options: dict[str, object], *, as_json: bool, accounts: Path | None) -> int:
    if accounts is not None:
        return _show_accounts(accounts, as_json=as_json)
    with open_app(options) as app:
        current = status.read(app.offline_ports)
    if as_json:
        click.echo(json.dumps(status.plain(current), indent=2))
    else:
        terminal.show(lines(current, width=terminal.width()))
    return 0


def _show_accounts(folder: Path, *, as_json: bool) -> int:
    found = accounts_status.read(folder, os.environ)
    if as_json:
        click.echo(json.dumps(accounts_status.plain(found), indent=2))
    else:
        now = SystemClock(Stop()).now()
        terminal.show(accounts_status.lines(found, now, width=terminal.width()))
    return 0


def lines(status: Status, *, width: int | None) -> Iterator[Line]:
    """Yield a paragraph for each thread, one for the bot, and what needs attention."""
    for thread in status.threads:
        yield (Span(thread.thread, Tone.STRONG), Span(f"  {thread.timezone}", Tone.QUIET))
        yield from table(list(_thread(thread, status.now)), indent=2, width=width)
        yield ()
    yield (Span("megabot", Tone.STRONG),)
    yield from table(list(_bot(status)), indent=2, width=width)
    if status.alerts:
        yield ()
        yield (Span("needs attention", Tone.BAD),)
    for _, sentence in status.alerts:
        first, *more = wrap(sentence, width=width and width - 4)
        yield (Span("  - "), Span(first))
        yield from ((Span(f"    {line}"),) for line in more)


def _thread(status: ThreadStatus, now: datetime) -> Iterator[Row]:
    yield _row("current", _current(status))
    if status.empty:
        post = f"megabot post {status.thread} --edition {status.empty}"
        what = f"{status.empty} has not been posted; to post it: {post}"
        yield _row("due", Span(what, Tone.ODD))
    if status.next_slot is None:
        yield _row("next", "no further edition")
    else:
        when = f"{moment(status.next_slot, status.timezone, now)}, {time_until(status.next_slot, now)}"
        yield _row("next", f"{status.next_edition}, {when}")
    for override, edition in status.changes:
        words = change(override, status.timezone, now)
        yield _row("change", Span(f"{edition.key} {words.text}", words.tone))
    if status.preamble:
        yield _row("preamble", _preamble(status))
    if status.missing:
        yield _row("missing", Span(f"companions: {', '.join(status.missing)}", Tone.ODD))
    for write in status.unknown:
        since = moment(write.at, status.timezone, now)
        what = f"outcome unknown: {describe.kind(write.kind)} {write.edition}, since {since}"
        yield _row("check", Span(what, Tone.ODD))
    if status.commanded:
        command = status.commanded
        yield _row("last command", f"{command.verb}, by {command.by}, {time_until(command.at, now)}")


def _current(status: ThreadStatus) -> str | Span:
    if not status.url:
        return Span("nothing posted yet", Tone.QUIET)
    commit = f", {_commit(status.commit, dirty=status.dirty)}" if status.commit else ""
    return f"{status.edition}{_ABOUT[status.pinned]}{commit}: {status.url}"


def _preamble(status: ThreadStatus) -> str | Span:
    if status.preamble == "missing":
        return Span(f"missing; add preambles/{status.thread}/{status.next_edition}.md", Tone.ODD)
    return "sent by message" if status.preamble == "message" else status.preamble


def _bot(status: Status) -> Iterator[Row]:
    yield _row("templates", _source(status.source, status.now))
    if status.signed_in:
        yield _row("account", f"signed in {time_until(status.signed_in, status.now)}")
    else:
        yield _row(
            "account",
            Span("not signed in (run megabot login, unless a password is in the settings)", Tone.ODD),
        )
    for claim in status.claims:
        if claim.kind is ClaimKind.SERVICE:
            yield _row("service", _holder(claim, status.now))


def _holder(claim: Claim, now: datetime) -> str | Span:
    # By the database's clock, because that of this host may be wrong.
    if claim.left > timedelta(0):
        return f"runs on {claim.holder}"
    last = f"the last was on {claim.holder}, until {time_until(now + claim.left, now)}"
    return Span(f"runs on no host ({last}); start it with: megabot run", Tone.ODD)


def _source(source: SourceStatus, now: datetime) -> str | Span:
    if not source.commit:
        return source.no_revision or "a plain folder (not in git)"
    commit = _commit(source.commit, dirty=source.dirty)
    if source.fetched is None:
        return commit
    age = now - source.fetched
    if age < _FRESH:
        return f"{commit}, fetched {time_until(source.fetched, now)}"
    return Span(f"{commit}, fetched {format_span(age)} ago; every attempt since then failed", Tone.ODD)


def _commit(commit: str, *, dirty: bool) -> str:
    return f"commit {commit[:7]}{' with uncommitted changes' if dirty else ''}"


def _row(label: str, value: str | Span) -> Row:
    return Span(label, Tone.QUIET), value
