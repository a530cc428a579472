"""`megabot run`: the service."""

import logging
import random
from collections.abc import Mapping

import click

from megabot import texts
from megabot.app import App, new_stop, notify, open_app
from megabot.errors import SourceBroken, SourceMissing, Stopping
from megabot.language import ENGLISH
from megabot.run import Service, next_slot

LAG = 20.0
log = logging.getLogger("megabot")


@click.command(help="Keep the threads until told to stop: what the systemd unit starts.")
@click.pass_obj
def command(options: dict[str, object]) -> int:
    """Hold the service lock and tick until SIGTERM; to be ended so is a success."""
    stop = new_stop()
    with stop.on_signals(), open_app(options, stop=stop) as app:
        try:
            with app.service_lock():
                _serve(app, options)
        except Stopping:
            notify("STOPPING=1")
            log.info("stopped")
    return 0


def _serve(app: App, options: Mapping[str, object]) -> None:
    try:
        threads = app.threads(None)
    except (SourceBroken, SourceMissing) as error:
        log.warning("%s", texts.source_trouble(ENGLISH, error))  # no reason to stop: it is looked at again
        threads = ()
    for thread in threads:
        app.settings.require_online(needs_community=not thread.community)
        log.info("%s", texts.next_due(thread.name, next_slot(thread, app.clock.now())))
    beat = app.heartbeat.beat
    with app.site_watch(options) as keep_site:
        Service(
            app.ports,
            tick=app.settings.tick,
            notify=notify,
            beat=lambda well: beat(well=well),
            lag=lambda: random.uniform(0, LAG),  # noqa: S311  no secret
            chores=keep_site,
        ).serve()
