"""`megabot run`: the service."""

import logging
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import click

from megabot.app import App, notify
from megabot.cli import operator_text, service_process
from megabot.cli.service_jobs import LAG, background_jobs, beat, log_next_editions
from megabot.cli.service_process import ServiceProcess, open_service
from megabot.clock import Clock
from megabot.errors import ConfigError, DatabaseAway, SourceBroken, SourceMissing, Stopping, UserError
from megabot.i18n import sentences, translation
from megabot.ports import Ports
from megabot.service.outages import Seen, outage_since
from megabot.service.schedulers import next_slot
from megabot.service.service import Service
from megabot.service.tasks import LONGEST, trying_again
from megabot.source.model import Thread

DATABASE_WAIT = timedelta(seconds=10)
"""How long to wait for a database that does not answer, before each attempt."""
log = logging.getLogger("megabot")


@click.command(help="Run the service until it is stopped. SIGHUP reloads the settings.")
@click.option(
    "--accounts",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Run all accounts of a folder in one process, one settings file NAME.env each.",
)
@click.pass_obj
def command(options: dict[str, object], *, accounts: Path | None) -> int:
    """Hold the service lock and tick until stopped. SIGTERM is a success; Ctrl-C exits with 130."""
    if accounts is not None:
        # Imported when used, because a service of one account has no pool of threads.
        from megabot.cli import accounts_process

        return accounts_process.run(accounts, options)
    with open_service(options) as running:
        outage = Outage(running.app.clock)
        try:
            while True:
                try:
                    with running.app.service_lock(on_wait=outage.stand_by):
                        _serve_while_held(running, outage)
                    log.warning("%s", operator_text.taken_over())
                    outage.see(Seen.OTHER_HOST)
                except DatabaseAway as error:
                    outage.see(Seen.DATABASE_AWAY)
                    _wait_for_database(running, error)
        except Stopping:
            notify("STOPPING=1")
            # Ctrl-C ends with 130, SIGTERM from systemd with 0 (docs/reference/exit-codes.md).
            if running.is_interrupted:
                raise
            log.info("stopped")
    return 0


class Outage:
    """Since when the ledger's database has not answered this process (`since`), None if it does."""

    def __init__(self, clock: Clock) -> None:
        self.since: datetime | None = None
        self._clock = clock

    def see(self, seen: Seen) -> None:
        """Note what the process met."""
        self.since = outage_since(self.since, seen, self._clock.now())

    def stand_by(self, holder: str) -> None:
        """Say that another host acts for the account. For systemd, a service that waits for it is ready."""
        self.see(Seen.OTHER_HOST)
        log.info("%s", operator_text.standing_by(holder))
        notify(f"READY=1\nSTATUS={operator_text.standing_by(holder)}")


def _serve_while_held(running: ServiceProcess, outage: Outage) -> None:
    """Serve until another host has taken the account over."""
    while True:
        _serve(running, outage)
        if running.app.is_lost:
            return
        _read_again(running)


def _wait_for_database(running: ServiceProcess, error: DatabaseAway) -> None:
    """Wait a moment. To exit would not help, and systemd's next start may be half an hour away."""
    log.warning("%s", trying_again(str(error), DATABASE_WAIT))
    notify("READY=1")
    running.app.clock.sleep(DATABASE_WAIT.total_seconds())


def _read_again(running: ServiceProcess) -> None:
    """Reload the settings; invalid ones are logged and the old ones stay."""
    # systemd expects both messages: https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
    notify("RELOADING=1")
    try:
        running.reload()
        log.info("%s", operator_text.settings_read())
    except (ConfigError, UserError) as error:
        log.error("%s", service_process.settings_kept(error))  # noqa: TRY400  a mistake in the settings needs no traceback
    notify("READY=1")


def _serve(running: ServiceProcess, outage: Outage) -> None:
    """Tick until a reload is requested. Raises `Stopping` when the service is stopped."""
    app = running.app
    for sentence in translation.mistakes():
        log.warning("%s", sentence)
    try:
        threads = app.require_online()
    except (SourceBroken, SourceMissing) as error:
        log.warning("%s", sentences.source_trouble(error))  # do not stop: templates are read again
        threads = ()
    log_next_editions(app, threads)

    def leave() -> bool:
        return running.reload_requested() or app.is_lost

    ports = _ports(app, threads, leave)
    if ports is None:
        return
    service = Service(
        ports,
        tick=app.settings.tick,
        notify=notify,
        beat=lambda well: beat(app, well=well),
        lag=lambda: random.uniform(0, LAG),  # noqa: S311  not a secret
        without_database=outage.since,
    )
    outage.see(Seen.SERVING)
    with background_jobs(app.settings, running.options, service.unhurried) as jobs:
        service.add_jobs(jobs)
        service.serve(leave=leave)


def _ports(app: App, threads: Sequence[Thread], leave: Callable[[], bool]) -> Ports | None:
    """Connect to the server, retrying for as long as it is away; None if a reload is requested.

    A slot ends the wait, so that its post is tried on time. Exiting would not help: the next start would meet
    the same outage.
    """
    wait = app.settings.tick
    while not leave():
        try:
            return app.ports
        except UserError as error:
            now = app.clock.now()
            slots = [slot for thread in threads if (slot := next_slot(thread, now))]
            # A slot ends the wait, so that its post is tried on time.
            until = min([now + wait, *slots])
            log.warning("%s", trying_again(str(error), until - now))
            beat(app, well=False)
            notify(
                "READY=1"
            )  # systemd's start timeout is for a service that hangs, not for a server that is away
            app.clock.sleep((until - now).total_seconds())
            # After a slot it is tried often again, otherwise less and less often.
            wait = app.settings.tick if until in slots else min(LONGEST, wait * 2)
    return None
