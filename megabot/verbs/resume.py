"""`megabot resume`: change one edition, as moderators do on Lemmy."""

import click

from megabot.core.commands import Verb
from megabot.verbs.changing import change


@click.command(
    help="Cancel all holds, skips and moves of a thread, or those of KEY.",
    context_settings={"ignore_unknown_options": True},
)
@click.argument("words", nargs=-1, metavar="[THREAD] [KEY]")
@click.pass_obj
def command(options: dict[str, object], words: tuple[str, ...]) -> int:
    """Do it, and say what it comes to."""
    return change(options, Verb.RESUME, words)
