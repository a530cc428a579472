"""Decide when a sign-in may be tried, and how long a used-up rate limit takes to refill. No I/O.

Sign-ins are scarce: a server allows 3 to 10 an hour per IP address, failures included, and everyone behind
the address shares them. The budget therefore stays far below what servers allow (decision 26).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

APART = timedelta(seconds=2)
"""Two sign-ins in one second make the same token on 0.19, and the second one fails (recorded: 011)."""

AFTER_SUCCESS = timedelta(minutes=25)
AFTER_LIMIT = timedelta(hours=1)
# At most two attempts in any 60 minutes (decision 26).
WINDOW = timedelta(hours=1)
IN_WINDOW = 2
AT_ONCE_IN_WINDOW = 3


class Bucket(StrEnum):
    """The rate limits of a Lemmy server that megabot uses (lemmy-api 0)."""

    MESSAGE = "message"
    POST = "post"
    COMMENT = "comment"
    REGISTER = "register"


_REFILL = {Bucket.MESSAGE: 5.0, Bucket.POST: 100.0, Bucket.COMMENT: 100.0, Bucket.REGISTER: 3600.0}


def refill_seconds(bucket: Bucket) -> float:
    """Return how many seconds to wait for room in a bucket of the default size.

    The time for one call (600 s for 6 posts), a polite minimum for `message`, and the whole hour for
    sign-ins, because trying too early there locks the IP address out.
    """
    return _REFILL[bucket]


class Outcome(StrEnum):
    """The outcome of a sign-in. UNKNOWN is stored before the request and stays after a crash."""

    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    LIMITED = "limited"


class Asker(StrEnum):
    """Who asks for a sign-in."""

    SERVICE = "service"
    AT_ONCE = "at once"
    """`megabot login` without a terminal, or credentials that changed since they were rejected."""
    PERSON = "person"
    """Someone at a terminal. The server's own limit is enough for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request to sign in. `at_once`: made for a human, or with new credentials."""

    at: datetime
    outcome: Outcome
    at_once: bool = False


def next_sign_in(attempts: Iterable[Attempt], *, now: datetime, asker: Asker) -> datetime:
    """Return the earliest time for a sign-in; `now` means immediately."""
    past = recent(attempts, now=now)
    waits = [now, *(attempt.at + APART for attempt in past)]
    match asker:
        case Asker.PERSON:
            pass  # a sign-in that the server's limit refuses costs nothing, on 0.19 and 1.0
        case Asker.AT_ONCE:
            waits += _room([attempt for attempt in past if attempt.at_once], AT_ONCE_IN_WINDOW)
        case Asker.SERVICE:
            waits += _room(past, IN_WINDOW)
            waits += [attempt.at + AFTER_SUCCESS for attempt in past if attempt.outcome is Outcome.SUCCEEDED]
            waits += [attempt.at + AFTER_LIMIT for attempt in past if attempt.outcome is Outcome.LIMITED]
        case _:
            assert_never(asker)
    return max(waits)


def sign_ins_left(attempts: Iterable[Attempt], *, now: datetime) -> int:
    """Return how many sign-ins the service may try now, one after the other."""
    past = recent(attempts, now=now)
    return 0 if next_sign_in(past, now=now, asker=Asker.SERVICE) > now else IN_WINDOW - len(past)


def recent(attempts: Iterable[Attempt], *, now: datetime) -> list[Attempt]:
    """Return the attempts that still count, oldest first.

    An attempt in the future was recorded while the clock was wrong. It would block sign-ins for as long as
    the clock was off, so it is dropped.
    """
    return sorted(
        (attempt for attempt in attempts if now - WINDOW < attempt.at <= now), key=lambda attempt: attempt.at
    )


def _room(attempts: list[Attempt], limit: int) -> list[datetime]:
    """Return when there is room again: when the oldest of the newest `limit` attempts leaves the window."""
    return [attempts[-limit].at + WINDOW] if len(attempts) >= limit else []
