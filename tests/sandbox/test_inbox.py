"""Comments, and what they put into people's inboxes."""

from typing import Any

import pytest

from lemmy_sandbox import Sandbox, User
from tests.sandbox.refusals import refusal


@pytest.fixture
def post(bot: User, news: int) -> int:
    return bot.create_post(news, "Weekly thread")


def mentions(hand: User, **query: object) -> list[Any]:
    return list(hand.get("user/mention", sort="New", **query)["mentions"])


def replies(hand: User) -> list[Any]:
    return list(hand.get("user/replies")["replies"])


@pytest.mark.parametrize(
    "text",
    [
        "@megabot@lemmy.example status",
        "`@megabot@lemmy.example` in code",
        "> @megabot@lemmy.example in a quote",
        "@MEGABOT@lemmy.example in capitals",
        "behind@megabot@lemmy.example text",
    ],
)
def test_a_mention_counts_wherever_it_stands(bot: User, reader: User, post: int, text: str) -> None:
    reader.comment(post, text)

    assert len(mentions(bot)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "@megabot@lemmy.example: status",
        "@megabot@lemmy.example. Thanks",
        "@megabot status",
        "@megabot@Lemmy.example status",
        "@megabot@lemmy.example.org status",
    ],
)
def test_punctuation_behind_the_host_or_another_host_is_no_mention(
    bot: User, reader: User, post: int, text: str
) -> None:
    reader.comment(post, text)

    assert mentions(bot) == []


def test_a_comment_that_is_a_mention_and_a_reply_is_a_mention_only(
    bot: User, reader: User, post: int
) -> None:
    reader.comment(post, "@megabot@lemmy.example help")

    assert (len(mentions(bot)), len(replies(bot))) == (1, 0)


def test_an_edit_that_adds_a_mention_notifies_beside_the_reply(bot: User, reader: User, post: int) -> None:
    comment = reader.comment(post, "plain")
    reader.edit_comment(comment, "@megabot@lemmy.example now")

    assert (len(mentions(bot)), len(replies(bot))) == (1, 1)


def test_edits_keep_one_row_and_its_read_flag(bot: User, reader: User, post: int) -> None:
    comment = reader.comment(post, "@megabot@lemmy.example one")
    bot.post("user/mention/mark_as_read", person_mention_id=1, read=True)
    reader.edit_comment(comment, "@megabot@lemmy.example two")

    found = mentions(bot)
    assert [(one["person_mention"]["read"], one["comment"]["content"]) for one in found] == [
        (True, "@megabot@lemmy.example two")
    ]


def test_nobody_is_notified_of_their_own_comments(bot: User, post: int) -> None:
    bot.comment(post, "@megabot@lemmy.example talks to itself")

    assert bot.get("user/unread_count") == {"replies": 0, "mentions": 0, "private_messages": 0}


def test_an_answer_marks_what_it_answers_as_read(bot: User, reader: User, post: int) -> None:
    comment = reader.comment(post, "@megabot@lemmy.example help")
    bot.comment(post, "here you are", parent_id=comment)

    assert mentions(bot, unread_only=True) == []
    assert len(replies(reader)) == 1


def test_mentions_of_comments_that_are_gone_are_listed_but_not_counted(
    bot: User, reader: User, post: int
) -> None:
    reader.delete_comment(reader.comment(post, "@megabot@lemmy.example never mind"))

    assert bot.get("user/unread_count")["mentions"] == 0
    assert len(mentions(bot, unread_only=True)) == 1


def test_only_the_recipient_marks_a_mention(bot: User, reader: User, post: int) -> None:
    reader.comment(post, "@megabot@lemmy.example help")

    answer = refusal(reader.post, "user/mention/mark_as_read", person_mention_id=1, read=True)
    assert answer == "400 couldnt_update_comment"
    assert len(mentions(bot, unread_only=True)) == 1


def test_marking_all_reads_everything(bot: User, reader: User, sandbox: Sandbox, post: int) -> None:
    reader.comment(post, "a reply")
    reader.message(sandbox.person("megabot").id, "a message")
    before = bot.get("user/unread_count")
    bot.post("user/mark_all_as_read")

    assert set(before.values()) == {0, 1}
    assert set(bot.get("user/unread_count").values()) == {0}


