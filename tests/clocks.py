"""A clock that moves only when something waits or a test moves it."""

from datetime import UTC, datetime, timedelta

from typing_extensions import override

from megabot.clock import Clock


class FakeClock(Clock):
    """A clock whose `sleep` moves `now` and is recorded. It can be called, as the clock of a sandbox."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 16, 12, tzinfo=UTC)
        self.slept: list[float] = []

    @override
    def now(self) -> datetime:
        return self.moment

    @override
    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)

    def advance(self, **units: float) -> None:
        self.moment += timedelta(**units)

    __call__ = now
