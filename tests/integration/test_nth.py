"""Some of `make faults` and `make simulate`, for every run of the tests; the rest is there."""

import logging
from collections.abc import Iterator
from random import Random

import pytest

from tests.nth import killed, wire
from tests.nth.handover import Mode, play
from tests.simulation.__main__ import play as play_year

SEED = 20261123


@pytest.fixture(autouse=True)
def silent() -> Iterator[None]:
    ours = logging.getLogger("megabot")
    before = ours.level
    ours.setLevel(logging.CRITICAL)
    yield
    ours.setLevel(before)


@pytest.mark.parametrize("on", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("mode", Mode)
def test_whatever_goes_wrong_with_an_effect_a_handover_comes_to_its_end(mode: Mode, *, on: bool) -> None:
    _, names = play({})
    start = list(Mode).index(mode) % 4 + 1

    broken = {number: play({number: mode}, on=on)[0] for number in range(start, len(names) + 1, 4)}

    assert {number: found for number, found in broken.items() if found} == {}


def test_two_faults_in_one_handover_are_survived_too() -> None:
    random = Random(SEED)
    _, names = play({})
    pairs = [{random.randint(1, len(names)): random.choice([*Mode]) for _ in range(2)} for _ in range(40)]

    assert [(at, found) for at in pairs if (found := play(at)[0])] == [], f"seed {SEED}"


@pytest.mark.parametrize("fault", wire.FAULTS)
def test_a_broken_answer_on_the_wire_is_survived(fault: str) -> None:
    number = list(wire.FAULTS).index(fault) % wire.requests() + 1

    assert wire.play(wire.FAULTS[fault], number, on=False) == [], f"request {number}"


@pytest.mark.parametrize(("number", "after"), [(3, True), (8, False), (10, True), (14, False)])
def test_a_real_process_that_is_killed_leaves_what_the_next_one_finishes(number: int, *, after: bool) -> None:
    """R01, R02, R03, R04, R05, R06, R07, R08."""
    assert killed.kill(number, after=after) == []


@pytest.mark.parametrize("seed", [1, 2, 3, 5, 23])
def test_a_year_of_trouble_breaks_no_promise(seed: int) -> None:
    assert play_year(seed)[1] == [], f"replay: make simulate SEEDS=1 ARGS='--from {seed}'"
