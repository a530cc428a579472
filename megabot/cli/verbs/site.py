"""`megabot site`: the archive as a folder of HTML pages."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from megabot.app import open_app
from megabot.cli.terminal import say
from megabot.errors import ConfigError
from megabot.i18n.tables import Outcome
from megabot.reconcile.full_scan import scan_all_posts
from megabot.service import site_text
from megabot.site.build import publish


@click.command(help="Write the archive site: every edition as posted, the bulletins, a search and feeds.")
@click.option(
    "--output",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write to this folder instead of MEGABOT_SITE_DIR.",
)
@click.option("--look", is_flag=True, help="Re-check every post on the server first.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON: the number of files in total, written and removed."
)
@click.pass_obj
def command(options: dict[str, object], output: Path | None, *, look: bool, as_json: bool) -> int:
    """Write what changed; print the front page's path on stdout, the counts on stderr."""
    with open_app(options) as app:
        folder = output or app.settings.site_dir
        if folder is None:
            raise ConfigError(site_text.no_site_dir())
        app.check_site_folder(folder)
        if look:
            app.prove()
            scan_all_posts(app.ports)
        written = publish(app.offline_ports, folder, address=app.settings.site_url)
    if as_json:
        click.echo(json.dumps(asdict(written)))
        return 0
    click.echo(str(folder / "index.html"))
    say(Outcome.DONE, site_text.files_written(written.files, written.written, written.removed), err=True)
    if not app.settings.site_url:
        say(Outcome.WARNING, site_text.no_feeds(), err=True)
    return 0
