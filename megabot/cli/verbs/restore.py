"""`megabot restore`: fill an empty ledger in a database from a backup or from the file used before."""

from pathlib import Path

import click

from megabot.app import open_app
from megabot.cli import operator_text
from megabot.cli.terminal import finish
from megabot.i18n.tables import Outcome


@click.command(
    help="Fill the account's empty ledger in MEGABOT_DATABASE_URL from FILE: a backup, or the ledger.db of "
    "the state folder used until now."
)
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.pass_obj
def command(options: dict[str, object], file: Path) -> int:
    """Copy everything but the token in one transaction."""
    with open_app(options) as app:
        app.restore(file)
    return finish(Outcome.DONE, operator_text.restored(str(file)))
