"""The service's weekly link check, in a child process; moderators get one list of the dead links.

A thousand links take minutes, which must not delay a slot, and the Markdown libraries take memory.
"""

import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from megabot.check import check_text
from megabot.ledger.state import Job, JobRun
from megabot.ports import Ports
from megabot.schedule.interval import Interval
from megabot.service.background import BackgroundJob, BackgroundProcess

WEEKLY = timedelta(weeks=1)
LONGEST = timedelta(hours=2)
_ALERT = "links"
log = logging.getLogger("megabot")


def link_job(ports: Ports, start: Callable[[], BackgroundProcess]) -> BackgroundJob:
    """Return the job. `start` runs `megabot check --links --json`."""

    def is_due(now: datetime) -> bool:
        last = ports.ledger.job(Job.LINKS).at
        return last is None or now not in Interval.after(last, WEEKLY)

    def begin(now: datetime) -> BackgroundProcess:
        # First, so that a failing check is not retried at every tick.
        ports.ledger.keep_job(Job.LINKS, JobRun(at=now))
        return start()

    return BackgroundJob(
        begin, is_due=is_due, on_result=lambda printed: _tell(ports, printed), longest=LONGEST
    )


def _tell(ports: Ports, printed: str | None) -> None:
    if printed is None:
        log.warning("%s", check_text.links_took_too_long())
        return
    try:
        findings = json.loads(printed)["findings"]
    except (ValueError, KeyError):
        log.warning("%s", check_text.links_not_looked_at())
        return
    dead = [finding for finding in findings if finding["level"] == "problem" and finding.get("link")]
    if dead:
        places = [check_text.dead_link(one["path"], one["line"], one["link"]) for one in dead]
        ports.alerts.raise_alert(_ALERT, check_text.dead_links(places))
    else:
        ports.alerts.clear_alert(_ALERT)
