"""`megabot import`: a community's past threads, found, shown, and taken into the record after a yes."""

import sys
from functools import partial

import click

from megabot import importing, overview_texts, progress, texts
from megabot.app import App, open_app
from megabot.core.commands import Verb
from megabot.core.past_threads import Fate, Past
from megabot.core.threads import Thread
from megabot.errors import ConfigError
from megabot.strangers import public_posts
from megabot.verbs.ordering import keep, tell


@click.command(
    "import",
    help="Find the threads that were posted before megabot, show them, and take them for editions after a "
    "yes: so the first edition links the one before. They are never edited.",
)
@click.argument("thread", required=False)
@click.option("--title", required=True, metavar="PATTERN", help='Their title, as in "News megathread*".')
@click.option("--by", default="", metavar="NAME", help="Who posted them; anybody where nobody is named.")
@click.option("--yes", is_flag=True, help="Take them without asking.")
@click.pass_obj
def command(options: dict[str, object], thread: str | None, title: str, by: str, *, yes: bool) -> int:
    """Print a table, ask, adopt; exit 1 where nothing was found or taken."""
    with open_app(options) as app:
        one = importing.only(app.threads(thread))
        found = _found(app, one, title, by)
        _table(found)
        taken = sum(past.fate is Fate.TAKEN for past in found)
        click.echo(overview_texts.imported(one.name, taken, len(found)), err=True)
        if not taken or not (yes or _agrees(overview_texts.ask_import(taken))):
            return 1
        app.prove()
        return tell(importing.take(app.ports, one, found, id_=keep(app, Verb.ADOPT, one.name)))


def _found(app: App, thread: Thread, title: str, by: str) -> tuple[Past, ...]:
    app.settings.require_online()
    community = thread.community or app.settings.community
    if not community:
        raise ConfigError(texts.no_community(app.language, thread.name))
    look = partial(importing.find, app.desk.ledger, thread, title=title, by=by)
    with public_posts(app.settings.instance) as posts, progress.shown("pages read", 0) as step:
        return look(posts.all(community, by=by), step=step)


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


def _agrees(question: str) -> bool:
    return sys.stdin.isatty() and click.confirm(question, err=True)
