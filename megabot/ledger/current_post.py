"""Which of a thread's recorded posts stands, for those who ask the ledger alone: as the last pass saw it.

A newer one may be a copy that was taken back, or removed by a moderator.
"""

from megabot.ledger.port import Ledger
from megabot.ledger.records import PostRecord

PINNED, NOT_PINNED = "pinned", "unpinned"


def current_post_record(ledger: Ledger, thread: str) -> PostRecord | None:
    """Give what is kept of the post that stands; of the newest one where no look told of any."""
    records, (fact, _) = ledger.posts(thread), _kept(ledger, thread)
    newest = records[-1] if records else None
    return next((record for record in records if str(record.post_id) == fact), newest)


def was_seen_pinned(ledger: Ledger, thread: str) -> bool | None:
    """Tell whether the last look found the post that stands pinned, None where no look told."""
    return {PINNED: True, NOT_PINNED: False}.get(_kept(ledger, thread)[1])


def _kept(ledger: Ledger, thread: str) -> tuple[str, str]:
    post_id, _, pin = (ledger.get_fact(current_post_key(thread)) or "").partition(" ")
    return post_id, pin


def current_post_key(thread: str) -> str:
    """Return the key of the fact that names a thread's current post."""
    return f"standing:{thread}"
