"""More than one megabot for one account: on one state folder they take turns, on two they adopt by marker.

What two hosts can still do to each other, the residual race, is forced here and its outcome measured.
"""

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lemmy_sandbox import Sandbox
from lemmy_sandbox.user_client import User
from megabot.forum.models import Post, PostDraft
from megabot.forum.port import Forum
from megabot.ledger.sqlite import SqliteLedger
from megabot.reconcile.decide import blocked_actions
from megabot.reconcile.loop import run_pass
from megabot.reconcile.report import Report
from tests.processes import Machine, ended, machine
from tests.raw_server import RawServer
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
    state = tmp_path / "other"
    state.mkdir(mode=0o700)
    made = replace(world, state=state)
    for one in (world, made):
        one.ports().forum.account()
    return made


@dataclass
class Together:
    """A forum that sends a new post only when another one is about to do so too."""

    forum: Forum
    meeting: threading.Barrier

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  stands in for any method of the port
        return getattr(self.forum, name)

    def create_post(self, community_id: int, draft: PostDraft) -> Post:
        self.meeting.wait(timeout=20)
        return self.forum.create_post(community_id, draft)


def race(*hosts: World) -> None:
    """Run a pass on each host at once; both look before either of them posts."""
    meeting = threading.Barrier(len(hosts))
    runs = [threading.Thread(target=run_beside, args=(host, meeting)) for host in hosts]
    for run in runs:
        run.start()
    for run in runs:
        run.join(timeout=30)


def run_beside(host: World, meeting: threading.Barrier) -> None:
    ports = host.ports()
    assert isinstance(ports.ledger, SqliteLedger)
    with closing(ports.ledger):  # here, because SQLite wants it closed where it was opened
        run_pass(replace(ports, forum=Together(ports.forum, meeting)), authenticated=True)


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
