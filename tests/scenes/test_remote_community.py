"""A community on another server than the bot's: a pin counts only when that server shows it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from megabot.check import account
from megabot.check.findings import Level
from megabot.commands import status
from megabot.commands.run_order import carry_out
from megabot.lemmy.home_servers import LemmyHomeServers
from megabot.ports import Ports
from megabot.reconcile.actions import BlockReason
from megabot.reconcile.decide import blocked_actions
from megabot.reconcile.loop import run_pass
from megabot.reconcile.orders import Order, OrderKind
from megabot.reconcile.report import Report
from megabot.service.service import Service
from megabot.source.model import Pin
from tests.remote_scenario import HOME, OWN, Abroad, two_servers
from tests.world import NEWS, SLOT, WEEK

OLD_HOME = pytest.mark.parametrize("abroad", [("v3", "v3"), ("v3", "v4")], indirect=True)
NEW_HOME = pytest.mark.parametrize("abroad", [("v4", "v3"), ("v4", "v4")], indirect=True)
ANY_HOME = pytest.mark.parametrize(
    "abroad", [(home, own) for home in ("v3", "v4") for own in ("v3", "v4")], indirect=True
)


@pytest.fixture
def abroad(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Abroad]:
    home, own = request.param
    with two_servers(tmp_path / "state", home=home, own=own) as scene:
        yield scene


def reasons(report: Report) -> set[BlockReason]:
    return {blocked.reason for blocked in blocked_actions(report.left)}


def alerts(abroad: Abroad) -> dict[str, str]:
    return dict(abroad.world.ports().alerts.active_alerts())


def handover(abroad: Abroad) -> Report:
    """Post two editions, a week apart."""
    abroad.world.post()
    abroad.world.clock.at = SLOT + WEEK
    return abroad.world.run_pass()


def let_pass(abroad: Abroad, **span: float) -> Report:
    """Let time pass, then make a pass."""
    abroad.world.clock.at += timedelta(**span)
    return abroad.world.run_pass()


# -- the pin


@NEW_HOME
def test_a_pin_that_the_home_server_shows_counts_and_the_old_thread_is_unpinned(abroad: Abroad) -> None:
    report = handover(abroad)

    assert abroad.pinned_at_home() == [f"https://{OWN}/post/2"]
    assert abroad.world.pinned() == [2]
    assert reasons(report) == {BlockReason.THERE}
    assert alerts(abroad) == {}


@OLD_HOME
def test_a_pin_that_a_0_19_refuses_counts_for_nothing_and_moderators_are_told(abroad: Abroad) -> None:
    """H15."""
    report = handover(abroad)

    assert abroad.pinned_at_home() == []
    assert abroad.world.pinned() == [1, 2]
    assert BlockReason.PIN_REFUSED in reasons(report)
    (sentence,) = alerts(abroad).values()
    assert f"{HOME} runs Lemmy 0.19.20" in sentence
    assert f"Use an account on {HOME}" in sentence


@OLD_HOME
def test_all_else_about_a_thread_whose_pin_is_refused_is_done(abroad: Abroad) -> None:
    abroad.world.change(previous=replace(NEWS.previous, lock=True))

    handover(abroad)

    assert abroad.shown_at_home(1)["locked"]
    comments = [one.content for one in abroad.home.world.comments.values()]
    assert [f"https://{OWN}/post/2" in one for one in comments] == [True]


@OLD_HOME
def test_a_refused_pin_is_not_sent_again_and_again(abroad: Abroad) -> None:
    """The bot's own server forgets such a pin when it reads the community anew (set_featured_posts)."""
    abroad.world.post()
    abroad.world.sandbox.world.posts[1].featured_community = False
    abroad.world.sandbox.forget_requests()

    report = let_pass(abroad, days=1)

    assert abroad.world.writes() == []
    assert BlockReason.PIN_REFUSED in reasons(report)


@OLD_HOME
def test_a_pin_by_a_moderators_hand_on_the_home_server_counts(abroad: Abroad) -> None:
    handover(abroad)

    abroad.home.user("modlin").feature(int(abroad.shown_at_home(2)["id"]))
    let_pass(abroad, hours=1)

    assert abroad.world.pinned() == [2]
    assert alerts(abroad) == {}


@OLD_HOME
def test_after_an_upgrade_of_the_home_server_the_next_pin_arrives(abroad: Abroad) -> None:
    abroad.world.post()
    abroad.home.upgrade()
    abroad.world.clock.at = SLOT + WEEK

    abroad.world.run_pass()

    assert abroad.pinned_at_home() == [f"https://{OWN}/post/2"]
    assert alerts(abroad) == {}


