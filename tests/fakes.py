"""Working fakes of the ports, one each, held to the same contract tests as the real adapters."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from typing_extensions import override

from megabot.clock import Clock

MONDAY_NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


class FakeClock(Clock):
    """A clock that moves only when someone sleeps, and records for how long."""

    def __init__(self, now: datetime = MONDAY_NOON) -> None:
        self._now = now
        self.slept: list[float] = []

    @override
    def now(self) -> datetime:
        return self._now

    @override
    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._now += timedelta(seconds=seconds)


class FakeCodes:
    """Predictable codes; `drawn` lists the ones given so far."""

    def __init__(self) -> None:
        self.drawn: list[str] = []

    def __call__(self) -> str:
        """Return the next code."""
        self.drawn.append(sha256(f"code {len(self.drawn)}".encode()).hexdigest()[:8])
        return self.drawn[-1]
