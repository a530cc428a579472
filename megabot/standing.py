"""Which of a thread's recorded posts stands, for those who ask the ledger alone: as the last pass saw it.

A newer one may be a copy that was taken back, or removed by a moderator.
"""

from megabot.core.records import PostRecord
from megabot.core.seen import Seen
from megabot.ports import Ledger


def keep_standing(ledger: Ledger, thread: str, seen: Seen) -> None:
    """Remember which post a look found standing, where that is new."""
    kept = str(seen.standing.id) if seen.standing else ""
    if kept != (ledger.recall(_key(thread)) or ""):
        ledger.remember(_key(thread), kept)


def standing_record(ledger: Ledger, thread: str) -> PostRecord | None:
    """Give what is kept of the post that stands; of the newest one where no look told of any."""
    records, kept = ledger.posts(thread), ledger.recall(_key(thread))
    newest = records[-1] if records else None
    return next((record for record in records if str(record.post_id) == kept), newest)


def _key(thread: str) -> str:
    return f"standing:{thread}"
