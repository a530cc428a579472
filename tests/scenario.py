"""Helpers for scenes about commands: the usual start, and reading the replies."""

from datetime import timedelta

import pytest

from megabot.service.service import Service
from tests.world import SLOT, WEEK, World

BOT = "@megabot@lemmy.example"
ON_BOTH = pytest.mark.parametrize("world", ["v3", "v4"], indirect=True)
"""Runs the scene on Lemmy 0.19 and on 1.0."""
WITH_EACH_LEDGER = pytest.mark.parametrize("world", ["v3", "v4", "v3 postgres"], indirect=True)
"""Runs the scene on both, and once more with the ledger in PostgreSQL."""


def at_work(world: World) -> Service:
    """Return a service that has run for a while: this week's thread is posted, and nothing is pending."""
    service = world.service()
    service.tick()
    world.clock.at = SLOT + WEEK
    service.tick()
    world.clock.at += timedelta(hours=1)
    return service


def say(world: World, service: Service, text: str, *, by: str = "modlin", post: int = 1) -> int:
    """Post a comment, let the service tick, and return the comment's id."""
    comment = world.hand(by).comment(post, text)
    tick(world, service)
    return comment


def write(world: World, service: Service, text: str, *, by: str = "modlin") -> int:
    """Send the bot a private message, let the service tick, and return the message's id."""
    message = world.hand(by).message(world.sandbox.person("megabot").id, text)
    tick(world, service)
    return message


def tick(world: World, service: Service) -> None:
    """Move the clock by half a minute and tick."""
    world.clock.at += timedelta(seconds=30)
    service.tick()


def answers(world: World, post: int = 1) -> list[str]:
    """Return the bot's replies in a post, without the invisible marker line."""
    comments = world.hand("reader").comments_by(world.bot_name)
    own = sorted(comments, key=lambda one: int(one["id"]))
    texts = [str(one["content"]) for one in own if one["post_id"] == post]
    return [_shown(text) for text in texts if "answer:" in text]


def letters(world: World, to: str = "modlin") -> list[str]:
    """Return the bot's private messages to an account, oldest first."""
    messages = world.hand(to).messages()
    own = [one["private_message"] for one in messages if one["creator"]["name"] == world.bot_name]
    return [_shown(str(one["content"])) for one in sorted(own, key=lambda one: int(one["id"]))]


def _shown(text: str) -> str:
    return text.partition("\n\n[//]: #")[0]
