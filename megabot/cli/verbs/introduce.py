"""`megabot introduce`: one comment, so that a moderator can appoint the bot from its menu."""

import click

from megabot.app import open_app
from megabot.cli.terminal import finish
from megabot.commands.introduce import introduce
from megabot.i18n.tables import Outcome


@click.command(
    help="Comment once in the post at POST_URL, so that a moderator can appoint the bot from the comment."
)
@click.argument("post_url")
@click.pass_obj
def command(options: dict[str, object], post_url: str) -> int:
    """Post the comment, or print the address of the one that is already there."""
    with open_app(options) as app:
        is_new, reply = introduce(app.ports, post_url)
    return finish(Outcome.DONE if is_new else Outcome.NOTHING, reply)
