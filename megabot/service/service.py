"""The service: `schedule` only ticks; what is due is decided anew from calendar, clock and ledger.

A tick is one request, the unread count.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

import schedule

from megabot.errors import SourceBroken, SourceMissing, Stopping
from megabot.forum.port import Forum
from megabot.i18n import sentences
from megabot.ports import Ports
from megabot.reconcile.report import Report
from megabot.schedule.interval import Interval
from megabot.service import alert_messages
from megabot.service.schedulers import HOURLY, InboxScheduler, PassScheduler
from megabot.service.tasks import QUIET, Outcome, PausedForum, Task

Job = Callable[[datetime], None]
log = logging.getLogger("megabot")


class Service:
    """The running bot: `tick` is one step and never raises but `Stopping`; `serve` is the loop around it.

    A tick tries three kinds of tasks in turn: the pass over the threads, the inbox, and the jobs in the
    background. Each has its own failures and waits; near a slot only the pass is tried.

    `notify` tells systemd how it goes, `beat` an uptime monitor whether the last pass was verified. `lag` is
    how many seconds to be late for a slot: two services of one account would both post at the same moment.
    `unhurried` are the ports of all but the pass: they begin no call near a slot.
    """

    def __init__(
        self,
        ports: Ports,
        *,
        tick: timedelta,
        notify: Callable[[str], None],
        beat: Callable[[bool], None] = lambda _: None,
        lag: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self.unhurried = replace(ports, forum=cast("Forum", PausedForum(ports.forum, self._slot_is_near)))
        self._ports = ports
        self._tick = tick
        self._notify = notify
        self._told_how_it_goes = beat
        self._lag = lag
        self._inbox = InboxScheduler(self.unhurried, acting=ports)
        self._passes = PassScheduler(ports, is_proven=self._is_proven)
        self._pass_task = Task("threads", self._pass_if_due, shortest=tick)
        self._inbox_task = Task("inbox", lambda _: self._inbox.read(self._passes.threads), shortest=tick)
        self._alert_task = Task("alerts", self._tell_moderators, shortest=tick)
        self._jobs: tuple[Task, ...] = ()

    @property
    def reports(self) -> tuple[Report, ...]:
        """What the last pass did."""
        return self._passes.reports

    @property
    def next_at(self) -> datetime:
        """When the next tick is that does more than count what is unread."""
        return max(self._passes.next_at, self._pass_task.retry_at)

    def add_jobs(self, jobs: Mapping[str, Job]) -> None:
        """Do these in the background from now on; they must not wait, and act through `unhurried`."""
        self._jobs += tuple(Task(name, job, shortest=self._tick) for name, job in jobs.items())

    def serve(
        self, *, leave: Callable[[], bool] = lambda: False, ticker: schedule.Scheduler | None = None
    ) -> None:
        """Tick until `leave` says so between two ticks.

        Told to stop it raises `Stopping`, from a wait or in the middle of a tick.
        """
        longest = max(1, int(self._tick.total_seconds()))
        ticker = ticker or schedule.Scheduler()
        ticker.every(longest).seconds.do(self.tick)
        self.tick()
        self._notify("READY=1")
        while not leave():
            idle = ticker.idle_seconds or 0.0
            wait = max(0.0, min(idle, longest))  # after a clock was set back, `idle` may be years
            owed = (self.next_at - self._ports.clock.now()).total_seconds()
            on_the_dot = 0 < owed < wait  # a slot comes before the next tick: wake for it
            self._ports.clock.sleep(owed + self._lag() if on_the_dot else wait)
            if on_the_dot or idle > longest:
                ticker.run_all()
            else:
                ticker.run_pending()

    def tick(self) -> None:
        """Take one step. Whatever goes wrong is said and tried again later."""
        self._inbox.forget_count()
        # The second try of the pass is for commands that changed what is due.
        tasks = (self._pass_task, self._inbox_task, self._pass_task, *self._jobs)
        if Outcome.FAILED in [self._attempt(task) for task in tasks]:
            self._beat(False)
        self._notify("WATCHDOG=1")  # fed by progress alone: a tick that hangs feeds nothing

    def _attempt(self, task: Task) -> Outcome:
        now = self._ports.clock.now()
        if task is not self._pass_task and self._slot_is_near():
            return Outcome.WAITING
        outcome = task.attempt(now, slot=self._passes.next_slot(now))
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
            self._inbox.anew = not any(report.done for report in self.reports)
            failing = any(task.failing_since for task in (self._inbox_task, *self._jobs))
            self._beat(not failing and all(report.verified for report in self.reports))
            self._notify(f"STATUS=next look {sentences.moment(self._passes.next_at)}")
        self._attempt(self._alert_task)

    def _is_proven(self) -> bool:
        """Return whether what is listed now is listed for the account: the inbox's own question shows that.

        So a pass and the tick around it ask once. An inbox that fails delays no pass: it is not asked.
        """
        return self._inbox_task.failing_since is None and self._inbox.count()

    def _beat(self, well: bool) -> None:  # noqa: FBT001  a callback's argument
        try:
            self._told_how_it_goes(well)
        except Stopping:
            raise
        except Exception:
            log.exception("this is a bug in megabot; a monitor could not be told how the bot is")

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
