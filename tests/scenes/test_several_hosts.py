"""Several hosts on one ledger in PostgreSQL: one acts, others stand by, and a takeover posts nothing twice.

Every effect of a handover is tried by `make faults ARGS=--hosts`; here are some of them.
"""

import gc
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from megabot.commands.run_order import OrderResult, carry_out
from megabot.errors import ClaimLost
from megabot.i18n.tables import Outcome
from megabot.ledger.records import IntentState
from megabot.reconcile.loop import run_pass
from megabot.reconcile.orders import Order, OrderKind
from tests.fault_injection.killed import broken
from tests.postgres import PostgresServer
from tests.shared_ledger.handover import FIRST, Hosts, Mode, hosts_on, play
from tests.shared_ledger.host import Host, let_leases_end
from tests.world import NEWS, SLOT, WEEK, World

SEED = 20261130
TRIED = 2
"""How many effects are tried in each mode."""


@pytest.fixture(scope="module")
def hosts(postgres: PostgresServer) -> Iterator[Hosts]:
    database = postgres.create_database()
    with hosts_on(database) as hosts:
        yield hosts
    database.drop()


@pytest.fixture
def empty(hosts: Hosts) -> Hosts:
    hosts.forget()
    return hosts


@pytest.fixture(autouse=True)
def silent() -> Iterator[None]:
    ours = logging.getLogger("megabot")
    before = ours.level
    ours.setLevel(logging.CRITICAL)
    yield
    ours.setLevel(before)


@pytest.fixture
def pair(empty: Hosts, world: World) -> Iterator[tuple[Host, Host]]:
    """Start two processes of one account, each on its host."""
    pair = (Host(world, empty.first), Host(world, empty.second))
    yield pair
    for host in pair:
        host.end()


def a_week_later(world: World, host: Host) -> None:
    """Let last week's thread be posted, and its successor be due since a minute."""
    run_pass(host.ports(), orders={"news": Order(OrderKind.POST, "test:1")}, authenticated=True)
    world.clock.at = SLOT + WEEK + timedelta(minutes=1)


# -- a fault at one effect of a handover


@pytest.fixture(scope="module", params=["v3", "v4"])
def effects(
    request: pytest.FixtureRequest, hosts: Hosts, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, int]:
    """Count the effects of a handover that nothing disturbs."""
    found, names = play(hosts, tmp_path_factory.mktemp("calm") / "state", None, 0, api=request.param)
    assert found == []
    return request.param, len(names)


# A process that is killed or frozen leaves its sockets to the system.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.slow
@pytest.mark.parametrize("mode", Mode)
def test_whatever_happens_to_a_host_in_a_handover_the_other_one_completes_it_once(
    hosts: Hosts, effects: tuple[str, int], mode: Mode, tmp_path: Path
) -> None:
    api, most = effects
    numbers = Random(f"{SEED}{mode}{api}").sample(range(1, most + 1), TRIED)

    found = {number: play(hosts, tmp_path / f"{number}", mode, number, api=api)[0] for number in numbers}

    gc.collect()  # while the warning is expected
    assert {number: complaints for number, complaints in found.items() if complaints} == {}, f"seed {SEED}"


# -- one host acts


def test_the_second_host_stands_by_and_asks_the_server_nothing(pair: tuple[Host, Host], world: World) -> None:
    first, second = pair
    assert first.tick()
    world.sandbox.forget_requests()

    assert not second.tick()
    assert world.sandbox.requests == []


def test_a_host_that_stops_hands_over_at_once(pair: tuple[Host, Host]) -> None:
    first, second = pair
    first.tick()
    first.stand_down()

    assert second.tick()
    assert not first.tick()


def test_a_claim_that_is_lost_within_a_pass_ends_it_for_all_threads_and_leaves_its_intent_open(
    empty: Hosts, pair: tuple[Host, Host], world: World
) -> None:
    world.pages.all = (NEWS, *(replace(NEWS, name=name) for name in ("books", "films")))
    first, second = pair
    first.tick()
    first.writes.clear()
    world.clock.at = SLOT + WEEK + timedelta(minutes=1)
    asked: list[int] = []

    def freeze(what: str, _connection: object) -> None:
        if what == "request" and not asked:
            let_leases_end(empty.second, FIRST)
            second.hold()
            asked.append(len(world.sandbox.requests))

    empty.first.happens = freeze
    first.tick()
    empty.first.happens = lambda _what, _connection: None

    assert [len(world.sandbox.requests)] == asked, "after its thaw it asked the server for more"
    assert [intent.state for intent in second.ledger.intents("news")] == [IntentState.SENDING]
    assert second.ledger.alerts() == {}
    assert not first.tick()
    assert first.writes == []


def test_a_command_on_another_host_takes_the_turn_of_a_service_that_froze_within_a_pass(
    empty: Hosts, pair: tuple[Host, Host], world: World
) -> None:
    first, second = pair
    a_week_later(world, first)
    first.writes.clear()
    results: list[OrderResult] = []

    def freeze(what: str, _connection: object) -> None:
        if what == "request" and not results:
            let_leases_end(empty.second, FIRST)
            empty.first.happens = lambda _what, _connection: None
            results.append(carry_out(second.ports(), Order(OrderKind.POST, "shell:1"), None))
            world.clock.at += timedelta(minutes=11)
            results.append(carry_out(second.ports(), Order(OrderKind.POST, "shell:2"), None))

    empty.first.happens = freeze
    first.tick()

    assert "run this command again after Mon 23 Nov 12:11 UTC" in results[0].complaints[0]
    assert [outcome for outcome, _ in results[1].lines] == [Outcome.DONE]
    assert broken(world) == []
    assert first.writes == []
    assert first.tick(), "only its pass was taken, so the service goes on"
    world.clock.at += timedelta(hours=2)
    first.tick()
    assert broken(world) == []


