"""A span of time during which something waits. Pure: the current time is an argument."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Interval:
    """The time from `start` (included) to `end` (excluded), both aware.

    A clock that was set back is before `start`, so it ends the wait as well: otherwise a wait that began
    while the clock was a year ahead would last a year.
    """

    start: datetime
    end: datetime

    @classmethod
    def after(cls, start: datetime, length: timedelta) -> "Interval":
        """Return the interval of a length that begins at `start`."""
        return cls(start, start + length)

    def __contains__(self, moment: datetime) -> bool:
        """Return whether `moment` is within the interval."""
        return self.start <= moment < self.end


NEVER = Interval(datetime(1970, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC))
"""An interval without any moment in it: nothing waits."""
