"""`megabot history`: what the bot has done and who ordered it, newest first."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import click

from megabot.app import App, open_app
from megabot.cli import terminal
from megabot.commands.status_text import channel
from megabot.errors import UserError
from megabot.i18n.tables import Cell, Line, Span, Tone, table
from megabot.i18n.times import moment
from megabot.ledger.records import CommandRecord, Intent, IntentState, PostRecord
from megabot.reconcile import describe

_TONES = {IntentState.DONE: Tone.PLAIN, IntentState.ABSENT: Tone.QUIET}


@click.command(help="Show what the bot has done and who ordered it, newest first. Works offline.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, a list of objects.")
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many entries."
)
@click.pass_obj
def command(options: dict[str, object], *, as_json: bool, limit: int) -> int:
    """Print the writes in the ledger with their outcomes, mixed with the commands."""
    with open_app(options) as app:
        ledger = app.offline_ports.ledger
        intents = ledger.history(limit)
        orders = {intent.new.order for intent in intents} - {""}
        by_key = {key: record for key in orders if (record := ledger.command(key))}
        posts = [post for thread in ledger.threads() for post in ledger.posts(thread)]
        entries = find_entries(list(intents), posts, by_key)
        commands = [record for record in ledger.commands(limit) if record.verb]
        timezone, now = _timezone(app), app.clock.now()
    if as_json:
        click.echo(json.dumps(document(entries, commands, limit=limit), indent=2))
        return 0
    width = terminal.width()
    terminal.show(lines(entries, commands, timezone=timezone, now=now, limit=limit, width=width))
    return 0


def _timezone(app: App) -> str:
    """Return the threads' time zone; UTC if they have several or the templates cannot be read."""
    try:
        zones = {thread.schedule.timezone for thread in app.threads(None)}
    except UserError:
        return "UTC"
    return zones.pop() if len(zones) == 1 else "UTC"


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A write, its post if that is known, and who ordered it ("" if it was automatic)."""

    intent: Intent
    post: PostRecord | None = None
    by: str = ""


def find_entries(
    intents: Sequence[Intent], posts: Sequence[PostRecord], orders: Mapping[str, CommandRecord]
) -> list[HistoryEntry]:
    """Find the post of each write and who ordered it. `orders` maps the key of an order to its record."""
    return [
        HistoryEntry(
            intent, _post(intent, posts), orders[intent.new.order].by if intent.new.order in orders else ""
        )
        for intent in intents
    ]


def lines(
    entries: Sequence[HistoryEntry],
    commands: Sequence[CommandRecord],
    *,
    timezone: str,
    now: datetime,
    limit: int,
    width: int | None,
) -> list[Line]:
    """Return the lines of a table, newest first, with all times in one time zone."""
    timed: list[tuple[datetime, tuple[Cell, ...]]] = [
        (entry.intent.new.at, _write(entry)) for entry in entries
    ]
    timed += [(record.at, _command(record)) for record in commands]
    timed.sort(key=lambda pair: pair[0], reverse=True)
    if not timed:
        return [(Span("the bot has done nothing yet"),)]
    rows = [(moment(at, timezone, now, column=True), *cells) for at, cells in timed[:limit]]
    return table(rows, head=("when", "about", "what", "details"), width=width)


def document(
    entries: Sequence[HistoryEntry], commands: Sequence[CommandRecord], *, limit: int
) -> list[dict[str, object]]:
    """Return the data for JSON, newest first; times in ISO 8601, UTC."""
    plain = [_plain(entry) for entry in entries] + [_plain_command(record) for record in commands]
    return sorted(plain, key=lambda item: str(item["at"]), reverse=True)[:limit]


def _post(intent: Intent, posts: Sequence[PostRecord]) -> PostRecord | None:
    by_id = next((post for post in posts if post.post_id == intent.new.post_id), None)
    # A publish is recorded before its post has an id, so its post is found by edition and copy.
    wanted = (intent.new.thread, intent.new.edition, intent.new.copy)
    return by_id or next((post for post in posts if (post.thread, post.edition, post.copy) == wanted), None)


def _write(entry: HistoryEntry) -> tuple[Cell, ...]:
    new, post = entry.intent.new, entry.post
    copy = f" (copy {new.copy})" if new.copy > 1 else ""
    state = entry.intent.state
    what = describe.kind(new.kind)
    if state is not IntentState.DONE:
        what = f"{what}: {describe.state(state)}"
    details = [
        post.url if post else "",
        f"ordered by {entry.by}" if entry.by else "",
        f"commit {post.commit[:7]}{'+' if post.dirty else ''}" if post and post.commit else "",
        entry.intent.note,
    ]
    shown = Span(what, _TONES.get(state, Tone.ODD))
    return f"{new.thread}/{new.edition}{copy}", shown, ", ".join(filter(None, details))


def _command(record: CommandRecord) -> tuple[Cell, ...]:
    where = f", {record.key}" if record.person_id else ""
    by = f"by {record.by} {channel(record)}{where}"
    return ", ".join(record.threads), Span(f"command: {record.verb}", Tone.STRONG), by


def _plain(entry: HistoryEntry) -> dict[str, object]:
    new = entry.intent.new
    return {
        "id": entry.intent.id,
        "kind": new.kind.value,
        "thread": new.thread,
        "edition": new.edition,
        "copy": new.copy,
        "post_id": new.post_id or None,
        "order": new.order or None,
        "by": entry.by or None,
        "state": entry.intent.state.value,
        "at": new.at.isoformat(),
        "changed": entry.intent.changed.isoformat(),
        "note": entry.intent.note,
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
