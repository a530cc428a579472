"""`megabot web`: the page for moderators."""

from ipaddress import ip_address
from pathlib import Path

import click

from megabot.app import open_app
from megabot.errors import ConfigError

DEFAULT = "127.0.0.1:8642"


@click.command(help="Serve the page for moderators, for a web server in front of it (MEGABOT_WEB_URL).")
@click.option(
    "--listen",
    metavar="HOST:PORT",
    default=DEFAULT,
    show_default=True,
    help="The address to listen on, on this machine.",
)
@click.option(
    "--socket",
    "path",
    metavar="PATH",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Listen on a Unix socket instead.",
)
@click.pass_obj
def command(options: dict[str, object], *, listen: str, path: Path | None) -> int:
    """Serve until stopped. SIGTERM ends it like any process, Ctrl-C with 130."""
    # Imported late, because the extra `web` may not be installed.
    try:
        from megabot.cli import web_process
    except ImportError:
        raise ConfigError(
            "megabot web needs Starlette, uvicorn and python-multipart; run: sudo make install WEB=1 (if "
            "megabot was installed with pipx: pipx inject megabot starlette uvicorn python-multipart; with "
            "pip: pip install starlette uvicorn python-multipart)"
        ) from None

    with open_app(options, keeps_facts=False) as app:
        where = path or _address(listen)
        web_process.serve(app, listen=where, show=lambda url: click.echo(f"listening on {url}", err=True))
    return 0


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    host = "127.0.0.1" if host == "localhost" else host.strip("[]")
    try:
        ip_address(host)
        number = int(port)
    except ValueError:
        number = -1
    if number not in range(65536):
        raise click.BadParameter(f"write an address and a port, as in {DEFAULT}", param_hint="--listen")
    return host, number
