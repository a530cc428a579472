"""`megabot history`: what megabot did, newest first."""

import json

import click

from megabot import overview_texts
from megabot.app import open_app
from megabot.core.records import Intent


@click.command(help="Show what was done, newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, a list of objects.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.pass_obj
def command(options: dict[str, object], *, as_json: bool, limit: int) -> int:
    """Print the ledger's intents and how they went."""
    with open_app(options) as app:
        intents = app.desk.ledger.history(limit)
        urls = {
            post.post_id: post
            for thread in app.desk.ledger.threads()
            for post in app.desk.ledger.posts(thread)
        }
    if as_json:
        click.echo(json.dumps([_plain(intent) for intent in intents], indent=2))
        return 0
    for intent in intents:
        post = urls.get(intent.new.post_id) or next(
            (one for one in urls.values() if _carries(intent, one.thread, one.edition, one.copy)), None
        )
        click.echo(overview_texts.history_line(intent, post))
    return 0


def _carries(intent: Intent, thread: str, edition: str, copy: int) -> bool:
    return (intent.new.thread, intent.new.edition, intent.new.copy) == (thread, edition, copy)


def _plain(intent: Intent) -> dict[str, object]:
    return {
        "id": intent.id,
        "kind": intent.new.kind.value,
        "thread": intent.new.thread,
        "edition": intent.new.edition,
        "copy": intent.new.copy,
        "post_id": intent.new.post_id or None,
        "order": intent.new.order or None,
        "state": intent.state.value,
        "at": intent.new.at.isoformat(),
        "changed": intent.changed.isoformat(),
        "note": intent.note,
    }
