"""The same stage on a 1.0."""

from collections.abc import Iterator

import pytest

from lemmy_sandbox import Sandbox, UserV4
from tests.sandbox.clocks import StandingClock
from tests.sandbox.stage import staged


@pytest.fixture
def sandbox(clock: StandingClock) -> Iterator[Sandbox]:
    with staged(Sandbox(clock, api="v4")) as running:
        yield running


@pytest.fixture
def bot(sandbox: Sandbox) -> UserV4:
    return by(sandbox, "megabot")


@pytest.fixture
def modlin(sandbox: Sandbox) -> UserV4:
    return by(sandbox, "modlin")


@pytest.fixture
def reader(sandbox: Sandbox) -> UserV4:
    return by(sandbox, "reader")


@pytest.fixture
def admin(sandbox: Sandbox) -> UserV4:
    return by(sandbox, "admin")


@pytest.fixture
def stranger(sandbox: Sandbox) -> UserV4:
    return by(sandbox, "")


def by(sandbox: Sandbox, name: str) -> UserV4:
    hand = sandbox.user(name)
    assert isinstance(hand, UserV4)
    return hand
