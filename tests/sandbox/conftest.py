"""A sandbox with a standing clock, a community and its people."""

from collections.abc import Callable, Iterator

import pytest

from lemmy_sandbox import Sandbox, User
from tests.sandbox.clocks import StandingClock
from tests.sandbox.stage import staged


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def sandbox(clock: StandingClock) -> Iterator[Sandbox]:
    """Start a sandbox, and fail the test that asked for what it has not or met a bug of it."""
    with staged(Sandbox(clock)) as running:
        yield running


@pytest.fixture
def hand(sandbox: Sandbox) -> Callable[[str], User]:
    return sandbox.user


@pytest.fixture
def bot(hand: Callable[[str], User]) -> User:
    return hand("megabot")


@pytest.fixture
def modlin(hand: Callable[[str], User]) -> User:
    return hand("modlin")


@pytest.fixture
def reader(hand: Callable[[str], User]) -> User:
    return hand("reader")


@pytest.fixture
def admin(hand: Callable[[str], User]) -> User:
    return hand("admin")


@pytest.fixture
def news(sandbox: Sandbox) -> int:
    return sandbox.community("news").id
