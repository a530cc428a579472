"""The rate limits that a year can meet: six posts and six comments in ten minutes.

0.19 fills a bucket evenly; 1.0 counts from the first call on and forgets all at once (lemmy-api 2.4).
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

SIZE = 6
SPAN = timedelta(minutes=10)


@dataclass
class Limit:
    """One of them. Others behind the same address can use it up."""

    used: float = 0
    since: datetime | None = None

    def take(self, now: datetime, *, windows: bool) -> timedelta:
        """Take one call; tell how long to wait where none is left, which costs nothing."""
        self._fill(now, windows=windows)
        if self.used + 1 <= SIZE:
            self.used += 1
            return timedelta(0)
        if windows and self.since is not None:
            return self.since + SPAN - now
        return SPAN / SIZE * (self.used + 1 - SIZE)

    def drain(self, now: datetime, *, windows: bool) -> None:
        """Let others use up what is left."""
        self._fill(now, windows=windows)
        self.used = SIZE

    def _fill(self, now: datetime, *, windows: bool) -> None:
        passed = SPAN if self.since is None else now - self.since
        if windows:
            if passed >= SPAN:
                self.used, self.since = 0, now
        else:
            self.used, self.since = max(0.0, self.used - passed / SPAN * SIZE), now


@dataclass
class Rates:
    """What limits the bot's address."""

    post: Limit = field(default_factory=Limit)
    comment: Limit = field(default_factory=Limit)
