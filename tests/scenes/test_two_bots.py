"""More than one megabot for one account: on one state folder they take turns, on two they adopt by marker.

What two hosts can still do to each other, the residual race, is forced here and its outcome measured: on 0.19
it makes two posts, on 1.0 the server takes one of them. `python -m tests.two_hosts` counts over many slots.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lemmy_sandbox import Sandbox
from lemmy_sandbox.user_client import User
from megabot.ledger.records import IntentKind, IntentState, NewIntent
from megabot.reconcile.decide import blocked_actions
from megabot.reconcile.report import Report
from tests.processes import Machine, ended, machine
from tests.raw_server import RawServer
from tests.two_hosts.race import race, run_slots, second_host
from tests.world import SLOT, WEEK, World

AT_ONCE = 10


# -- one state folder, real processes


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(lambda: datetime.now(UTC)) as sandbox:
        for name in ("modlin", "megabot"):
            sandbox.add_person(name, bot=name == "megabot")
        sandbox.add_community("news", "News", moderators=["modlin", "megabot"])
        yield sandbox
        assert sandbox.unknown_requests == []
        assert sandbox.crashes == []


@pytest.fixture
def host(sandbox: Sandbox, tmp_path: Path) -> Machine:
    return machine(tmp_path / "host", sandbox.url)


def asked(sandbox: Sandbox, call: str) -> int:
    return [f"{request.method} {request.path}" for request in sandbox.requests].count(call)


def test_ten_that_post_at_once_make_one_post_with_one_sign_in(host: Machine, sandbox: Sandbox) -> None:
    """R10: they begin the same state folder too; the others wait their turn, and all say what stands."""
    ends = [ended(process) for process in [host.start("post") for _ in range(AT_ONCE)]]

    assert asked(sandbox, "POST /api/v3/post") == 1
    assert asked(sandbox, "POST /api/v3/user/login") == 1
    assert [f"news/{stands(sandbox)} (pinned)" in end.out for end in ends] == [True] * AT_ONCE, ends
    assert sorted(end.code for end in ends) == [0, *[4] * (AT_ONCE - 1)]


def stands(sandbox: Sandbox) -> str:
    """The key and the address of the one post, as the server has them."""
    (view,) = User(sandbox.url).get("post/list", community_name="news")["posts"]
    key = str(view["post"]["body"]).rpartition("/")[2].rstrip(")")
    return f"{key}: {view['post']['ap_id']}"


def test_a_post_beside_a_service_that_starts_makes_one_post(host: Machine, sandbox: Sandbox) -> None:
    """R10: the service and a verb take the same pass lock."""
    service, verb = host.start("run"), host.start("post")
    try:
        end = ended(verb)
    finally:
        service.terminate()
        code = ended(service).code

    assert end.code in (0, 4), end.err  # whoever came first has posted
    assert code == 0
    assert asked(sandbox, "POST /api/v3/post") == 1


def test_a_second_service_ends_with_one_clear_line_and_asks_no_server(
    host: Machine, sandbox: Sandbox
) -> None:
    """R10: no sign-in, not even a connection."""
    first = host.start("run")
    try:
        while not asked(sandbox, "GET /api/v3/user/unread_count"):
            assert first.poll() is None
        with RawServer() as server:
            second = replace(host, url=server.url).run("run")
    finally:
        first.kill()
        ended(first)

    line = "failed: a megabot service is already running on state; stop it first\n"
    assert (second.code, second.out, second.err) == (1, "", line)
    assert server.connections == 0


# -- two hosts, each with its own ledger


@pytest.fixture
def other(world: World, tmp_path: Path) -> World:
    """A second host for the same account, at the same server; both have signed in."""
    return second_host(world, tmp_path / "other")


def told(report: Report) -> list[tuple[str | None, str | None]]:
    return [
        (blocked.url, blocked.other_url)
        for blocked in blocked_actions(report.left)
        if str(blocked.reason) == "doubled"
    ]


@pytest.fixture
def doubled(world: World, other: World) -> World:
    """A week in which two hosts that both had looked posted the same edition."""
    world.post()
    other.run_pass()
    world.clock.at = SLOT + WEEK
    race(world, other)
    assert [str(post["name"]) for post in world.posts()] == ["News 2", "News 3", "News 3"]
    return world


def test_a_second_host_adopts_by_marker_what_the_first_one_posted(world: World, other: World) -> None:
    """R11."""
    world.post()
    world.sandbox.forget_requests()

    other.post()

    assert world.writes() == []
    assert [record.post_id for record in other.ports().ledger.posts("news")] == [1]


def test_two_hosts_that_take_turns_keep_one_thread_for_weeks(world: World, other: World) -> None:
    """R11: whoever comes first hands over, the other one finds nothing to do."""
    world.post()
    for week in range(1, 6):
        world.clock.at = SLOT + week * WEEK
        first, second = (world, other) if week % 2 else (other, world)
        first.run_pass()
        second.run_pass()

    assert (len(world.posts()), world.pinned()) == (6, [6])
    assert [len(world.comments(number)) for number in range(1, 7)] == [1, 1, 1, 1, 1, 0]


def test_two_hosts_that_sign_in_in_one_second_both_get_in(world: World, other: World) -> None:
    """A06: their tokens would be the same one, so the server refuses the second; a moment later it works."""
    world.clock.at += timedelta(hours=2)
    world.sandbox.forget_requests()
    for host in (world, other):
        (host.state / "token.json").unlink()
        host.ports().forum.account()

    answers = [one.status for one in world.sandbox.requests if one.path.endswith("/login")]
    assert answers == [200, 400, 200]


def test_the_race_is_between_the_last_look_and_the_post(world: World) -> None:
    """R11, the residual race: a second host can come between only here, in three reads and a rendering."""
    world.post()
    world.clock.at = SLOT + WEEK
    world.sandbox.forget_requests()

    world.run_pass()

    calls = [f"{one.method} {one.path.removeprefix('/api/v3/')}" for one in world.sandbox.requests]
    last_look, post = calls.index("GET user"), calls.index("POST post")
    assert calls[last_look:post] == ["GET user", "GET modlog", "GET post/list"]


def test_a_race_makes_two_posts_and_never_a_third(doubled: World, other: World) -> None:
    """R11: this is the most that two hosts can do."""
    for host in (doubled, other, doubled, other):
        host.run_pass()
        host.post()

    assert len(doubled.posts()) == 3
    assert len(doubled.comments(1)) == 2


def test_after_a_race_the_older_post_stands_and_the_double_is_reported(doubled: World, other: World) -> None:
    """R11."""
    older, younger = (str(post["ap_id"]) for post in doubled.posts()[1:])
    reports = [host.run_pass() for host in (doubled, other)]

    assert [told(report)[0][:2] for report in reports] == [(older, younger)] * 2
    assert doubled.pinned() == [2]
    assert [len(doubled.comments(number)) for number in (2, 3)] == [0, 0]


def test_the_edition_after_a_race_follows_the_older_post(doubled: World, other: World) -> None:
    """R11."""
    doubled.run_pass()
    doubled.clock.at += WEEK
    for host in (other, doubled):
        host.run_pass()

    assert doubled.pinned() == [4]
    assert "Last: https://lemmy.example/post/2" in str(doubled.posts()[-1]["body"])
    assert [len(doubled.comments(number)) for number in (2, 3)] == [1, 0]


def test_a_double_that_a_moderator_removes_is_over(doubled: World, other: World) -> None:
    """R11."""
    doubled.run_pass()
    doubled.hand("modlin").remove(3)

    report = doubled.run_pass()

    assert told(report) == []
    assert doubled.pinned() == [2]


def test_where_a_moderator_removes_the_older_one_the_younger_stands(doubled: World, other: World) -> None:
    """R11: a person's choice between the two is taken."""
    doubled.run_pass()
    doubled.hand("modlin").remove(2)
    doubled.clock.at += WEEK

    doubled.run_pass()

    assert doubled.pinned() == [4]
    assert "Last: https://lemmy.example/post/3" in str(doubled.posts()[-1]["body"])


