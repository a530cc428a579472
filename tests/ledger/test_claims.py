"""Claims on accounts in a real database: who may act, and what happens to a holder that falls silent."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import event, text
from typing_extensions import override

from megabot.errors import Busy, ClaimLost, DatabaseAway
from megabot.ledger.postgres import PostgresLedger
from megabot.ledger.shared_database import SharedDatabase
from megabot.ledger.state import ClaimKind
from tests.fakes import FakeClock
from tests.postgres import Cut, Database, Side, TrafficProxy, Unit

ACCOUNT = ("megabot", "lemmy.example")
SHORT = timedelta(seconds=0.2)


def ledger(shared: SharedDatabase, clock: FakeClock | None = None) -> PostgresLedger:
    name, address = ACCOUNT
    return PostgresLedger(shared, clock or FakeClock(), name=name, address=address, on_wait=lambda: None)


def end_leases(shared: SharedDatabase, holder: str = "first") -> None:
    with shared.at_once() as connection:
        connection.execute(
            text("UPDATE claims SET until = clock_timestamp() - interval '1 s' WHERE holder = :holder"),
            {"holder": holder},
        )


@pytest.fixture
def first(database: Database) -> Iterator[SharedDatabase]:
    shared = SharedDatabase(database.url, holder="first")
    yield shared
    shared.close()


@pytest.fixture
def second(database: Database) -> Iterator[SharedDatabase]:
    shared = SharedDatabase(f"{database.url}&fallback_application_name=second", holder="second")
    yield shared
    shared.close()


def never(_holder: str) -> None:
    pytest.fail("nobody holds it")


def test_a_second_host_waits_and_is_told_who_holds_the_account(
    first: SharedDatabase, second: SharedDatabase
) -> None:
    told: list[str] = []
    with ledger(first).pass_lock(), pytest.raises(Busy, match=r"megabot on first is still using"):  # noqa: SIM117
        with ledger(second).pass_lock():
            pytest.fail("both hold it")
    with ledger(first).service_lock(on_wait=never):
        clock = Stopped(told)
        with pytest.raises(StoppedWaiting), ledger(second, clock).service_lock(on_wait=told.append):
            pytest.fail("both hold it")
    with ledger(second).service_lock(on_wait=never):
        pass  # the first one gave it back

    assert told == ["megabot on first"]


class StoppedWaiting(Exception):
    """The test has seen enough."""


class Stopped(FakeClock):
    """A clock that ends the wait once somebody was told."""

    def __init__(self, told: list[str]) -> None:
        super().__init__()
        self._told = told

    @override
    def sleep(self, seconds: float) -> None:
        if self._told:
            raise StoppedWaiting
        super().sleep(seconds)


def test_who_was_silent_for_a_lease_has_lost_the_account_and_nothing_of_it_is_written(
    first: SharedDatabase, second: SharedDatabase
) -> None:
    frozen, other = ledger(first), ledger(second)
    with frozen.service_lock(on_wait=never), frozen.pass_lock():
        frozen.confirm_claims()
        end_leases(first)
        with other.service_lock(on_wait=never):
            with pytest.raises(ClaimLost, match=r"taken over megabot on lemmy\.example"):
                frozen.raise_alert("news:late", "a sentence")
            with pytest.raises(ClaimLost):
                frozen.confirm_claims()

            assert frozen.is_lost
            assert not other.is_lost
            assert other.alerts() == {}
    with frozen.service_lock(on_wait=never):
        frozen.confirm_claims()  # what it takes again is its own
        assert not frozen.is_lost


def test_a_lease_that_is_over_is_renewed_as_long_as_nobody_took_the_account(
    first: SharedDatabase, second: SharedDatabase
) -> None:
    slow = ledger(first)
    with slow.service_lock(on_wait=never):
        end_leases(first)
        slow.confirm_claims()

        told: list[str] = []
        with pytest.raises(StoppedWaiting), ledger(second, Stopped(told)).service_lock(on_wait=told.append):
            pytest.fail("both hold it")


def test_the_pass_of_a_command_takes_the_turn_of_a_frozen_service_and_only_its_pass_ends(
    first: SharedDatabase, second: SharedDatabase
) -> None:
    frozen = ledger(first)
    with frozen.service_lock(on_wait=never):
        with frozen.pass_lock():
            end_leases(first)
            with ledger(second).pass_lock():
                pass
            with pytest.raises(ClaimLost):
                frozen.confirm_claims()
        assert not frozen.is_lost
        frozen.confirm_claims()


def test_claims_are_renewed_in_the_background_also_those_of_a_command(database: Database) -> None:
    shared = SharedDatabase(database.url, holder="first", lease=SHORT)
    with ledger(shared).pass_lock():
        before = ends(shared)
        wait_until(lambda: ends(shared) > before)
    shared.close()


def ends(shared: SharedDatabase) -> list[str]:
    with shared.at_once() as connection:
        return [str(at) for at in connection.execute(text("SELECT until FROM claims")).scalars()]


def wait_until(happened: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(500):
        if happened():
            return
        waiting.wait(0.02)
    pytest.fail("it never happened")


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("number", range(5))
def test_a_claim_whose_confirmation_was_lost_on_the_way_is_not_counted_as_held(
    database: Database, number: int, side: Side
) -> None:
    """Otherwise it would be renewed for ever, and nobody could take it, not even this process."""
    with TrafficProxy(database.server.folder) as proxy:
        shared = SharedDatabase(proxy.url(database.name), holder="first")
        mine = ledger(shared)
        mine.revision()
        proxy.use(Cut(number, Unit.STATEMENTS, side))
        with suppress(DatabaseAway), mine.pass_lock():
            pass
        proxy.use(None)

        assert shared.claims.held() == ()
        end_leases(shared)
        with mine.pass_lock():
            mine.confirm_claims()
        shared.close()


def test_a_row_that_a_frozen_host_keeps_locked_makes_others_wait_and_stops_nobody(
    database: Database, first: SharedDatabase, second: SharedDatabase
) -> None:
    """The server ends its transaction after 20 s; until then taking the claim fails, as if it were held."""
    event.listen(second.engine, "checkout", wait_briefly_for_locks)
    with ledger(first).pass_lock():
        end_leases(first)
        with database.server.admin(database.name) as frozen, frozen.transaction():
            frozen.execute("SELECT * FROM claims FOR UPDATE")
            with pytest.raises(Busy, match="megabot on first is still using"), claimed(ledger(second)):
                pytest.fail("it is locked")
        with claimed(ledger(second)):
            pass


def wait_briefly_for_locks(connection: "psycopg.Connection[object]", *_given: object) -> None:
    connection.execute("SET lock_timeout = 50")
    connection.commit()


def claimed(one: PostgresLedger) -> AbstractContextManager[None]:
    return one._account_rows.claimed(ClaimKind.PASS, FakeClock(), patience=1, on_wait=lambda _: None)
