"""The service's site: old posts are read again once a day; a process writes the pages when something changed.

The pages take libraries and seconds that neither may stay in the service nor delay a slot.
"""

import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from megabot.errors import UserError
from megabot.ports import Ports
from megabot.reconcile.full_scan import scan_all_posts
from megabot.schedule.interval import Interval
from megabot.service import site_text
from megabot.service.background import BackgroundJob, BackgroundProcess

EVERY = timedelta(minutes=5)
LONGEST = timedelta(minutes=30)
DAILY = timedelta(days=1)
_LOOKED = "site:looked"
log = logging.getLogger("megabot")


def site_job(
    ports: Ports, start: Callable[[], BackgroundProcess], *, stamp: Callable[[], int]
) -> BackgroundJob:
    """Return the job; `start` starts a `megabot site --json`, `stamp` changes whenever the ledger does."""
    written: int | None = None

    def is_due(now: datetime) -> bool:
        return _scan_is_due(ports, now) or stamp() != written

    def begin(now: datetime) -> BackgroundProcess:
        nonlocal written
        if _scan_is_due(ports, now):
            _scan(ports, now)
        current = stamp()
        running = start()
        written = current
        return running

    def tell(printed: str | None) -> None:
        nonlocal written
        try:
            found = json.loads(printed or "")
            new, removed = int(found["written"]), int(found["removed"])
        except (ValueError, KeyError, TypeError):
            log.warning("%s", site_text.site_failed())
            written = None
            return
        if new or removed:
            log.info("%s", site_text.site_updated(new, removed))

    return BackgroundJob(begin, is_due=is_due, on_result=tell, longest=LONGEST, every=EVERY)


def _scan_is_due(ports: Ports, now: datetime) -> bool:
    fact = ports.ledger.get_fact(_LOOKED)
    return fact is None or now not in Interval.after(datetime.fromisoformat(fact), DAILY)


def _scan(ports: Ports, now: datetime) -> None:
    ports.ledger.set_fact(_LOOKED, now.isoformat())  # first: one that fails is not made every tick
    try:
        scan_all_posts(ports)
    except UserError as error:
        log.warning("%s", site_text.not_looked_over(error))
