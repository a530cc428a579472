"""What is sent again, how often, and after what wait."""

import pytest

from megabot.errors import NotFound, OutcomeUnknown, RateLimited, ServerStarting, Unreachable, Unreadable
from megabot.lemmy.retry import with_retries

NOT_SENT = [Unreachable("No."), ServerStarting("Soon."), RateLimited("Full.", wait=5)]
FINAL = [NotFound("No.", code="x"), OutcomeUnknown("?"), RateLimited("Full.", wait=100), KeyError("bug")]


class Server:
    """Fails as often as it was told to, then works."""

    def __init__(self, error: Exception, failures: int = 99) -> None:
        self.calls = 0
        self._error = error
        self._failures = failures

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self._failures:
            raise self._error
        return "done"


def attempts(error: Exception, *, read: bool) -> int:
    server = Server(error)
    with pytest.raises(type(error)):
        with_retries(server, read=read, sleep=lambda _: None)
    return server.calls


@pytest.mark.parametrize("error", [*NOT_SENT, Unreadable("HTML.")], ids=repr)
def test_a_read_is_tried_three_times(error: Exception) -> None:
    assert attempts(error, read=True) == 3


@pytest.mark.parametrize("error", NOT_SENT, ids=repr)
def test_a_write_that_was_certainly_not_sent_is_tried_twice(error: Exception) -> None:
    assert attempts(error, read=False) == 2


@pytest.mark.parametrize("error", FINAL, ids=repr)
def test_everything_else_is_tried_once(error: Exception) -> None:
    assert attempts(error, read=True) == attempts(error, read=False) == 1


def test_a_write_whose_answer_was_unreadable_is_tried_once() -> None:
    assert attempts(Unreadable("HTML."), read=False) == 1


def test_what_works_later_is_given() -> None:
    assert with_retries(Server(Unreadable("HTML."), failures=2), read=True, sleep=lambda _: None) == "done"


def test_waits_are_short_and_by_the_clock_that_was_given() -> None:
    waits: list[float] = []

    with pytest.raises(Unreachable):
        with_retries(Server(Unreachable("No.")), read=True, sleep=waits.append)

    assert len(waits) == 2
    assert all(0 <= wait <= 5 for wait in waits)


def test_a_rate_limit_is_waited_out() -> None:
    """A02."""
    waits: list[float] = []

    with_retries(Server(RateLimited("Full.", wait=5), failures=1), read=False, sleep=waits.append)

    assert waits == [5]
