"""The state machine over the simulation's world, as one test."""

import logging

from hypothesis import HealthCheck, settings

from tests.simulation.machine import WeeksOfTrouble

logging.getLogger("megabot").setLevel(logging.CRITICAL)

TestWeeksOfTrouble = WeeksOfTrouble.TestCase
TestWeeksOfTrouble.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
