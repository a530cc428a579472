"""What every scene of commands begins with, and how it is read."""

from datetime import timedelta

import pytest

from megabot.service.service import Service
from tests.world import SLOT, WEEK, World

BOT = "@megabot@lemmy.example"
ON_BOTH = pytest.mark.parametrize("world", ["v3", "v4"], indirect=True)
"""The scene is played on a Lemmy 0.19 and on a 1.0."""


def at_work(world: World) -> Service:
    """A service that has been at work for a while: this week's thread is up, and nothing waits."""
    service = world.service()
    service.tick()
    world.clock.at = SLOT + WEEK
    service.tick()
    world.clock.at += timedelta(hours=1)
    return service


def say(world: World, service: Service, text: str, *, by: str = "modlin", post: int = 1) -> int:
    """Comment, let the service tick, and give the comment's id."""
    comment = world.hand(by).comment(post, text)
    tick(world, service)
    return comment


def write(world: World, service: Service, text: str, *, by: str = "modlin") -> int:
    """Send the bot a private message, let the service tick, and give the message's id."""
    message = world.hand(by).message(world.sandbox.person("megabot").id, text)
    tick(world, service)
    return message


def tick(world: World, service: Service) -> None:
    """Let half a minute pass."""
    world.clock.at += timedelta(seconds=30)
    service.tick()


def answers(world: World, post: int = 1) -> list[str]:
    """The bot's answers in a post, without the line that nobody sees."""
    found = world.hand("reader").comments_by(world.bot_name)
    own = sorted(found, key=lambda one: int(one["id"]))
    texts = [str(one["content"]) for one in own if one["post_id"] == post]
    return [_shown(text) for text in texts if "answer:" in text]


def letters(world: World, to: str = "modlin") -> list[str]:
    """What the bot wrote to a person, oldest first."""
    found = world.hand(to).messages()
    own = [one["private_message"] for one in found if one["creator"]["name"] == world.bot_name]
    return [_shown(str(one["content"])) for one in sorted(own, key=lambda one: int(one["id"]))]


def _shown(text: str) -> str:
    return text.partition("\n\n[//]: #")[0]
