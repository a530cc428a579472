"""A database that is away when a claim should be given back: the claim ends with its lease, and no later."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from megabot.ledger.postgres.ledger import PostgresLedger
from megabot.ledger.postgres.shared_database import SharedDatabase
from megabot.ledger.tables import CLAIMS
from tests.fakes import FakeClock
from tests.postgres import PostgresServer, TrafficProxy
from tests.shared_accounts import ADDRESS

LEASE = timedelta(hours=1)
"""So long that nothing is renewed in the background."""
Host = tuple[PostgresLedger, SharedDatabase]


@pytest.fixture
def proxy(postgres: PostgresServer) -> Iterator[TrafficProxy]:
    with TrafficProxy(postgres.folder) as opened:
        yield opened


@pytest.fixture
def pair(postgres: PostgresServer, proxy: TrafficProxy) -> Iterator[tuple[Host, Host]]:
    """Two hosts of one account; only the first one's connections can be cut."""
    database = postgres.create_database()
    with opened(proxy.url(database.name), "first") as first, opened(database.url, "second") as second:
        yield first, second
    database.drop()


@contextmanager
def opened(url: str, name: str) -> Iterator[Host]:
    shared = SharedDatabase(url, holder=name, lease=LEASE)
    ledger = PostgresLedger(shared, FakeClock(), name="megabot", address=ADDRESS, on_wait=lambda: None)
    ledger.account()
    yield ledger, shared
    shared.close()


def let_leases_end(shared: SharedDatabase) -> None:
    with shared.at_once() as connection:
        connection.execute(update(CLAIMS).values(until=text("clock_timestamp() - interval '1 second'")))


def renew(shared: SharedDatabase) -> None:
    """Do what the thread in the background does three times in a lease."""
    with shared.at_once() as connection:
        assert shared.claims.renew(connection, shared.claims.held()) == ()


def test_after_a_pass_that_lost_its_database_the_same_host_runs_the_next_one(
    pair: tuple[Host, Host], proxy: TrafficProxy
) -> None:
    (ledger, shared), _ = pair
    with ledger.service_lock(on_wait=pytest.fail):
        with ledger.pass_lock():
            proxy.refuse()
        proxy.accept()
        let_leases_end(shared)
        renew(shared)

        with ledger.pass_lock():
            ledger.keep_person("kim", 4)


def test_a_host_that_lost_its_database_in_a_pass_acts_again_after_another_host_has_acted(
    pair: tuple[Host, Host], proxy: TrafficProxy
) -> None:
    (ledger, shared), (other, others) = pair
    with ledger.service_lock(on_wait=pytest.fail), ledger.pass_lock():
        proxy.refuse()
    proxy.accept()
    let_leases_end(others)
    with other.service_lock(on_wait=pytest.fail), other.pass_lock():
        other.keep_person("kim", 4)

    with ledger.service_lock(on_wait=pytest.fail):
        ledger.keep_person("sam", 5)
        with ledger.pass_lock():
            ledger.keep_person("ada", 6)
        assert not ledger.is_lost
    assert shared.claims.held() == ()
