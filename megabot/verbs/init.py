"""`megabot init`: ask a few questions, write the settings and a first template."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click

from megabot import init, workshop
from megabot.core.public_posts import PublicPost
from megabot.core.taking_apart import take_apart

Value = TypeVar("Value")


@click.command(help="Ask for instance, community, day, hour and zone; write .env and a first template.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path())
@click.option(
    "--from", "url", metavar="POST_URL", help="Make the template and its sections of a thread that is there."
)
def command(folder: Path, url: str | None) -> int:
    """Ask until each answer can be used, write all files or none, name the next steps."""
    workshop.check_output(folder)
    instance, post = _read(url) if url else (None, None)
    answers = init.Answers(
        instance=_ask("Address of the server, like https://lemmy.example", init.instance, default=instance),
        username=_ask("Name of the bot's account", init.username),
        community=_ask(
            "Community, name or name@host", init.community, default=post.community or None if post else None
        ),
        weekday=_ask("Day of the week", init.weekday, default="monday"),
        at=_ask("Hour, on a clock of 24", init.hour, default="12:00"),
        timezone=_ask("Time zone", init.timezone, default="Europe/London"),
    )
    taken = take_apart(post.title, post.text) if post else None
    files = init.files(answers, now=datetime.now(UTC), taken=taken)
    init.write(files, folder)
    for path in files:
        click.echo(f"wrote {folder / path}")
    click.echo(
        "Next: megabot preview --open and megabot check, then megabot login, then megabot check --online."
    )
    click.echo("Then megabot post puts up this week's thread, and megabot run goes on from the next one.")
    return 0


def _read(url: str) -> tuple[str, PublicPost]:
    """Read a thread as a stranger: there is no account yet."""
    try:
        instance, number = init.post(url)
    except ValueError as error:
        raise click.UsageError(f"--from: {error}") from error
    with workshop.public_posts(instance) as posts:
        return instance, posts.one(number)


def _ask(question: str, check: Callable[[str], Value], *, default: str | None = None) -> Value:
    while True:
        try:
            return check(click.prompt(question, default=default))
        except ValueError as error:
            click.echo(f"{error}", err=True)
