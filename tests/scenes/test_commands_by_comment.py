"""Scenes: a moderator writes a comment or a message, the service ticks, and the answer is read."""

import logging

import pytest

from megabot.rendering.model import RenderProblem
from megabot.service.service import Service
from megabot.source.problems import Problem
from tests.scenario import BOT, ON_BOTH, answers, at_work, letters, say, tick, write
from tests.world import World


@pytest.fixture
def service(world: World) -> Service:
    return at_work(world)


@ON_BOTH
def test_the_last_comment_before_a_pause_says_that_replies_come_by_message(
    world: World, service: Service
) -> None:
    for _ in range(5):
        say(world, service, f"{BOT} alerts on")

    said = "the next ones come by private message for a while"
    assert [said in one for one in answers(world)] == [False, False, False, True]
    assert len(letters(world)) == 1


def test_a_moderator_asks_for_help(world: World, service: Service) -> None:
    say(world, service, f"{BOT} help")

    (answer,) = answers(world)
    assert f"`{BOT}`" in answer
    assert "- `repost`: post a new copy" in answer


@ON_BOTH
@pytest.mark.parametrize(
    "text", [f"\u00a0{BOT} status", f"{BOT}\u00a0status", f"\u200e{BOT}\u200e status", f"**{BOT}** status"]
)
def test_a_space_of_another_kind_or_a_name_in_bold_is_no_reason_for_silence(
    world: World, service: Service, text: str
) -> None:
    elsewhere = world.hand("reader").create_post(world.community_id, "A remark")

    say(world, service, text, post=elsewhere)

    assert "2026-W48 https://lemmy.example/post/1" in answers(world, elsewhere)[0]


@ON_BOTH
def test_a_colon_after_the_name_is_heard_in_the_bots_own_threads_and_in_messages_alone(
    world: World, service: Service
) -> None:
    elsewhere = world.hand("reader").create_post(world.community_id, "A remark")

    say(world, service, f"{BOT}: status", post=elsewhere)
    say(world, service, f"{BOT}: status")
    write(world, service, f"{BOT}: status")

    assert (len(answers(world, elsewhere)), len(answers(world)), len(letters(world))) == (0, 1, 1)


@ON_BOTH
def test_a_moderator_has_a_fresh_copy_made(world: World, service: Service) -> None:
    say(world, service, f"{BOT} repost yes")

    assert world.pinned() == [2]
    assert answers(world) == ["news/2026-W48: https://lemmy.example/post/2 (pinned)"]


def test_while_the_thread_is_up_a_copy_takes_a_second_word(world: World, service: Service) -> None:
    say(world, service, f"{BOT} repost")

    assert world.pinned() == [1]
    assert "https://lemmy.example/post/1; to post a new copy" in answers(world)[0]


@ON_BOTH
def test_where_the_thread_is_gone_a_copy_is_made_at_once(world: World, service: Service) -> None:
    world.hand("modlin").remove(1)

    write(world, service, "repost")

    assert world.pinned() == [2]
    assert letters(world)[-1] == "news/2026-W48: https://lemmy.example/post/2 (pinned)"


@ON_BOTH
def test_an_answer_to_the_bot_needs_no_mention(world: World, service: Service) -> None:
    say(world, service, f"{BOT} repost")
    own = max(int(one["id"]) for one in world.hand("reader").comments_by("megabot"))

    world.hand("modlin").comment(1, "repost yes", parent_id=own)
    tick(world, service)

    assert world.pinned() == [2]


@ON_BOTH
def test_a_moderator_takes_a_copy_back(world: World, service: Service) -> None:
    say(world, service, f"{BOT} repost yes")

    say(world, service, f"{BOT} undo", post=2)

    assert world.pinned() == [1]
    assert answers(world, 2) == ["news/2026-W48: https://lemmy.example/post/1 (pinned)"]


def test_a_moderator_has_the_template_followed(world: World, service: Service) -> None:
    world.press.words = "A better essay."

    say(world, service, f"{BOT} refresh")

    assert "A better essay." in str(world.posts()[0]["body"])
    assert answers(world) == ["news/2026-W48: https://lemmy.example/post/1 (pinned)"]


def test_a_thread_made_by_hand_is_adopted_by_a_comment_in_it(world: World, service: Service) -> None:
    world.hand("modlin").remove(1)
    post = world.hand("modlin").create_post(world.community_id, "News, by hand")

    say(world, service, f"{BOT} adopt", post=post)

    assert world.pinned() == [post]
    assert answers(world, post) == [f"news/2026-W48: https://lemmy.example/post/{post} (pinned)"]


def test_status_is_told_in_the_thread(world: World, service: Service) -> None:
    say(world, service, f"{BOT} status")

    assert "2026-W48 https://lemmy.example/post/1" in answers(world)[0]


def test_the_log_tells_who_said_what(
    world: World, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="megabot")

    write(world, service, "hold")

    assert [
        line
        for line in caplog.messages
        if line.startswith("running the command: ") and "modlin: hold" in line
    ]


def test_a_preview_comes_by_message(world: World, service: Service) -> None:
    say(world, service, f"{BOT} preview")

    assert answers(world) == ["I have sent it to you by private message."]
    assert letters(world)[0].startswith("**news/2026-W49**: News 4\n\nAn essay.\n\n---\n\nChanges since")


def test_a_broken_template_is_told_of_instead_of_a_preview(world: World, service: Service) -> None:
    world.press.problem = RenderProblem((Problem("thread.md.j2", 7, "preambel is not defined"),))

    write(world, service, "preview")

    assert "- thread.md.j2:7: preambel is not defined" in letters(world)[-1]


def test_a_word_that_is_none_is_answered_with_the_one_that_may_be_meant(
    world: World, service: Service
) -> None:
    say(world, service, f"{BOT} repots")

    assert "Did you mean `repost`?" in answers(world)[0]


def test_alerts_can_be_switched_off_and_on(world: World, service: Service) -> None:
    write(world, service, "alerts off")
    world.hand("modlin").remove(1)
    tick(world, service)

    assert letters(world) == ["You will get no more alerts from me."]
