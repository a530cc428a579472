"""The contract of the port `Forum` where people write to the bot and it answers, for every implementation."""

from datetime import timedelta

import pytest

from megabot.forum.notices import Notice, Origin, Watermark
from tests.contract.stage import DRAFT, Stage


@pytest.fixture
def thread(stage: Stage) -> int:
    """A post of the bot's own."""
    return stage.forum.create_post(stage.news, DRAFT).id


@pytest.fixture
def elsewhere(stage: Stage) -> int:
    """A post of somebody else's."""
    return int(stage.hand("modlin").create_post(stage.news, "By hand"))


def say(stage: Stage, post_id: int, text: str, *, by: str = "reader", parent_id: int = 0) -> int:
    """Comment a minute later."""
    stage.clock.advance(minutes=1)
    return int(stage.hand(by).comment(post_id, text, parent_id=parent_id))


def write(stage: Stage, text: str, *, by: str = "reader") -> int:
    """Send the bot a message a minute later."""
    stage.clock.advance(minutes=1)
    return int(stage.hand(by).message(stage.person("megabot"), text))


def words(stage: Stage, text: str) -> str:
    """Put the bot's name into a text."""
    return text.format(me=stage.mention)


def told(stage: Stage) -> tuple[Notice, ...]:
    """Give all that people ever told: a real 1.0 also tells that the bot was made a moderator."""
    return tuple(one for one in stage.forum.inbox(Watermark()).notices if one.origin is not Origin.SERVER)


def waiting(stage: Stage) -> tuple[Notice, ...]:
    return tuple(notice for notice in told(stage) if notice.unread)


def texts(stage: Stage) -> list[str]:
    return [notice.text for notice in waiting(stage)]


def only(stage: Stage) -> Notice:
    (notice,) = waiting(stage)
    return notice


def mark(stage: Stage) -> Watermark:
    """Give the watermark above all that was told until now."""
    return stage.forum.inbox(Watermark()).watermark


def new(stage: Stage, above: Watermark) -> list[str]:
    """Give the words of what is above a watermark."""
    notices = stage.forum.inbox(above).notices
    return [notice.text for notice in notices if notice.origin is not Origin.SERVER]


def test_an_empty_inbox_lists_nothing(stage: Stage) -> None:
    assert waiting(stage) == ()


def test_a_mention_says_who_wrote_what_when_and_where(stage: Stage, elsewhere: int) -> None:
    text = f"{stage.mention} help"
    comment = say(stage, elsewhere, text)

    notice = only(stage)

    assert (notice.origin, notice.content_id, notice.text) == (Origin.COMMENT, comment, text)
    assert (notice.author.name, notice.author.actor) == (stage.called("reader"), stage.actor("reader"))
    assert (notice.post_id, notice.community_id, notice.gone) == (elsewhere, stage.news, False)
    assert stage.is_now(notice.published)


def test_an_author_who_is_an_admin_or_a_bot_is_known_as_such(stage: Stage, elsewhere: int) -> None:
    say(stage, elsewhere, f"{stage.mention} help", by="admin")

    assert (only(stage).author.admin, only(stage).author.bot) == (True, False)


def test_a_comment_in_an_own_thread_waits_as_a_comment(stage: Stage, thread: int) -> None:
    say(stage, thread, "help would be nice")

    assert (only(stage).origin, only(stage).post_id) == (Origin.COMMENT, thread)


def test_an_answer_to_an_own_comment_waits_as_a_reply(stage: Stage, elsewhere: int) -> None:
    own = stage.forum.comment(elsewhere, "Hello.")
    answer = say(stage, elsewhere, "help", parent_id=own.id)

    assert (only(stage).origin, only(stage).content_id) == (Origin.REPLY, answer)


def test_an_answer_to_somebody_else_in_an_own_thread_does_not_wait(stage: Stage, thread: int) -> None:
    first = say(stage, thread, "First.")
    stage.forum.mark_all_read()
    say(stage, thread, "Second.", by="modlin", parent_id=first)

    assert waiting(stage) == ()


