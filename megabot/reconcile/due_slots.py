"""List when threads are due in the coming weeks, as their schedules and the overrides in the ledger say."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import takewhile

from megabot.ports import OfflinePorts
from megabot.reconcile import override_facts
from megabot.reconcile.post_limit import DueSlot
from megabot.schedule.overrides import OverrideKind
from megabot.source.model import Thread

AHEAD = timedelta(days=31)
"""Every monthly thread is due at least once in this time."""


def due_slots(ports: OfflinePorts, threads: Iterable[Thread]) -> tuple[DueSlot, ...]:
    """Return the slots of the next 31 days, without editions that are skipped, on hold or already posted."""
    return tuple(slot for thread in threads for slot in _slots(ports, thread))


def _slots(ports: OfflinePorts, thread: Thread) -> Iterator[DueSlot]:
    now = ports.clock.now()
    not_due = {
        edition.key
        for override, edition in override_facts.active_overrides(ports, thread)
        if override.kind is OverrideKind.HOLD
    }
    not_due.update(override_facts.posts_by_edition(ports, thread))
    for edition in takewhile(lambda edition: edition.slot <= now + AHEAD, thread.calendar.upcoming(now)):
        if not edition.skipped and edition.key not in not_due:
            yield DueSlot(
                thread=thread.name,
                edition=edition.key,
                at=edition.slot,
                timezone=thread.schedule.timezone,
            )
