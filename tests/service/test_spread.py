"""How hosts share accounts out: who takes and gives back what, round by round."""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest

from megabot.service.accounts.spread import Decision, Memory, View, decide, fair_share

ROUND, PATIENCE = 2.0, 20.0
BEFORE_THE_END = 15
"""Rounds for which the claims of a host that was killed last."""


@dataclass
class Host:
    """One host: its folder, and what the others see of it."""

    name: str
    folder: tuple[str, ...]
    kept: frozenset[str] = frozenset()
    wanted: int = 0
    memory: Memory = field(default_factory=Memory)
    done: Decision = field(default_factory=lambda: Decision(take=(), give=(), wanted=0))


@dataclass
class Hosts:
    """Some hosts and the claims in their database."""

    alive: list[Host]
    holders: dict[str, str] = field(default_factory=dict)
    dead: dict[str, int] = field(default_factory=dict)
    round: int = 0
    moves: int = 0

    def go_on(self, rounds: int) -> None:
        for _ in range(rounds):
            self.round += 1
            self._end_leases()
            for host in self.alive:
                self._step(host)

    def kill(self, name: str) -> None:
        self.alive = [host for host in self.alive if host.name != name]
        self.dead[name] = self.round + BEFORE_THE_END

    def stop(self, name: str) -> None:
        self.kill(name)
        self.dead[name] = self.round

    def counts(self) -> dict[str, int]:
        return dict(Counter(self.holders.values()))

    def _end_leases(self) -> None:
        over = {name for name, end in self.dead.items() if end < self.round}
        self.holders = {account: host for account, host in self.holders.items() if host not in over}
        self.dead = {name: end for name, end in self.dead.items() if name not in over}

    def _step(self, host: Host) -> None:
        mine = {account for account, holder in self.holders.items() if holder == host.name}
        elsewhere = {
            account: holder for account, holder in self.holders.items() if account in {*host.folder} - mine
        }
        others = {other.name: other.wanted for other in self.alive if other is not host}
        view = View(
            me=host.name,
            accounts=host.folder,
            mine=mine,
            elsewhere=elsewhere,
            kept=host.kept,
            hosts=others | dict.fromkeys(self.dead, 0),
            running=Counter(self.holders.values()),
            now=self.round * ROUND,
            patience=PATIENCE,
        )
        host.done, host.memory = decide(view, host.memory)
        host.wanted = host.done.wanted
        for account in host.done.give:
            del self.holders[account]
        for account in host.done.take:
            assert self.holders.setdefault(account, host.name) == host.name
        self.moves += len(host.done.give) + len(host.done.take)


def accounts(number: int) -> tuple[str, ...]:
    return tuple(f"bot{one}" for one in range(number))


def hosts(number: int, *, folder: tuple[str, ...]) -> list[Host]:
    return [Host(f"host{one}", folder) for one in range(number)]


def test_a_fair_share_is_rounded_up_so_that_no_account_is_left_over() -> None:
    assert [fair_share(10, hosts=number) for number in (1, 2, 3, 4)] == [10, 5, 4, 3]


def test_one_host_takes_every_account_at_once() -> None:
    alone = Hosts(hosts(1, folder=accounts(7)))
    alone.go_on(1)

    assert alone.counts() == {"host0": 7}


