"""The service: `schedule` only ticks; what is due is decided anew from calendar, clock and ledger.

A tick is one request, the unread count. A pass is run at start, at a slot, when a hold ends, on news
of the source, when an edition was changed by a person, and hourly.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import schedule

from megabot import messages, texts
from megabot.amending import times_changed
from megabot.core.actions import Reason
from megabot.core.announcing import announces_at
from megabot.core.editions import coming
from megabot.core.plan import holds
from megabot.core.threads import Thread
from megabot.core.upkeep import next_deadline
from megabot.errors import ConfigError, Expected, SourceBroken, SourceMissing, Stopping
from megabot.inbox import Inbox
from megabot.language import ENGLISH
from megabot.ports import Ports
from megabot.reconcile import run_pass
from megabot.report import Report
from megabot.source_watch import SourceWatch

HOURLY = timedelta(hours=1)
DAILY = timedelta(days=1)
SLOWEST = timedelta(minutes=15)
AFTER_TROUBLE = timedelta(minutes=2)
KEPT = timedelta(days=2 * 366)
"""How long the ledger keeps writes that no pass looks at: for `history`, and so that it stays small."""
KEPT_IGNORED = timedelta(days=90)
"""How long it keeps that a comment was none of its business: after two days none is obeyed in any case."""
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
log = logging.getLogger("megabot")


class Service:
    """The running bot: `tick` is one step and never raises but `Stopping`; `serve` is the loop around it.

    `notify` tells systemd how it goes, `beat` an uptime monitor whether the last pass was verified. `lag` is
    how many seconds to be late for a slot: two services of one account would both post at the same moment.
    `chores` are what may wait until all else is done in a tick; they must not wait themselves.
    """

    def __init__(
        self,
        ports: Ports,
        *,
        tick: timedelta,
        notify: Callable[[str], None],
        beat: Callable[[bool], None] = lambda _: None,
        lag: Callable[[], float] = lambda: 0.0,
        chores: Callable[[datetime], None] = lambda _: None,
    ) -> None:
        self._ports = ports
        self._beat = beat
        self._lag = lag
        self._chores = chores
        self._tick = tick
        self._notify = notify
        self._passed_at, self._pass_at = _EVER, _EVER
        self._failures = 0
        self._failed_at, self._quiet_until = _EVER, _EVER
        self._held: frozenset[str] = frozenset()
        self._watch = SourceWatch(ports.source)
        self._no_source_at = _EVER
        self._times_changed = 0
        self._inbox = Inbox(ports)
        self._slot: datetime | None = None
        self._places_read = _EVER
        self.reports: tuple[Report, ...] = ()

    @property
    def next_at(self) -> datetime:
        """When the next tick is that does more than count what is unread."""
        return max(self._pass_at, self._quiet_until)

    @property
    def _threads(self) -> tuple[Thread, ...]:
        return tuple(report.thread for report in self.reports)

    def serve(self, *, leave: Callable[[], bool] = lambda: False) -> None:
        """Tick until `leave` says so between two ticks.

        Told to stop it raises `Stopping`, from a wait or in the middle of a tick.
        """
        ticker = schedule.Scheduler()
        ticker.every(max(1, int(self._tick.total_seconds()))).seconds.do(self.tick)
        self.tick()
        self._notify("READY=1")
        while not leave():
            idle = max(0.0, ticker.idle_seconds or 0.0)
            owed = (self.next_at - self._ports.clock.now()).total_seconds()
            on_the_dot = 0 < owed < idle  # a slot comes before the next tick: wake for it
            self._ports.clock.sleep(owed + self._lag() if on_the_dot else idle)
            if on_the_dot:
                ticker.run_all()
            else:
                ticker.run_pending()

    def tick(self) -> None:
        """Take one step. Whatever goes wrong is said and tried again later."""
        now = self._ports.clock.now()
        if self._failed_at <= now < self._quiet_until:
            self._notify("WATCHDOG=1")  # waiting is progress too
            return
        try:
            self._step(now)
        except Stopping:
            raise
        except (Expected, ConfigError) as error:
            self._back_off(now, str(error))
        except Exception:
            log.exception("this is a bug; the service goes on, the pass is not trusted")
            self._back_off(now, "a bug, see the lines above")
        else:
            self._failures = 0
            self._notify("WATCHDOG=1")  # fed by progress alone: a tick that hangs feeds nothing

    def _step(self, now: datetime) -> None:
        unread = self._ports.forum.unread()
        passed_at = self._passed_at
        self._pass_if_due(now)
        # What a person read in the bot's inbox is not counted: a pass that had nothing to do finds it.
        anew = self._passed_at != passed_at and not any(report.done for report in self.reports)
        # After the threads, which no trouble in the inbox is to delay.
        self._inbox.attend(waiting=unread.total > 0, known=self._threads, anew=anew)
        self._pass_if_due(self._ports.clock.now())
        self._chores(self._ports.clock.now())

    def _pass_if_due(self, now: datetime) -> None:
        """Make a pass where one is owed. A source that cannot be used stops no moderator's command."""
        if self._no_source_at <= now < self._no_source_at + AFTER_TROUBLE:
            return
        try:
            due = not self._passed_at <= now < self._pass_at  # so that a clock set back ends waits (K03, K04)
            changed = self._times_changed != times_changed(self._ports.ledger)
            if self._watch.changed(now, slot=self._slot) or due or changed:
                self._pass(now)
        except (SourceBroken, SourceMissing) as error:
            self._no_source_at = now
            self._ports.alerts.raise_alert("source", texts.source_trouble(self._ports.language, error))
            self._tell_moderators()
            self._beat(False)

    def _pass(self, now: datetime) -> None:
        self._watch.note(now)
        self._times_changed = times_changed(self._ports.ledger)
        anew = now - self._places_read >= DAILY and (self._slot is None or now < self._slot)
        with self._ports.ledger.pass_lock():
            self.reports = run_pass(self._ports, proof=True, anew=anew)
        if anew:
            self._places_read = now
            self._ports.ledger.forget(now - KEPT, ignored_before=now - KEPT_IGNORED)
        self._no_source_at = _EVER
        self._ports.alerts.take_back("source")
        self._tell_moderators()
        self._beat(all(report.verified for report in self.reports))
        self._held = say(self.reports, before=self._held)
        slots = (next_slot(report.thread, now) for report in self.reports)
        self._slot = min((slot for slot in slots if slot is not None), default=None)
        self._passed_at, self._pass_at = now, next_pass(self._ports.clock.now(), self.reports)
        self._notify(f"STATUS=next look {texts.moment(self._pass_at)}")

    def _tell_moderators(self) -> None:
        messages.deliver(self._ports, self._threads)

    def _back_off(self, now: datetime, why: str) -> None:
        self._beat(False)
        self._pass_at = _EVER  # the first tick that works makes a pass, and so says that all is well again
        self._failures += 1
        wait = min(SLOWEST, self._tick * 2 ** min(self._failures - 1, 10))
        self._failed_at, self._quiet_until = now, now + wait
        log.warning("%s", trying_again(why, wait))
        self._notify("WATCHDOG=1")


def trying_again(why: str, wait: timedelta) -> str:
    """Say what went wrong, and when it is tried again."""
    return f"{why.removesuffix('.')}; trying again in {wait.total_seconds():.0f} s"


def next_pass(now: datetime, reports: tuple[Report, ...]) -> datetime:
    """Tell when the next look is owed: the next slot, the end of a hold, or in an hour."""
    moments = [now + HOURLY]
    for report in reports:
        slot = next_slot(report.thread, now)
        moments += [slot] if slot is not None else []
        moments += [hold.until for hold in holds(report.left) if hold.until is not None and hold.until > now]
        if report.failure is not None:
            moments.append(now + timedelta(minutes=2))
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
