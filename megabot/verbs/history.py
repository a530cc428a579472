"""`megabot history`: what megabot did and who told it to, newest first."""

import json
from datetime import datetime

import click

from megabot import overview_texts
from megabot.app import open_app
from megabot.core.heard import Heard
from megabot.core.records import Intent, PostRecord
from megabot.ports import Ledger


@click.command(help="Show what was done, and who commanded what, newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, a list of objects.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.pass_obj
def command(options: dict[str, object], *, as_json: bool, limit: int) -> int:
    """Print the ledger's intents and how they went, among the commands that it was given."""
    with open_app(options) as app:
        ledger = app.desk.ledger
        done = [(intent, _ordered_by(ledger, intent)) for intent in ledger.history(limit)]
        posts = [post for thread in ledger.threads() for post in ledger.posts(thread)]
        commands = [heard for heard in ledger.commands(limit) if heard.verb]
    if as_json:
        plain = [_plain(intent, by) for intent, by in done] + [_plain_command(one) for one in commands]
        plain.sort(key=lambda one: str(one["at"]), reverse=True)
        click.echo(json.dumps(plain[:limit], indent=2))
        return 0
    lines = [(intent.new.at, _line(intent, posts, by)) for intent, by in done]
    lines += [(heard.at, overview_texts.command_line(heard)) for heard in commands]
    for line in _newest_first(lines)[:limit]:
        click.echo(line)
    return 0


def _newest_first(lines: list[tuple[datetime, str]]) -> list[str]:
    return [line for _, line in sorted(lines, key=lambda pair: pair[0], reverse=True)]


def _ordered_by(ledger: Ledger, intent: Intent) -> str:
    heard = ledger.heard(intent.new.order) if intent.new.order else None
    return heard.by if heard else ""


def _line(intent: Intent, posts: list[PostRecord], by: str) -> str:
    by_id = next((one for one in posts if one.post_id == intent.new.post_id), None)
    carried = (one for one in posts if _carries(intent, one))
    return overview_texts.history_line(intent, by_id or next(carried, None), by=by)


def _carries(intent: Intent, post: PostRecord) -> bool:
    wanted = (intent.new.thread, intent.new.edition, intent.new.copy)
    return wanted == (post.thread, post.edition, post.copy)


def _plain(intent: Intent, by: str) -> dict[str, object]:
    return {
        "id": intent.id,
        "kind": intent.new.kind.value,
        "thread": intent.new.thread,
        "edition": intent.new.edition,
        "copy": intent.new.copy,
        "post_id": intent.new.post_id or None,
        "order": intent.new.order or None,
        "by": by or None,
        "state": intent.state.value,
        "at": intent.new.at.isoformat(),
        "changed": intent.changed.isoformat(),
        "note": intent.note,
    }


def _plain_command(heard: Heard) -> dict[str, object]:
    return {
        "kind": "command",
        "verb": heard.verb,
        "threads": list(heard.threads),
        "by": heard.by,
        "order": heard.key,
        "state": heard.state.value,
        "at": heard.at.isoformat(),
    }
