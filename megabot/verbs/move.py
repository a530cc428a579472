"""`megabot move`: change one edition, as moderators do on Lemmy."""

import click

from megabot.core.commands import Verb
from megabot.verbs.changing import change


@click.command(
    help="Post the next edition at another time: +2h, -30m, to 18:00, to 2026-11-24 18:00.",
    context_settings={"ignore_unknown_options": True},
)
@click.argument("words", nargs=-1, metavar="[THREAD] [KEY] TIME")
@click.pass_obj
def command(options: dict[str, object], words: tuple[str, ...]) -> int:
    """Do it, and say what it comes to."""
    return change(options, Verb.MOVE, words)
