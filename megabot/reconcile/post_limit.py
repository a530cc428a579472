"""Estimate when threads that are due together are posted, given the server's limit on new posts. Pure."""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Protocol

from megabot.forum.models import PostLimit

NOTICEABLE = timedelta(minutes=1)
"""Shorter delays are not mentioned; a pass over many threads takes that long anyway."""
USUAL_INTERVAL = timedelta(minutes=10)
"""The interval of Lemmy's limits on posts and comments, unless an admin changed it (lemmy-api 0)."""
_WAITS = (timedelta(minutes=2), timedelta(minutes=8), USUAL_INTERVAL)
LONGEST = timedelta(days=366)
"""The estimate looks no further ahead than this."""


def limited_wait(passes: int) -> timedelta:
    """Return how long to wait after the n-th pass in a row that only a rate limit cut short.

    These are 2, 8, 10, 10 ... minutes. After two minutes 0.19 accepts another post. Ten minutes after the
    first pass both versions accept as many as at first.
    """
    return _WAITS[min(passes, len(_WAITS)) - 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class DueSlot:
    """When an edition of a thread is due, in UTC, and the thread's time zone."""

    thread: str
    edition: str
    at: datetime
    timezone: str


_Posted = tuple[DueSlot, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class LatePosts:
    """Editions that are due close together, earliest first, and when the last one is posted."""

    due: tuple[DueSlot, ...]
    limit: PostLimit
    last_at: datetime

    @property
    def threads(self) -> tuple[str, ...]:
        """The names of the threads, sorted."""
        return tuple(sorted({slot.thread for slot in self.due}))


def late_posts(due: Iterable[DueSlot], limit: PostLimit) -> tuple[LatePosts, ...]:
    """Return the groups of editions in which the limit delays one by a minute or more, earliest first.

    A group begins with the editions that use up the allowance. If it comes again with the same threads, such
    as in the following week, only the first is returned. The estimate assumes that the service is running
    and that nothing else posts from its IP address.
    """
    found: dict[tuple[str, ...], LatePosts] = {}
    for posted in _late_spans(
        deque(sorted(due, key=lambda slot: (slot.at, slot.thread, slot.edition))), limit
    ):
        group = LatePosts(due=tuple(slot for slot, _ in posted), limit=limit, last_at=posted[-1][1])
        found.setdefault(group.threads, group)
    return tuple(found.values())


def _late_spans(ahead: deque[DueSlot], limit: PostLimit) -> list[list[_Posted]]:
    if not ahead:
        return []
    kind = _Window if limit.at_once else _Bucket
    allowance = kind(limit, ahead[0].at, limit.posts)
    posted: list[_Posted] = []
    spans: list[tuple[int, int]] = []
    while ahead:
        begin = len(posted)
        posted += _post_until_idle(ahead, allowance)
        if max(at - slot.at for slot, at in posted[begin:]) < NOTICEABLE:
            continue
        since = posted[begin][0].at - timedelta(seconds=limit.seconds)
        begin = bisect_right(posted, since, hi=begin, key=itemgetter(1))
        if spans and begin < spans[-1][1]:
            begin, _ = spans.pop()
        spans.append((begin, len(posted)))
    return [posted[begin:end] for begin, end in spans]


class _Allowance(Protocol):
    """How many posts the server still accepts."""

    def take(self, now: datetime) -> bool:
        """Return whether a post is accepted now; a refused one costs nothing."""

    def room_at(self) -> datetime:
        """Return when the next post is accepted, if none is now."""


def _post_until_idle(ahead: deque[DueSlot], allowance: _Allowance) -> list[_Posted]:
    """Take editions from `ahead` as the service would post them, until none is waiting."""
    posted: list[_Posted] = []
    waiting: deque[DueSlot] = deque()
    now, passes = ahead[0].at, 0
    end = now + LONGEST
    while True:
        while ahead and ahead[0].at <= now:
            waiting.append(ahead.popleft())
        while waiting and (now >= end or allowance.take(now)):
            posted.append((waiting.popleft(), now))
        if not waiting:
            return posted
        passes += 1
        retry = min(end, _retry_at(now, passes, allowance.room_at()))
        # A pass comes at every slot, too.
        now = min(retry, ahead[0].at) if ahead else retry


def _retry_at(now: datetime, passes: int, room_at: datetime) -> datetime:
    wait = limited_wait(passes)
    if wait < USUAL_INTERVAL:
        return now + wait
    # The passes before `room_at` would post nothing. Without this, a long interval would take minutes.
    return now + wait * max(1, -((now - room_at) // wait))


@dataclass(slots=True)
class _Bucket:
    """0.19: full at first, then refilled evenly, but only with whole posts (lemmy-api 2.4)."""

    limit: PostLimit
    checked: datetime
    left: int

    def take(self, now: datetime) -> bool:
        passed = int((now - self.checked).total_seconds())
        left = min(self.left + passed * self.limit.posts // self.limit.seconds, self.limit.posts)
        if left:
            self.checked, self.left = now, left - 1
        return bool(left)

    def room_at(self) -> datetime:
        return self.checked + timedelta(seconds=-(-self.limit.seconds // self.limit.posts))


@dataclass(slots=True)
class _Window:
    """1.0: full again an interval after the first post, all at once (lemmy-api 2.4)."""

    limit: PostLimit
    ends: datetime
    left: int

    def take(self, now: datetime) -> bool:
        if self.ends <= now:
            self.ends, self.left = now + timedelta(seconds=self.limit.seconds), self.limit.posts
        allowed = self.left > 0
        self.left -= allowed
        return allowed

    def room_at(self) -> datetime:
        return self.ends
