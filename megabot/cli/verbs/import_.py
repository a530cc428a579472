"""`megabot import`: find a community's past threads and register them as editions after confirmation."""

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import click

from megabot.app import App, open_app
from megabot.cli import anonymous, progress
from megabot.cli.shell_orders import keep, tell
from megabot.cli.terminal import finish, say, show, width
from megabot.commands import adoption_text, import_threads, run_order, status_text
from megabot.commands.import_threads import ImportResult, PastThread
from megabot.commands.model import Verb
from megabot.errors import ConfigError
from megabot.i18n import sentences
from megabot.i18n.tables import Line, Outcome, Span, Tone, table
from megabot.i18n.times import moment
from megabot.schedule.editions import edition_of_post
from megabot.source.model import Thread


@click.command(
    "import",
    help="Find threads posted before megabot, show them and, after confirmation, register them as past "
    "editions so that the first new thread can link back. They are never edited.",
)
@click.argument("thread", required=False)
@click.option(
    "--title", metavar="PATTERN", help='Their title, like "News megathread*"; * and ? are wildcards.'
)
@click.option(
    "--by", default="", metavar="NAME", help="Only threads posted by this account (default: anyone)."
)
@click.option("--edition", "key", metavar="KEY", help="The edition of the newest thread found.")
@click.option("--undo", is_flag=True, help="Undo an import: forget its threads.")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.option("--json", "as_json", is_flag=True, help="Print the threads found as JSON, a list of objects.")
@click.pass_obj
def command(
    options: dict[str, object],
    /,
    thread: str | None,
    title: str | None,
    by: str,
    key: str | None,
    **flags: bool,
) -> int:
    """Print a table, ask, import; exit 1 if nothing was found or imported."""
    yes = flags["yes"]
    with open_app(options) as app:
        chosen_thread = import_threads.single_thread(app.threads(thread))
        if flags["undo"]:
            return _undo(app, chosen_thread, yes=yes)
        if title is None:
            raise click.UsageError("say which threads to import with --title PATTERN, or use --undo")
        past_threads = _found(app, chosen_thread, title, by, key)
        timezone, now = chosen_thread.schedule.timezone, app.clock.now()
        if flags["as_json"]:
            click.echo(json.dumps(document(past_threads, timezone), indent=2, ensure_ascii=False))
        else:
            show(lines(past_threads, timezone, now, width=width()))
        taken = [past for past in past_threads if past.result is ImportResult.TAKEN]
        summary = status_text.past_threads_found(chosen_thread.name, len(taken), len(past_threads))
        if not taken:
            if past_threads and all(past.result is ImportResult.KNOWN for past in past_threads):
                # Running the same import again is not a failure (docs/reference/exit-codes.md).
                return finish(Outcome.NOTHING, adoption_text.all_known(chosen_thread.name, len(past_threads)))
            return finish(Outcome.FAILED, summary, err=True)
        click.echo(summary, err=True)
        if not (yes or _agrees_to(app, chosen_thread, taken)):
            return finish(Outcome.REFUSED, status_text.import_cancelled(), err=True)
        app.prove()
        return tell(
            import_threads.import_threads(
                app.ports, chosen_thread, past_threads, id_=keep(app, Verb.ADOPT, chosen_thread.name)
            )
        )


def _agrees_to(app: App, thread: Thread, taken: list[PastThread]) -> bool:
    """Show the effects of an import and ask for confirmation; False without a terminal."""
    if not sys.stdin.isatty():
        return False
    account, newest = app.prove(), taken[-1]
    post = app.ports.forum.post(newest.post.id)
    effects = run_order.adoption_effects(app.ports, thread.name, post, newest.edition.key, account)
    lines = adoption_text.consequences(
        thread, post.url, post.published, newest.edition.key, effects, others=len(taken) - 1
    )
    for line in lines:
        click.echo(line, err=True)
    return click.confirm(adoption_text.ask_import(len(taken)), err=True)


def _undo(app: App, thread: Thread, *, yes: bool) -> int:
    app.prove()
    older, newest = import_threads.find_imported(app.ports, thread)
    number = len(older) + (newest is not None)
    if not number:
        return finish(Outcome.NOTHING, adoption_text.no_import(thread.name))
    if not yes and not (sys.stdin.isatty() and click.confirm(adoption_text.ask_undo(thread.name, number))):
        return finish(Outcome.REFUSED, status_text.undo_cancelled(), err=True)
    answer = import_threads.undo_import(
        app.ports, thread, older, newest, id_=keep(app, Verb.UNADOPT, thread.name)
    )
    say(Outcome.DONE, adoption_text.threads_forgotten(thread.name, number))
    return tell(answer) if answer else 0


def _found(app: App, thread: Thread, title: str, by: str, key: str | None) -> tuple[PastThread, ...]:
    app.settings.require_online()
    community = thread.community or app.settings.community
    if not community:
        raise ConfigError(sentences.no_community(thread.name))
    newest = thread.calendar.edition(key.upper()) if key else None
    if key and newest is None:
        example = edition_of_post(thread.calendar, app.clock.now()).key
        raise ConfigError(sentences.no_such_edition(thread.name, key, example=example))
    look = partial(
        import_threads.find_past_threads, app.offline_ports.ledger, thread, title=title, by=by, newest=newest
    )
    with (
        anonymous.public_pages(app, community, by=by) as pages,
        progress.show_progress("pages read", 0) as step,
    ):
        return look(pages, step=step)


def lines(
    past_threads: Sequence[PastThread], timezone: str, now: datetime, *, width: int | None
) -> list[Line]:
    """Return the lines of a table, with times in the thread's time zone."""
    rows = [
        (
            past.edition.key,
            moment(past.post.published, timezone, now, column=True),
            Span(past.result.value, Tone.GOOD if past.result is ImportResult.TAKEN else Tone.QUIET),
            past.post.title,
        )
        for past in past_threads
    ]
    return table(rows, head=("edition", "posted at", "", "title"), width=width) if rows else []


def document(past_threads: Sequence[PastThread], timezone: str) -> list[dict[str, object]]:
    """Return the data for JSON; times in ISO 8601, in the thread's time zone."""
    return [
        {
            "edition": past.edition.key,
            "posted": past.post.published.astimezone(ZoneInfo(timezone)).isoformat(),
            "url": past.post.url,
            "title": past.post.title,
            "by": past.post.by,
            "fate": past.result.name.lower(),
        }
        for past in past_threads
    ]
