"""`megabot sandbox`: a mini Lemmy server to practise on."""

import errno
import shlex
import shutil
import sys
import tempfile
import threading
from pathlib import Path

import click

from lemmy_sandbox import Generation
from lemmy_sandbox.practice import COMMUNITY, PASSWORD, PORT, introduction, practice_server
from megabot.errors import UserError
from megabot.startup import sample_source

_BOT = "megabot"


@click.command(
    help="Run a mini Lemmy server with a community, a moderator, a reader and an account for the bot."
)
@click.option(
    "--api",
    type=click.Choice([generation.value for generation in Generation]),
    default=Generation.LEMMY_0.value,
    show_default=True,
    help="v3: Lemmy 0.19; v4: Lemmy 1.0.",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0 picks a free port."
)
def command(*, api: str, port: int) -> int:
    """Print how to reach the server and how to try the bot on it, then serve until interrupted."""
    with tempfile.TemporaryDirectory(prefix="megabot-sandbox-") as state:
        try:
            with practice_server(api, port, bot=_BOT) as sandbox:
                for line in [*introduction(sandbox, bot=_BOT), *_instructions(sandbox.url, state)]:
                    click.echo(line)
                threading.Event().wait()
        except OSError as error:
            reason = "in use by another program" if error.errno == errno.EADDRINUSE else error.strerror
            raise UserError(
                f"port {port} cannot be used: {reason}; choose another port, or let megabot pick a free one: "
                "megabot sandbox --port 0"
            ) from error
    return 0


def _instructions(url: str, state: str) -> list[str]:
    """Return what to type: for a new bot, or to post from templates that exist.

    The state folder of the latter is temporary: it is deleted together with the sandbox.
    """
    settings = {
        "INSTANCE": url,
        "USERNAME": _BOT,
        "PASSWORD": PASSWORD,
        "COMMUNITY": COMMUNITY,
        "STATE_DIR": state,
    }
    if not Path("templates").is_dir():
        settings["SOURCE"] = str(sample_source())
    templates = "the sample templates" if "SOURCE" in settings else "the templates in this folder"
    values = " ".join(f"MEGABOT_{name}={shlex.quote(value)}" for name, value in settings.items())
    init = f"init my-bot --instance {url} --username {_BOT} --community {COMMUNITY} --yes"
    return [
        f"To set up a bot on it: {_program()} {init}",
        f"To post {templates} instead, run this in another terminal:",
        f"  export {values}",
        f"  {_program()} post",
    ]


def _program() -> str:
    """Return how to start megabot from another terminal, where the virtual environment may not be active."""
    return "megabot" if shutil.which("megabot") else f"{shlex.quote(sys.executable)} -m megabot"
