"""When a sign-in may be tried and how long an empty bucket takes. Pure; the promise it keeps is politeness.

Sign-ins are scarce (3 to 10 an hour for an IP address, failures count) and everybody behind the address
shares them, so the budget is far below what servers allow (decision 26).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

APART = timedelta(seconds=2)
"""Two sign-ins in one second make the same token on 0.19, and the second one fails."""

AFTER_SUCCESS = timedelta(minutes=25)
AFTER_LIMIT = timedelta(hours=1)
WINDOW = timedelta(hours=1)
IN_WINDOW = 2
AT_ONCE_IN_WINDOW = 3


class Bucket(StrEnum):
    """Lemmy's rate limit buckets that megabot draws on."""

    MESSAGE = "message"
    POST = "post"
    COMMENT = "comment"
    REGISTER = "register"


_REFILL = {Bucket.MESSAGE: 5.0, Bucket.POST: 100.0, Bucket.COMMENT: 100.0, Bucket.REGISTER: 3600.0}


def refill_seconds(bucket: Bucket) -> float:
    """Say how long to wait for room in a bucket of the default size.

    One call's share of the interval (600 s for 6 posts), for `message` at least as long as is polite, and
    the whole hour for sign-ins, where being wrong locks the address out.
    """
    return _REFILL[bucket]


class Outcome(StrEnum):
    """How a sign-in went. UNKNOWN is written before it is sent and stays if nobody could write more."""

    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    LIMITED = "limited"


class Asker(StrEnum):
    """Who wants a sign-in."""

    SERVICE = "service"
    AT_ONCE = "at once"
    """`megabot login` without a terminal, or credentials that changed since they were refused."""
    PERSON = "person"
    """A person at a terminal, whom the server's own limit is enough for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request to sign in. `at_once` says that a person or new credentials stood behind it."""

    at: datetime
    outcome: Outcome
    at_once: bool = False


def next_sign_in(attempts: Iterable[Attempt], *, now: datetime, asker: Asker) -> datetime:
    """Return from when on a sign-in may be tried; `now` or earlier means immediately."""
    past = recent(attempts, now=now)
    waits = [now, *(attempt.at + APART for attempt in past)]
    match asker:
        case Asker.PERSON:
            pass  # a sign-in that the server's limit refuses costs nothing, on 0.19 and 1.0
        case Asker.AT_ONCE:
            waits += _room([one for one in past if one.at_once], AT_ONCE_IN_WINDOW)
        case Asker.SERVICE:
            waits += _room(past, IN_WINDOW)
            waits += [one.at + AFTER_SUCCESS for one in past if one.outcome is Outcome.SUCCEEDED]
            waits += [one.at + AFTER_LIMIT for one in past if one.outcome is Outcome.LIMITED]
        case _:
            assert_never(asker)
    return max(waits)


def sign_ins_left(attempts: Iterable[Attempt], *, now: datetime) -> int:
    """Say how many sign-ins may be tried now without a person, one after the other."""
    past = recent(attempts, now=now)
    return 0 if next_sign_in(past, now=now, asker=Asker.SERVICE) > now else IN_WINDOW - len(past)


def recent(attempts: Iterable[Attempt], *, now: datetime) -> list[Attempt]:
    """Keep the attempts that still count, oldest first.

    One from the future was made under a wrong clock: it would bar the way for as long as the clock was off.
    """
    return sorted(
        (attempt for attempt in attempts if now - WINDOW < attempt.at <= now), key=lambda attempt: attempt.at
    )


def _room(attempts: list[Attempt], limit: int) -> list[datetime]:
    """When the oldest of the newest `limit` attempts leaves the window: there is room from then on."""
    return [attempts[-limit].at + WINDOW] if len(attempts) >= limit else []
