"""What the service of one account and that of many have in common, such as the background jobs."""

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial

from megabot.app import App
from megabot.i18n import sentences
from megabot.ports import Ports
from megabot.schedule.editions import keys_near, next_unposted_edition
from megabot.service.background import BackgroundJob, OwnProcess
from megabot.service.link_job import link_job
from megabot.service.service import Job
from megabot.service.site_job import site_job
from megabot.settings import Settings
from megabot.source.model import Thread

# Seconds. Two services on one account wake at the same slot, and a random wait lets one see the other's post
# (docs/explanation/never-twice.md).
LAG = 20.0
_JOBS = 2
log = logging.getLogger("megabot")


class JobLimit:
    """Lets at most `most` background jobs of all accounts run at once, because each takes up to 100 MB."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._running: set[BackgroundJob] = set()

    def poll(self, job: BackgroundJob, now: datetime) -> None:
        """Poll a job, unless it would start a process and there is no room."""
        with self._lock:
            if job not in self._running and len(self._running) >= self._most:
                return
            self._running.add(job)
        try:
            job.poll(now)
        finally:
            self.note(job)

    def note(self, job: BackgroundJob) -> None:
        """Make room if a job has ended."""
        if not job.is_running:
            with self._lock:
                self._running.discard(job)


@contextmanager
def background_jobs(
    settings: Settings, options: Mapping[str, object], ports: Ports, *, limit: JobLimit | None = None
) -> Iterator[Mapping[str, Job]]:
    """Yield the background jobs by name; a job that is off in the settings does nothing."""
    limit = limit or JobLimit(_JOBS)
    options_named = {"--env": "env_file", "--bot": "bot", "--account": "account"}
    named = {word: options.get(name) for word, name in options_named.items()}
    before = [word for option, value in named.items() if value for word in (option, str(value))]
    # Both run in processes of their own, because they need libraries that the service must not load (decision
    # 32).
    links = link_job(ports, lambda: OwnProcess([*before, "check", "--links", "--json"]))
    site = site_job(ports, lambda: OwnProcess([*before, "site", "--json"]), stamp=ports.ledger.revision)
    is_on = {"links": settings.check_links != "off", "site": settings.site_dir is not None}
    try:
        with closing(links), closing(site):
            jobs = {"links": links, "site": site}
            yield {name: partial(limit.poll, job) if is_on[name] else _idle for name, job in jobs.items()}
    finally:
        limit.note(links)
        limit.note(site)


def _idle(now: datetime) -> None:
    """Do nothing. A job that is off still runs as this, so that its old alert is cleared."""


def beat(app: App, *, well: bool) -> None:
    """Report the outcome of a pass to the heartbeat address and the metrics file."""
    app.heartbeat.beat(well=well)
    if app.meter is not None:
        app.meter.note(well=well)


def log_next_editions(app: App, threads: Sequence[Thread]) -> None:
    """Log when the next edition of each thread is due."""
    for thread in threads:
        now = app.clock.now()
        near = keys_near(thread.calendar, now)
        records = app.offline_ports.ledger.recent_posts(thread.name, editions=near)
        following = next_unposted_edition(thread.calendar, now, {record.edition for record in records})
        if following is not None:
            log.info("%s", sentences.next_due(thread.name, following.slot))