@OLD_HOME
def test_pins_that_added_up_while_none_was_confirmed_are_all_taken_off_at_last(abroad: Abroad) -> None:
    abroad.world.post()
    for week in range(1, 6):
        abroad.world.clock.at = SLOT + week * WEEK
        abroad.world.run_pass()
    before = set(abroad.world.pinned())
    abroad.home.upgrade()
    abroad.network.delay = timedelta(minutes=5)
    abroad.world.clock.at = SLOT + 6 * WEEK

    abroad.world.run_pass()
    for _ in range(10):
        let_pass(abroad, minutes=2)

    assert before == {1, 2, 3, 4, 5, 6}
    assert abroad.world.pinned() == [7]


@NEW_HOME
def test_a_pin_on_its_way_is_waited_for_and_the_old_thread_stays_pinned(abroad: Abroad) -> None:
    abroad.world.post()
    abroad.network.delay = timedelta(minutes=5)
    abroad.world.clock.at = SLOT + WEEK
    abroad.world.run_pass()
    meanwhile = set(abroad.world.pinned())
    for _ in range(20):
        assert abroad.pinned_at_home() != []
        let_pass(abroad, minutes=2)

    assert 1 in meanwhile
    assert abroad.pinned_at_home() == [f"https://{OWN}/post/2"]
    assert abroad.world.pinned() == [2]
    assert alerts(abroad) == {}


@NEW_HOME
def test_a_server_that_does_not_federate_is_told_of_after_an_hour(abroad: Abroad) -> None:
    abroad.world.post()
    abroad.network.cut.add(frozenset({HOME, OWN}))
    abroad.world.clock.at = SLOT + WEEK
    at_once = abroad.world.run_pass()

    report = let_pass(abroad, hours=1.5)

    assert reasons(at_once) & {BlockReason.PIN_TRAVELS, BlockReason.PENDING}
    assert reasons(report) & {BlockReason.POST_NOT_AT_HOME, BlockReason.PENDING_FOR_LONG}
    assert 1 in abroad.world.pinned()
    assert len(alerts(abroad)) == 1


@NEW_HOME
def test_a_home_server_that_is_away_unpins_nothing_and_is_asked_again(abroad: Abroad) -> None:
    abroad.world.post()
    abroad.home.stop()
    abroad.world.clock.at = SLOT + WEEK
    abroad.world.run_pass()
    report = let_pass(abroad, hours=1.5)
    away = (set(abroad.world.pinned()), reasons(report), len(alerts(abroad)))

    abroad.home.start()
    let_pass(abroad, hours=2)

    assert away == ({1, 2}, {BlockReason.THERE, BlockReason.HOME_UNREADABLE}, 1)
    assert abroad.world.pinned() == [2]
    assert alerts(abroad) == {}


@NEW_HOME
def test_an_unpin_by_a_hand_on_the_home_server_stays(abroad: Abroad) -> None:
    abroad.world.post()
    abroad.home.user("modlin").feature(int(abroad.shown_at_home(1)["id"]), featured=False)

    report = let_pass(abroad, hours=1)

    assert reasons(report) == {BlockReason.THERE, BlockReason.UNPINNED_BY_HAND}
    assert abroad.pinned_at_home() == []


@ANY_HOME
def test_a_pin_on_the_front_page_is_the_own_servers_business(abroad: Abroad) -> None:
    abroad.world.sandbox.person("megabot").admin = True
    abroad.world.change(pin=Pin.LOCAL)

    handover(abroad)

    assert [post["featured_local"] for post in abroad.world.posts()] == [False, True]
    assert abroad.asked == []


# -- how the home server is asked


@NEW_HOME
def test_a_confirmed_pin_is_asked_about_once(abroad: Abroad) -> None:
    handover(abroad)
    abroad.asked.clear()

    for _ in range(3):
        let_pass(abroad, hours=20)

    assert abroad.asked == []


@OLD_HOME
def test_a_refused_pin_is_asked_about_less_and_less_often(abroad: Abroad) -> None:
    abroad.world.post()
    for _ in range(24 * 4):
        let_pass(abroad, minutes=15)

    assert len([one for one in abroad.asked if "resolve_object" in one]) < 12


@ANY_HOME
def test_the_home_server_is_asked_as_a_stranger_and_never_written_to(abroad: Abroad) -> None:
    handover(abroad)

    assert {request.person for request in abroad.home.requests} <= {None, "modlin"}
    assert len([one for one in abroad.asked if "resolve_object" in one]) == 2