def test_a_clock_that_jumps_on_one_host_takes_the_account_from_nobody(
    pair: tuple[Host, Host], world: World
) -> None:
    first, second = pair
    first.tick()
    world.clock.ahead = timedelta(days=400)
    assert not second.tick()
    world.clock.ahead = timedelta(days=-400)

    assert not second.tick()
    world.clock.ahead = timedelta(0)
    first.ledger.confirm_claims()


# -- without the database


def test_without_the_database_nothing_is_posted_and_after_it_the_thread_once_with_one_alert(
    empty: Hosts, pair: tuple[Host, Host], world: World
) -> None:
    host, _ = pair
    a_week_later(world, host)
    world.clock.at -= timedelta(minutes=30)
    host.tick()
    world.clock.at = SLOT + WEEK - timedelta(minutes=5)
    empty.proxy.refuse()
    for _ in range(20):
        world.clock.at += timedelta(minutes=1)
        host.tick()
    assert len(world.posts()) == 1
    assert not any(host.beats[-20:])

    empty.proxy.accept()
    world.clock.at += timedelta(minutes=1)
    host.tick()

    assert broken(world) == []
    assert host.ledger.alerts() == {
        "database": "the ledger's database did not answer from 2026-11-23 11:56 UTC until 2026-11-23 12:16 "
        "UTC, so threads that were due then were posted late"
    }
    world.clock.at += timedelta(hours=2)
    host.tick()
    assert host.ledger.alerts() == {}
    assert len(world.posts()) == 2


def test_a_short_absence_of_the_database_or_one_without_a_slot_alerts_nobody(
    empty: Hosts, pair: tuple[Host, Host], world: World
) -> None:
    host, _ = pair
    a_week_later(world, host)
    host.tick()
    empty.proxy.refuse()
    for _ in range(30):
        world.clock.at += timedelta(minutes=1)
        host.tick()
    empty.proxy.accept()
    world.clock.at += timedelta(minutes=1)
    host.tick()
    assert host.ledger.alerts() == {}

    world.clock.at = SLOT + 2 * WEEK
    empty.proxy.refuse()
    host.tick()
    empty.proxy.accept()
    world.clock.at += timedelta(minutes=1)
    host.tick()

    assert len(world.posts()) == 3
    assert host.ledger.alerts() == {}


def test_a_write_outside_of_a_pass_is_refused_after_a_takeover_too(
    empty: Hosts, pair: tuple[Host, Host]
) -> None:
    first, second = pair
    first.tick()
    let_leases_end(empty.second, FIRST)
    second.hold()

    with pytest.raises(ClaimLost):
        first.ports().forum.message(2, "An alert.")
    assert first.writes == []


# -- what a claim cannot do


@pytest.mark.parametrize("world", ["v3", "v4"], indirect=True)
def test_a_host_that_freezes_after_its_last_check_for_longer_than_the_wait_still_sends(
    empty: Hosts, pair: tuple[Host, Host], world: World
) -> None:
    """1.0 has forgotten the key by then (docs/how-to/several-hosts.md). Moderators get an alert."""
    first, second = pair
    a_week_later(world, first)
    freeze_before_the_request(world, empty, pair, then=timedelta(minutes=5))

    first.tick()
    world.clock.at += timedelta(hours=2)
    second.tick()

    assert len(world.posts()) == 3
    assert world.pinned() == [int(str(world.posts()[1]["id"]))]
    assert [*second.ledger.alerts()] == ["news:doubled"]


@pytest.mark.parametrize("world", ["v4"], indirect=True)
def test_on_1_0_a_host_that_wakes_up_soon_after_the_other_has_posted_posts_nothing(
    empty: Hosts, pair: tuple[Host, Host], world: World
) -> None:
    """Both requests have the same key, and 1.0 remembers it for at least two minutes."""
    first, second = pair
    a_week_later(world, first)
    freeze_before_the_request(world, empty, pair, then=timedelta(minutes=1))

    first.tick()
    world.clock.at += timedelta(hours=2)
    second.tick()

    assert len(world.posts()) == 2
    assert [*second.ledger.alerts()] == []
    assert [intent for intent in second.ledger.intents("news") if intent.open] == []


def freeze_before_the_request(
    world: World, hosts: Hosts, pair: tuple[Host, Host], *, then: timedelta
) -> None:
    """Freeze the first host after its last check until the other one has posted, and for `then` longer."""
    first, second = pair

    def freeze() -> None:
        first.after_check = lambda: None
        let_leases_end(hosts.second, FIRST)
        for minutes in (1, 2, 13):
            world.clock.at += timedelta(minutes=minutes)
            second.tick()
        assert len(world.posts()) == 2
        world.clock.at += then

    first.after_check = freeze
