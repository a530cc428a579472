"""Which of a thread's recorded posts stands, for those who ask the ledger alone: as the last pass saw it.

A newer one may be a copy that was taken back, or removed by a moderator.
"""

from megabot.core.records import PostRecord
from megabot.core.seen import Seen
from megabot.ports import Ledger

_PINNED, _NOT_PINNED = "pinned", "unpinned"


def keep_standing(ledger: Ledger, thread: str, seen: Seen) -> None:
    """Remember which post a look found standing, and whether it was pinned, where that is new."""
    post = seen.standing.post if seen.standing else None
    kept = f"{post.id} {_PINNED if post.featured else _NOT_PINNED}" if post else ""
    if kept != (ledger.recall(_key(thread)) or ""):
        ledger.remember(_key(thread), kept)


def standing_record(ledger: Ledger, thread: str) -> PostRecord | None:
    """Give what is kept of the post that stands; of the newest one where no look told of any."""
    records, (kept, _) = ledger.posts(thread), _kept(ledger, thread)
    newest = records[-1] if records else None
    return next((record for record in records if str(record.post_id) == kept), newest)


def was_seen_pinned(ledger: Ledger, thread: str) -> bool | None:
    """Tell whether the last look found the post that stands pinned, None where no look told."""
    return {_PINNED: True, _NOT_PINNED: False}.get(_kept(ledger, thread)[1])


def _kept(ledger: Ledger, thread: str) -> tuple[str, str]:
    post_id, _, pin = (ledger.recall(_key(thread)) or "").partition(" ")
    return post_id, pin


def _key(thread: str) -> str:
    return f"standing:{thread}"