@NEW_HOME
def test_with_the_ledger_lost_the_home_server_is_asked_again(abroad: Abroad) -> None:
    handover(abroad)
    for file in abroad.world.state.glob("ledger*"):
        file.unlink()
    abroad.asked.clear()

    let_pass(abroad, hours=1)

    assert len(abroad.asked) == 1
    assert abroad.world.pinned() == [2]


@NEW_HOME
def test_a_plan_asks_no_other_server(abroad: Abroad) -> None:
    abroad.network.delay = timedelta(hours=1)
    abroad.world.post()
    abroad.asked.clear()
    abroad.world.clock.at += timedelta(minutes=10)

    run_pass(abroad.world.ports(), authenticated=True, dry=True)

    assert abroad.asked == []


@OLD_HOME
def test_no_other_thread_waits_for_the_home_server(abroad: Abroad) -> None:
    """The thread that sorts after the remote one is posted before the other server is asked."""
    here = abroad.world.sandbox.add_community("birds", moderators=["megabot"])
    abroad.world.pages.all += (replace(NEWS, name="zebra", path="zebra.md.j2", community="birds"),)
    posted_before: list[bool] = []

    def read(address: str) -> bytes:
        posts = abroad.world.sandbox.world.posts.values()
        posted_before.append(any(post.community_id == here.id for post in posts))
        return abroad.read(address)

    abroad.world.home_servers = LemmyHomeServers(read)
    ports = abroad.world.ports()
    order = Order(OrderKind.POST, "test:1")

    run_pass(ports, orders={"news": order, "zebra": order}, authenticated=True, account=ports.forum.account())

    assert posted_before
    assert all(posted_before)


@NEW_HOME
def test_a_home_server_that_gives_no_answer_is_asked_once_in_a_pass(abroad: Abroad) -> None:
    again = replace(NEWS, name="zebra", path="zebra.md.j2", community=f"news@{HOME}")
    abroad.world.pages.all += (again,)
    abroad.home.stop()
    ports, order = abroad.world.ports(), Order(OrderKind.POST, "test:1")

    run_pass(ports, orders={"news": order, "zebra": order}, authenticated=True, account=ports.forum.account())

    assert len(abroad.asked) == 1
    abroad.home.start()


# -- what people are told


@OLD_HOME
def test_status_does_not_call_it_pinned(abroad: Abroad) -> None:
    abroad.world.post()

    found = status.read(abroad.world.ports())

    assert [thread.pinned for thread in found.threads] == [False]


def ordered(ports: Ports) -> str:
    account = ports.forum.account()
    answer = carry_out(ports, Order(OrderKind.POST, "test:1"), "news", account=account)
    return "\n".join((*answer.said, *answer.complaints))


@NEW_HOME
def test_post_says_pinned_where_readers_see_it_pinned(abroad: Abroad) -> None:
    assert f"https://{OWN}/post/1 (pinned)" in ordered(abroad.world.ports())


@pytest.mark.parametrize("abroad", [("v4", "v3")], indirect=True)
def test_post_waits_a_moment_for_the_pin_to_travel(abroad: Abroad) -> None:
    abroad.network.delay = timedelta(seconds=8)

    assert f"https://{OWN}/post/1 (pinned)" in ordered(abroad.world.ports())


@pytest.mark.parametrize("abroad", [("v4", "v3")], indirect=True)
def test_post_does_not_wait_for_ever_for_a_pin_to_travel(abroad: Abroad) -> None:
    abroad.network.delay = timedelta(hours=1)
    began = abroad.world.clock.at

    said = ordered(abroad.world.ports())

    assert f"https://{OWN}/post/1 (not pinned)" in said
    assert f"{HOME} does not show the pin yet" in said
    assert abroad.world.clock.at - began < timedelta(minutes=2)


@OLD_HOME
def test_post_does_not_say_pinned_where_readers_do_not_see_it_pinned(abroad: Abroad) -> None:
    said = ordered(abroad.world.ports())

    assert f"https://{OWN}/post/1 (not pinned)" in said
    assert "accepts no pins from other servers" in said


def findings(abroad: Abroad) -> list[str]:
    findings = account.check_account(abroad.world.ports(), agree=lambda _: True)
    return [f"{one.level}: {one.sentence}" for one in findings if HOME in one.sentence]


@OLD_HOME
def test_check_calls_a_home_server_of_0_19_a_problem_before_anything_is_posted(abroad: Abroad) -> None:
    assert [one for one in findings(abroad) if one.startswith(Level.PROBLEM) and "0.19.20" in one]
    assert abroad.world.posts() == []


