"""`megabot backup`: a copy of the ledger, whether the service runs or not."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from megabot.app import App, open_app
from megabot.cli import operator_text
from megabot.cli.terminal import finish
from megabot.i18n.tables import Outcome


@click.command(help="Write a copy of the ledger into a new FILE, or to stdout for -; the service may run.")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@click.pass_obj
def command(options: dict[str, object], file: str) -> int:
    """Write it, and say what is not in it. What stdout gets can be kept where only root may write."""
    with open_app(options) as app:
        if file == "-":
            _to_stdout(app)
        else:
            app.back_up(Path(file))
    said = operator_text.backed_up("the copy to stdout" if file == "-" else file)
    return finish(Outcome.DONE, said, err=True)


def _to_stdout(app: App) -> None:
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "ledger.db"
        app.back_up(copy)
        sys.stdout.buffer.write(copy.read_bytes())
