"""The service's weekly look at the links, in a process of its own; moderators get one list of the dead.

A thousand links take minutes and the Markdown libraries megabytes: neither may delay a slot or stay.
"""

import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from megabot import check_texts
from megabot.core.interval import Interval
from megabot.ports import Ports

WEEKLY = timedelta(weeks=1)
LONGEST = timedelta(hours=2)
_KEY, _ALERT = "links:checked", "links"
log = logging.getLogger("megabot")


class Running(Protocol):
    """A `megabot check --links --json` that was started."""

    def answer(self) -> str | None:
        """Give what it printed, None while it runs."""

    def end(self) -> None:
        """End it, if it still runs."""


class LinkWatch:
    """Starts the look when a week is over, and tells what came of it."""

    def __init__(self, ports: Ports, start: Callable[[], Running]) -> None:
        self._ports = ports
        self._start = start
        self._running: Running | None = None
        self._began: datetime | None = None

    def attend(self, now: datetime) -> None:
        """Do what is due: start, or read the answer. Never waits."""
        if self._running is None:
            self._start_if_due(now)
        elif (answer := self._running.answer()) is not None:
            self._running = None
            self._tell(answer)
        elif self._began is not None and now not in Interval.after(self._began, LONGEST):
            log.warning("%s", check_texts.links_took_too_long())
            self.close()

    def close(self) -> None:
        """End a look that is under way."""
        if self._running is not None:
            self._running.end()
            self._running = None

    def _start_if_due(self, now: datetime) -> None:
        kept = self._ports.ledger.recall(_KEY)
        if kept is not None and now in Interval.after(datetime.fromisoformat(kept), WEEKLY):
            return
        self._ports.ledger.remember(_KEY, now.isoformat())  # first: a look that fails is not made every tick
        self._began, self._running = now, self._start()

    def _tell(self, answer: str) -> None:
        try:
            found = json.loads(answer)["findings"]
        except (ValueError, KeyError):
            log.warning("%s", check_texts.links_not_looked_at())
            return
        dead = [one for one in found if one["level"] == "problem" and one.get("link")]
        if dead:
            places = [check_texts.dead_link(one["path"], one["line"], one["link"]) for one in dead]
            self._ports.alerts.raise_alert(_ALERT, check_texts.dead_links(places))
        else:
            self._ports.alerts.take_back(_ALERT)
