"""Some of `make faults` and `make simulate`, for every run of the tests; the rest is there."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from tests.fake_ledger import FakeLedger
from tests.fault_injection import killed, wire
from tests.fault_injection.handover import Mode, play
from tests.postgres import Database
from tests.simulation.__main__ import lived
from tests.simulation.__main__ import play as play_year
from tests.simulation.faults import KEEPS, Fault
from tests.simulation.ledgers import Kind, NewLedger, ledgers_of
from tests.simulation.server import Generation
from tests.simulation.year import Year

pytestmark = pytest.mark.no_cover
SEED = 20261123


@pytest.fixture(autouse=True)
def silent() -> Iterator[None]:
    ours = logging.getLogger("megabot")
    before = ours.level
    ours.setLevel(logging.CRITICAL)
    yield
    ours.setLevel(before)


@pytest.mark.parametrize("generation", Generation)
@pytest.mark.parametrize("on", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("mode", Mode)
def test_whatever_goes_wrong_with_an_effect_a_handover_comes_to_its_end(
    mode: Mode, generation: Generation, *, on: bool
) -> None:
    _, names = play({}, generation=generation)
    start = list(Mode).index(mode) % 8 + 1
    numbers = range(start, len(names) + 1, 8)

    broken = {number: play({number: mode}, on=on, generation=generation)[0] for number in numbers}

    assert {number: found for number, found in broken.items() if found} == {}


def test_a_server_upgraded_before_any_request_of_a_handover_is_survived_with_a_fault_too() -> None:
    """A20."""
    random = Random(SEED)
    _, names = play({})
    tries = [(number, {random.randint(1, len(names)): random.choice([*Mode])}) for number in range(1, 21)]

    broken = [(number, at) for number, at in tries if play(at, upgrade=number)[0]]

    assert broken == [], f"seed {SEED}"


def test_two_faults_in_one_handover_are_survived_too() -> None:
    random = Random(SEED)
    _, names = play({})
    pairs = [{random.randint(1, len(names)): random.choice([*Mode]) for _ in range(2)} for _ in range(20)]

    assert [(at, found) for at in pairs if (found := play(at)[0])] == [], f"seed {SEED}"


@pytest.mark.parametrize(("number", "fault"), list(enumerate(wire.FAULTS)))
def test_a_broken_answer_on_the_wire_is_survived(number: int, fault: str) -> None:
    api = ("v3", "v4")[number % 2]
    number = number * 3 % wire.requests(api) + 1

    assert wire.play(wire.FAULTS[fault], number, on=False, api=api) == [], f"request {number}"


@pytest.mark.parametrize(("number", "after"), [(3, True), (8, False), (10, True), (14, False)])
def test_a_real_process_that_is_killed_leaves_what_the_next_one_finishes(number: int, *, after: bool) -> None:
    """R01, R02, R03, R04, R05, R06, R07, R08."""
    assert killed.kill(number, after=after) == []


@pytest.mark.parametrize(("number", "after"), [(9, True), (14, False)])
def test_a_real_process_that_is_killed_is_survived_with_a_database_too(
    number: int, database: Database, *, after: bool
) -> None:
    assert killed.kill(number, after=after, database=database.url) == []


@pytest.mark.parametrize("fault", ["answer lost", "502 in HTML, not passed on"])
def test_a_broken_answer_on_the_wire_is_survived_with_a_database_too(fault: str, database: Database) -> None:
    assert wire.play(wire.FAULTS[fault], 7, on=False, api="v4", database=database.url) == []


@pytest.fixture(params=[Kind.SQLITE, Kind.POSTGRES])
def ledgers(request: pytest.FixtureRequest) -> Iterator[NewLedger]:
    """Give what makes ledgers of one engine."""
    address = request.getfixturevalue("database").url if request.param is Kind.POSTGRES else ""
    with ledgers_of(request.param, address) as ledgers:
        yield ledgers


@pytest.mark.parametrize("mode", Mode)
def test_whatever_goes_wrong_with_a_write_of_the_ledger_a_handover_comes_to_its_end(
    mode: Mode, ledgers: NewLedger
) -> None:
    _, names = play({})
    writes = [number for number, name in enumerate(names, 1) if name in KEEPS]
    number = writes[(list(Mode).index(mode) * 5 + 3) % len(writes)]

    assert play({number: mode}, ledgers=ledgers)[0] == [], f"effect {number}: {names[number - 1]}"


def test_weeks_of_trouble_are_the_same_with_every_ledger(ledgers: NewLedger) -> None:
    """The ledger fails, is lost, and comes back from a backup meanwhile."""
    expected, year = (lived(35, new, weeks=4) for new in (FakeLedger, ledgers))

    assert {"event the_ledger_is_lost", "event a_backup_is_put_back"} <= set(year.counts)
    assert year.storm.fired[Fault.DISK_FULL] + year.storm.fired[Fault.DISK_FULL_AFTER] > 0
    assert (year.server.deeds, year.counts) == (expected.server.deeds, expected.counts)
    assert year.storm.fired == expected.storm.fired
    assert kept_in(year) == kept_in(expected)


def kept_in(year: Year) -> tuple[object, ...]:
    ledger = year.ledger
    history = [replace(intent, id=0) for intent in ledger.history(1000)]
    return history, ledger.posts("news"), ledger.commands(1000), ledger.open_commands(), ledger.alerts()


@pytest.mark.parametrize("seed", [1, 2, 3, 5, 23])
def test_a_year_of_trouble_breaks_no_promise(seed: int) -> None:
    broken = play_year(seed)[1]
    assert not broken, "\n".join((f"replay: make simulate SEEDS=1 ARGS='--from {seed}'", *broken))
