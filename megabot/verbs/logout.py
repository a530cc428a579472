"""`megabot logout`: give the token back to the server and forget it."""

import click

from megabot.app import open_app
from megabot.layout import Outcome
from megabot.terminal import finish


@click.command(help="Sign out and forget the token.")
@click.pass_obj
def command(options: dict[str, object]) -> int:
    """Sign out. Where nobody is signed in that is said, and the server is not asked."""
    with open_app(options) as app:
        app.require_own_ledger()
        if not app.is_signed_in:
            return finish(Outcome.NOTHING, "nobody is signed in")
        app.ports.forum.sign_out()
    return finish(Outcome.DONE, "signed out")
