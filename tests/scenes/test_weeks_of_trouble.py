"""The state machine over the simulation's world, as one test."""

import logging
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.simulation.machine import WeeksOfTrouble

pytestmark = pytest.mark.no_cover
TestWeeksOfTrouble = WeeksOfTrouble.TestCase
TestWeeksOfTrouble.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture(autouse=True)
def silent() -> Iterator[None]:
    ours = logging.getLogger("megabot")
    before = ours.level
    ours.setLevel(logging.CRITICAL)
    yield
    ours.setLevel(before)
