"""`megabot import`: a community's past threads, found, shown, and taken into the record after a yes."""

import sys
from functools import partial

import click

from megabot import adoption_texts, importing, orders, overview_texts, progress, texts, workshop
from megabot.app import App, open_app
from megabot.core import calendar
from megabot.core.commands import Verb
from megabot.core.editions import of_post
from megabot.core.past_threads import Fate, Past
from megabot.core.threads import Thread
from megabot.errors import ConfigError
from megabot.layout import Outcome
from megabot.terminal import say
from megabot.verbs.ordering import EXIT_CODES, keep, tell


@click.command(
    "import",
    help="Find the threads that were posted before megabot, show them, and take them for editions after a "
    "yes: so the first edition links the one before. They are never edited.",
)
@click.argument("thread", required=False)
@click.option(
    "--title", metavar="PATTERN", help='Their title, as in "News megathread*"; * and ? are special.'
)
@click.option("--by", default="", metavar="NAME", help="Who posted them; anybody where nobody is named.")
@click.option("--edition", "key", metavar="KEY", help="The edition of the newest thread found.")
@click.option("--undo", is_flag=True, help="Forget the threads of an import again.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.pass_obj
def command(  # noqa: PLR0913  an option each
    options: dict[str, object],
    thread: str | None,
    title: str | None,
    by: str,
    key: str | None,
    *,
    undo: bool,
    yes: bool,
) -> int:
    """Print a table, ask, adopt; exit 1 where nothing was found or taken."""
    with open_app(options) as app:
        one = importing.only(app.threads(thread))
        if undo:
            return _undo(app, one, yes=yes)
        if title is None:
            raise click.UsageError("name the threads: --title PATTERN, or undo an import: --undo")
        found = _found(app, one, title, by, key)
        _table(found)
        taken = [past for past in found if past.fate is Fate.TAKEN]
        click.echo(overview_texts.imported(one.name, len(taken), len(found)), err=True)
        if not taken or not (yes or _agrees_to(app, one, taken)):
            return 1
        app.prove()
        return tell(importing.take(app.ports, one, found, id_=keep(app, Verb.ADOPT, one.name)))


def _agrees_to(app: App, thread: Thread, taken: list[Past]) -> bool:
    """Say on a terminal what an import leads to, and ask."""
    if not sys.stdin.isatty():
        return False
    account, newest = app.prove(), taken[-1]
    post = app.ports.forum.post(newest.post.id)
    found = orders.effects(app.ports, thread.name, post, newest.edition.key, account)
    lines = adoption_texts.consequences(
        thread, post.url, post.published, newest.edition.key, found, others=len(taken) - 1
    )
    for line in lines:
        click.echo(line, err=True)
    return click.confirm(adoption_texts.ask_import(len(taken)), err=True)


def _undo(app: App, thread: Thread, *, yes: bool) -> int:
    app.prove()
    older, newest = importing.imported(app.ports, thread)
    number = len(older) + (newest is not None)
    if not number:
        say(Outcome.NOTHING, adoption_texts.nothing_imported(thread.name))
        return EXIT_CODES[Outcome.NOTHING]
    if not yes and not (sys.stdin.isatty() and click.confirm(adoption_texts.ask_undo(thread.name, number))):
        return 1
    answer = importing.give_back(app.ports, thread, older, newest, id_=keep(app, Verb.UNADOPT, thread.name))
    say(Outcome.DONE, adoption_texts.forgotten(thread.name, number))
    return tell(answer) if answer else 0


def _found(app: App, thread: Thread, title: str, by: str, key: str | None) -> tuple[Past, ...]:
    app.settings.require_online()
    community = thread.community or app.settings.community
    if not community:
        raise ConfigError(texts.no_community(app.language, thread.name))
    newest = calendar.by_key(thread.name, thread.schedule, key.upper()) if key else None
    if key and newest is None:
        example = of_post(thread, app.clock.now()).key
        raise ConfigError(texts.no_such_edition(app.language, thread.name, key, example=example))
    look = partial(importing.find, app.desk.ledger, thread, title=title, by=by, newest=newest)
    with workshop.public_pages(app, community, by=by) as pages, progress.shown("pages read", 0) as step:
        return look(pages, step=step)


def _table(found: tuple[Past, ...]) -> None:
    """Lay out what was found, oldest first: a table on a terminal, tabs between columns elsewhere."""
    rows = [
        (one.edition.key, texts.moment(one.post.published), one.post.title, one.fate.value) for one in found
    ]
    if not sys.stdout.isatty():
        for row in rows:
            click.echo("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("edition", "posted", "title", "")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)
