"""The demo in German: no sentence of the bot's on the forum and on the site is English."""

import re
from collections.abc import Iterator, Sequence
from html import unescape

import pytest
import requests
from babel.messages.catalog import Catalog, Message

from lemmy_sandbox.world import World
from megabot.demo.scenes import SCENES
from megabot.demo.stage import BOT, MODERATOR, Stage, set_stage
from tools import messages

SHORTEST = 12
"""Shorter English sentences may be German words too, or a part of one."""
HOLES = re.compile(r"\{[^{}]*\}|`[^`]*`")


def catalogue() -> Catalog:
    (german,) = (path for path in messages.translations() if path.parent.parent.name == "de")
    return messages.read(german)


def pieces(text: object) -> Iterator[str]:
    """What a message says around what is filled in and what is typed."""
    for form in text if isinstance(text, tuple | list) else (str(text),):
        yield from (piece.strip(" .:;,()[]*>#-") for piece in HOLES.split(form))


def english_sentences() -> list[str]:
    """Give the pieces of English that no translation has too."""
    found: list[Message] = [message for message in catalogue() if message.id]
    german = "\n".join(piece for message in found for piece in pieces(message.string))
    english = {piece for message in found for piece in pieces(message.id)}
    return sorted(piece for piece in english if len(piece) >= SHORTEST and piece not in german)


def german_pieces() -> list[str]:
    found = {piece for message in catalogue() if message.id for piece in pieces(message.string)}
    return sorted(piece for piece in found if len(piece) >= SHORTEST)


def written(stage: Stage) -> list[str]:
    """All that the bot wrote on the server."""
    world: World = stage.sandbox.world
    bot = stage.sandbox.person(BOT).id
    posts = [
        text
        for post in world.posts.values()
        if post.creator_id == bot
        for text in (post.name, post.body or "")
    ]
    comments = [one.content for one in world.comments.values() if one.creator_id == bot]
    letters = [one.content for one in world.messages.values() if one.creator_id == bot]
    return [*posts, *comments, *letters]


def site(stage: Stage) -> Sequence[str]:
    with stage.site() as address:
        paths = ("", "bulletins/", "search/", "news/", "news/latest/")
        return [unescape(requests.get(address + path, timeout=10).text) for path in paths]


@pytest.fixture(scope="module", params=["v3", "v4"])
def texts(request: pytest.FixtureRequest) -> list[str]:
    """All that the bot says in the demo, after a moderator has tried a few more commands."""
    with set_stage(lambda *_: None, api=request.param, language={"MEGABOT_LANGUAGE": "de"}) as stage:
        for scene in SCENES:
            scene(stage)
        for words in (
            "help",
            "status",
            "hold",
            "skip",
            "resume",
            "move +2h",
            "preview",
            "note Hallo",
            "repots",
        ):
            stage.command(MODERATOR, words, stage.newest())
            stage.clock.sleep(600)
        return [*written(stage), *site(stage)]


def test_no_english_sentence_is_on_the_forum(texts: list[str]) -> None:
    english = english_sentences()

    assert len(english) > 200
    assert [(piece, text) for text in texts for piece in english if piece in text] == []


def test_german_sentences_are(texts: list[str]) -> None:
    said = "\n".join(texts)

    found = [piece for piece in german_pieces() if piece in said]
    assert len(found) > 40
    assert "Ich höre auf das Mod-Team" in said
    assert re.search(r"(Mo|Di|Mi|Do|Fr|Sa|So)\., \d+\. (Nov|Dez)\., \d\d:\d\d", said)
