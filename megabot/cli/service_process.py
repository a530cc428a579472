"""The service's process: signals, the clock that reacts to them, and settings that can be reloaded."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from megabot.app import App, notify
from megabot.clock import Stop, SystemClock
from megabot.errors import ConfigError
from megabot.settings import Settings
from megabot.startup import load_settings, read_settings, set_up_log

log = logging.getLogger("megabot")


class ServiceProcess:
    """Holds the service's `app`, built from the last valid settings."""

    def __init__(self, options: Mapping[str, object], stop: Stop) -> None:
        self.options = options
        self._stop = stop
        self._clock = SystemClock(stop, progress=_progress)
        self.app = App(read_settings(options), self._clock, progress=_progress)

    @property
    def is_interrupted(self) -> bool:
        """Whether Ctrl-C was pressed."""
        return self._stop.interrupted

    def reload_requested(self) -> bool:
        """Return whether a SIGHUP asked for the settings to be read again."""
        return self._stop.reread

    def reload(self) -> None:
        """Switch to the settings as they are now; if they are wrong, raise and change nothing (G06).

        The state folder and the database cannot change: their locks are held as long as the process lives.
        """
        self._stop.reread = False
        settings = load_settings(self.options, warn=lambda sentence: log.warning("%s", sentence))
        if settings.state_dir != self.app.settings.state_dir:
            raise ConfigError(state_dir_changed())
        if settings.database_text() != self.app.settings.database_text():
            raise ConfigError(database_changed())
        # In a database each account has its own ledger, and this process claimed only one of them.
        if settings.database_url is not None and _account(settings) != _account(self.app.settings):
            raise ConfigError(account_changed())
        app = App(settings, self._clock, progress=_progress)
        try:
            # Before the old ones are given up: settings with mistakes change nothing (G06).
            app.require_online()
            app.require_own_ledger()
        except BaseException:
            app.close()
            self.app.use_language()  # the new one had set its own
            raise
        self.app.close()
        self.app = app
        set_up_log(settings, self.options)


@contextmanager
def open_service(options: Mapping[str, object]) -> Iterator[ServiceProcess]:
    """Build the service's process with its signal handlers, and close what it opened at the end."""
    stop = Stop()
    with stop.on_signals():
        running = ServiceProcess(options, stop)
        try:
            yield running
        finally:
            running.app.close()


def _progress() -> None:
    notify("WATCHDOG=1")


def state_dir_changed() -> str:
    return "a new MEGABOT_STATE_DIR needs a restart; run: systemctl restart megabot"


def database_changed() -> str:
    return "a new MEGABOT_DATABASE_URL needs a restart; run: systemctl restart megabot"


def account_changed() -> str:
    return (
        "another account (MEGABOT_INSTANCE, MEGABOT_USERNAME) needs a restart; run: systemctl restart megabot"
    )


def _account(settings: Settings) -> tuple[str, str]:
    return settings.instance, settings.username


def settings_kept(error: Exception) -> str:
    why = "; ".join(str(error).splitlines())
    return f"the new settings cannot be used, so the old ones stay in effect: {why}"
