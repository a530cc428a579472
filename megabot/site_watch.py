"""The service's site: looked over once a day, written anew by a process of its own when something changed."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

from megabot import site_texts
from megabot.core.interval import Interval
from megabot.errors import Expected
from megabot.long_look import look_at_all
from megabot.ports import Ports

EVERY = timedelta(minutes=5)
LONGEST = timedelta(minutes=30)
DAILY = timedelta(days=1)
_LOOKED = "site:looked"
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
log = logging.getLogger("megabot")


class Running(Protocol):
    """A `megabot site --json` that was started."""

    def answer(self) -> str | None:
        """Give what it printed, None while it runs."""

    def end(self) -> None:
        """End it, if it still runs."""


class SiteWatch:
    """Writes the site when the ledger has changed. `stamp` changes whenever the ledger does.

    The pages take libraries and seconds that neither may stay in the service nor delay a slot.
    """

    def __init__(self, ports: Ports, *, start: Callable[[], Running], stamp: Callable[[], int]) -> None:
        self._ports = ports
        self._start = start
        self._stamp = stamp
        self._running: Running | None = None
        self._began = _EVER
        self._made_of: int | None = None

    def attend(self, now: datetime) -> None:
        """Do what is due: look, start, or read the answer. Never waits for a page."""
        if self._running is None:
            self._look_if_due(now)
            self._start_if_due(now)
        elif (answer := self._running.answer()) is not None:
            self._running = None
            self._tell(answer)
        elif now not in Interval.after(self._began, LONGEST):
            self.close()
            self._tell("")

    def close(self) -> None:
        """End a process that is under way."""
        if self._running is not None:
            self._running.end()
            self._running = None

    def _look_if_due(self, now: datetime) -> None:
        kept = self._ports.ledger.recall(_LOOKED)
        if kept is not None and now in Interval.after(datetime.fromisoformat(kept), DAILY):
            return
        self._ports.ledger.remember(_LOOKED, now.isoformat())  # first: one that fails is not made every tick
        try:
            look_at_all(self._ports)
        except Expected as error:
            log.warning("%s", site_texts.not_looked_over(error))

    def _start_if_due(self, now: datetime) -> None:
        stamp = self._stamp()
        if stamp != self._made_of and now not in Interval.after(self._began, EVERY):
            self._made_of, self._began, self._running = stamp, now, self._start()

    def _tell(self, answer: str) -> None:
        try:
            found = json.loads(answer)
            new, removed = int(found["written"]), int(found["removed"])
        except (ValueError, KeyError, TypeError):
            log.warning("%s", site_texts.not_written())
            self._made_of = None
            return
        if new or removed:
            log.info("%s", site_texts.updated(new, removed))
