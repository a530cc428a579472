"""`megabot demo`: seven weeks in a few seconds, on a mini Lemmy server in the process."""

import os
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import click

from megabot.demo import judge
from megabot.demo.scenes import EDITIONS, GROUPS, SCENES
from megabot.demo.stage import BOOKS, BOT, COMMUNITY, MODERATOR, READER, Stage, set_stage


@click.command(help="Simulate seven weeks of two threads on a mini Lemmy server, then show its pages.")
@click.option("--api", type=click.Choice(["v3", "v4"]), default="v3", help="Lemmy 0.19 (v3) or 1.0 (v4).")
@click.option(
    "--exit",
    "end",
    is_flag=True,
    help="Exit when finished, with code 0 only if everything is right; print no addresses.",
)
@click.option(
    "--hosts",
    type=click.IntRange(1, 2),
    default=1,
    help="2: four weeks of two hosts that take over from each other, instead.",
)
def command(*, api: str, end: bool, hosts: int) -> int:
    """Play the scenes and check the result; keep serving the pages unless `end` is set."""
    from rich.console import Console

    console = Console(highlight=False)
    gone = [""]  # with --exit the server is gone before anyone could open a link, so only /post/1 is printed
    colours = {BOT: "green", MODERATOR: "magenta", READER: "cyan"}

    def tell(when: datetime, who: str, what: str) -> None:
        console.print(f"{when:%a %d %b %H:%M}  ", end="", style="dim")
        console.print(f"{who:10}", end="", style=colours.get(who, "yellow"))
        # rich would read [words] in a Markdown link as its own markup.
        console.print(what.replace(gone[0], ""), markup=False, soft_wrap=True)

    # With --exit nobody could open the page, and two hosts are not about it.
    made = None if end or hosts > 1 else _socket()
    url = "http://{}:{}".format(*made.getsockname()) if made else ""
    with set_stage(tell, api=api, language=_language(), web_url=url) as stage:
        gone[0] = stage.sandbox.url if end else ""
        version = stage.sandbox.api.version
        if hosts > 1:
            return _play_takeover(stage, lambda title: console.print(title, style="bold"), end=end)
        console.print(f"Seven weeks on a mini Lemmy {version} server (API {api})", style="bold")
        for scene in SCENES:
            console.print(f"\n{scene.__name__.replace('_', ' ').capitalize()}", style="bold")
            scene(stage)
        faults = _judged(stage.sandbox.url, stage.unpinned)
        _conclude(faults)
        if end:
            # Built even so, because the demo also proves that it can be.
            with stage.site():
                return 1 if faults else 0
        serve(stage, made, lambda title: console.print(title, style="bold"), wait=threading.Event().wait)
    return 1 if faults else 0


def serve(
    stage: Stage,
    made: socket.socket | None,
    heading: Callable[[str], None],
    *,
    wait: Callable[[float], object],
) -> None:
    """Serve the pages, and keep the bot at work for the page for moderators, until `wait` is interrupted.

    `made` is the socket for that page, None without the libraries of the extra `web`.
    """
    with ExitStack() as stack:
        archive = stack.enter_context(stage.site())
        link = ""
        if made is not None:
            from megabot.cli.demo_page import served

            heading("\nA moderator asks for the page")
            link = stack.enter_context(served(stage, made))
        click.echo()
        click.echo(f"The community: {stage.sandbox.url}/c/{COMMUNITY}")
        click.echo(f"The archive website, with every edition, bulletins and feeds: {archive}")
        if link:
            click.echo(f"The page for moderators: {stage.web_url}/")
            # On a line of its own, so that a terminal breaks it as late as possible.
            click.echo(f"To sign in there as {MODERATOR}, open this link:\n{link}")
        else:
            click.echo("For the page for moderators too, install starlette, uvicorn and python-multipart.")
        click.echo("Press Ctrl-C to stop the server.")
        stage.go_on(wait)


def _socket() -> socket.socket | None:
    """Return a socket for the page, None without the libraries of the extra `web`.

    Its port must be known before the bot starts, because the bot sends links to it.
    """
    # Imported when used, because the libraries may not be installed.
    try:
        from megabot.cli import demo_page
    except ImportError:
        return None
    return demo_page.bound()


def _play_takeover(stage: Stage, heading: Callable[[str], None], *, end: bool) -> int:
    """Play the scenes of two hosts, and check the result."""
    # Imported when used, because the lease is defined beside statements in SQL.
    from megabot.demo import takeover
    from megabot.demo.hosts import Hosts

    heading(f"Four weeks of two hosts on a mini Lemmy {stage.sandbox.api.version} server")
    click.echo("Both hosts are in this process and share one ledger; between machines it is a PostgreSQL")
    click.echo("database (docs/how-to/several-hosts.md).")
    pair = Hosts(stage)
    for scene in takeover.SCENES:
        heading(f"\n{scene.__name__.replace('_', ' ').capitalize()}")
        scene(pair)
    pair.close()
    faults = judge.verdict(stage.sandbox.url, community=COMMUNITY, bot=BOT, editions=takeover.EDITIONS)
    click.echo()
    for fault in faults:
        click.echo(f"wrong: {fault}")
    if not faults:
        click.echo(
            f"Result: one post for each of {len(takeover.EDITIONS)} editions, whichever host posted it."
        )
    if not end:
        click.echo(f"The community: {stage.sandbox.url}/c/{COMMUNITY}")
        click.echo("Press Ctrl-C to stop the server.")
        threading.Event().wait()
    return 1 if faults else 0


def _language() -> dict[str, str]:
    """Read the bot's language from the environment, the only settings that the demo takes."""
    language = {"MEGABOT_LANGUAGE": os.environ.get("MEGABOT_LANGUAGE", "")}
    folder = os.environ.get("MEGABOT_LOCALE_DIR")
    return language | ({"MEGABOT_LOCALE_DIR": str(Path(folder).expanduser().absolute())} if folder else {})


def _judged(url: str, unpinned: list[int]) -> list[str]:
    return [
        *judge.verdict(url, community=COMMUNITY, bot=BOT, editions=EDITIONS, unpinned_by_people=unpinned),
        *judge.verdict(url, community=BOOKS, bot=BOT, editions=GROUPS),
        *judge.unpaired(url, communities=(COMMUNITY, BOOKS), bot=BOT),
    ]


def _conclude(faults: list[str]) -> None:
    click.echo()
    for fault in faults:
        click.echo(f"wrong: {fault}")
    if not faults:
        editions = f"{len(EDITIONS)} editions of the news and {len(GROUPS)} of the reading group"
        click.echo(f"Result: one post for each of {editions}.")
        click.echo(
            "In each series one thread is pinned and links to the previous one; the two series link each"
        )
        click.echo("other. A moderator posted one of the news threads, and the bot adopted it.")