# -- the same on Lemmy 1.0, which carries out one request for each idempotency key


ON_1_0 = pytest.mark.parametrize("world", ["v4"], indirect=True)


@ON_1_0
def test_on_1_0_two_hosts_that_post_at_once_make_one_post_in_each_slot(world: World, other: World) -> None:
    """R11: the key of the second one is known, so it looks, and finds the post of the first."""
    world.post()
    other.run_pass()

    times = run_slots(world, other, 12, lambda: True)

    assert times == {f"News {number}": 1 for number in range(3, 15)}
    assert world.pinned() == [13]
    assert [len(world.comments(number)) for number in range(1, 14)] == [1] * 12 + [0]


@ON_1_0
def test_the_host_whose_key_was_known_has_the_post_in_its_ledger_too(world: World, other: World) -> None:
    """R11: nothing is left open, and nothing waits for ten minutes."""
    world.post()
    other.run_pass()
    run_slots(world, other, 1, lambda: True)

    for host in (world, other):
        ledger = host.ports().ledger
        assert [record.post_id for record in ledger.posts("news")] == [1, 2]
        assert [intent for intent in ledger.intents("news") if intent.open] == []


@ON_1_0
def test_after_a_limit_the_next_attempt_has_another_key(world: World) -> None:
    """The limited request has used its key up."""
    world.sandbox.limit("post", 0, 60)
    world.post()
    assert world.posts() == []
    world.sandbox.limit("post", 10, 60)
    world.clock.at += timedelta(seconds=1)  # so the key is still known

    world.post()

    assert len(world.posts()) == 1


