"""The service's process: signals, the clock that hears them, settings that are read again while it runs."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from megabot.app import App, notify
from megabot.clock import Stop, SystemClock
from megabot.errors import ConfigError
from megabot.startup import load_settings, read_settings, set_up_log

log = logging.getLogger("megabot")


class ServiceProcess:
    """The service's `app`, by the settings as they were last read and found good."""

    def __init__(self, options: Mapping[str, object], stop: Stop) -> None:
        self.options = options
        self._stop = stop
        self._clock = SystemClock(stop, progress=_progress)
        self.app = App(read_settings(options), self._clock, progress=_progress)

    @property
    def is_interrupted(self) -> bool:
        """Whether it was told to stop by Ctrl-C."""
        return self._stop.interrupted

    def reload_requested(self) -> bool:
        """Tell whether somebody asked (SIGHUP) for the settings to be read again."""
        return self._stop.reread

    def reload(self) -> None:
        """Go on by the settings as they are now. Raises what is wrong with them, and then all stays as it is.

        The state folder is the exception: its lock is held for life.
        """
        self._stop.reread = False
        settings = load_settings(self.options, warn=lambda sentence: log.warning("%s", sentence))
        if settings.state_dir != self.app.settings.state_dir:
            raise ConfigError(state_dir_changed())
        app = App(settings, self._clock, progress=_progress)
        try:
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
    """Build the process of the service, listening to signals, and close what it opened when it is done."""
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
    """Say that one setting is not taken over while the service runs."""
    return "MEGABOT_STATE_DIR changes with a restart only: systemctl restart megabot"


def settings_kept(error: Exception) -> str:
    """Say that new settings are not used."""
    why = "; ".join(str(error).splitlines())
    return f"the settings stay as they were, the new ones cannot be used: {why}"
