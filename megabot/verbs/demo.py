"""`megabot demo`: seven weeks in a few seconds, against a small Lemmy in the process."""

import threading
from datetime import datetime

import click

from megabot.demo import judge
from megabot.demo.scenes import EDITIONS, GROUPS, SCENES
from megabot.demo.stage import BOOKS, BOT, COMMUNITY, MODERATOR, READER, set_stage


@click.command(help="See seven weeks pass on a small Lemmy in this process, then look at its pages.")
@click.option("--api", type=click.Choice(["v3", "v4"]), default="v3", help="Lemmy 0.19 (v3) or 1.0 (v4).")
@click.option("--exit", "end", is_flag=True, help="End by itself; exit 0 only if all is as it should be.")
def command(*, api: str, end: bool) -> int:
    """Play the scenes, let the judge look, stay up unless told to end."""
    from rich.console import Console

    console = Console(highlight=False)
    colours = {BOT: "green", MODERATOR: "magenta", READER: "cyan"}

    def tell(when: datetime, who: str, what: str) -> None:
        console.print(f"{when:%a %d %b %H:%M}  ", end="", style="dim")
        console.print(f"{who:10}", end="", style=colours.get(who, "yellow"))
        console.print(what, markup=False, soft_wrap=True)

    with set_stage(tell, api=api) as stage:
        for scene in SCENES:
            console.print(f"\n{scene.__name__.replace('_', ' ').capitalize()}", style="bold")
            scene(stage)
        faults = _judged(stage.sandbox.url, stage.unpinned)
        _conclude(faults, f"{stage.sandbox.url}/c/{COMMUNITY}")
        with stage.site() as address:
            click.echo(f"Every edition, the bulletins and feeds as a site of their own: {address}")
            if not end:
                click.echo("The pages stay up until you press Ctrl-C.")
                threading.Event().wait()
    return 1 if faults else 0


def _judged(url: str, unpinned: list[int]) -> list[str]:
    return [
        *judge.verdict(url, community=COMMUNITY, bot=BOT, editions=EDITIONS, unpinned_by_people=unpinned),
        *judge.verdict(url, community=BOOKS, bot=BOT, editions=GROUPS),
        *judge.unpaired(url, communities=(COMMUNITY, BOOKS), bot=BOT),
    ]


def _conclude(faults: list[str], page: str) -> None:
    click.echo()
    for fault in faults:
        click.echo(f"wrong: {fault}")
    if not faults:
        editions = f"{len(EDITIONS)} editions of the news and {len(GROUPS)} of the reading group"
        click.echo(f"One post for each of {editions}; of each thread one is pinned, linking the one before.")
        click.echo("The two link each other, and the thread that was made by hand is one of them.")
    click.echo(f"The community as its readers see it: {page}")
