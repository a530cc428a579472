"""What only a forum over HTTP has: which requests a call takes, tokens, passwords."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lemmy_sandbox.rules.inbox import send
from megabot.errors import SignInRefused
from megabot.forum.models import Feature, PostDraft
from megabot.forum.notices import Watermark
from megabot.forum.port import Forum
from megabot.lemmy.detect import ApiKind
from tests.contract.stage import DRAFT, PIXEL, SANDBOXES, HttpStage, make_posts

ROW = re.compile(r"^\| `(\w+)` \|(.*?)\|(.*?)\|(.*)\|$", re.MULTILINE)
PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "lemmy-operations.md").read_text(encoding="utf-8")
TABLE = {name: (over_v3, over_v4) for name, over_v3, over_v4, _ in ROW.findall(PAGE)}


@pytest.fixture(params=ApiKind)
def kind(request: pytest.FixtureRequest) -> ApiKind:
    """Each API in turn."""
    return ApiKind(request.param)


@pytest.fixture
def stage(kind: ApiKind, tmp_path: Path) -> Iterator[HttpStage]:
    with SANDBOXES[kind](tmp_path) as set_stage:
        yield set_stage


@pytest.fixture
def v3(tmp_path: Path) -> Iterator[HttpStage]:
    with SANDBOXES[ApiKind.V3](tmp_path) as set_stage:
        yield set_stage


@pytest.fixture
def v4(tmp_path: Path) -> Iterator[HttpStage]:
    with SANDBOXES[ApiKind.V4](tmp_path) as set_stage:
        yield set_stage


# The table of docs/reference/lemmy-operations.md


def newest_comment(stage: HttpStage) -> int:
    return max(stage.sandbox.world.comments)


OPERATIONS: dict[str, Callable[[HttpStage, int], object]] = {
    "site": lambda stage, _: stage.forum.site(),
    "account": lambda stage, _: stage.forum.account(),
    "show_everything": lambda stage, _: stage.forum.show_everything(),
    "unread": lambda stage, _: stage.forum.unread(),
    "community": lambda stage, _: stage.forum.community("news"),
    "follow": lambda stage, _: stage.forum.follow(stage.news),
    "own_content": lambda stage, _: stage.forum.own_content(since=None),
    "own_removed": lambda stage, _: stage.forum.own_removed(stage.news),
    "pinned": lambda stage, _: stage.forum.pinned(stage.news),
    "post": lambda stage, post: stage.forum.post(post),
    "post_at": lambda stage, post: stage.forum.post_at(f"{stage.address}post/{post}"),
    "posts_by": lambda stage, _: stage.forum.posts_by("megabot", stage.news),
    "pin_events": lambda stage, post: stage.forum.pin_events(community_id=stage.news, post_id=post),
    "create_post": lambda stage, _: stage.forum.create_post(stage.news, DRAFT),
    "edit_post": lambda stage, post: stage.forum.edit_post(post, DRAFT),
    "feature": lambda stage, post: stage.forum.feature(post, featured=True, kind=Feature.COMMUNITY),
    "lock": lambda stage, post: stage.forum.lock(post, locked=True, reason="x"),
    "comment": lambda stage, post: stage.forum.comment(post, "x"),
    "comment_by_id": lambda stage, _: stage.forum.comment_by_id(newest_comment(stage)),
    "edit_comment": lambda stage, _: stage.forum.edit_comment(newest_comment(stage), "x"),
    "distinguish": lambda stage, _: stage.forum.distinguish(newest_comment(stage), distinguished=True),
    "inbox": lambda stage, _: stage.forum.inbox(Watermark()),
    "mark_all_read": lambda stage, _: stage.forum.mark_all_read(),
    "person": lambda stage, _: stage.forum.person("modlin"),
    "message": lambda stage, _: stage.forum.message(stage.person("modlin"), "x"),
    "messages_to": lambda stage, _: stage.forum.messages_to(stage.person("modlin")),
    "upload": lambda stage, _: stage.forum.upload("dot.png", PIXEL),
    "server_time": lambda stage, _: stage.forum.server_time(),
    "sign_in": lambda stage, _: stage.forum.sign_in(),
    "sign_out": lambda stage, _: stage.forum.sign_out(),
}


def test_the_page_has_every_operation_of_the_port_and_no_other() -> None:
    port = [name for name in vars(Forum) if not name.startswith("_")]

    assert list(TABLE) == port
    assert set(OPERATIONS) == set(port)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_makes_the_calls_that_the_page_says(
    stage: HttpStage, kind: ApiKind, operation: str
) -> None:
    made = 0
    if operation != "site":  # asked once, and with the account
        made = stage.forum.create_post(stage.news, DRAFT).id
        stage.forum.account()
        stage.hand("reader").comment(made, "Hello.")
        stage.forum.comment(made, "Mine.")
    stage.clock.advance(hours=1)
    stage.calls()

    OPERATIONS[operation](stage, made)

    said = TABLE[operation][list(ApiKind).index(kind)]
    assert stage.calls() == re.findall("`(.*?)`", said)


# What else takes requests


def test_own_content_is_read_no_further_than_asked(stage: HttpStage) -> None:
    make_posts(stage, 55)
    stage.forum.account()
    stage.calls()

    own = stage.forum.own_content(since=stage.clock.now() - timedelta(hours=5))

    assert len(own.posts) >= 5
    assert len(stage.calls()) == 1


def test_of_the_log_of_removals_three_pages_are_read(stage: HttpStage) -> None:
    post = stage.forum.create_post(stage.news, DRAFT)
    modlin = stage.hand("modlin")
    stage.forum.account()
    for number in range(151):
        modlin.remove(post.id, removed=number % 2 == 0)
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

    with pytest.raises(SignInRefused, match="Wrong user name or password"):
        stage.forum.account()


def write_to_the_bot(stage: HttpStage, count: int) -> None:
    reader, bot = stage.sandbox.person("reader"), stage.person("megabot")
    for number in range(count):
        send(stage.sandbox.world, reader, bot, f"message {number}")


# API v3


def test_an_inbox_costs_a_request_a_kind_and_page(v3: HttpStage) -> None:
    write_to_the_bot(v3, 50)
    v3.forum.account()
    v3.calls()

    assert len(v3.forum.inbox(Watermark()).notices) == 50
    assert v3.calls() == ["GET user/mention", "GET user/replies", *["GET private_message/list"] * 2]


def test_of_an_inbox_that_was_never_listed_ten_pages_a_kind_are(v3: HttpStage) -> None:
    write_to_the_bot(v3, 501)

    listing = v3.forum.inbox(Watermark())

    assert len(listing.notices) == v3.calls().count("GET private_message/list") * 50 == 500
    assert v3.forum.inbox(listing.watermark).notices == ()


# API v4


def test_behind_a_full_last_page_is_an_empty_one(v4: HttpStage) -> None:
    write_to_the_bot(v4, 50)
    v4.forum.account()
    v4.calls()

    assert len(v4.forum.inbox(Watermark()).notices) == 50
    assert len(v4.calls()) <= 2


def test_every_edit_of_a_comment_is_taken_out(v4: HttpStage) -> None:
    reader, thread = v4.hand("reader"), v4.forum.create_post(v4.news, DRAFT).id
    comment = reader.comment(thread, "help")
    for word in ("helpp", "help"):
        reader.edit_comment(comment, word)
    assert len(v4.forum.inbox(Watermark()).notices) == 1

    v4.forum.mark_all_read()

    assert v4.forum.unread().total == 0


def test_what_moderators_do_does_not_wait_for_ever(v4: HttpStage) -> None:
    post = v4.forum.create_post(v4.news, DRAFT)
    v4.hand("modlin").lock(post.id)
    v4.hand("reader").create_post(v4.news, "For the bot", body="@megabot@lemmy.example repost")
    before = v4.forum.unread().total

    told = v4.forum.inbox(Watermark()).notices
    v4.forum.mark_all_read()

    assert not any(notice.speaks for notice in told)
    assert (before, v4.forum.unread().total) == (2, 0)


# Both


def test_a_list_is_read_no_further_than_to_the_watermark(stage: HttpStage) -> None:
    write_to_the_bot(stage, 120)
    above = stage.forum.inbox(Watermark()).watermark
    write_to_the_bot(stage, 60)
    stage.calls()

    assert len(stage.forum.inbox(above).notices) == 60
    asked = stage.calls()
    assert asked[:-1].count(asked[-1]) == 1


def test_the_text_of_a_removed_post_is_in_the_log_where_the_listing_has_it_not(v4: HttpStage) -> None:
    post = v4.forum.create_post(v4.news, DRAFT)
    v4.hand("modlin").remove(post.id)
    v4.hand("modlin").add_mod(v4.news, v4.person("megabot"), added=False)

    (listed,) = v4.forum.own_content(since=None).posts
    (logged,) = v4.forum.own_removed(v4.news)

    assert (listed.removed, listed.body) == (True, "")
    assert (logged.removed, logged.body) == (True, DRAFT.body)


def test_own_posts_are_listed_whatever_the_account_hides_from_itself(v4: HttpStage) -> None:
    """A15."""
    post = v4.forum.create_post(v4.news, DRAFT)
    hiding = {"discussion_languages": [37], "show_read_posts": False, "show_bot_accounts": False}
    v4.hand("megabot").save_settings(**hiding)

    assert [post.id for post in v4.forum.own_content(since=None).posts] == [post.id]
    assert set(v4.forum.account().hiding_settings) == set(hiding)


def test_a_post_gets_the_tags_that_its_community_has(v4: HttpStage) -> None:
    for name in ("weekly", "maps"):
        v4.hand("modlin").create_tag(v4.news, name, name.capitalize())
    v4.forum.account()
    v4.calls()

    post = v4.forum.create_post(v4.news, PostDraft(title="Tagged", body="x", tags=("Weekly", "nosuch")))

    assert [tag.title for tag in post.tags or ()] == ["Weekly"]
    assert v4.calls() == ["GET community", "POST post"]


def test_an_edit_keeps_the_tags_that_people_put_on(v4: HttpStage) -> None:
    modlin = v4.hand("modlin")
    for name in ("weekly", "maps"):
        modlin.create_tag(v4.news, name)
    draft = PostDraft(title="Tagged", body="x", tags=("weekly",))
    post = v4.forum.create_post(v4.news, PostDraft(title="Tagged", body="x", tags=("maps",)))
    v4.calls()

    edited = v4.forum.edit_post(post.id, draft)

    assert {tag.name for tag in edited.tags or ()} == {"weekly", "maps"}
    assert v4.calls() == ["GET post", "PUT post"]
    assert v4.forum.edit_post(post.id, DRAFT).tags == edited.tags


def test_0_19_knows_no_tags_and_takes_the_post_without(v3: HttpStage) -> None:
    post = v3.forum.create_post(v3.news, PostDraft(title="Tagged", body="x", tags=("weekly",)))

    assert (post.title, post.tags, v3.forum.community("news").tags) == ("Tagged", None, None)