def test_an_account_that_hides_bots_is_not_told_of_them(bot: User, reader: User, news: int) -> None:
    post = reader.create_post(news, "By a reader")
    bot.comment(post, "beep")
    reader.save_settings(show_bot_accounts=False)

    assert (replies(reader), reader.get("user/unread_count")["replies"]) == ([], 0)


def test_a_boolean_in_a_query_must_be_true_or_false(bot: User) -> None:
    assert refusal(bot.get, "user/mention", unread_only="none") == "400 unknown"
    assert refusal(bot.get, "user/mention", unread_only="1") == "400 unknown"


def test_messages_are_listed_newest_first_with_ones_own_among_them(
    bot: User, modlin: User, sandbox: Sandbox
) -> None:
    modlin.message(sandbox.person("megabot").id, "repost")
    bot.message(sandbox.person("modlin").id, "done")

    assert [one["private_message"]["content"] for one in bot.messages()] == ["done", "repost"]
    assert [one["private_message"]["content"] for one in bot.messages(unread_only=True)] == ["repost"]


def test_a_message_to_somebody_who_blocked_the_sender_is_refused(
    bot: User, reader: User, sandbox: Sandbox
) -> None:
    bot.post("user/block", person_id=sandbox.person("reader").id, block=True)

    assert refusal(reader.message, sandbox.person("megabot").id, "hello") == "400 person_is_blocked"
    assert refusal(reader.message, 424242, "hello") == "400 couldnt_create_private_message"


def test_a_reply_to_a_comment_that_never_was_stands_at_the_top(bot: User, reader: User, post: int) -> None:
    comment = reader.comment(post, "to nobody", parent_id=424242)

    assert bot.get("comment", id=comment)["comment_view"]["comment"]["path"] == f"0.{comment}"


def test_a_locked_post_takes_comments_of_moderators_only(bot: User, reader: User, post: int) -> None:
    bot.lock(post)

    assert refusal(reader.comment, post, "late") == "400 locked"
    assert bot.comment(post, "late, but a moderator") == 1


def test_a_removed_post_takes_no_comments(bot: User, modlin: User, post: int) -> None:
    modlin.remove(post)

    assert refusal(bot.comment, post, "too late") == "400 deleted"


def test_one_distinguishes_only_ones_own_comments_and_only_as_a_moderator(
    bot: User, reader: User, post: int
) -> None:
    theirs, own = reader.comment(post, "theirs"), bot.comment(post, "own")
    bot.distinguish(own)

    assert refusal(bot.distinguish, theirs) == "400 no_comment_edit_allowed"
    assert refusal(reader.distinguish, theirs) == "400 not_a_mod_or_admin"
    tops = bot.get("comment/list", post_id=post, sort="New", type_="All")["comments"]
    assert [view["comment"]["id"] for view in tops] == [own, theirs]


def test_what_is_gone_is_listed_blank_to_all_but_admins(
    reader: User, modlin: User, admin: User, post: int
) -> None:
    modlin.remove_comment(reader.comment(post, "bad words"))

    def contents(hand: User) -> list[str]:
        listed = hand.get("comment/list", post_id=post, type_="All")["comments"]
        return [view["comment"]["content"] for view in listed]

    assert [contents(hand) for hand in (reader, modlin, admin)] == [[""], [""], ["bad words"]]


def test_a_depth_brings_the_whole_tree_to_it_whatever_the_limit(bot: User, reader: User, post: int) -> None:
    first = reader.comment(post, "first")
    reader.comment(post, "answer", parent_id=first)
    reader.vote_comment(reader.comment(post, "second"), 0)

    asked: dict[str, Any] = {"post_id": post, "type_": "All", "sort": "Top", "max_depth": 1, "limit": 1}
    found = bot.get("comment/list", **asked)["comments"]
    assert [view["comment"]["content"] for view in found] == ["first", "second"]
    assert found[0]["counts"]["child_count"] == 1
