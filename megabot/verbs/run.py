"""`megabot run`: the service."""

import click

from megabot import texts
from megabot.app import open_app
from megabot.errors import Stopping
from megabot.run import Service, next_slot


@click.command(help="Keep the threads until told to stop: what the systemd unit starts.")
@click.pass_obj
def command(options: dict[str, object]) -> int:
    """Hold the service lock and tick until SIGTERM; ending so is a success."""
    with open_app(options) as app:
        app.settings.require_online()
        with app.service_lock(), app.stop_on_signals():
            for thread in app.ports.source.threads(app.ports.source.snapshot()):
                app.log.info("%s", texts.next_due(thread.name, next_slot(thread, app.ports.clock.now())))
            app.check_account()
            service = Service(app.ports, tick=app.settings.tick, notify=app.notify)
            try:
                service.serve()
            except Stopping:
                app.notify("STOPPING=1")
                app.log.info("stopped")
    return 0
