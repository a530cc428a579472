"""The current post of a thread according to the last pass, for callers that read only the ledger.

A newer record may be a repost that was undone, or a post that a moderator removed.
"""

from megabot.ledger.port import Ledger
from megabot.ledger.records import PostRecord


def current_post_record(ledger: Ledger, thread: str) -> PostRecord | None:
    """Return the record of the current post; the newest record if no pass has named one."""
    post_id = ledger.thread(thread).current_post_id
    named = None if post_id is None else ledger.post(post_id)
    if named is not None and named.thread == thread:
        return named
    return next(reversed(ledger.recent_posts(thread)), None)
