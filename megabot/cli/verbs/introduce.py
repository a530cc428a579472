"""`megabot introduce`: one comment, so that a moderator can appoint the bot from there."""

import click

from megabot.app import open_app
from megabot.cli.terminal import finish
from megabot.commands.introduce import introduce
from megabot.i18n.tables import Outcome


@click.command(
    help="Comment once in the post at POST_URL, so that a moderator can appoint the bot from there."
)
@click.argument("post_url")
@click.pass_obj
def command(options: dict[str, object], post_url: str) -> int:
    """Say it, or say where it was said."""
    with open_app(options) as app:
        made, said = introduce(app.ports, post_url)
    return finish(Outcome.DONE if made else Outcome.NOTHING, said)
