"""`megabot login` and `logout`: ask for password and 2FA code on the terminal, store only the token."""

import sys

import click

from megabot.app import open_app, typed_credentials
from megabot.cli import operator_text
from megabot.cli.terminal import finish
from megabot.errors import ConfigError
from megabot.i18n.tables import Outcome
from megabot.startup import read_settings


@click.command(help="Sign in; stores a token instead of your password.")
@click.pass_obj
def login(options: dict[str, object]) -> int:
    """Ask for what the settings lack, sign in and print the account's name."""
    settings = read_settings(options)
    settings.require_online()
    with open_app(options, settings=settings) as app:
        # Before the user types anything, and before the token of another account is replaced.
        app.require_own_ledger()
    password = settings.password_text()
    if password:
        click.echo(operator_text.password_known(from_file=settings.password_file is not None), err=True)
    else:
        password = _ask(f"Password of {settings.username} on {settings.instance}")
    code = ""
    # A script that has the password is not asked for a code, so that it can sign in without a terminal.
    if not settings.totp_text() and (sys.stdin.isatty() or not settings.password_text()):
        code = _ask("2FA code (empty if the account has none)", may_be_empty=True)
    # Someone at a terminal may try more often than a script (decision 26).
    credentials = typed_credentials(settings, password=password, code=code, at_terminal=sys.stdin.isatty())
    with open_app(options, credentials=credentials, settings=settings) as app:
        app.ports.forum.sign_in()
        account = app.ports.forum.account()
    return finish(
        Outcome.DONE, f"signed in as {account.person.actor}; the token is stored, the password is not"
    )


@click.command(help="Sign out and forget the token.")
@click.pass_obj
def logout(options: dict[str, object]) -> int:
    """Sign out. If nobody is signed in, the server is not asked."""
    with open_app(options) as app:
        # The token in this folder may belong to another bot (S12).
        app.require_own_ledger()
        if not app.is_signed_in:
            return finish(Outcome.NOTHING, "not signed in")
        app.ports.forum.sign_out()
    return finish(Outcome.DONE, "signed out")


def _ask(what: str, *, may_be_empty: bool = False) -> str:
    """Ask on the terminal without echo. Secrets never come as arguments, which other users can list."""
    # Secrets never come as arguments, because other accounts can list those.
    if not sys.stdin.isatty():
        raise ConfigError(
            "megabot login asks for the password on a terminal, and there is none; "
            "set MEGABOT_PASSWORD_FILE instead"
        )
    answer: str = click.prompt(
        what, hide_input=True, default="" if may_be_empty else None, show_default=False, err=True
    )
    return answer.strip()
