"""`web`: a link to the page for moderators, which only its author gets, and which is stored nowhere."""

import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from megabot.commands import web_access
from megabot.errors import Unreachable
from megabot.ledger.records import CommandState
from megabot.ledger.state import WebAccessKind
from megabot.service.service import Service
from tests.scenario import BOT, ON_BOTH, answers, at_work, letters, say, tick, write
from tests.scenes.test_commands_from_elsewhere import Scene, scene
from tests.world import World

__all__ = ["scene"]  # a fixture
URL = "https://megabot.example"


@pytest.fixture
def service(world: World) -> Service:
    world.web_url = URL
    world.sandbox.add_person("stranger")
    return at_work(world)


def token_in(text: str, url: str = URL) -> str:
    return text.partition(f"{url}/sign-in?token=")[2].split()[0]


@ON_BOTH
def test_a_moderator_who_asks_by_message_gets_a_link_and_nothing_more(world: World, service: Service) -> None:
    write(world, service, "web")

    (letter,) = letters(world)
    assert token_in(letter) == world.tokens.drawn[0]
    assert "It works once, within 15 minutes." in letter
    (access,) = world.ports().ledger.web_access()
    assert (access.kind, access.name) == (WebAccessKind.LINK, "modlin")
    assert access.digest == web_access.digest(token_in(letter))
    assert access.until - world.clock.now() == timedelta(minutes=15)


@ON_BOTH
def test_who_asks_in_a_comment_gets_the_link_by_message(world: World, service: Service) -> None:
    say(world, service, f"{BOT} web")

    assert answers(world) == ["I have sent you the link by private message."]
    assert token_in(letters(world)[0]) == world.tokens.drawn[0]


@ON_BOTH
@pytest.mark.parametrize("way", ["message", "comment"])
def test_who_is_no_moderator_gets_nothing(world: World, service: Service, way: str) -> None:
    if way == "message":
        write(world, service, "web", by="stranger")
    else:
        say(world, service, f"{BOT} web", by="stranger")

    assert letters(world, "stranger") == answers(world) == []
    assert (world.ports().ledger.web_access(), world.tokens.drawn) == ((), [])


def test_the_link_is_neither_in_the_ledger_nor_in_the_log(
    world: World, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    write(world, service, "web")
    say(world, service, f"{BOT} web")

    ledger = (world.state / "ledger.db").read_bytes()
    assert len(world.tokens.drawn) == 2
    assert not any(token.encode() in ledger for token in world.tokens.drawn)
    assert not any(token in caplog.text for token in world.tokens.drawn)


def test_signing_out_ends_every_session_of_its_author_alone(world: World, service: Service) -> None:
    write(world, service, "web")
    ledger, now = world.ports().ledger, world.clock.now()
    token = token_in(letters(world)[0])
    ledger.change_web_access(lambda access: web_access.redeem(access, token, "phone", now)[0])
    other = "https://elsewhere.example/u/kim"
    ledger.change_web_access(lambda access: web_access.new_link(access, "theirs", other, "kim", now))
    write(world, service, "web")

    write(world, service, "web logout")

    assert [access.actor for access in ledger.web_access()] == [other]
    assert "signed out of the page" in letters(world)[-1]


def test_without_a_page_it_says_so_and_help_does_not_name_it(world: World) -> None:
    service = at_work(world)
    write(world, service, "web")
    write(world, service, "help")

    first, second = letters(world)
    assert first == "There is no page for moderators: the bot's operator would have to set `MEGABOT_WEB_URL`."
    assert "`web`" not in second
    assert world.ports().ledger.web_access() == ()


def test_with_a_page_help_names_it(world: World, service: Service) -> None:
    write(world, service, "help")

    assert "`web logout`" in letters(world)[0]


def test_asking_for_a_link_is_not_the_last_command_of_a_thread(world: World, service: Service) -> None:
    write(world, service, "web")
    write(world, service, "status")

    assert "last command" not in letters(world)[-1]


def test_after_a_crash_behind_the_message_no_second_link_is_sent(world: World, service: Service) -> None:
    message = write(world, service, "web")
    ledger = world.ports().ledger
    record = ledger.command(f"message:{message}")
    assert record is not None
    assert record.state is CommandState.CLOSED
    ledger.keep_command(replace(record, state=CommandState.ACTING))
    world.clock.at += timedelta(minutes=1)

    world.service().tick()

    assert len(letters(world)) == 1
    assert len(ledger.web_access()) == 1


def test_after_a_crash_before_the_message_only_the_link_that_was_sent_works(
    world: World, service: Service
) -> None:
    """The first one, which nobody got, is replaced."""
    world.hand("modlin").message(world.sandbox.person("megabot").id, "web")
    ports = world.ports()

    class Cut:
        def __getattr__(self, name: str) -> Any:  # noqa: ANN401  stands in for any method of the port
            return getattr(ports.forum, name)

        def message(self, person_id: int, text: str) -> None:
            raise Unreachable(f"no way to {person_id} with {len(text)} characters")

    ports.forum.account()
    cut = Service(
        replace(ports, forum=Cut()),
        tick=timedelta(seconds=30),
        notify=lambda _: None,
    )
    tick(world, cut)
    assert letters(world) == []
    assert len(world.tokens.drawn) == 1

    world.clock.at += timedelta(hours=1)
    world.service().tick()

    (letter,) = letters(world)
    (access,) = ports.ledger.web_access()
    assert access.digest == web_access.digest(token_in(letter))


# -- moderators whose account is on another server


@pytest.fixture
def elsewhere(scene: Scene) -> Scene:
    """The scene, with a page."""
    ports = scene.service.unhurried
    tokens = iter(f"token-{number}" for number in range(100))
    page = replace(ports, web_url=URL, draw_token=lambda: next(tokens))
    scene.service = Service(page, tick=timedelta(seconds=30), notify=lambda _: None)
    scene.tick()
    return scene


def test_a_message_from_another_server_gets_a_link_only_after_a_confirmation_in_public(
    elsewhere: Scene,
) -> None:
    elsewhere.message(elsewhere.kim, "web")
    assert URL not in "".join(elsewhere.letters(elsewhere.kim))
    assert elsewhere.ledger.web_access() == ()

    elsewhere.comment(elsewhere.kim, f"{BOT} yes {elsewhere.code()}")

    assert token_in(elsewhere.letters(elsewhere.kim)[-1]) == "token-0"
    assert elsewhere.answers()[-1] == "I have sent you the link by private message."
    (access,) = elsewhere.ledger.web_access()
    assert access.actor == elsewhere.kim.actor


def test_a_forged_message_ends_no_session(elsewhere: Scene) -> None:
    now = elsewhere.clock.now()
    elsewhere.ledger.change_web_access(
        lambda access: web_access.new_link(access, "link", elsewhere.kim.actor, "kim", now)
    )

    elsewhere.message(elsewhere.kim, "web logout")

    assert len(elsewhere.ledger.web_access()) == 1


def test_another_moderator_cannot_confirm_it(elsewhere: Scene) -> None:
    elsewhere.message(elsewhere.kim, "web")

    elsewhere.comment(elsewhere.server.people["modlin"], f"{BOT} yes {elsewhere.code()}")

    assert elsewhere.ledger.web_access() == ()
