"""Claims of two processes on one account, on a real server: who holds it, until when, and who lost it."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from typing_extensions import override

from megabot.errors import Busy, ClaimLost
from megabot.ledger.postgres.claims import LEASE, HeldClaim
from megabot.ledger.postgres.ledger import PASS_WAIT, TOKEN_WAIT, PostgresLedger
from megabot.ledger.postgres.shared_database import SharedDatabase
from megabot.ledger.records import IntentKind, NewIntent
from megabot.ledger.state import ClaimKind
from megabot.ledger.tables import ACCOUNTS, CLAIMS
from megabot.lemmy.http import LemmySession
from tests.fakes import MONDAY_NOON, FakeClock
from tests.postgres import Database, PostgresServer
from tests.raw_server import RawServer, answer
from tests.shared_accounts import ADDRESS, stored

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0  # seconds
PUBLISH = NewIntent(kind=IntentKind.PUBLISH, thread="birds", edition="2026-W47", at=MONDAY_NOON)


@dataclass
class Process:
    """One process of an account: what it has in common with others is only the database."""

    shared: SharedDatabase
    account: str
    clock: FakeClock

    def __post_init__(self) -> None:
        """Open the account's ledger."""
        self.ledger = PostgresLedger(
            self.shared, self.clock, name=self.account, address=ADDRESS, on_wait=lambda: None
        )
        found = select(ACCOUNTS.c.id).where(ACCOUNTS.c.name == self.account)
        self.ledger.account()
        with self.shared.at_once() as connection:
            self.account_id = int(connection.execute(found).scalar_one())

    def take(self, kind: ClaimKind = ClaimKind.SERVICE) -> HeldClaim | None:
        with self.shared.at_once() as connection:
            return self.shared.claims.take(connection, self.account_id, kind)

    def renew(self) -> tuple[HeldClaim, ...]:
        with self.shared.at_once() as connection:
            return self.shared.claims.renew(connection, self.shared.claims.held({self.account_id}))

    def release(self, claim: HeldClaim) -> None:
        with self.shared.at_once() as connection:
            self.shared.claims.release(connection, claim)

    def seconds_left(self, kind: ClaimKind = ClaimKind.SERVICE) -> float:
        """Return how long a claim of the account lasts, by the database's clock."""
        left = select(text("extract(epoch FROM until - clock_timestamp())")).select_from(CLAIMS)
        of_account = left.where(CLAIMS.c.account_id == self.account_id, CLAIMS.c.kind == kind)
        with self.shared.at_once() as connection:
            return float(connection.execute(of_account).scalar_one())

    def let_time_pass(self, lease: timedelta) -> None:
        """Bring the end of the account's claims nearer, as if time had passed for the database."""
        sooner = text("until - make_interval(secs => :passed)").bindparams(passed=lease.total_seconds())
        of_account = update(CLAIMS).where(CLAIMS.c.account_id == self.account_id)
        with self.shared.at_once() as connection:
            connection.execute(of_account.values(until=sooner))


@pytest.fixture(scope="module")
def hosts(postgres: PostgresServer) -> Iterator[tuple[SharedDatabase, SharedDatabase, Database]]:
    """Two hosts' connections to one database; each test is another account in it."""
    database = postgres.create_database()
    first, second = (SharedDatabase(database.url, holder=name) for name in ("first", "second"))
    yield first, second, database
    first.close()
    second.close()
    database.drop()


@pytest.fixture
def first(hosts: tuple[SharedDatabase, SharedDatabase, Database], request: pytest.FixtureRequest) -> Process:
    return Process(hosts[0], request.node.name, FakeClock())


@pytest.fixture
def second(hosts: tuple[SharedDatabase, SharedDatabase, Database], request: pytest.FixtureRequest) -> Process:
    """The other host, whose clock is years ahead."""
    return Process(hosts[1], request.node.name, FakeClock(datetime(2099, 1, 1, tzinfo=UTC)))


# -- taking and losing


def test_a_claim_that_another_process_holds_is_not_taken(first: Process, second: Process) -> None:
    claim = first.take()

    assert claim == HeldClaim(first.account_id, ClaimKind.SERVICE, 1)
    assert second.take() is None
    assert [(held.holder, held.kind) for held in second.ledger.claims()] == [("first", ClaimKind.SERVICE)]


def test_a_process_cannot_take_its_own_claim_twice(first: Process) -> None:
    assert first.take() is not None
    assert first.take() is None


def test_each_kind_is_a_claim_of_its_own(first: Process, second: Process) -> None:
    assert first.take(ClaimKind.SERVICE) is not None
    assert second.take(ClaimKind.PASS) is not None
    assert second.take(ClaimKind.TOKEN) is not None


