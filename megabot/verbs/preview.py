"""`megabot preview`: the post as it would be, as text."""

import click

from megabot import preview, texts
from megabot.app import open_app
from megabot.core.limits import utf16_units
from megabot.core.threads import RenderProblem


@click.command(help="Show the next edition as it would be posted: title and Markdown. Works offline.")
@click.argument("thread", required=False)
@click.option("--edition", "key", metavar="KEY", help="Another edition, by its key, like 2026-W47.")
@click.pass_obj
def command(options: dict[str, object], thread: str | None, key: str | None) -> int:
    """Print the text on stdout, warnings and the count on stderr."""
    good = True
    with open_app(options) as app:
        for each in app.threads(thread):
            edition = preview.wanted(each, key, app.clock.now())
            text = preview.render(app.desk, each, edition)
            if isinstance(text, RenderProblem):
                good = False
                for problem in text.problems:
                    click.echo(f"megabot: {problem}", err=True)
                continue
            click.echo(f"{text.title}\n\n{text.body.rstrip()}\n")
            for warning in text.warnings:
                click.echo(f"megabot: {warning}", err=True)
            click.echo(texts.previewed(edition.id, utf16_units(text.body)), err=True)
    return 0 if good else 1
