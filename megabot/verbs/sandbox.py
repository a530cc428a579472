"""`megabot sandbox`: a mini Lemmy server to practise on."""

import errno
import shlex
import shutil
import sys
import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path

import click

from megabot.errors import Expected
from megabot.process import sample_source
from megabot.sandbox import Generation, Sandbox

PASSWORD = "correct horse"  # noqa: S105  of accounts in memory
COMMUNITY = "news"
ACCOUNTS = ("admin", "modlin", "reader", "megabot")
_PORT = 8536


@click.command(help="Run a mini Lemmy server with a community, a moderator, a reader and the bot's account.")
@click.option(
    "--api",
    type=click.Choice([one.value for one in Generation]),
    default=Generation.LEMMY_0.value,
    show_default=True,
    help="v3: a Lemmy 0.19; v4: a Lemmy 1.0.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=_PORT, show_default=True, help="0 takes any.")
def command(*, api: str, port: int) -> int:
    """Print how to reach it and how to try the bot on it, then stay up until interrupted."""
    sandbox = _started(api, port)
    with tempfile.TemporaryDirectory(prefix="megabot-sandbox-") as state:
        try:
            for name in ACCOUNTS:
                sandbox.add_person(name, PASSWORD, admin=name == "admin", bot=name == "megabot")
            sandbox.add_community(COMMUNITY, "News", moderators=["modlin", "megabot"])
            for line in _said(sandbox, state, Path("templates")):
                click.echo(line)
            threading.Event().wait()
        finally:
            sandbox.stop()
    return 0


def _started(api: str, port: int) -> Sandbox:
    sandbox = Sandbox(lambda: datetime.now(UTC), hostname="", port=port, api=api)
    try:
        sandbox.start()
    except OSError as error:
        reason = "in use by another program" if error.errno == errno.EADDRINUSE else error.strerror
        raise Expected(
            f"port {port} cannot be used: {reason}; choose another one, or any free one: "
            "megabot sandbox --port 0"
        ) from error
    return sandbox


def _said(sandbox: Sandbox, state: str, templates: Path) -> list[str]:
    """Say where it is and what to type. Its ledger is kept in a folder that goes when the sandbox does."""
    settings = {
        "INSTANCE": sandbox.url,
        "USERNAME": "megabot",
        "PASSWORD": PASSWORD,
        "COMMUNITY": COMMUNITY,
        "STATE_DIR": state,
    }
    if not templates.is_dir():
        settings["SOURCE"] = str(sample_source())
    exports = [f"  export MEGABOT_{name}={shlex.quote(value)}" for name, value in settings.items()]
    return [
        f"A mini Lemmy {sandbox.api.version} runs at {sandbox.url}, in memory. Press Ctrl-C to stop it.",
        f"Look at its community: {sandbox.url}/c/{COMMUNITY}",
        f"Accounts: admin, modlin (moderator), reader, megabot (the bot); password: {PASSWORD}",
        "To try the bot on it, run this in another terminal:",
        *exports,
        f"  {_program()} post",
    ]


def _program() -> str:
    """Return how to start megabot from another terminal, where no environment may be active."""
    return "megabot" if shutil.which("megabot") else f"{shlex.quote(sys.executable)} -m megabot"
