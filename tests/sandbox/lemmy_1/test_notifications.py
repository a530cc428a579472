"""What a 1.0 tells people of."""

from typing import Any

import pytest

from lemmy_sandbox import Sandbox, UserV4
from lemmy_sandbox.user_client import ApiError


@pytest.fixture
def post(bot: UserV4, news: int) -> int:
    return bot.create_post(news, "Weekly thread")


def told(hand: UserV4, **query: object) -> list[dict[str, Any]]:
    return list(hand.get("account/notification/list", **query)["items"])


def kinds(hand: UserV4, **query: object) -> list[str]:
    return [one["notification"]["kind"] for one in told(hand, **query)]


def count(hand: UserV4) -> int:
    return int(hand.get("account/unread_counts")["notification_count"])


def test_a_command_under_the_bots_own_post_is_a_reply_and_no_mention(
    bot: UserV4, reader: UserV4, post: int
) -> None:
    reader.comment(post, "@megabot@lemmy.example status")

    assert (kinds(bot), kinds(bot, type_="mention")) == (["reply"], [])


def test_every_edit_of_a_comment_tells_again_and_all_show_the_newest_text(
    bot: UserV4, reader: UserV4, post: int
) -> None:
    comment = reader.comment(post, "one")
    for text in ("two", "three"):
        reader.edit_comment(comment, text)

    texts = [one["data"]["comment"]["content"] for one in told(bot)]
    assert (texts, count(bot)) == (["three"] * 3, 3)


def test_a_mention_in_the_body_of_a_post_is_told_at_every_edit(
    bot: UserV4, reader: UserV4, news: int
) -> None:
    post = reader.create_post(news, "@megabot@lemmy.example in a title", "Hello @megabot@lemmy.example")
    reader.edit_post(post, body="Hello again @megabot@lemmy.example")

    assert kinds(bot) == ["mention"] * 2
    assert [one["data"]["type_"] for one in told(bot)] == ["post"] * 2


def test_who_was_it_is_told_to_admins_only_by_number(
    sandbox: Sandbox, admin: UserV4, bot: UserV4, reader: UserV4, post: int, news: int
) -> None:
    reader.comment(post, "a comment")
    reader.comment(admin.create_post(news, "Rules"), "another")

    assert told(bot)[0]["notification"]["creator_id"] == 0
    assert told(admin)[0]["notification"]["creator_id"] == sandbox.person("reader").id


def test_what_is_gone_is_neither_listed_nor_counted(
    bot: UserV4, modlin: UserV4, reader: UserV4, post: int
) -> None:
    reader.delete_comment(reader.comment(post, "one"))
    modlin.remove_comment(reader.comment(post, "two"))

    assert (told(bot), count(bot)) == ([], 0)
    assert kinds(reader) == ["mod_action"]


def test_an_act_upon_ones_own_post_is_told_also_to_who_did_it_but_no_pin_is(
    bot: UserV4, modlin: UserV4, post: int
) -> None:
    bot.feature(post)
    bot.lock(post)
    modlin.remove(post, reason="spam")
    removal, lock = told(bot)

    assert (removal["data"]["modlog"]["kind"], lock["data"]["modlog"]["kind"]) == (
        "mod_remove_post",
        "mod_lock_post",
    )
    assert "moderator" not in removal["data"]
    assert removal["data"]["modlog"]["reason"] == "spam"


def test_marking_another_ones_is_no_error_and_does_nothing(
    bot: UserV4, modlin: UserV4, reader: UserV4, post: int
) -> None:
    reader.comment(post, "a comment")
    number = told(bot)[0]["notification"]["id"]
    modlin.post("account/notification/mark_as_read", notification_id=number, read=True)

    assert count(bot) == 1
    bot.post("account/notification/mark_as_read", notification_id=number, read=True)
    assert (count(bot), kinds(bot, unread_only=True), len(told(bot))) == (0, [], 1)


def test_all_are_marked_at_once(bot: UserV4, reader: UserV4, post: int) -> None:
    for text in ("one", "two"):
        reader.comment(post, text)
    bot.post("account/notification/mark_as_read/all")

    assert count(bot) == 0


def test_an_answer_marks_what_it_answers_as_read(bot: UserV4, reader: UserV4, post: int) -> None:
    first = reader.comment(post, "one")
    reader.comment(post, "two")
    bot.comment(post, "an answer", parent_id=first)

    assert [one["data"]["comment"]["content"] for one in told(bot, unread_only=True)] == ["two"]


def test_an_answer_to_what_is_gone_is_refused(bot: UserV4, reader: UserV4, post: int) -> None:
    first = reader.comment(post, "one")
    reader.delete_comment(first)

    assert refusal_of(bot, post, first) == "deleted"


def test_neither_blocked_people_nor_hidden_bots_are_heard(
    sandbox: Sandbox, bot: UserV4, modlin: UserV4, reader: UserV4, post: int
) -> None:
    reader.comment(post, "from a reader")
    bot.block(sandbox.person("reader").id)
    modlin.comment(post, "from a bot")
    sandbox.person("modlin").bot_account = True
    bot.save_settings(show_bot_accounts=False)

    assert (told(bot), count(bot)) == ([], 0)


def test_a_conversation_has_both_sides_and_an_edited_message_twice(
    sandbox: Sandbox, bot: UserV4, modlin: UserV4, reader: UserV4
) -> None:
    number = modlin.message(sandbox.person("megabot").id, "hello")
    modlin.edit_message(number, "hello, edited")
    bot.message(sandbox.person("modlin").id, "answer")
    reader.message(sandbox.person("megabot").id, "somebody else")

    with_modlin = told(bot, type_="private_message", creator_id=sandbox.person("modlin").id)
    texts = [one["data"]["private_message"]["content"] for one in with_modlin]
    assert texts == ["answer", "hello, edited", "hello, edited"]
    assert kinds(bot, unread_only=True) == ["private_message"] * 3
    assert len(bot.messages()) == 4


def test_who_wants_no_messages_gets_none_and_sends_none(
    sandbox: Sandbox, bot: UserV4, modlin: UserV4
) -> None:
    bot.save_settings(private_messages_enabled=False)

    for hand, other in ((modlin, "megabot"), (bot, "modlin")):
        body = {"recipient_id": sandbox.person(other).id, "content": "x"}
        with pytest.raises(ApiError) as refused:
            hand.post("private_message", **body)
        assert refused.value.code == "couldnt_create"


def refusal_of(hand: UserV4, post: int, parent: int) -> str:
    with pytest.raises(ApiError) as refused:
        hand.comment(post, "an answer", parent_id=parent)
    return refused.value.code
