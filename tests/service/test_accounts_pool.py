"""The pool's threads, with accounts that do what a test wants. Nothing here waits for a fixed time."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from megabot.errors import Stopping
from megabot.service.accounts.claims import Claims
from megabot.service.accounts.pool import Pool, TurnEnd
from megabot.service.accounts.turns import Limits

PATIENCE = 30.0
TICK = 0.01
LIMITS = Limits(quick=2, slow=2, kept=1, slow_after=0.05)


@dataclass
class Fake:
    """An account whose turn is a function; `turns` counts them, `at_once` is the most at the same time."""

    name: str
    act: Callable[[], TurnEnd] = TurnEnd
    server: str = "https://lemmy.example"
    tick: float = TICK
    turns: int = 0
    at_once: int = 0
    left: int = 0
    closed: int = 0
    _running: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def turn(self) -> TurnEnd:
        with self._changed:
            self._running += 1
            self.at_once = max(self.at_once, self._running)
            self._changed.notify_all()
        try:
            return self.act()
        finally:
            with self._changed:
                self._running -= 1
                self.turns += 1
                self._changed.notify_all()

    def leave(self) -> None:
        with self._changed:
            self.left += 1
            self._changed.notify_all()

    def close(self) -> None:
        with self._changed:
            self.closed += 1
            self._changed.notify_all()

    def wait_for(self, condition: Callable[["Fake"], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: condition(self), timeout=PATIENCE)


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool(limits=LIMITS)
    pool.start()
    yield pool
    pool.stop(patience=PATIENCE)


def test_each_account_has_turn_after_turn_and_never_two_at_once(pool: Pool) -> None:
    accounts = [Fake(f"bot{number}") for number in range(20)]
    for account in accounts:
        pool.put(account)
    for account in accounts:
        account.wait_for(lambda one: one.turns >= 5)

    assert {account.at_once for account in accounts} == {1}


def test_accounts_that_hang_delay_no_account_of_another_server(pool: Pool) -> None:
    over = threading.Event()

    def hang() -> TurnEnd:
        over.wait(PATIENCE)
        return TurnEnd()

    ill = [Fake(f"ill{number}", hang, server="https://hangs.example") for number in range(10)]
    for account in ill:
        pool.put(account)
    well = Fake("well")
    pool.put(well)
    well.wait_for(lambda one: one.turns >= 5)

    assert [account.turns for account in ill] == [0] * 10
    assert not pool.is_stuck()
    over.set()


def test_a_bug_in_one_account_is_logged_with_its_name_and_stops_no_other(
    pool: Pool, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> TurnEnd:
        raise ZeroDivisionError

    bad, good = Fake("bad", fail), Fake("good")
    pool.put(bad)
    pool.put(good)
    bad.wait_for(lambda one: one.turns >= 2)
    good.wait_for(lambda one: one.turns >= 5)

    assert "this is a bug in megabot; please report it with these lines (bad)" in caplog.text


def test_an_account_that_cannot_be_closed_hinders_no_other(
    pool: Pool, caplog: pytest.LogCaptureFixture
) -> None:
    class Stubborn(Fake):
        def close(self) -> None:
            raise OSError("the disk is gone")

    other = Fake("films")
    pool.put(Stubborn("books"))
    pool.put(other)
    pool.remove("books")
    other.wait_for(lambda one: one.turns >= 2)

    assert "please report it with these lines (books)" in caplog.text


def test_a_removed_account_has_no_more_turns_and_is_closed_once(pool: Pool) -> None:
    account = Fake("books")
    pool.put(account)
    account.wait_for(lambda one: one.turns >= 1)
    pool.remove("books")
    account.wait_for(lambda one: one.closed == 1)
    turns = account.turns
    other = Fake("films")
    pool.put(other)
    other.wait_for(lambda one: one.turns >= 5)

    assert (account.turns, account.closed) == (turns, 1)


def test_an_account_that_is_removed_in_its_turn_is_closed_after_it(pool: Pool) -> None:
    begun, over = threading.Event(), threading.Event()

    def act() -> TurnEnd:
        begun.set()
        over.wait(PATIENCE)
        return TurnEnd()

    old, new = Fake("books", act), Fake("books", server="https://new.example")
    other = Fake("films", server="https://other.example")
    pool.put(old)
    assert begun.wait(PATIENCE)
    pool.remove("books")
    pool.put(new)
    pool.put(other)
    other.wait_for(lambda one: one.turns >= 5)
    assert (old.closed, new.turns) == (0, 0)
    over.set()
    old.wait_for(lambda one: one.closed == 1)
    new.wait_for(lambda one: one.turns >= 2)


def test_a_hurried_account_does_not_wait_for_its_tick(pool: Pool) -> None:
    account = Fake("books", tick=3600.0)
    pool.put(account)
    pool.hurry("books")
    account.wait_for(lambda one: one.turns >= 1)


def test_an_account_that_is_hurried_in_its_turn_has_another_one_at_once(pool: Pool) -> None:
    begun, over = threading.Event(), threading.Event()

    def act() -> TurnEnd:
        begun.set()
        over.wait(PATIENCE)
        return TurnEnd()

    account = Fake("books", act, tick=3600.0)
    pool.put(account)
    pool.hurry("books")
    assert begun.wait(PATIENCE)
    pool.hurry("books")
    over.set()
    account.wait_for(lambda one: one.turns >= 2)


def test_an_account_that_is_not_there_can_be_hurried_and_removed(pool: Pool) -> None:
    pool.hurry("books")
    pool.remove("books")

    assert pool.running().total() == 0


def test_a_turn_that_gets_on_shows_that_its_lane_is_not_stuck() -> None:
    now, begun, moved, over = [0.0], threading.Event(), threading.Event(), threading.Event()
    pool = Pool(limits=Limits(quick=1, slow=1, kept=0, slow_after=1000.0), now=lambda: now[0])

    def act() -> TurnEnd:
        begun.set()
        over.wait(PATIENCE)
        pool.note_progress()
        moved.set()
        pool.stopping.wait(PATIENCE)
        return TurnEnd()

    pool.note_progress()  # in no turn, so of no lane
    for name in ("books", "films"):
        pool.put(Fake(name, act))
        pool.hurry(name)
    pool.start()
    assert begun.wait(PATIENCE)
    now[0] = 200.0
    assert pool.is_stuck()
    over.set()
    assert moved.wait(PATIENCE)
    assert not pool.is_stuck()
    pool.stop(patience=PATIENCE)


def test_a_turn_can_ask_for_the_next_one_before_the_tick(pool: Pool) -> None:
    account = Fake("books", lambda: TurnEnd(wake=0), tick=3600.0)
    pool.put(account)
    pool.hurry("books")
    account.wait_for(lambda one: one.turns >= 3)


def test_an_account_that_another_host_runs_has_no_turn() -> None:
    class Half(Claims):
        def may_run(self, account: str) -> bool:
            return account == "own"

        def lacks_database(self, account: str) -> bool:
            pytest.fail(f"{account} asks for it")

        def release(self, account: str) -> None:
            pytest.fail("the accounts do this")

    pool = Pool(limits=LIMITS, claims=Half())
    own, foreign = Fake("own"), Fake("foreign")
    pool.put(own)
    pool.put(foreign)
    pool.start()
    own.wait_for(lambda one: one.turns >= 3)
    foreign.wait_for(lambda one: one.left >= 3)
    pool.stop(patience=PATIENCE)

    assert (own.left, foreign.turns) == (0, 0)


def test_stopping_ends_the_waits_of_all_turns_and_closes_every_account(
    caplog: pytest.LogCaptureFixture,
) -> None:
    pool = Pool(limits=LIMITS)

    def wait() -> TurnEnd:
        pool.stopping.wait(PATIENCE)
        raise Stopping("stop requested")

    waiting, idle = Fake("waiting", wait), Fake("idle", tick=3600.0)
    pool.put(waiting)
    pool.put(idle)
    pool.start()
    waiting.wait_for(lambda one: one.at_once == 1)
    pool.stop(patience=PATIENCE)

    assert (waiting.turns, waiting.closed, idle.closed) == (1, 1, 1)
    assert caplog.records == []


def test_stopping_gives_up_a_turn_that_does_not_end() -> None:
    pool, over = Pool(limits=LIMITS), threading.Event()

    def hang() -> TurnEnd:
        over.wait(PATIENCE)
        return TurnEnd()

    account = Fake("hangs", hang)
    pool.put(account)
    pool.start()
    account.wait_for(lambda one: one.at_once == 1)
    pool.stop(patience=0.01)
    turns = account.turns
    over.set()

    assert (turns, account.closed) == (0, 1)


def test_the_pool_is_stuck_if_turns_wait_and_none_ends() -> None:
    now = [0.0]
    pool = Pool(limits=LIMITS, now=lambda: now[0])  # never started: as if every thread hung
    pool.put(Fake("books"))
    now[0] = 60.0
    assert not pool.is_stuck()
    now[0] = 120.0

    assert pool.is_stuck()
