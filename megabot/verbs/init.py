"""`megabot init`: ask a few questions, write the settings and a first template."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click

from megabot import init

Value = TypeVar("Value")


@click.command(help="Ask for instance, community, day, hour and zone; write .env and a first template.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path())
def command(folder: Path) -> int:
    """Ask until each answer can be used, write all files or none, name the next steps."""
    answers = init.Answers(
        instance=_ask("Address of the server, like https://lemmy.example", init.instance),
        username=_ask("Name of the bot's account", init.username),
        community=_ask("Community, name or name@host", init.community),
        weekday=_ask("Day of the week", init.weekday, default="monday"),
        at=_ask("Hour, on a clock of 24", init.hour, default="12:00"),
        timezone=_ask("Time zone", init.timezone, default="Europe/London"),
    )
    files = init.files(answers, now=datetime.now(UTC))
    init.write(files, folder)
    for path in files:
        click.echo(f"wrote {folder / path}")
    click.echo("Next: megabot check, then megabot login, then megabot check --online.")
    click.echo("Then megabot post puts up this week's thread, and megabot run goes on from the next one.")
    return 0


def _ask(question: str, check: Callable[[str], Value], *, default: str | None = None) -> Value:
    while True:
        try:
            return check(click.prompt(question, default=default))
        except ValueError as error:
            click.echo(f"{error}", err=True)