@ON_1_0
def test_after_a_refusal_the_next_attempt_has_another_key(world: World) -> None:
    """The refused request has used its key up."""
    refuse(world)
    world.post()
    assert world.posts() == []
    refuse(world, refused=False)

    world.post()

    assert len(world.posts()) == 1


@ON_1_0
def test_a_key_that_the_other_host_has_used_up_in_vain_makes_nobody_miss_an_edition(
    world: World, other: World
) -> None:
    """The second host cannot know that nothing was posted, so it posts after the wait, with another key."""
    world.post()
    other.run_pass()
    world.clock.at = SLOT + WEEK
    refuse(world)
    world.run_pass()
    refuse(world, refused=False)

    report = other.run_pass()
    assert [str(blocked.reason) for blocked in blocked_actions(report.left)] == ["outcome_unknown"]
    assert len(world.posts()) == 1
    other.clock.at += timedelta(minutes=11)
    other.run_pass()

    assert [str(post["name"]) for post in world.posts()] == ["News 2", "News 3"]
    assert world.pinned() == [2]


@ON_1_0
def test_on_1_0_hosts_that_have_failed_unequally_often_can_still_post_twice(
    world: World, other: World
) -> None:
    """R11, the residual race on 1.0: their attempts have different numbers, so their keys differ."""
    world.post()
    other.run_pass()
    ledger = world.ports().ledger
    failed = NewIntent(kind=IntentKind.PUBLISH, thread="news", edition="2026-W48", at=SLOT + WEEK)
    ledger.resolve_intent(ledger.begin_intent(failed).id, IntentState.NOT_SENT, at=SLOT + WEEK)

    times = run_slots(world, other, 2, lambda: True)

    assert times == {"News 3": 2, "News 4": 1}


def refuse(world: World, *, refused: bool = True) -> None:
    """Ban the bot from the community, or lift the ban."""
    bot = world.sandbox.person("megabot").id
    world.hand("modlin").ban(world.community_id, bot, ban=refused)
