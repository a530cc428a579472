"""Commands on Lemmy 1.0, which notifies of every edit, of posts that name the bot, of moderators' deeds."""

import logging

import pytest

from lemmy_sandbox import User
from megabot.service.service import Service
from tests.scenario import BOT, tick
from tests.world import SLOT, WEEK, World


@pytest.fixture
def service(world: World) -> Service:
    """A service at work on a 1.0, with this week's thread up and nothing waiting."""
    world.sandbox.upgrade()
    service = world.service()
    service.tick()
    world.clock.at = SLOT + WEEK
    service.tick()
    return service


def modlin(world: World) -> User:
    return world.sandbox.user("modlin")


def answers(world: World) -> list[str]:
    """Give what the bot answered, in comments and messages."""
    server, bot = world.sandbox.world, world.sandbox.person("megabot").id
    comments = [one.content for one in server.comments.values() if one.creator_id == bot]
    letters = [one.content for one in server.messages.values() if one.creator_id == bot]
    return [text for text in (*comments, *letters) if "answer:" in text]


def waiting(world: World) -> int:
    return world.ports().forum.unread().total


def test_a_mention_in_the_own_thread_is_obeyed(world: World, service: Service) -> None:
    """It comes as a reply."""
    modlin(world).comment(1, f"{BOT} status")

    tick(world, service)

    assert len(answers(world)) == 1
    assert waiting(world) == 0


def test_a_comment_that_is_edited_is_heard_once(world: World, service: Service) -> None:
    """C08."""
    comment = modlin(world).comment(1, f"{BOT} status")
    modlin(world).edit_comment(comment, f"{BOT} status please")
    tick(world, service)
    modlin(world).edit_comment(comment, f"{BOT} repost yes")

    tick(world, service)

    assert len(answers(world)) == 1
    assert len(world.sandbox.world.posts) == 1
    assert waiting(world) == 0


def test_a_post_that_names_the_bot_is_no_command(world: World, service: Service) -> None:
    modlin(world).create_post(world.community_id, "For the bot", body=f"{BOT} repost yes")

    tick(world, service)

    assert answers(world) == []
    assert len(world.sandbox.world.posts) == 2
    assert waiting(world) == 0


def test_what_moderators_do_to_the_thread_is_no_command_and_does_not_wait(
    world: World, service: Service
) -> None:
    modlin(world).lock(1)
    modlin(world).lock(1, locked=False)

    tick(world, service)

    assert answers(world) == []
    assert waiting(world) == 0


def test_a_new_ledger_leaves_only_what_people_said_unheard(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """1.0 tells a new moderator of the seat."""
    caplog.set_level(logging.WARNING, logger="megabot")
    world.sandbox.upgrade()
    modlin(world).add_mod(world.community_id, world.sandbox.person("megabot").id, added=False)
    modlin(world).add_mod(world.community_id, world.sandbox.person("megabot").id)

    world.service().tick()

    assert "older than this ledger" not in caplog.text
    assert waiting(world) == 0
