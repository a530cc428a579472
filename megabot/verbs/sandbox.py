"""`megabot sandbox`: the small Lemmy alone, to try things on."""

import threading
from datetime import UTC, datetime

import click

from megabot.sandbox import Generation, Sandbox

PASSWORD = "correct horse"  # noqa: S105  of accounts in memory
COMMUNITY = "news"


@click.command(help="Run a small Lemmy in this process, with a community, a moderator, a reader and the bot.")
@click.option(
    "--api",
    type=click.Choice([one.value for one in Generation]),
    default=Generation.LEMMY_0.value,
    show_default=True,
    help="v3: a Lemmy 0.19; v4: a Lemmy 1.0.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=8536, show_default=True, help="0 takes any.")
def command(*, api: str, port: int) -> int:
    """Print where it is and who is there, then stay up until interrupted."""
    with Sandbox(lambda: datetime.now(UTC), port=port, api=api) as sandbox:
        for name in ("admin", "modlin", "reader", "megabot"):
            sandbox.add_person(name, PASSWORD, admin=name == "admin", bot=name == "megabot")
        sandbox.add_community(COMMUNITY, "News", moderators=["modlin", "megabot"])
        click.echo(f"A small Lemmy {sandbox.api.version} at {sandbox.url}, in memory; Ctrl-C ends it.")
        click.echo(f"Accounts: admin, modlin (moderator), reader, megabot; password: {PASSWORD}")
        click.echo(f"To try the bot on it: MEGABOT_INSTANCE={sandbox.url} MEGABOT_USERNAME=megabot \\")
        click.echo(f"  MEGABOT_PASSWORD='{PASSWORD}' MEGABOT_COMMUNITY={COMMUNITY} megabot post")
        threading.Event().wait()
    return 0
