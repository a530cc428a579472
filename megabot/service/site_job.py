"""The service's site: old posts are re-checked once a day; a child process writes the pages after changes.

Writing them takes seconds, which must not delay a slot, and libraries that would stay in memory.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from megabot.errors import UserError
from megabot.ledger.state import Job
from megabot.ports import Ports
from megabot.reconcile.full_scan import scan_all_posts
from megabot.schedule.interval import Interval
from megabot.service import site_text
from megabot.service.background import BackgroundJob, BackgroundProcess

EVERY = timedelta(minutes=5)
LONGEST = timedelta(minutes=30)
DAILY = timedelta(days=1)
log = logging.getLogger("megabot")


def site_job(
    ports: Ports, start: Callable[[], BackgroundProcess], *, stamp: Callable[[], int]
) -> BackgroundJob:
    """Return the job. `start` runs `megabot site --json`; `stamp()` changes whenever the ledger does."""
    written: int | None = None

    def is_due(now: datetime) -> bool:
        return _scan_is_due(ports, now) or stamp() != written

    def begin(now: datetime) -> BackgroundProcess:
        nonlocal written
        if _scan_is_due(ports, now):
            _scan(ports, now)
        current = stamp()  # before the start, so that a change during the run causes another run
        running = start()
        written = current
        return running

    def report(printed: str | None) -> None:
        nonlocal written
        try:
            result = json.loads(printed or "")
            new, removed = int(result["written"]), int(result["removed"])
        except (ValueError, KeyError, TypeError):
            log.warning("%s", site_text.site_failed())
            written = None
            return
        if new or removed:
            log.info("%s", site_text.site_updated(new, removed))

    return BackgroundJob(begin, is_due=is_due, on_result=report, longest=LONGEST, every=EVERY)


def _scan_is_due(ports: Ports, now: datetime) -> bool:
    last = ports.ledger.job(Job.SITE_SCAN).at
    return last is None or now not in Interval.after(last, DAILY)


def _scan(ports: Ports, now: datetime) -> None:
    # First, so that a failing scan is not retried at every tick.
    ports.ledger.keep_job(Job.SITE_SCAN, replace(ports.ledger.job(Job.SITE_SCAN), at=now))
    try:
        scan_all_posts(ports)
    except UserError as error:
        log.warning("%s", site_text.scan_failed(error))
