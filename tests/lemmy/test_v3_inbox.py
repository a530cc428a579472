"""What API v3 has in an inbox, as values; the recordings of a real 0.19.20 are the judge."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from megabot.forum.models import Person
from megabot.forum.notices import Notice, Origin
from megabot.lemmy.json_fields import JsonObject, UnexpectedJson
from megabot.lemmy.v3 import inbox as wire
from tests.sandbox.recordings import recordings

RECORDED = {recording.name: recording.response for recording in recordings()}
MODLIN = Person(id=4, name="modlin", actor="https://lemmy.example/u/modlin")


def answered(name: str) -> Any:  # noqa: ANN401  JSON, to be changed by a test
    return RECORDED[name]["json"]


def reply(path: str, **changes: object) -> Notice:
    view = answered("replies-unread")["replies"][0]
    changed = view | {"comment": view["comment"] | {"path": path} | changes}
    return wire.replies(JsonObject({"replies": [changed]}))[0]


def test_a_mention_is_read() -> None:
    mention = wire.mentions(JsonObject(answered("mentions-unread-after")))[0]

    assert mention == Notice(
        id=1,
        origin=Origin.COMMENT,
        content_id=5,
        author=MODLIN,
        text="@megabot@lemmy.example repost",
        published=datetime(2026, 11, 22, 23, 43, 1, 191786, tzinfo=UTC),
        post_id=8,
        community_id=2,
    )


def test_mentions_keep_the_servers_order_and_the_time_at_which_it_told() -> None:
    edited, *others = wire.mentions(JsonObject(answered("mentions-unread")))

    assert [edited.id, *[one.id for one in others]] == [3, 1, 2]
    assert edited.published > others[-1].published


def test_a_reply_is_marked_as_one() -> None:
    notices = wire.replies(JsonObject(answered("replies-unread")))

    assert [(one.id, one.content_id, one.unread) for one in notices] == [(3, 7, True), (1, 2, True)]
    assert notices[0].text == "a reply to the bot's post"


@pytest.mark.parametrize(
    ("path", "origin"), [("0.7", Origin.COMMENT), ("0.1.7", Origin.REPLY), ("0.1.2.7", Origin.REPLY)]
)
def test_a_top_level_comment_answers_no_comment(path: str, origin: Origin) -> None:
    assert reply(path).origin is origin


@pytest.mark.parametrize("how", ["removed", "deleted"])
def test_what_was_taken_away_is_gone(how: str) -> None:
    message = answered("private-messages-unread")["private_messages"][0]
    lost = message | {"private_message": message["private_message"] | {how: True}}

    assert reply("0.7", **{how: True}).gone
    assert wire.messages(JsonObject({"private_messages": [lost]}))[0].gone


def test_an_author_who_is_an_admin_is_known_as_one() -> None:
    view = answered("mentions-unread")["mentions"][0] | {"creator_is_admin": True}

    assert wire.mentions(JsonObject({"mentions": [view]}))[0].author.admin


def test_a_message_is_read() -> None:
    (message,) = wire.messages(JsonObject(answered("private-messages-unread")))

    assert message == Notice(
        id=1,
        origin=Origin.MESSAGE,
        content_id=1,
        author=MODLIN,
        text="repost",
        published=datetime(2026, 11, 22, 23, 43, 1, 458864, tzinfo=UTC),
    )


def test_of_a_list_of_both_sides_the_texts_to_one_are_given() -> None:
    answer = JsonObject(answered("private-messages-own-included"))

    assert (wire.texts_to(answer, 4), wire.texts_to(answer, 3)) == (("Done.",), ("repost",))
    assert wire.texts_to(answer, 5) == ()


@pytest.mark.parametrize(
    ("read", "answer"),
    [
        (wire.mentions, {"mentions": [{"comment": {}}]}),
        (wire.replies, {"replies": [{"comment_reply": {"id": 1}}]}),
        (wire.messages, {"private_messages": [{"private_message": {"id": "1"}}]}),
    ],
)
def test_what_is_built_otherwise_is_not_understood(
    read: Callable[[JsonObject], object], answer: dict[str, object]
) -> None:
    with pytest.raises(UnexpectedJson):
        read(JsonObject(answer))
