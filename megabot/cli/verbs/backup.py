"""`megabot backup`: a copy of the ledger, whether the service runs or not."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from megabot.app import App, open_app
from megabot.cli import operator_text
from megabot.cli.terminal import finish
from megabot.i18n.tables import Outcome


@click.command(help="Copy the ledger to a new FILE, or to stdout for -. The service may be running.")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@click.pass_obj
def command(options: dict[str, object], file: str) -> int:
    """Write the copy. With stdout, root's shell can save it where the bot's account may not write."""
    with open_app(options) as app:
        if file == "-":
            _to_stdout(app)
        else:
            app.back_up(Path(file))
    return finish(Outcome.DONE, operator_text.backed_up("to stdout" if file == "-" else file), err=True)


def _to_stdout(app: App) -> None:
    # SQLite copies into a file only, not into a pipe.
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "ledger.db"
        app.back_up(copy)
        sys.stdout.buffer.write(copy.read_bytes())