def test_a_claim_that_was_released_is_taken_with_the_next_fence(first: Process, second: Process) -> None:
    claim = first.take()
    assert claim is not None
    first.release(claim)

    assert second.take() == HeldClaim(first.account_id, ClaimKind.SERVICE, 2)
    assert first.take() is None


def test_a_claim_lasts_for_the_lease_by_the_databases_clock(first: Process, second: Process) -> None:
    first.take()

    assert 0 < first.seconds_left() <= LEASE.total_seconds()
    first.let_time_pass(LEASE / 2)
    assert second.take() is None
    first.let_time_pass(LEASE / 2)
    assert second.take() == HeldClaim(first.account_id, ClaimKind.SERVICE, 2)


def test_how_long_a_claim_lasts_is_told_by_the_databases_clock(first: Process, second: Process) -> None:
    """The clock of the second host is years ahead."""
    first.take()
    (claim,) = second.ledger.claims()
    first.let_time_pass(LEASE * 2)
    (ended,) = second.ledger.claims()

    assert timedelta(0) < claim.left <= LEASE
    assert -2 * LEASE < ended.left <= -LEASE


def test_a_renewal_puts_off_the_end(first: Process, second: Process) -> None:
    first.take()
    first.let_time_pass(LEASE * 0.9)

    assert first.renew() == ()
    assert first.seconds_left() > LEASE.total_seconds() / 2
    assert second.take() is None


def test_a_claim_that_ended_is_still_its_holders_if_nobody_took_it(first: Process, second: Process) -> None:
    claim = first.take()
    first.let_time_pass(2 * LEASE)

    assert first.renew() == ()
    assert claim is not None
    assert not first.shared.claims.is_lost(claim)
    assert second.take() is None


def test_a_claim_that_another_process_took_is_lost_and_not_renewed(first: Process, second: Process) -> None:
    claim = first.take()
    first.let_time_pass(LEASE)
    second.take()
    second.let_time_pass(LEASE / 2)
    left = second.seconds_left()

    assert first.renew() == (claim,)
    assert first.ledger.is_lost
    assert second.seconds_left() <= left
    assert not second.ledger.is_lost


def test_whoever_lost_a_claim_cannot_release_it(first: Process, second: Process) -> None:
    claim = first.take()
    first.let_time_pass(LEASE)
    second.take()
    assert claim is not None
    first.release(claim)

    assert second.seconds_left() > 0
    assert first.take() is None
    assert second.renew() == ()


# -- writing and sending


def lost(process: Process) -> str:
    return (
        f"another megabot has taken over {process.account} on {ADDRESS}, because this one did not answer in "
        "time; nothing more is sent from here"
    )


def test_a_write_after_a_takeover_is_refused_and_leaves_nothing(
    first: Process, second: Process, hosts: tuple[SharedDatabase, SharedDatabase, Database]
) -> None:
    first.take()
    first.let_time_pass(LEASE)
    second.take()
    before = stored(hosts[2], first.account)

    with pytest.raises(ClaimLost) as caught:
        first.ledger.begin_intent(PUBLISH)
    assert str(caught.value) == lost(first)
    assert stored(hosts[2], first.account) == before
    assert second.ledger.begin_intent(PUBLISH).new == PUBLISH


def test_a_write_puts_off_the_end_of_what_its_process_holds(first: Process, second: Process) -> None:
    first.take()
    first.let_time_pass(LEASE * 2)
    first.ledger.begin_intent(PUBLISH)

    assert first.seconds_left() > 0
    assert second.take() is None


def test_a_process_without_a_claim_may_write(first: Process, second: Process) -> None:
    second.take()

    first.ledger.keep_person("kim", 4)
    first.ledger.confirm_claims()
    assert second.ledger.person_id("kim") == 4


def session_of(server: RawServer, process: Process) -> LemmySession:
    return LemmySession(server.url, token=lambda: "", before_write=process.ledger.confirm_claims)


def test_a_request_is_only_sent_while_the_claim_is_held(first: Process, second: Process) -> None:
    first.take()
    with (
        RawServer(answer(b"{}"), answer(b"{}"), answer(b"{}")) as server,
        closing(
            LemmySession(server.url, token=lambda: "", before_write=first.ledger.confirm_claims)
        ) as session,
    ):
        session.post(f"{server.url}/api/v3/post", json={"name": "first"})
        first.let_time_pass(LEASE)
        second.take()
        with pytest.raises(ClaimLost) as caught:
            session.post(f"{server.url}/api/v3/post", json={"name": "second"})
        assert str(caught.value) == lost(first)
        session.get(f"{server.url}/api/v3/site")

    assert [request.split(b" ")[0] for request in server.requests] == [b"POST", b"GET"]