@pytest.mark.parametrize(("number", "rounds"), [(10, 7), (1000, 35)])
def test_a_second_host_that_starts_has_half_of_the_accounts_after_a_minute(number: int, rounds: int) -> None:
    first, second = hosts(2, folder=accounts(number))
    both = Hosts([first])
    both.go_on(3)
    both.alive.append(second)
    both.go_on(rounds)

    assert both.counts() == {"host0": number // 2, "host1": number // 2}


def test_a_few_accounts_are_given_back_one_a_round_and_many_at_most_one_in_sixty() -> None:
    for number, most in ((10, 1), (60, 1), (1000, 17)):
        first, second = hosts(2, folder=accounts(number))
        both = Hosts([first])
        both.go_on(1)
        both.alive.append(second)
        for _ in range(5):
            both.go_on(1)
            assert len(first.done.give) <= most


def test_when_one_of_three_hosts_dies_the_others_share_its_accounts_and_all_of_them_run() -> None:
    three = Hosts(hosts(3, folder=accounts(99)))
    three.go_on(60)
    assert three.counts() == {"host0": 33, "host1": 33, "host2": 33}

    three.kill("host1")
    three.go_on(BEFORE_THE_END)
    assert three.counts()["host1"] == 33
    three.go_on(2)
    assert sum(three.counts().values()) == 99
    assert sorted(three.counts()) == ["host0", "host2"]
    three.go_on(10)
    assert sorted(three.counts().values()) == [49, 50]


def test_a_host_that_stops_is_replaced_in_the_next_round() -> None:
    two = Hosts(hosts(2, folder=accounts(10)))
    two.go_on(20)
    two.stop("host0")
    two.go_on(1)

    assert two.counts() == {"host1": 10}


def test_nothing_moves_once_the_hosts_have_their_shares() -> None:
    for number in (1, 2, 3, 4, 5, 7, 10, 100):
        for many in (2, 3, 4):
            some = Hosts(hosts(many, folder=accounts(number)))
            some.go_on(100)
            counts = [some.counts().get(host.name, 0) for host in some.alive]
            assert sum(counts) == number
            assert max(counts) - min(counts) <= 1, (number, many, counts)
            some.moves = 0
            some.go_on(50)
            assert some.moves == 0, (number, many)


def test_an_account_near_its_slot_or_with_an_unsettled_write_is_not_given_back() -> None:
    first, second = hosts(2, folder=accounts(4))
    first.kept = frozenset(accounts(4)) - {"bot2"}
    both = Hosts([first])
    both.go_on(1)
    both.alive.append(second)
    both.go_on(60)

    assert both.holders == dict.fromkeys(first.kept, "host0") | {"bot2": "host1"}


def test_hosts_with_different_folders_run_all_of_their_own_accounts_and_give_nothing_back() -> None:
    left, right = Host("left", accounts(10)), Host("right", ("x", "y"))
    both = Hosts([left, right])
    both.go_on(20)

    assert both.counts() == {"left": 10, "right": 2}
    both.moves = 0
    both.go_on(100)
    assert both.moves == 0


def test_what_the_other_host_does_not_have_is_given_back_once_and_then_kept() -> None:
    left, right = Host("left", accounts(10)), Host("right", ("bot0", "bot1"))
    both = Hosts([left])
    both.go_on(1)
    both.alive.append(right)
    both.go_on(300)
    assert sum(both.counts().values()) == 10

    both.moves = 0
    both.go_on(300)
    assert both.moves == 0


def test_the_same_view_gives_the_same_decision_whatever_the_order_of_the_accounts() -> None:
    def decided(names: Iterable[str]) -> Decision:
        view = View(
            me="a",
            accounts=tuple(names),
            mine=(),
            elsewhere={},
            hosts={"b": 0},
            running={},
            now=0,
            patience=9,
        )
        return decide(view, Memory())[0]

    assert decided(accounts(9)) == decided(reversed(accounts(9)))


def test_hosts_that_come_and_go_at_random_leave_no_account_and_settle() -> None:
    seed = random.randrange(10_000)
    rng = random.Random(seed)
    folder = accounts(rng.randint(1, 40))
    some = Hosts(hosts(2, folder=folder))
    for number in range(2, 30):
        some.go_on(rng.randint(1, 30))
        if len(some.alive) < 4 and rng.random() < 0.5:
            some.alive.append(Host(f"host{number}", folder))
        elif len(some.alive) > 1:
            rng.choice([some.kill, some.stop])(rng.choice(some.alive).name)
    some.go_on(100)
    counts = [some.counts().get(host.name, 0) for host in some.alive]
    assert sum(counts) == len(folder), f"seed {seed}"
    assert max(counts) - min(counts) <= 1, f"seed {seed}"
    some.moves = 0
    some.go_on(50)
    assert some.moves == 0, f"seed {seed}"
