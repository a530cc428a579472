"""What only a forum over HTTP has: how many requests a call takes, tokens, passwords."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from megabot.core.posts import Feature
from megabot.errors import SignInRefused
from megabot.sandbox.inbox import send
from tests.contract.stage import DRAFT, HttpStage, make_posts, sandbox_stage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[HttpStage]:
    with sandbox_stage(tmp_path) as set_stage:
        yield set_stage


def test_own_content_is_read_no_further_than_asked(stage: HttpStage) -> None:
    make_posts(stage, 55)
    stage.forum.account()
    stage.calls()

    own = stage.forum.own_content(since=stage.clock.now() - timedelta(hours=5))

    assert len(own.posts) >= 5
    assert stage.calls() == ["GET user"]


def test_of_the_log_of_removals_three_pages_are_read(stage: HttpStage) -> None:
    made = stage.forum.create_post(stage.news, DRAFT)
    modlin = stage.hand("modlin")
    stage.forum.account()
    for number in range(151):
        modlin.remove(made.id, removed=number % 2 == 0)
    stage.calls()

    (listed,) = stage.forum.own_removed(stage.news)

    assert listed.removed
    assert stage.calls() == ["GET modlog"] * 3


def test_signing_out_makes_the_token_worthless(stage: HttpStage) -> None:
    stage.forum.sign_in()
    token = next(iter(stage.sandbox.world.tokens))

    stage.forum.sign_out()

    assert token not in stage.sandbox.world.tokens


def test_a_password_that_was_changed_is_refused_in_words(stage: HttpStage) -> None:
    stage.sandbox.person("megabot").password = "another"

    with pytest.raises(SignInRefused, match="does not know this name with this password"):
        stage.forum.account()


def test_an_inbox_costs_a_request_a_kind_and_page(stage: HttpStage) -> None:
    write_to_the_bot(stage, 50)
    stage.forum.account()
    stage.calls()

    assert len(stage.forum.inbox()) == 50
    assert stage.calls() == ["GET user/mention", "GET user/replies", *["GET private_message/list"] * 2]


def test_of_a_kind_no_more_than_ten_pages_are_listed_and_the_rest_after_those(stage: HttpStage) -> None:
    write_to_the_bot(stage, 501)
    stage.forum.account()
    stage.calls()

    found = stage.forum.inbox()
    calls = stage.calls()
    for notice in found:
        stage.forum.mark_read(notice)

    assert calls.count("GET private_message/list") == 10
    assert [notice.text for notice in stage.forum.inbox()] == ["message 0"]


def test_a_comment_that_came_twice_is_marked_as_both(stage: HttpStage) -> None:
    reader, thread = stage.hand("reader"), stage.forum.create_post(stage.news, DRAFT).id
    reader.edit_comment(reader.comment(thread, "help"), "@megabot@lemmy.example help")
    (notice,) = stage.forum.inbox()
    stage.calls()

    stage.forum.mark_read(notice)

    assert stage.calls() == ["POST user/mention/mark_as_read", "POST comment/mark_as_read"]


def write_to_the_bot(stage: HttpStage, count: int) -> None:
    reader, bot = stage.sandbox.person("reader"), stage.person("megabot")
    for number in range(count):
        send(stage.sandbox.world, reader, bot, f"message {number}")


ONE_REQUEST: dict[str, Callable[[HttpStage, int], object]] = {
    "GET site": lambda stage, _: stage.forum.account(),
    "GET user/unread_count": lambda stage, _: stage.forum.unread(),
    "GET community": lambda stage, _: stage.forum.community("news"),
    "GET user": lambda stage, _: stage.forum.own_content(since=None),
    "GET modlog": lambda stage, _: stage.forum.own_removed(stage.news),
    "GET post/list": lambda stage, _: stage.forum.pinned(stage.news),
    "GET post": lambda stage, post: stage.forum.post(post),
    "POST post": lambda stage, _: stage.forum.create_post(stage.news, DRAFT),
    "PUT post": lambda stage, post: stage.forum.edit_post(post, DRAFT),
    "POST post/lock": lambda stage, post: stage.forum.lock(post, locked=True),
    "POST post/feature": lambda stage, post: stage.forum.feature(post, featured=True, kind=Feature.COMMUNITY),
    "POST comment": lambda stage, post: stage.forum.comment(post, "x"),
    "POST private_message": lambda stage, _: stage.forum.message(stage.person("modlin"), "x"),
    "GET private_message/list": lambda stage, _: stage.forum.messages_to(stage.person("modlin")),
}


@pytest.mark.parametrize("request_made", ONE_REQUEST)
def test_each_call_is_one_request(stage: HttpStage, request_made: str) -> None:
    stage.forum.account()
    made = stage.forum.create_post(stage.news, DRAFT)
    stage.calls()

    ONE_REQUEST[request_made](stage, made.id)

    assert stage.calls() == [request_made]
