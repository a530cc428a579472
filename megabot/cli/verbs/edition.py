"""`megabot hold`, `skip`, `move`, `resume`: change one edition, with the same words as on Lemmy."""

import click

from megabot.app import App, open_app
from megabot.cli.shell_orders import keep, who
from megabot.cli.terminal import finish
from megabot.commands import override_commands
from megabot.commands.arguments import read_arguments
from megabot.commands.model import Command, ParseFailureReason, Verb
from megabot.errors import ConfigError
from megabot.i18n import sentences
from megabot.i18n.tables import Outcome
from megabot.schedule.clock_times import EXAMPLES
from megabot.source.model import Thread


def _verb(verb: Verb, what: str, words: str = "[THREAD] [KEY]") -> click.Command:
    # A time such as -2h starts like an option.
    @click.command(verb.value, help=what, context_settings={"ignore_unknown_options": True})
    @click.argument("words", nargs=-1, metavar=words)
    @click.pass_obj
    def command(options: dict[str, object], words: tuple[str, ...]) -> int:
        return _change(options, verb, words)

    return command


hold = _verb(
    Verb.HOLD, "Put the next edition (or edition KEY) on hold: it is not posted until `megabot resume`."
)
skip = _verb(Verb.SKIP, "Don't post the next edition (or edition KEY).")
move = _verb(
    Verb.MOVE,
    f"Post the next edition (or edition KEY) at another time: {EXAMPLES}.",
    "[THREAD] [KEY] TIME",
)
resume = _verb(Verb.RESUME, "Cancel all holds, skips and moves of a thread (or of edition KEY).")


def _change(options: dict[str, object], verb: Verb, words: tuple[str, ...]) -> int:
    with open_app(options) as app:
        command, thread = read(app, verb, words)
        ports = app.writing_ports
        keep(app, verb, thread.name)
        before = ports.ledger.overrides(thread.name)
        if verb is Verb.RESUME:
            reply = override_commands.resume(ports, thread, command.edition)
        else:
            reply = override_commands.apply_override(
                ports, thread, command, by=who(), ordered=app.clock.now()
            )
        changed = ports.ledger.overrides(thread.name) != before
    return finish(Outcome.DONE if changed else Outcome.NOTHING, reply)


def read(app: App, verb: Verb, words: tuple[str, ...]) -> tuple[Command, Thread]:
    """Read the words after a command, as on Lemmy. Raises `ConfigError`."""
    threads = app.threads(None)
    names = [thread.name for thread in threads]
    command = read_arguments(verb, " ".join(words), names)
    if not isinstance(command, Command):
        if command.reason is ParseFailureReason.UNKNOWN_THREAD:
            raise ConfigError(sentences.no_such_thread(command.word, names))
        raise ConfigError(sentences.bad_arguments(verb.value, command.word, command.near))
    name = command.thread or (names[0] if len(names) == 1 else "")
    if not name:
        raise ConfigError(sentences.name_a_thread(verb.value, names))
    return command, next(thread for thread in threads if thread.name == name)
