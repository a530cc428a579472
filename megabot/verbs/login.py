"""`megabot login`: ask for password and TOTP on the terminal, keep only the token."""

import sys

import click

from megabot.app import open_app
from megabot.errors import ConfigError


@click.command(help="Sign in by hand and keep only the token: no password need be on disk.")
@click.pass_obj
def command(options: dict[str, object]) -> int:
    """Ask for what the settings do not hold, sign in, say who is signed in."""
    with open_app(options) as app:
        app.settings.require_online()
        password = app.settings.password_text() or _ask("Password")
        code = "" if app.settings.totp_text() else _ask("2FA code (empty if there is none)", empty=True)
        app.sign_in_by_hand(password=password, code=code)
        account = app.ports.forum.account()
    click.echo(f"signed in as {account.person.actor}; the token is kept, the password is not")
    return 0


def _ask(what: str, *, empty: bool = False) -> str:
    """Ask on the terminal without showing it; secrets never come as arguments."""
    if not sys.stdin.isatty():
        raise ConfigError("login asks for the password on a terminal, and there is none here")
    answer: str = click.prompt(
        what, hide_input=True, default="" if empty else None, show_default=False, err=True
    )
    return answer.strip()
