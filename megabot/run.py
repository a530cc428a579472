"""The service: `schedule` only ticks; what is due is decided anew from calendar, clock and ledger.

A tick is one request, the unread count. A pass is run at start, at a slot, when a hold ends, on news
of the source, when an edition was changed by a person, and hourly.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import schedule

from megabot import messages, texts
from megabot.amending import times_changed
from megabot.core.actions import Reason
from megabot.core.announcing import announces_at
from megabot.core.editions import coming
from megabot.core.interval import NEVER, Interval
from megabot.core.plan import holds
from megabot.core.posts import Unread
from megabot.core.threads import Thread
from megabot.core.upkeep import next_deadline
from megabot.errors import ForumError, SourceBroken, SourceMissing, Stopping
from megabot.inbox import Inbox
from megabot.language import ENGLISH
from megabot.needs import SOURCE
from megabot.ports import Forum, Ports
from megabot.reconcile import run_pass
from megabot.report import Report, may_pass
from megabot.source_watch import SourceWatch
from megabot.sources import usable_threads
from megabot.tasks import LONGEST, QUIET, Outcome, PausedForum, Task

HOURLY = timedelta(hours=1)
DAILY = timedelta(days=1)
AFTER_TROUBLE = timedelta(minutes=2)
KEPT = timedelta(days=2 * 366)
"""How long the ledger keeps writes that no pass looks at: for `history`, and so that it stays small."""
KEPT_IGNORED = timedelta(days=90)
"""How long it keeps that a comment was none of its business: after two days none is obeyed in any case."""
Job = Callable[[datetime], None]
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
log = logging.getLogger("megabot")


class Service:
    """The running bot: `tick` is one step and never raises but `Stopping`; `serve` is the loop around it.

    A tick tries three kinds of tasks in turn: the pass over the threads, the inbox, and the jobs in the
    background. Each has its own failures and waits; near a slot only the pass is tried.

    `notify` tells systemd how it goes, `beat` an uptime monitor whether the last pass was verified. `lag` is
    how many seconds to be late for a slot: two services of one account would both post at the same moment.
    `jobs` are named actions that must not wait themselves.
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
        self._ports = ports
        self._told_how_it_goes = beat
        self._lag = lag
        self._tick = tick
        self._notify = notify
        self._passed_at, self._pass_at = _EVER, _EVER
        self._held: frozenset[str] = frozenset()
        self._watch = SourceWatch(ports.source)
        self._no_source = NEVER
        self._troubled = 0
        self._times_changed = 0
        self.unhurried = replace(ports, forum=cast("Forum", PausedForum(ports.forum, self._slot_is_near)))
        self._inbox = Inbox(self.unhurried, acting=ports)
        self._nothing_done = False
        self._unread: Unread | None = None
        self._places_read = NEVER
        self._threads: tuple[Thread, ...] = ()
        self._awaited: datetime | None = None
        self._keeping = Task("threads", self._pass_if_due, shortest=tick)
        self._hearing = Task("inbox", self._attend, shortest=tick)
        self._telling = Task("alerts", self._tell_moderators, shortest=tick)
        self._jobs: tuple[Task, ...] = ()
        self.reports: tuple[Report, ...] = ()

    @property
    def next_at(self) -> datetime:
        """When the next tick is that does more than count what is unread."""
        return max(self._pass_at, self._keeping.retry_at)

    def add_jobs(self, jobs: Mapping[str, Job]) -> None:
        """Do these in the background from now on; they act through `unhurried`."""
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
        self._unread = None  # a count of the tick before says nothing of what came since
        # The second try of the pass is for commands that changed what is due.
        tasks = (self._keeping, self._hearing, self._keeping, *self._jobs)
        if Outcome.FAILED in [self._attempt(task) for task in tasks]:
            self._beat(False)
        self._notify("WATCHDOG=1")  # fed by progress alone: a tick that hangs feeds nothing

    def _beat(self, well: bool) -> None:  # noqa: FBT001  a callback's argument
        try:
            self._told_how_it_goes(well)
        except Stopping:
            raise
        except Exception:
            log.exception("this is a bug in megabot; a monitor could not be told how the bot is")

    def _attempt(self, task: Task) -> Outcome:
        now = self._ports.clock.now()
        if task is not self._keeping and self._slot_is_near():
            return Outcome.WAITING
        outcome = task.attempt(now, slot=self._slot(now))
        if outcome is (Outcome.FAILED if task is self._keeping else Outcome.RECOVERED):
            self._pass_at = _EVER  # make a pass as soon as that works, and so say that all is well again
        return outcome

    def _attend(self, now: datetime) -> None:
        unread, self._unread = self._unread or self.unhurried.forum.unread(), None
        # What a person read in the bot's inbox is not counted: a pass that had nothing to do finds it.
        self._inbox.attend(waiting=unread.total > 0, known=self._threads, anew=self._nothing_done)
        self._nothing_done = False

    def _pass_if_due(self, now: datetime) -> None:
        """Make a pass where one is owed."""
        if now in self._no_source:
            return
        try:
            due = now not in Interval(self._passed_at, self._pass_at)
            changed = self._times_changed != times_changed(self._ports.ledger)
            if self._watch.changed(now, slot=self._slot(now)) or due or changed:
                self._pass(now)
        except (SourceBroken, SourceMissing) as error:
            self._no_source = Interval(now, self._until_slot(now + AFTER_TROUBLE, now))
            self._ports.alerts.raise_alert(SOURCE, texts.source_trouble(self._ports.language, error))
            self._beat(False)
            self._attempt(self._telling)

    def _pass(self, now: datetime) -> None:
        self._threads = usable_threads(self._ports.source, self._watch.note(now)).threads
        self._times_changed = times_changed(self._ports.ledger)
        anew = now not in self._places_read and (self._awaited is None or now < self._awaited)
        self.reports = run_pass(self._ports, anew=anew, proof=self._may_be_trusted())
        if anew:
            self._places_read = Interval.after(now, DAILY)
            self._ports.ledger.forget(now - KEPT, ignored_before=now - KEPT_IGNORED)
        self._no_source = NEVER
        self._nothing_done = not any(report.done for report in self.reports)
        well = all(report.verified for report in self.reports)
        self._beat(well and not any(task.failing_since for task in (self._hearing, *self._jobs)))
        self._held = say(self.reports, before=self._held)
        troubled = any(report.failure is not None for report in self.reports)
        self._troubled = self._troubled + 1 if troubled else 0
        retry = min(LONGEST, AFTER_TROUBLE * 2 ** min(max(self._troubled - 1, 0), 10))
        self._pass_at = next_pass(self._ports.clock.now(), self.reports, retry=retry)
        self._passed_at = now
        self._awaited = self._slot(now)
        self._notify(f"STATUS=next look {texts.moment(self._pass_at)}")
        self._attempt(self._telling)

    def _may_be_trusted(self) -> bool:
        """Return whether what is listed now is listed for the account: the inbox's own question shows that.

        So a pass and the tick around it ask once. An inbox that fails delays no pass: it is not asked.
        """
        if self._hearing.failing_since is not None:
            return False
        try:
            self._unread = self._ports.forum.unread()
        except ForumError:
            return False
        return True

    def _tell_moderators(self, now: datetime) -> None:
        for task in (self._hearing, *self._jobs):
            key = "inbox" if task is self._hearing else f"job {task.name}"
            if task.failing_since is None:
                self._ports.alerts.take_back(key)
            elif now not in Interval.after(task.failing_since, HOURLY):
                self._ports.alerts.raise_alert(key, self._failing(task, task.failing_since))
        messages.deliver(self.unhurried, self._threads)

    def _failing(self, task: Task, since: datetime) -> str:
        lang, job = self._ports.language, "" if task is self._hearing else task.name
        return texts.task_failing(lang, job, since, task.failure)

    def _slot(self, now: datetime) -> datetime | None:
        """Return the next slot of the threads that the last pass knew, None if there are none."""
        slots = (next_slot(thread, now) for thread in self._threads)
        return min((slot for slot in slots if slot is not None), default=None)

    def _slot_is_near(self) -> bool:
        now = self._ports.clock.now()
        slot = self._slot(now)
        return slot is not None and now in Interval(slot - QUIET, slot)

    def _until_slot(self, moment: datetime, now: datetime) -> datetime:
        slot = self._slot(now)
        return moment if slot is None else min(moment, slot)


