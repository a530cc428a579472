"""Which of a thread's recorded posts stands, for those who ask the ledger alone: as the last pass saw it.

A newer one may be a copy that was taken back, or removed by a moderator.
"""

from megabot.core.federation import is_pinned_for_readers
from megabot.core.records import PostRecord
from megabot.core.seen import Observation
from megabot.core.threads import Thread
from megabot.ports import Ledger

_PINNED, _NOT_PINNED = "pinned", "unpinned"


def remember_current_post(ledger: Ledger, thread: Thread, observation: Observation) -> None:
    """Remember which post a look found standing, and whether it was pinned, where that is new."""
    post = observation.current.post if observation.current else None
    pin = _PINNED if is_pinned_for_readers(thread, observation) else _NOT_PINNED
    fact = f"{post.id} {pin}" if post else ""
    if fact != (ledger.get_fact(_key(thread.name)) or ""):
        ledger.set_fact(_key(thread.name), fact)


def current_post_record(ledger: Ledger, thread: str) -> PostRecord | None:
    """Give what is kept of the post that stands; of the newest one where no look told of any."""
    records, (fact, _) = ledger.posts(thread), _kept(ledger, thread)
    newest = records[-1] if records else None
    return next((record for record in records if str(record.post_id) == fact), newest)


def was_seen_pinned(ledger: Ledger, thread: str) -> bool | None:
    """Tell whether the last look found the post that stands pinned, None where no look told."""
    return {_PINNED: True, _NOT_PINNED: False}.get(_kept(ledger, thread)[1])


def _kept(ledger: Ledger, thread: str) -> tuple[str, str]:
    post_id, _, pin = (ledger.get_fact(_key(thread)) or "").partition(" ")
    return post_id, pin


def _key(thread: str) -> str:
    return f"standing:{thread}"
