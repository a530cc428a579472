"""Decide when the service runs a pass and when it reads the inbox. `tasks.Task` retries what fails."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from megabot.commands.inbox import Inbox
from megabot.errors import ForumError, RateLimited, SourceBroken, SourceMissing
from megabot.forum.models import Unread
from megabot.i18n import sentences
from megabot.ports import Ports
from megabot.reconcile import describe
from megabot.reconcile.actions import BlockReason
from megabot.reconcile.alerts import SOURCE
from megabot.reconcile.decide import blocked_actions
from megabot.reconcile.loop import run_pass
from megabot.reconcile.post_limit import limited_wait
from megabot.reconcile.report import Report, may_pass
from megabot.reconcile.rules.announce import announces_at
from megabot.reconcile.rules.previous_thread import next_deadline
from megabot.reconcile.rules.publish import unknown_until
from megabot.schedule.editions import next_unposted_edition
from megabot.schedule.interval import NEVER, Interval
from megabot.service.source_watch import SourceWatch
from megabot.service.tasks import LONGEST
from megabot.source.model import Thread
from megabot.source.usable_threads import usable_threads

# Manual changes on Lemmy are noticed within this time (decision 23).
HOURLY = timedelta(hours=1)
DAILY = timedelta(days=1)
AFTER_TROUBLE = timedelta(minutes=2)
HISTORY_KEPT = timedelta(days=2 * 366)
"""How long the ledger keeps old writes for `history`; older ones are deleted, so that it stays small."""
IGNORED_KEPT = timedelta(days=90)
"""How long ignored comments are remembered. Longer than needed: none is obeyed after two days (C18)."""
log = logging.getLogger("megabot")


class PassScheduler:
    """Runs a pass at start, at a slot, when a wait ends, when the source or an override changes, and hourly.

    `reports` and `threads` are those of the last pass. `is_proven` returns whether the server still
    recognizes the account.
    """

    def __init__(self, ports: Ports, *, is_proven: Callable[[], bool]) -> None:
        self.reports: tuple[Report, ...] = ()
        self.threads: tuple[Thread, ...] = ()
        self._ports = ports
        self._is_proven = is_proven
        self._watch = SourceWatch(ports.source)
        self._rest = NEVER
        self._without_source = NEVER
        self._places_known = NEVER
        self._slot: datetime | None = None
        self._overrides = 0
        self._troubled = self._limited = 0
        self._held: frozenset[str] = frozenset()

    @property
    def next_at(self) -> datetime:
        """When the next pass is due; a time long past if it is due now."""
        return self._rest.end

    def hurry(self) -> None:
        """Run a pass as soon as possible, to confirm that everything works again."""
        self._rest = NEVER

    def next_slot(self, now: datetime) -> datetime | None:
        """Return the earliest next slot of all threads, None if there is none."""
        slots = (next_slot(thread, now) for thread in self.threads)
        return min((slot for slot in slots if slot is not None), default=None)

    def run_if_due(self, now: datetime) -> bool:
        """Run a pass if one is due, and return whether it was.

        Raises the errors of a pass. `SourceBroken` and `SourceMissing` raise an alert too, and the source is
        then not read again for two minutes.
        """
        if now in self._without_source:
            return False
        try:
            # Another process may have changed an override.
            overridden = self._overrides != self._ports.ledger.account().override_changes
            changed = self._watch.changed(now, slot=self.next_slot(now))
            if not (changed or overridden or now not in self._rest):
                return False
            self._run(now)
        except (SourceBroken, SourceMissing) as error:
            slot, again = self.next_slot(now), now + AFTER_TROUBLE
            # A slot ends the wait, because the source may be fixed by then.
            self._without_source = Interval(now, again if slot is None else min(again, slot))
            self._ports.alerts.raise_alert(SOURCE, sentences.source_trouble(error))
            raise
        return True

    def _run(self, now: datetime) -> None:
        self.threads = usable_threads(self._ports.source, self._watch.note(now)).threads
        self._overrides = self._ports.ledger.account().override_changes
        # Once a day (decision 3), but not in the pass of a slot.
        reread = now not in self._places_known and (self._slot is None or now < self._slot)
        self.reports = run_pass(self._ports, reread=reread, authenticated=self._is_proven())
        if reread:
            self._places_known = Interval.after(now, DAILY)
            self._ports.ledger.prune(now - HISTORY_KEPT, ignored_before=now - IGNORED_KEPT)
        self._without_source = NEVER
        self._held = log_reports(self.reports, before=self._held)
        failures = [report.failure for report in self.reports if report.failure is not None]
        self._troubled = self._troubled + 1 if failures else 0
        limited = any(isinstance(failure, RateLimited) for failure in failures)
        self._limited = self._limited + 1 if limited else 0
        retry = limited_wait(self._limited) if limited else failed_wait(self._troubled)
        self._slot = self.next_slot(now)
        following = next_pass(self._ports.clock.now(), self.reports, retry=retry)
        # A slot may have come while the pass ran.
        self._rest = Interval(now, min(following, self._slot or following))


class InboxScheduler:
    """Reads the inbox when something is unread in it, and after a pass without writes (`check_again`).

    The second case is for notices that someone read in the bot's account in a browser: they are no longer
    counted as unread.
    """

    def __init__(self, ports: Ports, *, acting: Ports) -> None:
        self.check_again = False
        self._ports = ports
        self._acting = acting
        self._inbox = Inbox(ports, acting=acting)
        self._unread: Unread | None = None

    def forget_count(self) -> None:
        """Forget the unread count of the previous tick, which does not include what came since."""
        self._unread = None

    def count(self) -> bool:
        """Get the unread count, which `read` uses too; return whether the server knows the account."""
        try:
            self._unread = self._acting.forum.unread()
        except ForumError:
            return False
        return True

    def read(self, threads: tuple[Thread, ...]) -> None:
        """Read new notices, act on them and reply. Raises the errors of the forum and the ledger."""
        unread, self._unread = self._unread or self._ports.forum.unread(), None
        self._inbox.poll(waiting=unread.total > 0, threads=threads, check=self.check_again)
        self.check_again = False


def failed_wait(passes: int) -> timedelta:
    """Return how long to wait after the n-th pass in a row that failed: 2, 4, 8, 15, 15 ... minutes."""
    # The exponent is capped because a timedelta can overflow.
    factor: int = 2 ** min(max(passes - 1, 0), 10)
    return min(LONGEST, AFTER_TROUBLE * factor)


def next_pass(now: datetime, reports: tuple[Report, ...], *, retry: timedelta = AFTER_TROUBLE) -> datetime:
    """Return when the next pass is due: at the next slot, at the end of a wait, or in an hour.

    A temporary failure is retried after `retry`; for one that only someone can fix, an hour is enough.
    """
    moments = [now + HOURLY]
    for report in reports:
        slot = next_slot(report.thread, now)
        moments += [slot] if slot is not None else []
        moments += [
            blocked.until
            for blocked in blocked_actions(report.left)
            if blocked.until is not None and blocked.until > now
        ]
        # A wrong setting or a missing community lasts until someone changes it.
        if report.failure is not None and may_pass(report.failure):
            moments.append(now + retry)
        deadline = next_deadline(report.thread, report.observation.posts, now) if report.observation else None
        moments += [deadline] if deadline is not None else []
        announcement = announces_at(report.thread, now)
        moments += [announcement] if announcement is not None else []
        moments += _ends_of_unknowns(report, now)
        if (
            report.observation is not None
            and report.observation.next_change_at is not None
            and report.observation.next_change_at > now
        ):
            moments.append(report.observation.next_change_at)
    return min(moments)


def _ends_of_unknowns(report: Report, now: datetime) -> list[datetime]:
    """Return when writes of unknown outcome can be sent again, if a pass does not find them by then."""
    intents = report.observation.intents if report.observation is not None else ()
    return [end for intent in intents if intent.open and (end := unknown_until(intent)) > now]


def next_slot(thread: Thread, now: datetime) -> datetime | None:
    """Return when a thread's next edition is due, except skipped ones; None after the last one."""
    following = next_unposted_edition(thread.calendar, now)
    return following.slot if following else None


def log_reports(reports: tuple[Report, ...], *, before: frozenset[str]) -> frozenset[str]:
    """Log the results of a pass; what was logged after the previous pass too only at debug level.

    Returns the reasons that hold now, as `before` of the next call.
    """
    held: set[str] = set()
    for report in reports:
        if report.failure is not None:
            log.warning("%s: %s", report.thread.name, report.failure)
        for blocked in blocked_actions(report.left):
            sentence = describe.blocked_sentence(report.thread, blocked)
            news = (
                # These are alerts, which are logged when they are raised.
                not blocked.needs_person
                and blocked.reason is not BlockReason.THERE
                and sentence not in before
            )
            log.log(logging.INFO if news else logging.DEBUG, "%s", sentence)
            held.add(sentence)
        if (
            report.verified
            and report.done
            and report.observation is not None
            and report.observation.current is not None
        ):
            log.info(
                "%s: verified, the current post is %s",
                report.thread.name,
                report.observation.current.post.url,
            )
    return frozenset(held)
