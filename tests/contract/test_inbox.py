"""The contract of the port `Forum` where people write to the bot and it answers, for every implementation."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from megabot.core.commands import Origin
from megabot.core.notices import Notice
from tests.contract.stage import DRAFT, STAGES, Stage

ME = "@megabot@lemmy.example"


@pytest.fixture(params=STAGES)
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    with STAGES[request.param](tmp_path) as set_stage:
        yield set_stage


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


def texts(stage: Stage) -> list[str]:
    return [notice.text for notice in stage.forum.inbox()]


def only(stage: Stage) -> Notice:
    (notice,) = stage.forum.inbox()
    return notice


def test_an_empty_inbox_lists_nothing(stage: Stage) -> None:
    assert stage.forum.inbox() == ()


def test_a_mention_says_who_wrote_what_when_and_where(stage: Stage, elsewhere: int) -> None:
    comment = say(stage, elsewhere, f"{ME} help")

    notice = only(stage)

    assert (notice.origin, notice.content_id, notice.text) == (Origin.COMMENT, comment, f"{ME} help")
    assert (notice.author.name, notice.author.actor) == ("reader", "https://lemmy.example/u/reader")
    assert (notice.post_id, notice.community_id, notice.gone) == (elsewhere, stage.news, False)
    assert notice.published == stage.clock.now()


def test_an_author_who_is_an_admin_or_a_bot_is_known_as_such(stage: Stage, elsewhere: int) -> None:
    say(stage, elsewhere, f"{ME} help", by="admin")

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
    stage.forum.mark_read(only(stage))
    say(stage, thread, "Second.", by="modlin", parent_id=first)

    assert stage.forum.inbox() == ()


def test_a_message_waits_and_belongs_nowhere(stage: Stage) -> None:
    number = write(stage, "status", by="modlin")

    notice = only(stage)

    assert (notice.origin, notice.content_id, notice.text) == (Origin.MESSAGE, number, "status")
    assert (notice.author.id, notice.post_id, notice.community_id) == (stage.person("modlin"), 0, 0)
    assert notice.published == stage.clock.now()


def test_all_kinds_come_together_oldest_first(stage: Stage, thread: int, elsewhere: int) -> None:
    write(stage, "one")
    say(stage, thread, "two")
    say(stage, elsewhere, f"{ME} three")
    write(stage, "four")
    say(stage, thread, "five")

    assert texts(stage) == ["one", "two", f"{ME} three", "four", "five"]


def test_what_waits_is_counted_and_reading_marks_nothing(stage: Stage, thread: int, elsewhere: int) -> None:
    write(stage, "one")
    say(stage, thread, "two")
    say(stage, elsewhere, f"{ME} three")

    before = stage.forum.inbox()
    unread = stage.forum.unread()

    assert (unread.messages, unread.replies, unread.mentions) == (1, 1, 1)
    assert stage.forum.inbox() == before


@pytest.mark.parametrize("text", [f"{ME}: help", f"{ME}. Thanks", "@megabot help", f"{ME}.org help"])
def test_what_the_server_takes_for_no_mention_does_not_wait(stage: Stage, elsewhere: int, text: str) -> None:
    say(stage, elsewhere, text)

    assert stage.forum.inbox() == ()


def test_a_comment_that_is_a_mention_and_answers_waits_once(stage: Stage, thread: int) -> None:
    say(stage, thread, f"{ME} help")

    assert texts(stage) == [f"{ME} help"]


def test_an_edit_that_adds_a_mention_makes_one_notice_of_two(stage: Stage, thread: int) -> None:
    comment = say(stage, thread, "help")
    stage.clock.advance(minutes=1)
    stage.hand("reader").edit_comment(comment, f"{ME} help")
    unread = stage.forum.unread()

    stage.forum.mark_read(only(stage))

    assert (unread.mentions, unread.replies) == (1, 1)
    assert stage.forum.inbox() == ()


def test_an_edit_shows_the_new_text_and_a_read_comment_stays_read(stage: Stage, elsewhere: int) -> None:
    comment = say(stage, elsewhere, f"{ME} help")
    stage.hand("reader").edit_comment(comment, f"{ME} status")
    edited = only(stage)
    stage.forum.mark_read(edited)
    stage.hand("reader").edit_comment(comment, f"{ME} repost")

    assert edited.text == f"{ME} status"
    assert stage.forum.inbox() == ()


@pytest.mark.parametrize("text", [f"{ME} help", "help"])
def test_what_was_deleted_is_gone_and_not_counted(stage: Stage, thread: int, text: str) -> None:
    comment = say(stage, thread, text)
    stage.hand("reader").delete_comment(comment)

    assert [notice.gone for notice in stage.forum.inbox()] == [True]
    assert stage.forum.unread().total == 0


def test_what_a_moderator_removed_is_gone_until_it_is_restored(stage: Stage, thread: int) -> None:
    comment = say(stage, thread, f"{ME} help")
    stage.hand("modlin").remove_comment(comment)
    removed = only(stage)
    stage.hand("modlin").remove_comment(comment, removed=False)

    assert removed.gone
    assert not only(stage).gone


def test_each_kind_is_taken_out_by_itself_and_twice_is_no_error(
    stage: Stage, thread: int, elsewhere: int
) -> None:
    """The ids of the kinds overlap: each is the first of its own."""
    write(stage, "one")
    say(stage, thread, "two")
    say(stage, elsewhere, f"{ME} three")

    left = []
    for notice in stage.forum.inbox():
        stage.forum.mark_read(notice)
        stage.forum.mark_read(notice)
        left.append(stage.forum.unread().total)

    assert left == [2, 1, 0]
    assert stage.forum.inbox() == ()


@pytest.mark.parametrize("origin", Origin)
def test_marking_what_is_not_there_is_no_error(stage: Stage, origin: Origin) -> None:
    author = stage.forum.account().person
    notice = Notice(
        id=4242,
        reply_id=0 if origin is Origin.MESSAGE else 4242,
        origin=origin,
        content_id=4242,
        author=author,
        text="",
        published=stage.clock.now(),
    )

    stage.forum.mark_read(notice)

    assert stage.forum.inbox() == ()


@pytest.mark.parametrize("text", [f"{ME} help", "help"])
def test_an_answer_below_a_comment_takes_it_out(stage: Stage, thread: int, text: str) -> None:
    comment = say(stage, thread, text)

    answer = stage.forum.comment(thread, "Here you are.", parent_id=comment)

    assert (answer.post_id, answer.content) == (thread, "Here you are.")
    assert stage.forum.inbox() == ()
    assert stage.forum.own_content(since=None).comments == (answer,)


def test_an_answer_stands_below_what_it_answers(stage: Stage, thread: int) -> None:
    comment = say(stage, thread, f"{ME} help")
    answer = stage.forum.comment(thread, "Here you are.", parent_id=comment)

    thanks = say(stage, thread, "Thanks.", parent_id=answer.id)

    assert (only(stage).content_id, only(stage).origin) == (thanks, Origin.REPLY)


def test_an_answer_to_what_is_not_there_stands_at_the_top(stage: Stage, thread: int) -> None:
    answer = stage.forum.comment(thread, "To nobody.", parent_id=424242)

    assert stage.forum.own_content(since=None).comments == (answer,)


def test_own_comments_and_messages_never_wait(stage: Stage, thread: int) -> None:
    own = stage.forum.comment(thread, f"{ME} repost")
    stage.forum.comment(thread, f"{ME} repost", parent_id=own.id)
    stage.forum.message(stage.person("modlin"), "repost")

    assert stage.forum.inbox() == ()
    assert stage.forum.unread().total == 0


def test_more_than_a_page_of_each_kind_is_listed(stage: Stage, thread: int, elsewhere: int) -> None:
    """A24."""
    for number in range(52):
        write(stage, f"message {number}")
        say(stage, thread, f"reply {number}")
        say(stage, elsewhere, f"{ME} mention {number}")

    found = stage.forum.inbox()

    assert len(found) == 3 * 52
    assert len({notice.key for notice in found}) == 3 * 52
    assert [notice.text for notice in found[:2]] == ["message 0", "reply 0"]


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


def test_a_notice_is_marked_by_what_it_came_as_alone(stage: Stage, thread: int) -> None:
    say(stage, thread, "help")
    notice = only(stage)

    stage.forum.mark_read(replace(notice, reply_id=0))

    assert stage.forum.inbox() == (notice,)
