"""The composition root: settings become adapters, adapters become ports. Alone names concrete adapters."""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from pathlib import Path

from megabot import config, logs, texts
from megabot.adapters import state_dir, system
from megabot.adapters.alerts import LedgerAlerts
from megabot.adapters.ledger import SqliteLedger
from megabot.adapters.no_ledger import NoLedger
from megabot.config import Settings
from megabot.core.threads import Thread
from megabot.errors import ConfigError
from megabot.ports import Clock, Desk, Forum, Ledger, Ports

API_KEY = "api"
log = logging.getLogger("megabot")


class App:
    """One process of megabot. Everything is opened when it is first needed, so that offline verbs stay so."""

    def __init__(self, settings: Settings, clock: Clock, *, environ: Mapping[str, str]) -> None:
        self.settings = settings
        self._clock = clock
        self._environ = environ

    @cached_property
    def desk(self) -> Desk:
        """What works without a server; the ledger only where there is one already."""
        return self._desk(self._ledger if self._has_ledger() else NoLedger())

    @cached_property
    def ports(self) -> Ports:
        """Everything, the server included: finds out which API it speaks unless the ledger knows."""
        desk = self._desk(self._ledger)
        return Ports(
            clock=desk.clock,
            ledger=desk.ledger,
            source=desk.source,
            renderer=desk.renderer,
            alerts=desk.alerts,
            community=desk.community,
            forum=self._forum,
        )

    def threads(self, name: str | None) -> tuple[Thread, ...]:
        """Give the threads of the source, or the one that is named. Raises `ConfigError` for a wrong name."""
        threads = self.desk.source.threads(self.desk.source.snapshot())
        if name is None:
            return threads
        found = tuple(thread for thread in threads if thread.name == name)
        if not found:
            raise ConfigError(texts.no_such_thread(name, [thread.name for thread in threads]))
        return found

    def notify(self, state: str) -> None:
        """Tell systemd how it goes."""
        system.notify(state, environ=self._environ)

    def service_lock(self) -> AbstractContextManager[None]:
        """Be the one service of the state folder."""
        self._prepare_state()
        return state_dir.service_lock(self.settings.state_dir)

    def close(self) -> None:
        """Let go of what was opened."""
        if "_ledger" in self.__dict__:
            self._ledger.close()
        if "_session" in self.__dict__:
            self._session.close()
