"""The tasks of the service. Each has its own retries and wait times, so that none delays another."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from megabot.errors import ClaimLost, ConfigError, DatabaseAway, NotSent, Stopping, UserError
from megabot.forum.port import Forum
from megabot.schedule.interval import NEVER, Interval

LONGEST = timedelta(minutes=15)
QUIET = timedelta(minutes=2)
"""How long before a slot only the pass may start: longer than one request to a server that hangs."""
log = logging.getLogger("megabot")


class Outcome(Enum):
    """The result of trying a task."""

    WAITING = auto()
    DONE = auto()
    RECOVERED = auto()
    FAILED = auto()


class Task:
    """Something that the service does at every tick.

    After a failure it waits, each time twice as long, up to `LONGEST`; a slot ends the wait. `failing_since`
    is when it began to fail, None while it works; `failure` is the last error; `lacks_database` tells whether
    the ledger's database did not answer.
    """

    def __init__(self, name: str, action: Callable[[datetime], None], *, shortest: timedelta) -> None:
        self.name = name
        self.failing_since: datetime | None = None
        self.failure = ""
        self.lacks_database = False
        self._action = action
        self._shortest = shortest
        self._failures = 0
        self._wait = NEVER

    @property
    def retry_at(self) -> datetime:
        """When it may be tried again after a failure; a time long past if it did not fail."""
        return self._wait.end

    def attempt(self, now: datetime, *, slot: datetime | None) -> Outcome:
        """Run the task, unless it is waiting. `slot` is the next one.

        Raises only `Stopping` and `ClaimLost`.
        """
        if now in self._wait:
            return Outcome.WAITING
        try:
            self._action(now)
        # A signal to stop ends the process, and a lost claim every task; it is no failure of this one (R09).
        except (Stopping, ClaimLost):
            raise
        except Exception as error:  # noqa: BLE001  even a bug must not affect the other tasks
            self._fail(error, now, slot)
            return Outcome.FAILED
        recovered = self.failing_since is not None
        self.failing_since, self._failures, self._wait = None, 0, NEVER
        return Outcome.RECOVERED if recovered else Outcome.DONE

    def _fail(self, error: Exception, now: datetime, slot: datetime | None) -> None:
        if isinstance(error, UserError | ConfigError):
            self.failure = str(error)
        else:
            self.failure = (
                f"this is a bug in megabot ({type(error).__name__}); please report the lines in the log"
            )
            log.error("this is a bug in megabot; please report it with these lines", exc_info=error)
        self.failing_since = self.failing_since or now
        self.lacks_database = isinstance(error, DatabaseAway)
        # Our own database need not be spared, as a server has to be.
        longest = self._shortest if self.lacks_database else LONGEST
        # The exponent is capped because a timedelta can overflow.
        wait = Interval.after(now, min(longest, self._shortest * 2 ** min(self._failures, 10)))
        self._failures += 1
        if slot is not None and slot in wait and slot > now:
            wait, self._failures = Interval(now, slot), 0  # so that a failure at the slot is retried soon
        self._wait = wait
        log.warning("%s", trying_again(f"{self.name}: {self.failure}", wait.end - now))


class PausedForum:
    """A forum that starts no call while `paused()`: a slot is near, and everything else can wait."""

    def __init__(self, forum: Forum, paused: Callable[[], bool]) -> None:
        self._forum = forum
        self._paused = paused

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  the forum's own method
        """Return a method of the forum that raises `NotSent` instead of beginning a call."""
        call = getattr(self._forum, name)

        def unless_paused(*given: Any, **named: Any) -> Any:  # noqa: ANN401  as above
            if self._paused():
                # An error that callers treat as certainly not sent, so they try again after the slot.
                raise NotSent("waiting, because a thread is about to be posted")
            return call(*given, **named)

        return unless_paused


def trying_again(why: str, wait: timedelta) -> str:
    return f"{why.removesuffix('.')}; trying again in {wait.total_seconds():.0f} s"