def test_a_message_waits_and_belongs_nowhere(stage: Stage) -> None:
    number = write(stage, "status", by="modlin")

    notice = only(stage)

    assert (notice.origin, notice.content_id, notice.text) == (Origin.MESSAGE, number, "status")
    assert (notice.author.id, notice.post_id, notice.community_id) == (stage.person("modlin"), 0, 0)
    assert stage.is_now(notice.published)


def test_all_kinds_come_together_oldest_first(stage: Stage, thread: int, elsewhere: int) -> None:
    write(stage, "one")
    say(stage, thread, "two")
    say(stage, elsewhere, f"{stage.mention} three")
    write(stage, "four")
    say(stage, thread, "five")

    assert texts(stage) == ["one", "two", f"{stage.mention} three", "four", "five"]


def test_what_waits_is_counted_and_reading_marks_nothing(stage: Stage, thread: int, elsewhere: int) -> None:
    write(stage, "one")
    say(stage, thread, "two")
    say(stage, elsewhere, f"{stage.mention} three")

    before = waiting(stage)
    unread = stage.forum.unread()

    assert unread.total == 3
    assert waiting(stage) == before


@pytest.mark.parametrize("text", ["{me}: help", "{me}. Thanks", "@megabot help", "{me}.org help"])
def test_what_the_server_takes_for_no_mention_does_not_wait(stage: Stage, elsewhere: int, text: str) -> None:
    say(stage, elsewhere, words(stage, text))

    assert waiting(stage) == ()


def test_a_comment_that_is_a_mention_and_answers_waits_once(stage: Stage, thread: int) -> None:
    say(stage, thread, f"{stage.mention} help")

    assert texts(stage) == [f"{stage.mention} help"]


def test_an_edit_that_adds_a_mention_makes_one_notice_of_two(stage: Stage, thread: int) -> None:
    comment = say(stage, thread, "help")
    stage.clock.advance(minutes=1)
    stage.hand("reader").edit_comment(comment, f"{stage.mention} help")
    unread = stage.forum.unread()

    assert unread.total == 2
    assert len(told(stage)) == 1


def test_an_edit_shows_the_new_text_and_a_read_comment_is_known_again(stage: Stage, elsewhere: int) -> None:
    """1.0 tells of every edit, 0.19 of none: what was heard is known by its key."""
    comment = say(stage, elsewhere, f"{stage.mention} help")
    stage.hand("reader").edit_comment(comment, f"{stage.mention} status")
    edited, above = only(stage), mark(stage)
    stage.hand("reader").edit_comment(comment, f"{stage.mention} repost")

    assert edited.text == f"{stage.mention} status"
    assert {notice.key for notice in stage.forum.inbox(above).notices} <= {edited.key}


@pytest.mark.parametrize("text", ["{me} help", "help"])
def test_what_was_deleted_is_gone_and_not_counted(stage: Stage, thread: int, text: str) -> None:
    comment = say(stage, thread, words(stage, text))
    stage.hand("reader").delete_comment(comment)

    assert all(notice.gone for notice in waiting(stage))  # 1.0 lists it no more
    assert stage.forum.unread().total == 0


def test_what_a_moderator_removed_is_gone_until_it_is_restored(stage: Stage, thread: int) -> None:
    comment = say(stage, thread, f"{stage.mention} help")
    stage.hand("modlin").remove_comment(comment)
    removed = waiting(stage)
    stage.hand("modlin").remove_comment(comment, removed=False)

    assert all(notice.gone for notice in removed)
    assert only(stage).speaks


def test_all_is_taken_out_at_once_and_stays_listed(stage: Stage, thread: int, elsewhere: int) -> None:
    write(stage, "one")
    say(stage, thread, "two")
    say(stage, elsewhere, f"{stage.mention} three")

    stage.forum.mark_all_read()
    stage.forum.mark_all_read()

    assert stage.forum.unread().total == 0
    assert waiting(stage) == ()
    assert [notice.text for notice in told(stage)] == ["one", "two", f"{stage.mention} three"]


