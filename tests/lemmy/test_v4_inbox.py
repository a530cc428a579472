"""What API v4 has in an inbox, as values; the recordings of a real 1.0.0-beta.1 are the judge."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from megabot.forum.models import Person
from megabot.forum.notices import Notice, Origin
from megabot.lemmy.json_fields import JsonObject
from megabot.lemmy.v4 import inbox as wire
from megabot.lemmy.v4.parse import list_reader
from tests.sandbox.recordings import FOLDER

MODLIN = Person(id=5, name="modlin", actor="https://lemmy.example/u/modlin")


def recorded(number: str) -> Any:  # noqa: ANN401  JSON, to be changed by a test
    (path,) = (FOLDER / "lemmy-1.0.0-beta.1").glob(f"{number}-*.json")
    return json.loads(path.read_text("utf-8"))["response"]["json"]


UNREAD = recorded("099")["items"]


def item(number: int, **changes: dict[str, object]) -> JsonObject:
    """Give a recorded notification, with fields of its parts changed."""
    one = next(one for one in UNREAD if one["notification"]["id"] == number)
    told = one["notification"] | changes.get("notification", {})
    data = one["data"] | {"comment": one["data"].get("comment", {}) | changes.get("comment", {})}
    return JsonObject({"notification": told, "data": data})


def test_a_message_is_read() -> None:
    message = wire.notice(JsonObject(recorded("101")["items"][0]))

    assert message == Notice(
        id=8,
        origin=Origin.MESSAGE,
        content_id=1,
        author=MODLIN,
        text="repost",
        published=datetime(2026, 11, 22, 23, 40, 55, 348091, tzinfo=UTC),
    )
    assert message.key == "message:1"


def test_a_comment_is_read_by_its_own_author_and_not_the_notifications() -> None:
    reply = wire.notice(item(9))

    assert (reply.origin, reply.content_id, reply.text) == (Origin.COMMENT, 7, "a reply to the bot's post")
    assert (reply.author.id, reply.author.name) == (6, "reader")
    assert (reply.post_id, reply.community_id, reply.id, reply.key) == (8, 2, 9, "comment:7")


@pytest.mark.parametrize(
    ("kind", "path", "origin"),
    [
        ("reply", "0.7", Origin.COMMENT),
        ("reply", "0.1.7", Origin.REPLY),
        ("mention", "0.1.7", Origin.COMMENT),
        ("subscribed", "0.1.7", Origin.COMMENT),
    ],
)
def test_only_an_answer_to_a_comment_of_the_bots_is_a_reply(kind: str, path: str, origin: Origin) -> None:
    assert wire.notice(item(9, notification={"kind": kind}, comment={"path": path})).origin is origin


@pytest.mark.parametrize("how", ["removed", "deleted"])
def test_what_was_taken_away_is_gone(how: str) -> None:
    assert wire.notice(item(9, comment={how: True})).gone


@pytest.mark.parametrize("kind", ["mod_action", "post", "something_new"])
def test_what_nobody_said_to_the_bot_is_counted_and_nothing_else(kind: str) -> None:
    told = {"id": 11, "published_at": "2026-11-22T23:40:57Z", "kind": kind, "read": False}

    notice = wire.notice(JsonObject({"notification": told, "data": {"type_": kind}}))

    assert (notice.origin, notice.speaks, notice.key) == (Origin.SERVER, False, "notice:11")
    assert notice.id == 11


def test_a_comment_that_was_edited_comes_once_with_its_newest_text_and_first_time() -> None:
    page = list_reader(wire.notice)(JsonObject({"items": UNREAD}))

    notices = {notice.key: notice for notice in wire.each_once(page.items)}

    edited = notices["comment:2"]
    assert len(page.items) == 8
    assert edited.text.startswith("A good article, edited in")
    assert edited.id == 2
    assert edited.published == min(one.published for one in page.items if one.key == "comment:2")
    assert len(notices) == len({notice.key for notice in page.items})


def test_a_message_that_was_sent_is_read_with_whom_it_went_to() -> None:
    assert wire.sent_message(JsonObject(recorded("101")["items"][0])) == (1, 4, "repost")