# -- locks


@dataclass
class Watched(FakeClock):
    """A clock that does something when it is slept on for the n-th time."""

    def __init__(self, happens: dict[int, Callable[[], None]]) -> None:
        super().__init__()
        self._happens = happens

    @override
    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self._happens.get(len(self.slept), lambda: None)()


def test_a_pass_waits_for_another_hosts_pass_and_gives_up(first: Process, second: Process) -> None:
    with first.ledger.pass_lock():
        with pytest.raises(Busy) as caught, second.ledger.pass_lock():
            pass
        assert str(caught.value) == (
            f"megabot on first is still using the ledger of {first.account} after 120 s; try again later"
        )
        assert sum(second.clock.slept) == PASS_WAIT
    with second.ledger.pass_lock():
        pass


def test_a_sign_in_waits_for_another_hosts_sign_in(first: Process, second: Process) -> None:
    with first.ledger.token_lock():
        with pytest.raises(Busy, match="after 90 s; try again later"), second.ledger.token_lock():
            pass
        assert sum(second.clock.slept) == TOKEN_WAIT
        with second.ledger.pass_lock():
            pass


def test_a_service_waits_until_the_other_one_ends_and_says_for_whom(first: Process, second: Process) -> None:
    told: list[str] = []
    with ExitStack() as service:
        service.enter_context(first.ledger.service_lock(on_wait=told.append))
        second.ledger = PostgresLedger(
            second.shared,
            Watched({1000: service.close}),
            name=second.account,
            address=ADDRESS,
            on_wait=lambda: None,
        )
        with second.ledger.service_lock(on_wait=told.append):
            assert told == ["megabot on first"]
            assert [held.holder for held in first.ledger.claims()] == ["second"]


def test_a_service_may_run_passes_and_sign_in(first: Process) -> None:
    with (
        first.ledger.service_lock(on_wait=pytest.fail),
        first.ledger.pass_lock(),
        first.ledger.token_lock(),
    ):
        first.ledger.begin_intent(PUBLISH)
        assert {held.kind for held in first.ledger.claims()} == set(ClaimKind)


def test_a_lock_that_was_lost_ends_without_taking_it_from_the_other_host(
    first: Process, second: Process
) -> None:
    with first.ledger.pass_lock():
        first.let_time_pass(LEASE)
        assert second.take(ClaimKind.PASS) is not None

    assert second.seconds_left(ClaimKind.PASS) > 0


# -- in the background


def wait_for(happened: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if happened():
            return True
        time.sleep(0.02)
    return False


def keepers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "claims"]


def test_claims_are_renewed_in_the_background_until_the_last_lock_ends(
    hosts: tuple[SharedDatabase, SharedDatabase, Database], second: Process
) -> None:
    before = len(keepers())
    shared = SharedDatabase(hosts[2].url, holder="quick", lease=timedelta(seconds=0.6))
    quick = Process(shared, second.account, FakeClock())
    with quick.ledger.service_lock(on_wait=pytest.fail), quick.ledger.pass_lock():
        first_end = quick.ledger.claims()[0].until
        assert wait_for(lambda: quick.ledger.claims()[0].until > first_end)
        second_end = quick.ledger.claims()[0].until
        assert wait_for(lambda: quick.ledger.claims()[0].until > second_end)
        assert len(keepers()) == before + 1

    assert wait_for(lambda: len(keepers()) == before)
    shared.close()


HOLDER = """
import sys, time
from datetime import timedelta
from megabot.clock import Stop, SystemClock
from megabot.ledger.postgres.ledger import PostgresLedger
from megabot.ledger.postgres.shared_database import SharedDatabase
_, url, name, address = sys.argv
shared = SharedDatabase(url, holder="killed", lease=timedelta(seconds=2))
ledger = PostgresLedger(shared, SystemClock(Stop()), name=name, address=address, on_wait=lambda: None)
with ledger.service_lock(on_wait=print):
    print("holds", flush=True)
    time.sleep(60)
"""


def test_a_killed_holders_claim_comes_free_after_its_lease(
    second: Process, hosts: tuple[SharedDatabase, SharedDatabase, Database]
) -> None:
    words = [sys.executable, "-c", HOLDER, hosts[2].url, second.account, ADDRESS]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "holds\n"
        assert second.take() is None
        process.send_signal(signal.SIGKILL)

    assert wait_for(lambda: second.take() is not None)
    assert second.renew() == ()