def next_pass(now: datetime, reports: tuple[Report, ...], *, retry: timedelta = AFTER_TROUBLE) -> datetime:
    """Tell when the next look is owed: the next slot, the end of a hold, or in an hour.

    What may pass by itself is tried again after `retry`; for what only a person can mend an hour is enough.
    """
    moments = [now + HOURLY]
    for report in reports:
        slot = next_slot(report.thread, now)
        moments += [slot] if slot is not None else []
        moments += [hold.until for hold in holds(report.left) if hold.until is not None and hold.until > now]
        if report.failure is not None and may_pass(report.failure):
            moments.append(now + retry)
        ends = next_deadline(report.thread, report.seen.posts, now) if report.seen else None
        moments += [ends] if ends is not None else []
        soon = announces_at(report.thread, now)
        moments += [soon] if soon is not None else []
        if report.seen is not None and report.seen.wake is not None and report.seen.wake > now:
            moments.append(report.seen.wake)
    return min(moments)


def next_slot(thread: Thread, now: datetime) -> datetime | None:
    """Tell when a thread's next edition is due that is not left out; None after the last one."""
    following = coming(thread, now)
    return following.slot if following else None


def say(reports: tuple[Report, ...], *, before: frozenset[str]) -> frozenset[str]:
    """Write into the log what a pass found: what was said after the pass before only at debug level.

    Gives what holds now, for the next call.
    """
    held: set[str] = set()
    for report in reports:
        if report.failure is not None:
            log.warning("%s: %s", report.thread.name, report.failure)
        for hold in holds(report.left):
            sentence = texts.hold(ENGLISH, report.thread, hold)
            news = not hold.needs_person and hold.reason is not Reason.THERE and sentence not in before
            log.log(logging.INFO if news else logging.DEBUG, "%s", sentence)
            held.add(sentence)
        if report.verified and report.done and report.seen is not None and report.seen.standing is not None:
            log.info("%s: verified, %s stands", report.thread.name, report.seen.standing.post.url)
    return frozenset(held)
