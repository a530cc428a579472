"""The current post of a thread according to the last pass, for callers that read only the ledger.

A newer record may be a repost that was undone, or a post that a moderator removed.
"""

from megabot.ledger.port import Ledger
from megabot.ledger.records import PostRecord

PINNED, NOT_PINNED = "pinned", "unpinned"


def current_post_record(ledger: Ledger, thread: str) -> PostRecord | None:
    """Return the record of the current post; the newest record if no pass has named one."""
    fact, _ = _kept(ledger, thread)
    records = ledger.recent_posts(thread, post_ids=(int(fact),) if fact.isdigit() else ())
    newest = records[-1] if records else None
    return next((record for record in records if str(record.post_id) == fact), newest)


def was_seen_pinned(ledger: Ledger, thread: str) -> bool | None:
    """Return whether the last pass saw the current post pinned, None if no pass has said."""
    return {PINNED: True, NOT_PINNED: False}.get(_kept(ledger, thread)[1])


def _kept(ledger: Ledger, thread: str) -> tuple[str, str]:
    post_id, _, pin = (ledger.get_fact(current_post_key(thread)) or "").partition(" ")
    return post_id, pin


def current_post_key(thread: str) -> str:
    """Return the key of the fact that names a thread's current post."""
    # The key keeps its first name, because existing ledgers contain it.
    return f"standing:{thread}"
