"""Posts of a 1.0 where they are not as on 0.19."""

from typing import Any

import pytest

from lemmy_sandbox import ImageService, Sandbox, UserV4
from tests.sandbox.clocks import StandingClock
from tests.sandbox.refusals import refusal


@pytest.fixture
def post(bot: UserV4, news: int) -> int:
    return bot.create_post(news, "Weekly thread", "An essay.")


def listed(hand: UserV4, path: str = "post/list", **query: object) -> list[int]:
    return [one["post"]["id"] for one in hand.get(path, **query)["items"]]


@pytest.mark.parametrize(("sort", "order"), [("hot", [1, 3, 2]), ("new", [3, 2, 1]), ("old", [1, 2, 3])])
def test_a_pinned_post_comes_first_unless_the_list_is_by_age(
    bot: UserV4, clock: StandingClock, news: int, sort: str, order: list[int]
) -> None:
    for name in ("First thread", "Second thread", "Third thread"):
        bot.create_post(news, name)
        clock.advance(minutes=1)
    bot.feature(1)

    assert listed(bot, community_id=news, sort=sort) == order


def test_the_body_of_a_removed_post_is_empty_for_an_author_without_a_seat(
    sandbox: Sandbox, bot: UserV4, modlin: UserV4, news: int, post: int
) -> None:
    modlin.remove(post)
    as_moderator = bot.read_post(post)["post"]["body"]
    modlin.add_mod(news, sandbox.person("megabot").id, added=False)

    assert (as_moderator, bot.read_post(post)["post"]["body"]) == ("An essay.", "")
    assert modlin.read_post(post)["post"]["body"] == "An essay."


def test_a_deleted_post_is_left_open_for_its_comments_without_its_body(
    bot: UserV4, reader: UserV4, post: int
) -> None:
    bot.delete(post)
    before = refusal(reader.read_post, post)
    bot.delete(post, deleted=False)
    reader.comment(post, "a comment")
    bot.delete(post)

    assert (before, reader.read_post(post)["post"]["body"]) == ("404 not_found", "")


def test_a_profile_shows_what_is_removed_and_deleted_to_anyone_whatever_their_settings(
    bot: UserV4, modlin: UserV4, stranger: UserV4, news: int, post: int
) -> None:
    modlin.remove(post)
    bot.delete(bot.create_post(news, "Second thread", nsfw=True))
    bot.save_settings(show_bot_accounts=False, show_read_posts=False, show_nsfw=False)

    for hand in (bot, stranger):
        assert listed(hand, "person/content", username="megabot") == [2, post]
    assert listed(bot, community_id=news, sort="new", show_nsfw=True) == []


def test_a_lock_without_a_reason_is_not_even_read(bot: UserV4, post: int) -> None:
    assert refusal(bot.post, "post/lock", post_id=post, locked=True) == "400 unknown"


def test_an_edit_cannot_take_the_nsfw_mark_off_in_a_community_that_has_it(
    bot: UserV4, modlin: UserV4, news: int
) -> None:
    modlin.put("community", community_id=news, nsfw=True)
    post = bot.create_post(news, "Marked", nsfw=False)

    assert bot.edit_post(post, nsfw=False)["post_view"]["post"]["nsfw"] is True


def test_a_site_without_nsfw_takes_none(admin: UserV4, bot: UserV4, news: int, post: int) -> None:
    admin.put("site", nsfw_content_disallowed=True)

    assert refusal(bot.create_post, news, "Marked", nsfw=True) == "400 nsfw_not_allowed"
    assert refusal(bot.edit_post, post, nsfw=True) == "400 nsfw_not_allowed"


def test_images_from_elsewhere_come_through_the_server_and_its_own_as_they_are(
    bot: UserV4, news: int
) -> None:
    own = "![a](https://lemmy.example/api/v4/image/a.png)"
    post = bot.create_post(news, "Images", f"{own} ![b](https://b.example/b.png 'B')")

    through = "https://lemmy.example/api/v4/image/proxy?url=https%3A%2F%2Fb.example%2Fb.png"
    assert bot.read_post(post)["post"]["body"] == f"{own} ![b]({through} 'B')"


def test_a_thumbnail_is_scaled_and_lost_by_an_edit_without_it(bot: UserV4, news: int) -> None:
    address = "https://b.example/b.png"
    answer = bot.post("post", community_id=news, name="Pictured", custom_thumbnail=address)

    assert answer["post_view"]["post"]["thumbnail_url"].endswith("b.png&max_size=512")
    assert "thumbnail_url" not in bot.edit_post(1, body="x")["post_view"]["post"]


def test_texts_are_kept_without_an_image_service(sandbox: Sandbox, bot: UserV4, news: int) -> None:
    sandbox.use_images(ImageService.OFF)

    assert bot.create_post(news, "Weekly thread", "![a](https://b.example/b.png)") == 1


@pytest.mark.parametrize("title", ["a b", "a\u200bb", "\u200b\u200b\u200b"])
def test_a_title_needs_three_characters_that_show(bot: UserV4, news: int, title: str) -> None:
    assert refusal(bot.create_post, news, title) == "400 invalid_post_title"


def test_a_post_without_a_language_has_none_even_if_only_one_is_possible(
    bot: UserV4, modlin: UserV4, news: int
) -> None:
    modlin.put("community", community_id=news, discussion_languages=[0, 37])
    post = bot.create_post(news, "Weekly thread")

    assert bot.read_post(post)["post"]["language_id"] == 0


def test_a_removed_community_is_not_found_by_who_posts_and_deleted_for_who_edits(
    admin: UserV4, bot: UserV4, news: int, post: int
) -> None:
    admin.remove_community(news)

    assert refusal(bot.create_post, news, "Second thread") == "404 not_found"
    assert refusal(bot.edit_post, post, body="x") == "400 deleted"


def test_the_account_decides_how_old_listed_posts_may_be_unless_it_is_asked_for(
    bot: UserV4, clock: StandingClock, news: int, post: int
) -> None:
    bot.save_settings(default_post_time_range_seconds=3600)
    clock.advance(hours=2)

    assert listed(bot, community_id=news) == []
    assert listed(bot, community_id=news, time_range_seconds=0) == [post]


def test_a_vote_is_counted_for_the_pair_of_people(reader: UserV4, post: int) -> None:
    reader.vote(post)
    reader.vote(post, -1)
    counted: dict[str, Any] = reader.vote(post, 0)["post_view"]["person_actions"]

    assert (counted["upvotes"], counted["downvotes"], "voted_at" in counted) == (0, 0, True)
