"""`megabot sandbox`: the small Lemmy alone, to try things on."""

import click

from megabot.sandbox.stage import rehearsal


@click.command(help="Run a small Lemmy in this process, with a community, a moderator, a reader and the bot.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Port on 127.0.0.1; 0 takes a free one."
)
def command(*, port: int) -> int:
    """Print where it is and who is there, then stay up until interrupted."""
    with rehearsal(port=port) as stage:
        for line in stage.lines:
            click.echo(line)
        stage.wait()
    return 0
