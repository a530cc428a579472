"""When the service makes a pass, and when it reads the inbox. What fails is tried again by `tasks.Task`."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from megabot.commands.inbox import Inbox
from megabot.errors import ForumError, SourceBroken, SourceMissing
from megabot.forum.models import Unread
from megabot.i18n import sentences
from megabot.ledger.stored_overrides import count_overrides
from megabot.ports import Ports
from megabot.reconcile import describe
from megabot.reconcile.actions import BlockReason
from megabot.reconcile.alerts import SOURCE
from megabot.reconcile.decide import blocked_actions
from megabot.reconcile.loop import run_pass
from megabot.reconcile.report import Report, may_pass
from megabot.reconcile.rules.announce import announces_at
from megabot.reconcile.rules.previous_thread import next_deadline
from megabot.schedule.editions import next_unposted_edition
from megabot.schedule.interval import NEVER, Interval
from megabot.service.source_watch import SourceWatch
from megabot.service.tasks import LONGEST
from megabot.source.model import Thread
from megabot.source.usable_threads import usable_threads

HOURLY = timedelta(hours=1)
DAILY = timedelta(days=1)
AFTER_TROUBLE = timedelta(minutes=2)
HISTORY_KEPT = timedelta(days=2 * 366)
"""How long the ledger keeps writes that no pass looks at: for `history`, and so that it stays small."""
IGNORED_KEPT = timedelta(days=90)
"""How long it keeps that a comment was none of its business: after two days none is obeyed in any case."""
log = logging.getLogger("megabot")


class PassScheduler:
    """Makes a pass at start, at a slot, when a hold ends, on news of the source or of an edition, and hourly.

    `reports` are those of the last pass, `threads` what it knew. `is_proven` asks whether what is listed now
    is listed for the account.
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
        self._troubled = 0
        self._held: frozenset[str] = frozenset()

    @property
    def next_at(self) -> datetime:
        """When the next pass is due; long ago if it is due now."""
        return self._rest.end

    def hurry(self) -> None:
        """Make a pass as soon as that works, and so say that all is well again."""
        self._rest = NEVER

    def next_slot(self, now: datetime) -> datetime | None:
        """Return the next slot of all threads, None if there is none."""
        slots = (next_slot(thread, now) for thread in self.threads)
        return min((slot for slot in slots if slot is not None), default=None)

    def run_if_due(self, now: datetime) -> bool:
        """Make a pass if one is due, and return whether it was.

        Raises what a pass raises. `SourceBroken` and `SourceMissing` are alerts already, and not looked into
        again for two minutes.
        """
        if now in self._without_source:
            return False
        try:
            overridden = self._overrides != count_overrides(self._ports.ledger)
            changed = self._watch.changed(now, slot=self.next_slot(now))
            if not (changed or overridden or now not in self._rest):
                return False
            self._run(now)
        except (SourceBroken, SourceMissing) as error:
            slot, again = self.next_slot(now), now + AFTER_TROUBLE
            self._without_source = Interval(now, again if slot is None else min(again, slot))
            self._ports.alerts.raise_alert(SOURCE, sentences.source_trouble(error))
            raise
        return True

    def _run(self, now: datetime) -> None:
        self.threads = usable_threads(self._ports.source, self._watch.note(now)).threads
        self._overrides = count_overrides(self._ports.ledger)
        anew = now not in self._places_known and (self._slot is None or now < self._slot)
        self.reports = run_pass(self._ports, anew=anew, authenticated=self._is_proven())
        if anew:
            self._places_known = Interval.after(now, DAILY)
            self._ports.ledger.prune(now - HISTORY_KEPT, ignored_before=now - IGNORED_KEPT)
        self._without_source = NEVER
        self._held = log_reports(self.reports, before=self._held)
        failed = any(report.failure is not None for report in self.reports)
        self._troubled = self._troubled + 1 if failed else 0
        retry = min(LONGEST, AFTER_TROUBLE * 2 ** min(max(self._troubled - 1, 0), 10))
        self._rest = Interval(now, next_pass(self._ports.clock.now(), self.reports, retry=retry))
        self._slot = self.next_slot(now)


class InboxScheduler:
    """Reads the inbox when something in it is unread, and after a pass that had nothing to do (`anew`).

    What a person read in the bot's own inbox is not counted as unread.
    """

    def __init__(self, ports: Ports, *, acting: Ports) -> None:
        self.anew = False
        self._ports = ports
        self._acting = acting
        self._inbox = Inbox(ports, acting=acting)
        self._unread: Unread | None = None

    def forget_count(self) -> None:
        """Count anew what is unread: the count of the tick before says nothing of what came since."""
        self._unread = None

    def count(self) -> bool:
        """Count what is unread, for the next `read` too; return whether the server answered the account."""
        try:
            self._unread = self._acting.forum.unread()
        except ForumError:
            return False
        return True

    def read(self, threads: tuple[Thread, ...]) -> None:
        """Hear what came, act on it, answer. Raises what the forum and the ledger raise."""
        unread, self._unread = self._unread or self._ports.forum.unread(), None
        self._inbox.poll(waiting=unread.total > 0, threads=threads, anew=self.anew)
        self.anew = False


def next_pass(now: datetime, reports: tuple[Report, ...], *, retry: timedelta = AFTER_TROUBLE) -> datetime:
    """Tell when the next look is owed: the next slot, the end of a hold, or in an hour.

    What may pass by itself is tried again after `retry`; for what only a person can mend an hour is enough.
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
        if report.failure is not None and may_pass(report.failure):
            moments.append(now + retry)
        ends = next_deadline(report.thread, report.observation.posts, now) if report.observation else None
        moments += [ends] if ends is not None else []
        soon = announces_at(report.thread, now)
        moments += [soon] if soon is not None else []
        if (
            report.observation is not None
            and report.observation.next_change_at is not None
            and report.observation.next_change_at > now
        ):
            moments.append(report.observation.next_change_at)
    return min(moments)


def next_slot(thread: Thread, now: datetime) -> datetime | None:
    """Tell when a thread's next edition is due that is not left out; None after the last one."""
    following = next_unposted_edition(thread.calendar, now)
    return following.slot if following else None


def log_reports(reports: tuple[Report, ...], *, before: frozenset[str]) -> frozenset[str]:
    """Write into the log what a pass found: what was said after the pass before only at debug level.

    Gives what holds now, for the next call.
    """
    held: set[str] = set()
    for report in reports:
        if report.failure is not None:
            log.warning("%s: %s", report.thread.name, report.failure)
        for blocked in blocked_actions(report.left):
            sentence = describe.blocked_sentence(report.thread, blocked)
            news = (
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
            log.info("%s: verified, %s stands", report.thread.name, report.observation.current.post.url)
    return frozenset(held)
