"""Which account has its turn next, and in which lane."""

import random
from collections import Counter

import pytest

from megabot.service.accounts.turns import (
    STUCK_AFTER,
    Lane,
    Limits,
    Running,
    Waiting,
    becomes_slow_at,
    choose,
    is_stuck,
    lane_after,
    next_due,
    place_in_tick,
)

LIMITS = Limits(quick=4, slow=3, kept=1, slow_after=5.0)
NOW = 1000.0


def waits(
    account: str, *, server: str = "", due: float = NOW, slot: float | None = None, lane: Lane = Lane.QUICK
) -> Waiting:
    return Waiting(account=account, server=server or account, due=due, slot=slot, lane=lane)


def runs(account: str, *, server: str = "", since: float = 0.0, lane: Lane = Lane.QUICK) -> Running:
    return Running(account=account, server=server or account, began=NOW - since, lane=lane)


def chosen(waiting: list[Waiting], running: list[Running]) -> str:
    choice = choose(waiting, running, NOW, LIMITS)
    return f"{choice[0].account} {choice[1]}" if choice else ""


def test_whoever_has_waited_longest_goes_first() -> None:
    assert chosen([waits("a", due=NOW - 1), waits("b", due=NOW - 2)], []) == "b quick"


def test_a_due_edition_goes_before_every_idle_tick() -> None:
    waiting = [waits("a", due=NOW - 50), waits("b", slot=NOW - 1), waits("c", slot=NOW + 1, due=NOW - 60)]

    assert chosen(waiting, []) == "b quick"


def test_a_due_edition_has_a_place_when_idle_ticks_have_taken_theirs() -> None:
    running = [runs("x"), runs("y"), runs("z")]

    assert chosen([waits("a")], running) == ""
    assert chosen([waits("a"), waits("b", slot=NOW)], running) == "b quick"


def test_an_account_that_was_slow_waits_only_for_others_like_it() -> None:
    slow = [runs(name, lane=Lane.SLOW) for name in "xy"]

    assert chosen([waits("a", lane=Lane.SLOW)], slow) == ""
    assert chosen([waits("a", lane=Lane.SLOW), waits("b")], slow) == "b quick"
    assert chosen([waits("a", lane=Lane.SLOW, slot=NOW)], slow) == "a slow"


def test_a_turn_that_becomes_slow_while_it_runs_gives_its_place_free() -> None:
    running = [runs("x", since=6), runs("y"), runs("z")]

    assert chosen([waits("a")], running) == "a quick"


def test_accounts_of_a_server_that_lets_one_wait_go_to_the_slow_lane() -> None:
    running = [runs("x", server="hangs", since=6)]

    assert chosen([waits("a", server="hangs")], running) == "a slow"
    assert chosen([waits("a", server="other")], running) == "a quick"


def test_one_server_never_takes_more_than_half_of_the_quick_lane() -> None:
    running = [runs(name, server="big") for name in "xy"]

    assert chosen([waits("a", server="big"), waits("b")], running) == "b quick"


def test_there_are_never_more_turns_than_threads() -> None:
    running = [runs(str(number), since=9) for number in range(LIMITS.threads)]

    assert chosen([waits("a", slot=NOW)], running) == ""


def test_the_last_turn_decides_about_the_lane() -> None:
    assert lane_after(seconds=0.1, failing=False, limits=LIMITS) is Lane.QUICK
    assert lane_after(seconds=6.0, failing=False, limits=LIMITS) is Lane.SLOW
    assert lane_after(seconds=0.1, failing=True, limits=LIMITS) is Lane.SLOW


def test_a_thousand_turns_are_spread_over_the_tick_and_over_each_second() -> None:
    dues = [next_due(f"bot{number}", NOW, tick=30, wake=None) for number in range(1000)]
    seconds = Counter(int(due) for due in dues)

    assert all(NOW < due <= NOW + 30 for due in dues)
    assert max(seconds.values()) < 60


def test_an_account_keeps_its_place_in_the_tick() -> None:
    first = next_due("books", NOW, tick=30, wake=None)

    assert next_due("books", first, tick=30, wake=None) == pytest.approx(first + 30)
    assert next_due("books", first + 29, tick=30, wake=None) == pytest.approx(first + 30)
    assert place_in_tick("books") == place_in_tick("books")


def test_an_account_is_woken_for_its_slot_and_never_later_than_its_tick() -> None:
    usual = next_due("books", NOW, tick=30, wake=None)

    assert next_due("books", NOW, tick=30, wake=0.5) == min(usual, NOW + 0.5)
    assert next_due("books", NOW, tick=30, wake=1e9) == usual
    assert next_due("books", NOW, tick=30, wake=-5) == NOW


def test_the_pool_looks_again_when_a_turn_becomes_slow() -> None:
    running = [runs("x", since=2), runs("y", since=4), runs("z", since=1, lane=Lane.SLOW)]

    assert becomes_slow_at(running, NOW, LIMITS) == NOW + 1
    assert becomes_slow_at([runs("x", since=6)], NOW, LIMITS) is None


def test_a_lane_is_stuck_only_if_turns_wait_and_nothing_moves() -> None:
    late = NOW - STUCK_AFTER - 1

    assert not is_stuck({}, {Lane.QUICK: 0.0}, NOW)
    assert not is_stuck({Lane.QUICK: late}, {Lane.QUICK: NOW - 5}, NOW)
    assert not is_stuck({Lane.QUICK: NOW - 5}, {Lane.QUICK: 0.0}, NOW)
    assert is_stuck({Lane.QUICK: late}, {Lane.QUICK: late}, NOW)
    assert is_stuck({Lane.SLOW: late}, {Lane.QUICK: NOW}, NOW)


@pytest.mark.parametrize("seed", range(3))
def test_slow_servers_delay_no_account_of_another_server(seed: int) -> None:
    """A hundred healthy accounts beside a hundred on two servers that hang, for two minutes."""
    chance, limits = random.Random(seed), Limits()
    healthy = {f"well{number}": f"server{number % 9}" for number in range(100)}
    hanging = {f"ill{number}": f"hangs{number % 2}" for number in range(100)}
    servers = healthy | hanging
    lanes = dict.fromkeys(servers, Lane.QUICK)
    dues = {name: next_due(name, 0.0, tick=30, wake=None) for name in servers}
    ends: dict[str, tuple[float, Running]] = {}
    worst, now = 0.0, 0.0
    while now < 120:
        for name, (at, turn) in list(ends.items()):
            if at <= now:
                del ends[name]
                ill = name in hanging
                lanes[name] = lane_after(seconds=now - turn.began, failing=ill, limits=limits)
                dues[name] = next_due(name, now, tick=30, wake=None)
        waiting = [
            Waiting(account=name, server=servers[name], due=due, lane=lanes[name])
            for name, due in dues.items()
            if due <= now and name not in ends
        ]
        while choice := choose(waiting, [turn for _, turn in ends.values()], now, limits):
            one, lane = choice
            waiting.remove(one)
            takes = chance.uniform(20, 40) if one.account in hanging else chance.uniform(0.02, 0.2)
            turn = Running(account=one.account, server=one.server, began=now, lane=lane)
            ends[one.account] = (now + takes, turn)
            if one.account in healthy:
                worst = max(worst, now - one.due)
        now += 0.1

    assert worst < 6
