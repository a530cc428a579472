"""The service: a loop of ticks. Each tick decides from the calendar, the clock and the ledger what is due.

An idle tick costs one request, the unread count (decision 23). The `schedule` library only times the ticks.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

import schedule

from megabot.errors import ClaimLost, SourceBroken, SourceMissing, Stopping
from megabot.forum.port import Forum
from megabot.i18n import sentences
from megabot.ports import Ports
from megabot.reconcile.report import Report
from megabot.schedule.interval import NEVER, Interval
from megabot.service import alert_messages
from megabot.service.schedulers import HOURLY, InboxScheduler, PassScheduler, next_slot
from megabot.service.tasks import QUIET, Outcome, PausedForum, Task

Job = Callable[[datetime], None]
LATE = timedelta(minutes=5)
"""How late a thread is posted without an alert, if the ledger's database did not answer."""
log = logging.getLogger("megabot")


class Service:
    """The running bot: `tick` is one step and raises only `Stopping`; `serve` is the loop around it.

    A tick tries three kinds of tasks in turn: the pass over the threads, the inbox, and the background jobs.
    Each has its own failures and wait times. Near a slot only the pass is tried.

    `notify` reports to systemd, `beat` tells an uptime monitor whether the last pass was verified. `lag`
    returns by how many seconds to delay a slot, so that two services of one account do not post at the same
    moment. `unhurried`: the ports of everything except the pass; they begin no call near a slot.
    `without_database` is since when the ledger's database did not answer before this service could begin.
    """

    def __init__(
        self,
        ports: Ports,
        *,
        tick: timedelta,
        notify: Callable[[str], None],
        beat: Callable[[bool], None] = lambda _: None,
        lag: Callable[[], float] = lambda: 0.0,
        without_database: datetime | None = None,
    ) -> None:
        self.unhurried = replace(ports, forum=cast("Forum", PausedForum(ports.forum, self._slot_is_near)))
        self._ports = ports
        self._tick = tick
        self._notify = notify
        self._tell_monitor = beat
        self._lag = lag
        self._without_database = without_database
        self._late = NEVER
        self._inbox = InboxScheduler(self.unhurried, acting=ports)
        self._passes = PassScheduler(ports, is_proven=self._is_proven)
        self._pass_task = Task("threads", self._pass_if_due, shortest=tick)
        self._inbox_task = Task("inbox", lambda _: self._inbox.read(self._passes.threads), shortest=tick)
        self._alert_task = Task("alerts", self._tell_moderators, shortest=tick)
        self._jobs: tuple[Task, ...] = ()

    @property
    def reports(self) -> tuple[Report, ...]:
        """The results of the last pass."""
        return self._passes.reports

    @property
    def next_at(self) -> datetime:
        """When the next pass is due."""
        return max(self._passes.next_at, self._pass_task.retry_at)

    def add_jobs(self, jobs: Mapping[str, Job]) -> None:
        """Add background jobs. They must not wait, and must act through `unhurried`."""
        self._jobs += tuple(Task(name, job, shortest=self._tick) for name, job in jobs.items())

    def serve(
        self, *, leave: Callable[[], bool] = lambda: False, ticker: schedule.Scheduler | None = None
    ) -> None:
        """Tick until `leave` returns True between two ticks.

        On a signal to stop this raises `Stopping`, from a wait or in the middle of a tick.
        """
        longest = max(1, int(self._tick.total_seconds()))
        ticker = ticker or schedule.Scheduler()
        ticker.every(longest).seconds.do(self.tick)
        self.tick()
        self._notify("READY=1")
        while not leave():
            idle = ticker.idle_seconds or 0.0
            wait = max(0.0, min(idle, longest))  # after a clock was set back, `idle` may be years
            until_pass = (self.next_at - self._ports.clock.now()).total_seconds()
            on_time = 0 < until_pass < wait  # the pass is due before the next tick: wake up for it
            # Two services that wake at the exact slot would both post (docs/explanation/never-twice.md).
            self._ports.clock.sleep(until_pass + self._lag() if on_time else wait)
            if leave():  # another host may have taken over meanwhile
                return
            if on_time or idle > longest:
                ticker.run_all()  # by the ticker's own count the tick is not due yet
            else:
                ticker.run_pending()

    def tick(self) -> None:
        """Take one step. Failures are logged and retried later; a lost claim ends the step."""
        self._inbox.forget_count()
        # The pass is tried a second time because commands in the inbox may have changed what is due.
        tasks = (self._pass_task, self._inbox_task, self._pass_task, *self._jobs)
        try:
            if Outcome.FAILED in [self._attempt(task) for task in tasks]:
                self._beat(False)
        except ClaimLost as error:
            log.warning("%s", error)
        self._notify("WATCHDOG=1")  # after progress, so that systemd notices a tick that hangs (R12)

    def _attempt(self, task: Task) -> Outcome:
        now = self._ports.clock.now()
        if task is not self._pass_task and self._slot_is_near():  # a slow request must not delay the slot
            return Outcome.WAITING
        outcome = task.attempt(now, slot=self._passes.next_slot(now))
        if outcome is Outcome.FAILED and task is self._pass_task and task.lacks_database:
            self._without_database = self._without_database or task.failing_since
        # A failed pass is still due; after another task recovers, a pass confirms that all is well.
        if outcome is (Outcome.FAILED if task is self._pass_task else Outcome.RECOVERED):
            self._passes.hurry()
        return outcome

    def _slot_is_near(self) -> bool:
        now = self._ports.clock.now()
        slot = self._passes.next_slot(now)
        return slot is not None and now in Interval(slot - QUIET, slot)

    def _pass_if_due(self, now: datetime) -> None:
        try:
            if not self._passes.run_if_due(now):
                return
        except (SourceBroken, SourceMissing):
            self._beat(False)
        else:
            self._inbox.check_again = not any(report.done for report in self.reports)
            failing = any(task.failing_since for task in (self._inbox_task, *self._jobs))
            self._beat(not failing and all(report.verified for report in self.reports))
            self._notify(f"STATUS=next pass {sentences.moment(self._passes.next_at)}")
            self._tell_of_database(now)
        self._attempt(self._alert_task)

    def _is_proven(self) -> bool:
        """Return whether the server still recognizes the account (decision 1), by the unread count.

        The inbox uses the same count, so a pass and the tick around it ask once. A failing inbox is not
        asked, so that it cannot delay a pass.
        """
        return self._inbox_task.failing_since is None and self._inbox.count()

    def _beat(self, well: bool) -> None:  # noqa: FBT001  a callback's argument
        try:
            self._tell_monitor(well)
        # A signal to stop, which no net may catch (R09).
        except Stopping:
            raise
        except Exception:
            log.exception(
                "this is a bug in megabot; please report it. The uptime monitor could not be notified"
            )

    def _tell_of_database(self, now: datetime) -> None:
        """Raise an alert if threads were late because the database was away; a later pass clears it."""
        since, self._without_database = self._without_database, None
        slots = [] if since is None else [next_slot(thread, since) for thread in self._passes.threads]
        if since is not None and any(slot is not None and slot <= now - LATE for slot in slots):
            self._late = Interval.after(now, HOURLY / 2)
            self._ports.alerts.raise_alert("database", sentences.database_was_away(since, now))
        elif now not in self._late:  # several passes may follow each other after an outage
            self._ports.alerts.clear_alert("database")

    def _tell_moderators(self, now: datetime) -> None:
        for task in (self._inbox_task, *self._jobs):
            key = "inbox" if task is self._inbox_task else f"job {task.name}"
            if task.failing_since is None:
                self._ports.alerts.clear_alert(key)
            elif now not in Interval.after(task.failing_since, HOURLY):
                self._ports.alerts.raise_alert(key, self._failing(task, task.failing_since))
        alert_messages.send_alerts(self.unhurried, self._passes.threads)

    def _failing(self, task: Task, since: datetime) -> str:
        job = "" if task is self._inbox_task else task.name
        return sentences.task_failing(job, since, task.failure)
