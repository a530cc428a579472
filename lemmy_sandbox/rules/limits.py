"""How often a client may call: 0.19's token buckets and 1.0's windows. Knows no paths and reads no clock."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple


class Limit(NamedTuple):
    """So many calls at once, refilled evenly over so many seconds."""

    size: int
    seconds: int


# What the recorded server was set to, so that only a test that wants limits meets them.
GENEROUS = {
    "message": Limit(99999, 60),
    "post": Limit(99999, 600),
    "register": Limit(99999, 3600),
    "image": Limit(99999, 3600),
    "comment": Limit(99999, 600),
    "search": Limit(99999, 600),
}

# What a new server has (the migrations' defaults; lemmy-api 0).
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
    checked: int  # whole seconds, as the server counts them
    tokens: int


@dataclass(slots=True)
class Buckets:
    """The tokens that every client has left."""

    _buckets: dict[tuple[str, str], _Bucket] = field(default_factory=dict)

    def take(self, *, client: str, kind: str, limit: Limit, now: datetime) -> bool:
        """Take a token if there is one; a refused call costs nothing."""
        second = int(now.timestamp())
        bucket = self._buckets.setdefault((client, kind), _Bucket(second, limit.size))
        tokens = _refilled(bucket, limit, second)
        if tokens == 0:
            # Not written back: rounding down would keep a client that asks often at zero for ever.
            return False
        bucket.checked, bucket.tokens = second, tokens - 1
        return True


@dataclass(slots=True)
class _Window:
    ends: datetime
    calls: int


@dataclass(slots=True)
class Windows:
    """Lemmy 1.0's fixed windows: each opens at a client's first call and ends by the clock alone."""

    _windows: dict[tuple[str, str], _Window] = field(default_factory=dict)

    def take(self, *, client: str, kind: str, limit: Limit, now: datetime) -> bool:
        """Count a call and tell whether it is one of those allowed."""
        window = self._windows.get((client, kind))
        if window is None or window.ends <= now:
            window = _Window(now + timedelta(seconds=limit.seconds), 0)
            self._windows[client, kind] = window
        window.calls += 1
        return window.calls <= limit.size


def _refilled(bucket: _Bucket, limit: Limit, second: int) -> int:
    added = max(0, second - bucket.checked) * limit.size // limit.seconds
    return min(bucket.tokens + added, limit.size)
