"""`megabot preamble`: the essay of an edition, given at the host, or written into files to be committed."""

from dataclasses import replace
from pathlib import Path
from typing import TextIO

import click

from megabot import amending, workshop
from megabot.app import open_app
from megabot.core.amendments import Kind
from megabot.core.commands import Verb
from megabot.verbs.changing import read
from megabot.verbs.ordering import keep, who


@click.group(help="The essay of an edition, beside the files of the source.")
def command() -> None:
    """Hand on to what is to be done."""


@command.command("set", help="Make FILE (- for standard input) the preamble of the next edition, or of KEY.")
@click.argument("words", nargs=-1, metavar="[THREAD] [KEY]")
@click.option("--file", "file", type=click.File(encoding="utf-8"), required=True)
@click.pass_obj
def set_(options: dict[str, object], words: tuple[str, ...], file: TextIO) -> int:
    """Keep it, and say for which edition."""
    return _keep(options, words, file.read().strip())


@command.command("clear", help="Let the file count again.")
@click.argument("words", nargs=-1, metavar="[THREAD] [KEY]")
@click.pass_obj
def clear(options: dict[str, object], words: tuple[str, ...]) -> int:
    """Forget what came."""
    return _keep(options, words, "")


@command.command("export", help="Write what came by message into FOLDER, as files to be committed.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.pass_obj
def export(options: dict[str, object], folder: Path) -> int:
    """Write a file for each preamble, and name it."""
    with open_app(options) as app:
        workshop.check_output(folder)
        for thread in app.threads(None):
            for one in amending.kept(app.desk.ledger, thread.name):
                if one.kind is Kind.PREAMBLE:
                    path = folder / "preambles" / thread.name / f"{one.edition}.md"
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(f"{one.text}\n", encoding="utf-8")
                    click.echo(path)
    return 0


def _keep(options: dict[str, object], words: tuple[str, ...], text: str) -> int:
    with open_app(options) as app:
        command_, thread = read(Verb.PREAMBLE, words, app.threads(None))
        keep(app, Verb.PREAMBLE, thread.name)
        _, said = amending.set_preamble(app.writing_desk, thread, replace(command_, text=text), who())
        click.echo(said)
    return 0
