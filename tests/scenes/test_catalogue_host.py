"""Cases of docs/faults.md at the bot's own host and by people's hands: clocks, schedules, verbs, signals."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

import pytest

from lemmy_sandbox import Sandbox, User
from megabot.forum.marker import Marker, sign
from megabot.reconcile.decide import blocked_actions
from tests.faultproxy import DelayThenPassOn, FaultProxy, Rule
from tests.processes import ended, machine
from tests.world import SLOT, WEEK, WEEKLY, World

POST = "/api/v3/post"
HOUR = timedelta(hours=1)


# Clocks and schedules


def test_a_host_that_slept_over_the_slot_catches_up_once(world: World) -> None:
    """K06: no tick at all between the evening before and the afternoon after."""
    service = world.service()
    service.tick()
    world.clock.at = SLOT + WEEK - 12 * HOUR
    service.tick()
    world.clock.at = SLOT + WEEK + 3 * HOUR
    for _ in range(3):
        service.tick()
        world.clock.at += HOUR

    assert (len(world.posts()), world.pinned()) == (1, [1])


@pytest.mark.parametrize("back", [timedelta(days=8), timedelta(days=1)])
def test_a_clock_that_jumps_back_makes_no_second_post(world: World, back: timedelta) -> None:
    """K04: both the bot's and the server's; the edition was posted in what is the future now."""
    service = world.service()
    service.tick()
    world.clock.at = SLOT + WEEK
    service.tick()
    world.clock.at -= back
    while world.clock.at < SLOT + 2 * WEEK + HOUR:
        service.tick()
        world.clock.at += 12 * HOUR
    service.tick()

    assert [post["name"] for post in world.posts()] == ["News 3", "News 4"]


@pytest.mark.parametrize(
    "changed",
    [
        replace(WEEKLY, timezone="Pacific/Auckland"),
        replace(WEEKLY, timezone="America/Los_Angeles"),
        replace(WEEKLY, at=time_of_day(9)),
        replace(WEEKLY, at=time_of_day(18)),
        replace(WEEKLY, weekdays=(4,)),
    ],
)
def test_a_schedule_that_is_changed_within_the_week_makes_no_second_post(
    world: World, changed: object
) -> None:
    """K07, K09: to a zone, an hour or a day before or after the slot that was posted."""
    world.post()
    world.change(schedule=changed)
    for _ in range(12):
        world.run_pass()
        world.clock.at += 12 * HOUR

    assert (len(world.posts()), world.pinned()) == (1, [1])


# People


def test_a_community_with_another_title_is_the_same_community(world: World) -> None:
    """H11: it is known by its name and number; what it calls itself is no matter."""
    world.post()
    world.hand("modlin").put("community", community_id=world.community_id, title="All the news")
    world.clock.at = SLOT + WEEK

    report = world.run_pass()

    assert report.verified
    assert world.pinned() == [2]


def test_a_community_that_only_moderators_may_post_to_stops_a_bot_that_is_none(world: World) -> None:
    """H11."""
    world.post()
    bot = world.sandbox.person("megabot").id
    world.hand("modlin").put("community", community_id=world.community_id, posting_restricted_to_mods=True)
    world.hand("modlin").add_mod(world.community_id, bot, added=False)
    world.clock.at = SLOT + WEEK
    world.sandbox.forget_requests()
    for _ in range(5):
        report = world.run_pass()
        world.clock.at += HOUR

    assert blocked_actions(report.left)
    assert len(world.posts()) == 1
    assert world.writes().count(f"POST {POST}") <= 1


def test_a_comment_that_a_locked_thread_refuses_is_not_repeated(world: World) -> None:
    """H09: whoever is no moderator may not comment there, and the bot is none any more."""
    world.post()
    world.hand("modlin").lock(1)
    bot = world.sandbox.person("megabot").id
    world.hand("modlin").add_mod(world.community_id, bot, added=False)
    world.clock.at = SLOT + WEEK
    world.sandbox.forget_requests()
    for _ in range(12):
        world.run_pass()
        world.clock.at += HOUR

    assert len(world.posts()) == 2
    assert world.writes().count("POST /api/v3/comment") == 1


def test_an_account_banned_from_the_server_signs_in_no_more_than_once(world: World) -> None:
    """H13: the server forgets its tokens; nobody can be written to, so the log has to say it."""
    service = world.service()
    service.tick()
    world.hand("admin").post("user/ban", person_id=world.sandbox.person("megabot").id, ban=True)
    world.clock.at = SLOT + WEEK
    world.sandbox.forget_requests()
    for _ in range(48):
        service.tick()
        world.clock.at += timedelta(minutes=15)

    paths = [request.path for request in world.sandbox.requests]
    assert paths.count("/api/v3/user/login") == 1
    assert paths.count(POST) == 0


# Verbs and signals


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A server with the bot's thread of last week; the slot of this week's was a day ago."""
    ago = timedelta(days=8)
    with Sandbox(lambda: datetime.now(UTC) - ago) as sandbox:
        sandbox.add_person("modlin")
        sandbox.add_person("megabot", bot=True)
        news = sandbox.add_community("news", "News", moderators=["modlin", "megabot"])
        year, week, _ = (datetime.now(UTC) - ago).isocalendar()
        last = sign("An essay.", Marker(thread="news", key=f"{year}-W{week:02}"))
        User(sandbox.url, "megabot").create_post(news.id, "News", last)
        sandbox.forget_requests()
        ago = timedelta(0)
        yield sandbox