def test_what_is_above_a_watermark_is_listed_whether_it_was_read_or_not(
    stage: Stage, thread: int, elsewhere: int
) -> None:
    """The ids of the kinds overlap, and each is counted from its own."""
    for number in range(3):
        say(stage, thread, f"old {number}")
    above = mark(stage)
    write(stage, "one")
    say(stage, elsewhere, f"{stage.mention} two")
    stage.forum.mark_all_read()
    say(stage, thread, "three")

    assert new(stage, above) == ["one", f"{stage.mention} two", "three"]
    assert new(stage, mark(stage)) == []


def test_an_empty_inbox_has_a_watermark_too(stage: Stage) -> None:
    above = mark(stage)
    write(stage, "help")

    assert new(stage, above) == ["help"]


def test_a_watermark_of_the_other_api_hides_nothing(stage: Stage, thread: int) -> None:
    """An upgrade numbers all anew: time tells then, with two days to spare."""
    say(stage, thread, "help")
    at = stage.clock.now()

    assert new(stage, Watermark(at=at, newest={"another list": 4242})) == ["help"]
    assert new(stage, Watermark(at=at + timedelta(days=3), newest={"another list": 4242})) == []


def test_a_watermark_of_before_the_server_was_put_back_hides_nothing(stage: Stage, thread: int) -> None:
    at, newest = stage.clock.now(), mark(stage).newest
    say(stage, thread, "help")

    assert new(stage, Watermark(at=at, newest=dict.fromkeys(newest, 4242))) == ["help"]
    assert new(stage, Watermark(at=at + timedelta(days=3), newest=dict.fromkeys(newest, 4242))) == []


@pytest.mark.parametrize("text", ["{me} help", "help"])
def test_an_answer_below_a_comment_takes_it_out(stage: Stage, thread: int, text: str) -> None:
    comment = say(stage, thread, words(stage, text))

    answer = stage.forum.comment(thread, "Here you are.", parent_id=comment)

    assert (answer.post_id, answer.content) == (thread, "Here you are.")
    assert waiting(stage) == ()
    assert stage.forum.own_content(since=None).comments == (answer,)


def test_an_answer_stands_below_what_it_answers(stage: Stage, thread: int) -> None:
    comment = say(stage, thread, f"{stage.mention} help")
    answer = stage.forum.comment(thread, "Here you are.", parent_id=comment)

    thanks = say(stage, thread, "Thanks.", parent_id=answer.id)

    assert (only(stage).content_id, only(stage).origin) == (thanks, Origin.REPLY)


def test_an_answer_to_what_is_not_there_stands_at_the_top(stage: Stage, thread: int) -> None:
    answer = stage.forum.comment(thread, "To nobody.", parent_id=424242)

    assert stage.forum.own_content(since=None).comments == (answer,)


def test_own_comments_and_messages_never_wait(stage: Stage, thread: int) -> None:
    own = stage.forum.comment(thread, f"{stage.mention} repost")
    stage.forum.comment(thread, f"{stage.mention} repost", parent_id=own.id)
    stage.forum.message(stage.person("modlin"), "repost")

    assert waiting(stage) == ()
    assert stage.forum.unread().total == 0


def test_more_than_a_page_of_each_kind_is_listed(stage: Stage, thread: int, elsewhere: int) -> None:
    """A24."""
    above = mark(stage)
    for number in range(52):
        write(stage, f"message {number}")
        say(stage, thread, f"reply {number}")
        say(stage, elsewhere, f"{stage.mention} mention {number}")

    notices = stage.forum.inbox(above).notices

    assert len(notices) == 3 * 52
    assert len({notice.key for notice in notices}) == 3 * 52
    assert [notice.text for notice in notices[:2]] == ["message 0", "reply 0"]


def test_messages_to_a_person_are_the_own_ones_newest_first(stage: Stage) -> None:
    modlin = stage.person("modlin")
    write(stage, "status", by="modlin")
    for text in ("First.", "Second."):
        stage.clock.advance(minutes=1)
        stage.forum.message(modlin, text)
    stage.forum.message(stage.person("reader"), "To another.")

    assert stage.forum.messages_to(modlin) == ("Second.", "First.")


def test_nobody_was_written_to_at_first(stage: Stage) -> None:
    assert stage.forum.messages_to(stage.person("modlin")) == ()
