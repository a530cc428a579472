"""Rate limits: 0.19's token buckets and 1.0's windows (lemmy-api 2.4). Knows no paths and reads no clock."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple


class Limit(NamedTuple):
    """The number of calls allowed at once, and the seconds to refill them all."""

    size: int
    seconds: int


# The recorded server's limits, high enough that only tests of limits meet them.
GENEROUS = {
    "message": Limit(99999, 60),
    "post": Limit(99999, 600),
    "register": Limit(99999, 3600),
    "image": Limit(99999, 3600),
    "comment": Limit(99999, 600),
    "search": Limit(99999, 600),
}

# The limits of a new server (lemmy-api 0).
USUAL = {
    "message": Limit(180, 60),
    "post": Limit(6, 600),
    "register": Limit(10, 3600),
    "image": Limit(6, 3600),
    "comment": Limit(6, 600),
    "search": Limit(60, 600),
}


@dataclass(slots=True)
class _Bucket:
    checked: int  # in whole seconds, like the server
    tokens: int


@dataclass(slots=True)
class Buckets:
    """The tokens that each client has left (0.19)."""

    _buckets: dict[tuple[str, str], _Bucket] = field(default_factory=dict)

    def take(self, *, client: str, kind: str, limit: Limit, now: datetime) -> bool:
        """Take a token if there is one; a refused call costs nothing."""
        second = int(now.timestamp())
        bucket = self._buckets.setdefault((client, kind), _Bucket(second, limit.size))
        tokens = _refilled(bucket, limit, second)
        if tokens == 0:
            # Not written back, because rounding down would keep a client that asks often at zero forever.
            return False
        bucket.checked, bucket.tokens = second, tokens - 1
        return True


@dataclass(slots=True)
class _Window:
    ends: datetime
    calls: int


@dataclass(slots=True)
class Windows:
    """Lemmy 1.0's fixed windows. A window opens with a client's first call and ends after a fixed time."""

    _windows: dict[tuple[str, str], _Window] = field(default_factory=dict)

    def take(self, *, client: str, kind: str, limit: Limit, now: datetime) -> bool:
        """Count a call and return whether it is allowed."""
        window = self._windows.get((client, kind))
        if window is None or window.ends <= now:
            window = _Window(now + timedelta(seconds=limit.seconds), 0)
            self._windows[client, kind] = window
        # Refused calls do not extend the window (lemmy-api 2.4).
        window.calls += 1
        return window.calls <= limit.size


def _refilled(bucket: _Bucket, limit: Limit, second: int) -> int:
    added = max(0, second - bucket.checked) * limit.size // limit.seconds
    return min(bucket.tokens + added, limit.size)