def writes(sandbox: Sandbox) -> set[str]:
    return {f"{one.method} {one.path}" for one in sandbox.requests if one.method != "GET"}


def test_a_plan_for_an_edition_that_is_due_sends_no_write(sandbox: Sandbox, tmp_path: Path) -> None:
    """G04: signing in is all that it changes."""
    end = machine(tmp_path / "host", sandbox.url).run("plan")

    assert "would  post edition " in end.out, end
    assert writes(sandbox) == {"POST /api/v3/user/login"}


@pytest.mark.parametrize("verb", ["status", "preview", "history", "calendar"])
def test_a_verb_that_only_shows_asks_no_server(sandbox: Sandbox, tmp_path: Path, verb: str) -> None:
    """G04."""
    end = machine(tmp_path / "host", sandbox.url).run(verb)

    assert end.code == 0, end.err
    assert sandbox.requests == []


def test_zone_and_language_of_the_machine_change_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    """G07."""
    host = machine(tmp_path / "host", sandbox.url)
    zones = ("UTC", "Pacific/Kiritimati", "America/Los_Angeles")
    hosts = [replace(host, surroundings={"TZ": zone, "LC_ALL": "C"}) for zone in zones]

    shown = {one.run("calendar").out for one in hosts}

    assert len(shown) == 1
    assert "-W" in shown.pop()


def test_a_mistake_that_only_a_later_edition_shows_is_found_by_check(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """T10: this edition renders well, one of half a year on does not."""
    host = machine(tmp_path / "host", sandbox.url)
    month = (datetime.now(UTC).month + 5) % 12 + 1
    mistake = f"\n{{% if (edition.start | date('M')) == '{month}' %}}{{{{ nope }}}}{{% endif %}}\n"
    thread = host.source / "thread.md.j2"
    thread.write_text(thread.read_text() + mistake)
    line = len(thread.read_text().splitlines())
    assert host.run("preview").code == 0

    end = host.run("check")

    assert end.code == 1
    assert f"thread.md.j2:{line}" in end.out + end.err


def test_a_stop_in_the_middle_of_a_post_leaves_what_the_next_start_finishes(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """R09: the server makes the post when the service has gone."""
    with FaultProxy(sandbox.url, [Rule(fault=DelayThenPassOn(60), method="POST", path=POST)]) as proxy:
        host = machine(tmp_path / "host", proxy.url)
        process = host.start("run")
        wait_until_asked(proxy, POST)
        process.terminate()
        assert process.wait(timeout=5) == 0
        ended(process)
        proxy.release()
        proxy.quiet()
        host.run("post")

    newest, before = User(sandbox.url).get("post/list", community_name="news", sort="New")["posts"]
    assert (newest["post"]["featured_community"], before["post"]["featured_community"]) == (True, False)


def wait_until_asked(proxy: FaultProxy, path: str) -> None:
    until = time.monotonic() + 20
    while not any(seen.path == path and seen.method == "POST" for seen in proxy.log):
        assert time.monotonic() < until, proxy.log
        time.sleep(0.02)