@OLD_HOME
def test_check_has_no_problem_with_it_where_nothing_is_pinned(abroad: Abroad) -> None:
    abroad.world.change(pin=Pin.NONE)

    assert not [one for one in findings(abroad) if one.startswith(Level.PROBLEM)]


@NEW_HOME
def test_check_warns_of_a_community_on_another_server(abroad: Abroad) -> None:
    found = findings(abroad)

    assert not [one for one in found if one.startswith(Level.PROBLEM)]
    assert [one for one in found if one.startswith(Level.WARNING)]


@NEW_HOME
def test_check_says_that_it_cannot_tell_what_the_home_server_runs(abroad: Abroad) -> None:
    abroad.home.stop()

    assert [one for one in findings(abroad) if "does not report its software" in one]


@ANY_HOME
def test_check_follows_the_community_when_that_is_agreed_to(abroad: Abroad) -> None:
    community, own = abroad.world.community_id, abroad.world.sandbox
    own.user("megabot").post("community/follow", community_id=community, follow=False)
    ports = abroad.world.ports()

    def following(*, agree: bool) -> list[str]:
        findings = account.check_account(ports, agree=lambda _: agree)
        return [f"{one.level}" for one in findings if "follow" in one.sentence]

    refused = following(agree=False)
    followers = dict(own.world.communities[community].followers)
    agreed, later = following(agree=True), following(agree=False)

    assert (refused, agreed, later) == ([Level.PROBLEM], [Level.FINE], [Level.FINE])
    assert own.person("megabot").id not in followers
    assert own.person("megabot").id in own.world.communities[community].followers


# -- commands from the community's own server


def at_work(abroad: Abroad) -> Service:
    service = abroad.world.service()
    service.tick()
    abroad.world.clock.at = SLOT + WEEK
    service.tick()
    abroad.world.clock.at += timedelta(hours=1)
    return service


def say_at_home(abroad: Abroad, service: Service, text: str, *, by: str = "modlin") -> list[str]:
    """Comment in the thread on the community's own server; give the answers that readers see there."""
    abroad.home.user(by).comment(int(abroad.shown_at_home(1)["id"]), text)
    abroad.world.clock.at += timedelta(seconds=30)
    service.tick()
    people = abroad.home.world.people
    said = abroad.home.world.comments.values()
    return [one.content for one in said if people[one.creator_id].name == "megabot" and one.parent_id]


@ANY_HOME
def test_a_moderator_commands_by_a_comment_on_the_communitys_own_server(abroad: Abroad) -> None:
    service = at_work(abroad)

    (answer,) = say_at_home(abroad, service, f"@megabot@{OWN} skip")

    assert "2026-W49" in answer
    abroad.world.clock.at = SLOT + 2 * WEEK
    service.tick()
    assert len(abroad.world.posts()) == 1


@ANY_HOME
def test_readers_of_the_communitys_own_server_command_nothing(abroad: Abroad) -> None:
    assert say_at_home(abroad, at_work(abroad), f"@megabot@{OWN} skip", by="reader") == []


@ANY_HOME
def test_a_moderator_who_is_appointed_on_the_communitys_own_server_commands(abroad: Abroad) -> None:
    service = at_work(abroad)
    abroad.home.user("modlin").add_mod(abroad.home.community("news").id, abroad.home.person("reader").id)

    assert len(say_at_home(abroad, service, f"@megabot@{OWN} skip", by="reader")) == 1


@ANY_HOME
def test_a_message_of_a_moderator_from_the_communitys_own_server_is_answered_there(abroad: Abroad) -> None:
    service = at_work(abroad)
    bot = next(one for one in abroad.home.world.people.values() if one.name == "megabot")
    abroad.home.user("modlin").message(bot.id, "status")
    abroad.world.clock.at += timedelta(seconds=30)
    service.tick()

    letters = [one.content for one in abroad.home.world.messages.values() if one.creator_id == bot.id]
    assert any("next Mon 30 Nov 12:00 GMT" in one for one in letters)


@ANY_HOME
def test_an_order_by_message_is_confirmed_by_a_comment_on_the_communitys_own_server(abroad: Abroad) -> None:
    """C11."""
    service = at_work(abroad)
    bot = next(one for one in abroad.home.world.people.values() if one.name == "megabot")
    abroad.home.user("modlin").message(bot.id, "skip")
    abroad.world.clock.at += timedelta(seconds=30)
    service.tick()
    letters = [one.content for one in abroad.home.world.messages.values() if one.creator_id == bot.id]
    code = re.findall(r" yes (\w+)", letters[-1])[-1]

    (answer,) = say_at_home(abroad, service, f"@megabot@{OWN} yes {code}")

    assert "2026-W49" in answer
