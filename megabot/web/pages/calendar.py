"""The calendar: the next editions of each thread, and what moderators changed about them."""

from collections.abc import Iterator
from itertools import chain, islice

from megabot.commands import override_text
from megabot.i18n import sentences
from megabot.i18n.translation import _
from megabot.ports import OfflinePorts
from megabot.reconcile import override_facts
from megabot.schedule.calendar import Edition
from megabot.schedule.editions import keys_near, next_unposted_edition
from megabot.schedule.overrides import Override, OverrideKind
from megabot.source.model import Thread
from megabot.source.usable_threads import usable_threads
from megabot.web.edition_routes import Visitor
from megabot.web.orders import own_order
from megabot.web.pages.times import from_now, local_field

COUNT = 12
"""How many editions of each thread are shown."""


def values(ports: OfflinePorts, visitor: Visitor, order: str) -> dict[str, object]:
    """Return the values of the page, of the visitor's threads only."""
    usable = usable_threads(ports.source, ports.source.snapshot()).threads
    threads = [one for one in usable if one.name in visitor.threads]
    return {
        "order": own_order(ports, visitor, order),
        "threads": [
            {
                "name": one.name,
                "timezone": one.schedule.timezone,
                "editions": list(_editions(ports, one)),
            }
            for one in threads
        ],
    }


def _editions(ports: OfflinePorts, thread: Thread) -> Iterator[dict[str, object]]:
    now = ports.clock.now()
    changes = override_facts.active_overrides(ports, thread)
    near = keys_near(thread.calendar, now, ahead=COUNT)
    posted = {record.edition for record in ports.ledger.recent_posts(thread.name, editions=near)}
    due = thread.calendar.current(now)
    # A current edition that is on hold or moved can still be released.
    waiting = [due] if due and due.key not in posted and any(of == due for _by, of in changes) else []
    following = next_unposted_edition(thread.calendar, now, posted)
    for edition in islice(chain(waiting, thread.calendar.upcoming(now)), COUNT):
        own = [change for change, of in changes if of.key == edition.key]
        kinds = {change.kind for change in own}
        zone = thread.schedule.timezone
        yield {
            "key": edition.key,
            "at": sentences.local_moment(edition.slot, zone),
            "span": from_now(edition.slot, now),
            "field": local_field(edition.slot, zone),
            "notes": [*_notes(edition, posted, kinds), *_lines(own, edition, zone)],
            "open": edition.key not in posted,
            "skipped": edition.skipped,
            "held": OverrideKind.HOLD in kinds,
            "changed": bool(kinds - {OverrideKind.PREAMBLE}),
            "next": following is not None and edition.key == following.key,
            "late": edition.slot <= now,
        }


def _notes(edition: Edition, posted: set[str], kinds: set[OverrideKind]) -> Iterator[str]:
    if edition.key in posted:
        yield _("already posted")
    elif edition.skipped and OverrideKind.SKIP not in kinds:
        yield _("skipped in its template")


def _lines(own: list[Override], edition: Edition, timezone: str) -> Iterator[str]:
    yield from (override_text.pending_override(change, edition, timezone) for change in own)
