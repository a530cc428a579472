"""The inbox is read down to a watermark, whoever marks what as read: what it costs, that nothing is lost."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from megabot.ledger.port import Ledger
from megabot.ledger.state import AccountState
from megabot.service.service import Service
from tests.scenario import BOT, ON_BOTH, answers, at_work, letters, say, tick, write
from tests.world import World

LISTS = ("user/mention", "user/replies", "private_message/list", "account/notification/list")


@pytest.fixture
def service(world: World) -> Service:
    world.sandbox.add_person("stranger")
    return at_work(world)


def obeyed(world: World) -> bool:
    """Whether somebody's `repost yes` was carried out."""
    return len(world.posts()) > 1


def a_hundred_strangers(world: World) -> None:
    for _ in range(100):
        world.hand("stranger").comment(1, f"{BOT} repost yes")
    world.sandbox.forget_requests()


def asked(world: World) -> list[str]:
    """What the bot asked the server for since the last time."""
    found = [one.path[len("/api/v3/") :] for one in world.sandbox.requests if one.person == "megabot"]
    world.sandbox.forget_requests()
    return found


@ON_BOTH
def test_a_hundred_strangers_get_nothing_and_delay_nobody(world: World, service: Service) -> None:
    """C14: more than a page of them waits, and the moderator's command behind them is obeyed at once."""
    a_hundred_strangers(world)

    say(world, service, f"{BOT} status")

    assert len(answers(world)) == 1
    assert not obeyed(world)
    assert letters(world, "stranger") == []


@ON_BOTH
def test_a_hundred_strangers_cost_four_requests_and_pages_in_one_tick_and_no_replies(
    world: World, service: Service
) -> None:
    """C14: the count, who moderates, one mark for all; the lists are read down to the watermark twice."""
    tick(world, service)
    a_hundred_strangers(world)

    tick(world, service)
    busy = asked(world)
    tick(world, service)

    pages = [one for one in busy if one in LISTS]
    assert len(busy) - len(pages) <= 4
    assert len([one for one in busy if "mark" in one]) == 1
    assert max(map(pages.count, pages)) <= 4
    assert asked(world) == busy[:1]


@ON_BOTH
def test_a_command_costs_four_requests_and_pages_a_tick(world: World, service: Service) -> None:
    """However long the lists are. Its answer, and what is done on it, come behind."""
    a_hundred_strangers(world)
    tick(world, service)
    world.hand("modlin").comment(1, f"{BOT} help")
    asked(world)

    tick(world, service)

    busy = asked(world)
    pages = [at for at, one in enumerate(busy) if one in LISTS]
    assert len(pages) == 2 * len(set(busy) & set(LISTS))
    assert pages[-1] + 1 - len(pages) <= 4
    assert busy[-1] == "comment"


@ON_BOTH
def test_a_command_that_somebody_read_in_the_browser_is_heard_with_the_next_one(
    world: World, service: Service
) -> None:
    """Whether the bot's notifications are marked as read plays no part."""
    tick(world, service)
    world.hand("modlin").comment(1, f"{BOT} repost yes")
    world.ports().forum.mark_all_read()
    tick(world, service)
    assert not obeyed(world)

    say(world, service, "Hello.", by="stranger")

    assert obeyed(world)


@ON_BOTH
def test_a_command_that_somebody_read_in_the_browser_is_heard_within_the_hour(
    world: World, service: Service
) -> None:
    tick(world, service)
    world.hand("modlin").comment(1, f"{BOT} repost yes")
    world.ports().forum.mark_all_read()
    world.clock.at += timedelta(hours=1)

    service.tick()

    assert obeyed(world)


class SaysMore:
    """A forum on which a moderator says something at the moment at which all is marked as read."""

    def __init__(self, world: World, *, breaks: bool) -> None:
        self._world = world
        self._forum = world.ports().forum
        self._breaks = breaks

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  stands in for any method of the port
        return getattr(self._forum, name)

    def mark_all_read(self) -> None:
        self._world.hand("modlin").comment(1, f"{BOT} repost yes")
        self._forum.mark_all_read()
        if self._breaks:
            self._breaks = False
            raise Crashed


class Crashed(BaseException):
    """The process ends here."""


@ON_BOTH
@pytest.mark.parametrize("crash", [False, True])
def test_what_is_said_while_all_is_marked_as_read_is_heard(
    world: World, service: Service, *, crash: bool
) -> None:
    tick(world, service)
    forum = SaysMore(world, breaks=crash)
    during = Service(replace(world.ports(), forum=forum), tick=timedelta(seconds=30), notify=lambda _: None)
    with pytest.raises(Crashed) if crash else nullcontext():
        say(world, during, "Hello.", by="stranger")
    assert obeyed(world) is not crash

    world.service().tick()

    assert obeyed(world)


class Forgetful:
    """A ledger with a disk that is full when the inbox's position is to be kept."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  as above
        return getattr(self._ledger, name)

    def change_account(self, change: Callable[[AccountState], AccountState]) -> None:
        before = self._ledger.account()
        if change(before).inbox_position != before.inbox_position:
            raise Crashed
        self._ledger.change_account(change)


@ON_BOTH
def test_a_crash_before_the_watermark_is_kept_loses_nothing_and_obeys_nothing_twice(
    world: World, service: Service
) -> None:
    world.hand("modlin").comment(1, f"{BOT} repost yes")
    ports = world.ports()
    forgetful = replace(ports, ledger=Forgetful(ports.ledger))
    with pytest.raises(Crashed):
        Service(forgetful, tick=timedelta(seconds=30), notify=lambda _: None).tick()
    assert not obeyed(world)

    for _ in range(2):
        world.clock.at += timedelta(hours=1)
        world.service().tick()

    assert len(world.posts()) == 2
    assert len(answers(world)) == 1


@ON_BOTH
def test_with_the_ledger_lost_what_was_obeyed_and_read_is_not_obeyed_again(
    world: World, service: Service
) -> None:
    say(world, service, f"{BOT} repost yes")
    (world.state / "ledger.db").unlink()
    world.clock.at += timedelta(hours=1)
    again = world.service()
    again.tick()

    say(world, again, "Hello.", by="stranger")

    assert len(world.posts()) == 2


@pytest.mark.parametrize("world", ["v3"], indirect=True)
def test_an_upgrade_hides_nothing_and_has_nothing_obeyed_again(world: World, service: Service) -> None:
    """A 1.0 numbers all that was told anew: what came over v3 is known by its comment."""
    for _ in range(5):
        write(world, service, "Hello.", by="stranger")
    say(world, service, f"{BOT} repost yes")
    world.clock.at += timedelta(hours=1)
    world.hand("modlin").comment(1, f"{BOT} status")
    world.sandbox.upgrade()

    tick(world, service)
    tick(world, service)

    assert len(world.posts()) == 2
    assert len([one for one in answers(world) if "W48" in one]) == 2


def test_a_tick_with_nothing_to_do_is_one_request_however_many_threads_there_are(
    world: World, service: Service
) -> None:
    world.pages.all = (*world.pages.all, replace(world.pages.all[0], name="film"))
    world.clock.at += timedelta(hours=2)
    tick(world, service)
    asked(world)

    for _ in range(10):
        tick(world, service)

    assert asked(world) == ["user/unread_count"] * 10
