"""What a pass needs to know about the overrides of a thread."""

from megabot.ledger.current_post import current_post_record
from megabot.ledger.port import Ledger
from megabot.ledger.records import PostRecord, latest
from megabot.ports import OfflinePorts
from megabot.schedule import overrides as rules
from megabot.schedule.calendar import Edition
from megabot.schedule.editions import keys_near
from megabot.schedule.overrides import Override, OverrideKind, find_override
from megabot.source import preambles
from megabot.source.model import Snapshot, Thread

_RECENT = 200  # commands that are searched for one with a preamble


def has_preambles(ports: OfflinePorts, snapshot: Snapshot, thread: Thread, *, alone: bool) -> bool:
    """Return whether a thread has preambles at all, as files or by message; if not, none is missing."""
    return preambles.has_some(snapshot, thread, alone=alone) or any(
        record.verb == OverrideKind.PREAMBLE and thread.name in record.threads  # verb and kind share a name
        for record in ports.ledger.commands(_RECENT)
    )


def find_hold(ledger: Ledger, thread: str, key: str) -> Override | None:
    return find_override(ledger.overrides(thread), OverrideKind.HOLD, key)


def preamble_of(ledger: Ledger, thread: str, key: str) -> str | None:
    """Return the preamble that was sent by message for an edition, None if there is none."""
    override = find_override(ledger.overrides(thread), OverrideKind.PREAMBLE, key)
    return override.text if override else None


def active_overrides(ports: OfflinePorts, thread: Thread) -> tuple[tuple[Override, Edition], ...]:
    """Return the overrides that still have an effect, each with its edition."""
    overrides = ports.ledger.overrides(thread.name)
    if not overrides:
        return ()
    posted = posts_by_edition(ports, thread, *(override.edition for override in overrides))
    return rules.active_overrides(thread.calendar, overrides, ports.clock.now(), posted)


def posts_by_edition(ports: OfflinePorts, thread: Thread, *keys: str) -> dict[str, PostRecord]:
    """Return the current post of each edition, by key.

    Contains the newest posts, and those of the current edition, the next ones and the editions in `keys`.
    """
    editions = keys_near(thread.calendar, ports.clock.now()) | set(keys)
    records = latest(ports.ledger.recent_posts(thread.name, editions=editions))
    current = current_post_record(ports.ledger, thread.name)
    # After `undo` the current post is not the newest copy of its edition.
    return records | ({current.edition: current} if current else {})
