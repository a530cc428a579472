"""`megabot preamble`: set or clear an edition's preamble, or save preambles sent by message as files."""

import sys
from functools import partial
from pathlib import Path
from typing import BinaryIO

import click

from megabot.app import App, open_app
from megabot.cli import anonymous
from megabot.cli.shell_orders import keep, who
from megabot.cli.terminal import finish
from megabot.cli.verbs.edition import read
from megabot.commands import override_commands
from megabot.commands.model import Verb
from megabot.errors import ConfigError
from megabot.i18n import suggestions
from megabot.i18n.tables import Outcome
from megabot.preview.preview import preamble_flaws
from megabot.reconcile.override_facts import preamble_of
from megabot.schedule.overrides import OverrideKind
from megabot.source.model import Thread

PIPE = "-"


@click.group(help="Set, clear or export preambles that override the files.")
def command() -> None:
    pass


@command.command(
    "set",
    help="Set the preamble of the current edition if it was posted without one, else of the next one, or of "
    "edition KEY. The text comes from --file, from a pipe (-), or from your editor. It may start with front "
    "matter, like a file in preambles/.",
)
@click.argument("words", nargs=-1, metavar="[THREAD] [KEY] [-]")
@click.option("--file", "file", type=click.File("rb"), help="Read the text from FILE; - is standard input.")
@click.pass_obj
def set_(options: dict[str, object], words: tuple[str, ...], file: BinaryIO | None) -> int:
    # An editor needs a terminal; without one the text comes from the pipe.
    piped = PIPE in words or not sys.stdin.isatty()
    with open_app(options) as app:
        command_, thread = read(app, Verb.PREAMBLE, tuple(word for word in words if word != PIPE))
        edition = override_commands.edition_of_preamble(app.offline_ports, thread, command_.edition)
        if file is not None or piped:
            text = _decoded(file.read() if file is not None else sys.stdin.buffer.read())
        else:
            text = _edited(app, thread, edition.key)
        if not text.strip():
            clear = suggestions.clear_preamble(thread.name, edition.key).shell
            raise ConfigError(f"the text is empty, so nothing was changed; to remove a preamble: {clear}")
        keep(app, Verb.PREAMBLE, thread.name)
        _, reply = override_commands.set_preamble(
            app.writing_ports,
            thread,
            edition.key,
            text.strip(),
            by=who(),
            flaws=partial(preamble_flaws, app.offline_ports, thread),
        )
    return finish(Outcome.DONE, reply)


@command.command(
    "clear", help="Drop the preamble that was set, for the same edition as `set`, and use the file again."
)
@click.argument("words", nargs=-1, metavar="[THREAD] [KEY]")
@click.pass_obj
def clear(options: dict[str, object], words: tuple[str, ...]) -> int:
    with open_app(options) as app:
        command_, thread = read(app, Verb.PREAMBLE, words)
        keep(app, Verb.PREAMBLE, thread.name)
        _, reply = override_commands.clear_preamble(app.writing_ports, thread, command_.edition)
    return finish(Outcome.DONE, reply)


@command.command("export", help="Save preambles sent by message as files in FOLDER, ready to commit.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.pass_obj
def export(options: dict[str, object], folder: Path) -> int:
    """Write a file for each preamble and print its path."""
    with open_app(options) as app:
        anonymous.check_output(folder)
        for thread in app.threads(None):
            for override in app.offline_ports.ledger.overrides(thread.name):
                if override.kind is OverrideKind.PREAMBLE:
                    path = folder / "preambles" / thread.name / f"{override.edition}.md"
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(f"{override.text}\n", encoding="utf-8")
                    click.echo(path)
    return 0


def _decoded(content: bytes) -> str:
    try:
        # Some editors start a file with a byte order mark (T05).
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"the text is not UTF-8: {error}; save it as UTF-8 and try again") from error


def _edited(app: App, thread: Thread, key: str) -> str:
    """Open $EDITOR with the current text and return what was saved."""
    before = preamble_of(app.offline_ports.ledger, thread.name, key) or ""
    try:
        text = click.edit(before, extension=".md")
    except click.ClickException as error:
        raise ConfigError(
            f"the editor failed: {error.message}; set EDITOR, or pass the text with --file FILE"
        ) from error
    # click.edit returns None if the file was closed without saving.
    if text is None:
        raise ConfigError("the text was not saved in the editor, so nothing was changed; run this again")
    return text
