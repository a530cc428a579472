"""What the verbs share that change one edition: the words are those that moderators use on Lemmy."""

from megabot import amending, texts
from megabot.app import App, open_app
from megabot.core.arguments import read_arguments
from megabot.core.commands import Command, Reason, Verb
from megabot.core.threads import Thread
from megabot.errors import ConfigError
from megabot.layout import Outcome
from megabot.terminal import finish
from megabot.verbs.ordering import keep, who


def change(options: dict[str, object], verb: Verb, words: tuple[str, ...]) -> int:
    """Hold, skip, move or resume, and say what that comes to."""
    with open_app(options) as app:
        command, thread = read(app, verb, words)
        desk = app.writing_desk
        keep(app, verb, thread.name)
        before = amending.kept(desk.ledger, thread.name)
        if verb is Verb.RESUME:
            said = amending.resume(desk, thread, command.edition)
        else:
            said = amending.change(desk, thread, command, by=who(), ordered=app.clock.now())
        changed = amending.kept(desk.ledger, thread.name) != before
    return finish(Outcome.DONE if changed else Outcome.NOTHING, said)


def read(app: App, verb: Verb, words: tuple[str, ...]) -> tuple[Command, Thread]:
    """Read the words after a verb, as on Lemmy. Raises `ConfigError`."""
    threads = app.threads(None)
    names = [thread.name for thread in threads]
    command = read_arguments(verb, " ".join(words), names)
    if not isinstance(command, Command):
        if command.reason is Reason.UNKNOWN_THREAD:
            raise ConfigError(texts.no_such_thread(app.language, command.word, names))
        raise ConfigError(texts.not_understood(verb.value, command.word, command.near))
    name = command.thread or (names[0] if len(names) == 1 else "")
    if not name:
        raise ConfigError(texts.name_a_thread(verb.value, names))
    return command, next(thread for thread in threads if thread.name == name)
