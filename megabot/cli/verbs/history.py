"""`megabot history`: what megabot did and who ordered it, newest first."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import click

from megabot.app import App, open_app
from megabot.cli import terminal
from megabot.errors import UserError
from megabot.i18n.tables import Cell, Line, Span, Tone, table
from megabot.i18n.times import moment
from megabot.ledger.records import CommandRecord, Intent, IntentState, PostRecord
from megabot.reconcile import describe

_TONES = {IntentState.DONE: Tone.PLAIN, IntentState.ABSENT: Tone.QUIET}


@click.command(help="Show what the bot has done, and who ordered what, newest first. Asks no server.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, a list of objects.")
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many lines."
)
@click.pass_obj
def command(options: dict[str, object], *, as_json: bool, limit: int) -> int:
    """Print the ledger's writes and how they went, among the commands that it was given."""
    with open_app(options) as app:
        ledger = app.offline_ports.ledger
        intents = ledger.history(limit)
        orders = {intent.new.order for intent in intents} - {""}
        given = {key: command for key in orders if (command := ledger.command(key))}
        posts = [post for thread in ledger.threads() for post in ledger.posts(thread)]
        done = find_entries(list(intents), posts, given)
        commands = [record for record in ledger.commands(limit) if record.verb]
        timezone, now = _timezone(app), app.clock.now()
    if as_json:
        click.echo(json.dumps(document(done, commands, limit=limit), indent=2))
        return 0
    width = terminal.width()
    terminal.show(lines(done, commands, timezone=timezone, now=now, limit=limit, width=width))
    return 0


def _timezone(app: App) -> str:
    """Return the threads' time zone; UTC if they have several, or the source cannot be read."""
    try:
        zones = {thread.schedule.timezone for thread in app.threads(None)}
    except UserError:
        return "UTC"
    return zones.pop() if len(zones) == 1 else "UTC"


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A write, the post that it was about if that is known, and who ordered it ("" for nobody)."""

    intent: Intent
    post: PostRecord | None = None
    by: str = ""


def find_entries(
    intents: Sequence[Intent], posts: Sequence[PostRecord], record: Mapping[str, CommandRecord]
) -> list[HistoryEntry]:
    """Find the post of each write, and who ordered it. `record` are the orders by their keys."""
    return [
        HistoryEntry(
            intent, _post(intent, posts), record[intent.new.order].by if intent.new.order in record else ""
        )
        for intent in intents
    ]


def lines(
    done: Sequence[HistoryEntry],
    commands: Sequence[CommandRecord],
    *,
    timezone: str,
    now: datetime,
    limit: int,
    width: int | None,
) -> list[Line]:
    """Write a table, newest first, with all moments in one time zone."""
    found: list[tuple[datetime, tuple[Cell, ...]]] = [(deed.intent.new.at, _deed(deed)) for deed in done]
    found += [(record.at, _command(record)) for record in commands]
    found.sort(key=lambda pair: pair[0], reverse=True)
    if not found:
        return [(Span("nothing has been done yet"),)]
    rows = [(moment(at, timezone, now, column=True), *cells) for at, cells in found[:limit]]
    return table(rows, head=("when", "about", "what", "details"), width=width)


def document(
    done: Sequence[HistoryEntry], commands: Sequence[CommandRecord], *, limit: int
) -> list[dict[str, object]]:
    """Make what JSON can hold, newest first; moments in ISO 8601, UTC."""
    plain = [_plain(deed) for deed in done] + [_plain_command(record) for record in commands]
    return sorted(plain, key=lambda one: str(one["at"]), reverse=True)[:limit]


def _post(intent: Intent, posts: Sequence[PostRecord]) -> PostRecord | None:
    by_id = next((post for post in posts if post.post_id == intent.new.post_id), None)
    wanted = (intent.new.thread, intent.new.edition, intent.new.copy)
    return by_id or next((post for post in posts if (post.thread, post.edition, post.copy) == wanted), None)


def _deed(deed: HistoryEntry) -> tuple[Cell, ...]:
    new, post = deed.intent.new, deed.post
    copy = f" (copy {new.copy})" if new.copy > 1 else ""
    state = deed.intent.state
    what = describe.kind(new.kind)
    if state is not IntentState.DONE:
        what = f"{what}: {describe.state(state)}"
    details = [
        post.url if post else "",
        f"ordered by {deed.by}" if deed.by else "",
        f"commit {post.commit[:7]}{'+' if post.dirty else ''}" if post and post.commit else "",
        deed.intent.note,
    ]
    shown = Span(what, _TONES.get(state, Tone.ODD))
    return f"{new.thread}/{new.edition}{copy}", shown, ", ".join(filter(None, details))


def _command(record: CommandRecord) -> tuple[Cell, ...]:
    where = f", {record.key}" if record.person_id else ""
    return ", ".join(record.threads), Span(f"command: {record.verb}", Tone.STRONG), f"by {record.by}{where}"


def _plain(deed: HistoryEntry) -> dict[str, object]:
    new = deed.intent.new
    return {
        "id": deed.intent.id,
        "kind": new.kind.value,
        "thread": new.thread,
        "edition": new.edition,
        "copy": new.copy,
        "post_id": new.post_id or None,
        "order": new.order or None,
        "by": deed.by or None,
        "state": deed.intent.state.value,
        "at": new.at.isoformat(),
        "changed": deed.intent.changed.isoformat(),
        "note": deed.intent.note,
    }


def _plain_command(record: CommandRecord) -> dict[str, object]:
    return {
        "kind": "command",
        "verb": record.verb,
        "threads": list(record.threads),
        "by": record.by,
        "order": record.key,
        "state": record.state.value,
        "at": record.at.isoformat(),
    }
