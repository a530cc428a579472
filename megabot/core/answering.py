"""How an answer goes out: as a comment while the account's comment bucket has room, else as a message. Pure.

A server grants 6 comments in 10 minutes (lemmy-api 1.22); two of them stay free for linking new threads.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=10)
ANSWERS = 4


def recent(times: Iterable[datetime], now: datetime) -> tuple[datetime, ...]:
    """Keep the times of those comments that still take room in the bucket."""
    return tuple(at for at in times if now - WINDOW < at <= now)


def is_last(times: Iterable[datetime], now: datetime) -> bool:
    """Return whether the comment that goes out now is the last for a while, after those at `times`."""
    return len(recent(times, now)) == ANSWERS - 1


def has_room(times: Iterable[datetime], now: datetime) -> bool:
    """Tell whether another answer may go out as a comment, after those that did at `times`."""
    return len(recent(times, now)) < ANSWERS
