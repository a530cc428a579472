"""Retry what may be sent again: reads, and writes that the server certainly never got."""

from collections.abc import Callable
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from megabot.errors import NotSent, RateLimited, RemoteUnreachable, Unreadable

T = TypeVar("T")

READ_ATTEMPTS = 3
WRITE_ATTEMPTS = 2
LONGEST_WAIT = 5.0

_backoff = wait_random_exponential(multiplier=0.5, max=LONGEST_WAIT)


def with_retries(action: Callable[[], T], *, read: bool, sleep: Callable[[float], None]) -> T:
    """Run an action until it succeeds or a retry is useless, then raise its own error."""
    retrying = Retrying(
        stop=stop_after_attempt(READ_ATTEMPTS if read else WRITE_ATTEMPTS),
        wait=_wait,
        retry=retry_if_exception(lambda error: _worth_it(error, read=read)),
        sleep=sleep,
        reraise=True,
    )
    return retrying(action)


def _worth_it(error: BaseException, *, read: bool) -> bool:
    if isinstance(error, RateLimited):
        return error.wait <= LONGEST_WAIT
    if isinstance(error, RemoteUnreachable):
        return False  # the server has already waited for the other one
    # A write is repeated only if the server certainly never got it (decision 9).
    return isinstance(error, (NotSent, Unreadable) if read else NotSent)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return error.wait if isinstance(error, RateLimited) else _backoff(state)
