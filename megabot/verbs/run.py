"""`megabot run`: the service."""

import logging
import random
from collections.abc import Callable

import click

from megabot import operating_texts, texts
from megabot.app import App, notify
from megabot.chores import all_chores
from megabot.errors import ConfigError, Expected, SourceBroken, SourceMissing, Stopping
from megabot.language import ENGLISH
from megabot.ports import Ports
from megabot.run import SLOWEST, Service, next_slot, trying_again
from megabot.running import Running, open_service

LAG = 20.0
log = logging.getLogger("megabot")


@click.command(help="Keep the threads until told to stop; on SIGHUP read the settings again.")
@click.pass_obj
def command(options: dict[str, object]) -> int:
    """Hold the service lock and tick until SIGTERM; to be ended so is a success."""
    with open_service(options) as running:
        try:
            with running.app.service_lock():
                while True:
                    _serve(running)
                    _read_again(running)
        except Stopping:
            notify("STOPPING=1")
            log.info("stopped")
    return 0


def _read_again(running: Running) -> None:
    """Take the settings as they are now; bad ones change nothing, and are said."""
    notify("RELOADING=1")
    try:
        running.read_again()
        log.info("%s", operating_texts.settings_read())
    except (ConfigError, Expected) as error:
        log.error("%s", operating_texts.settings_kept(error))  # noqa: TRY400  a person's mistake has no traceback
    notify("READY=1")


def _serve(running: Running) -> None:
    """Tick until the settings are to be read again. Raises `Stopping` when told to stop."""
    app = running.app
    try:
        threads = app.require_online()
    except (SourceBroken, SourceMissing) as error:
        log.warning("%s", texts.source_trouble(ENGLISH, error))  # no reason to stop: it is looked at again
        threads = ()
    for thread in threads:
        slot = next_slot(thread, app.clock.now())
        if slot is not None:
            log.info("%s", texts.next_due(thread.name, slot))
    ports = _ports(app, running.is_to_read_again)
    if ports is None:
        return
    with all_chores(app, running.options) as chores:
        Service(
            ports,
            tick=app.settings.tick,
            notify=notify,
            beat=lambda well: _beat(app, well=well),
            lag=lambda: random.uniform(0, LAG),  # noqa: S311  no secret
            chores=chores,
        ).serve(leave=running.is_to_read_again)


def _beat(app: App, *, well: bool) -> None:
    """Tell those who watch from outside how a pass went."""
    app.heartbeat.beat(well=well)
    if app.meter is not None:
        app.meter.note(well=well)


def _ports(app: App, leave: Callable[[], bool]) -> Ports | None:
    """Find the server, however long it is away at the first start; None where settings are to be read again.

    To end would be no better: the next start would find it just as far away.
    """
    wait = app.settings.tick
    while not leave():
        try:
            return app.ports
        except Expected as error:
            log.warning("%s", trying_again(str(error), wait))
            _beat(app, well=False)
            notify("READY=1")  # as ready as it gets: the manager's patience is for what hangs
            app.clock.sleep(wait.total_seconds())
            wait = min(SLOWEST, wait * 2)
    return None
