"""Which posts a list shows, and in which order: the traps that a bot can fall into."""

from typing import Any

import pytest

from lemmy_sandbox import Sandbox, User
from tests.sandbox.clocks import StandingClock
from tests.sandbox.refusals import refusal


def titles(hand: User, path: str = "post/list", **query: object) -> list[str]:
    return [view["post"]["name"] for view in hand.get(path, **query)["posts"]]


@pytest.fixture
def three(bot: User, clock: StandingClock, news: int) -> list[int]:
    """Three posts, the oldest of them pinned."""
    posts = []
    for name in ("old", "middle", "new"):
        posts.append(bot.create_post(news, name))
        clock.advance(minutes=1)
    bot.feature(posts[0])
    return posts


@pytest.mark.parametrize(
    ("sort", "expected"), [("New", ["old", "new", "middle"]), ("Old", ["old", "middle", "new"])]
)
@pytest.mark.usefixtures("three")
def test_in_a_community_pinned_posts_come_first_under_every_sort(
    bot: User, news: int, sort: str, expected: list[str]
) -> None:
    assert titles(bot, community_id=news, sort=sort) == expected


@pytest.mark.parametrize(
    "sort", ["Active", "Hot", "Scaled", "TopAll", "TopDay", "NewComments", "MostComments"]
)
@pytest.mark.usefixtures("three")
def test_every_other_sort_puts_pinned_posts_first_too(bot: User, news: int, sort: str) -> None:
    assert titles(bot, community_id=news, sort=sort) == ["old", "new", "middle"]


@pytest.mark.usefixtures("three")
def test_without_a_community_only_posts_pinned_to_the_front_page_come_first(bot: User, admin: User) -> None:
    everywhere = titles(bot, type_="All", sort="New")
    admin.feature(2, kind="Local")

    assert everywhere == ["new", "middle", "old"]
    assert titles(bot, type_="All", sort="New") == ["middle", "new", "old"]


@pytest.mark.usefixtures("three")
def test_a_profile_lists_pinned_posts_first_when_a_community_is_asked_for(bot: User, news: int) -> None:
    asked: dict[str, Any] = {"username": "megabot", "sort": "New"}

    assert titles(bot, "user", **asked) == ["new", "middle", "old"]
    assert titles(bot, "user", community_id=news, **asked) == ["old", "new", "middle"]


@pytest.mark.usefixtures("three")
def test_pages_and_cursors_walk_the_same_list(bot: User, news: int) -> None:
    first = bot.get("post/list", community_id=news, sort="New", limit=1)
    asked: dict[str, Any] = {"community_id": news, "sort": "New", "limit": 2}

    assert titles(bot, page_cursor=first["next_page"], **asked) == ["new", "middle"]
    assert titles(bot, page=2, **asked) == ["middle"]


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"limit": 51}, {"page": 0}, {"page": 101}])
def test_a_page_out_of_range_is_refused_under_the_code_of_the_list(bot: User, wrong: dict[str, int]) -> None:
    assert refusal(bot.get, "post/list", **wrong) == "400 couldnt_get_posts"
    assert refusal(bot.get, "user", username="megabot", **wrong) == "400 unknown"


def test_own_posts_are_read_from_the_start_and_so_hidden_unless_asked_for(bot: User, news: int) -> None:
    bot.create_post(news, "mine")
    bot.save_settings(show_read_posts=False)

    assert titles(bot, community_id=news) == []
    assert titles(bot, community_id=news, show_read=True) == ["mine"]
    assert titles(bot, "user", username="megabot") == ["mine"]


def test_an_account_that_hides_bots_does_not_see_itself_if_it_is_one(bot: User, news: int) -> None:
    bot.create_post(news, "mine")
    bot.save_settings(show_bot_accounts=False)

    assert titles(bot, community_id=news, show_read=True) == []
    assert titles(bot, "user", username="megabot") == []


def test_an_account_that_hides_nsfw_does_not_see_its_own(bot: User, news: int) -> None:
    bot.create_post(news, "mine", nsfw=True)
    bot.save_settings(show_nsfw=False)

    assert titles(bot, "user", username="megabot") == []
    assert titles(bot, community_id=news, show_nsfw=True) == ["mine"]


def test_a_post_in_a_language_that_the_author_does_not_read_is_hidden_from_its_author(
    bot: User, modlin: User, news: int
) -> None:
    bot.save_settings(discussion_languages=[37])
    bot.create_post(news, "auf Deutsch", language_id=32)
    bot.create_post(news, "undetermined", language_id=0)

    assert titles(bot, community_id=news) == ["undetermined"]
    assert titles(modlin, community_id=news) == ["undetermined", "auf Deutsch"]


def test_removed_posts_are_listed_to_nobody_but_admins_on_a_profile(
    bot: User, modlin: User, admin: User, news: int
) -> None:
    modlin.remove(bot.create_post(news, "removed"))

    assert [titles(hand, community_id=news) for hand in (bot, modlin, admin)] == [[], [], []]
    assert [titles(hand, "user", username="megabot") for hand in (bot, modlin)] == [[], []]
    assert titles(admin, "user", username="megabot") == ["removed"]


def test_deleted_posts_are_listed_to_their_author_only(bot: User, modlin: User, news: int) -> None:
    bot.delete(bot.create_post(news, "deleted"))

    assert titles(bot, community_id=news) == ["deleted"]
    assert titles(modlin, community_id=news) == []


def test_a_dead_token_reads_as_a_stranger_without_a_word(bot: User, sandbox: Sandbox, news: int) -> None:
    bot.create_post(news, "mine", nsfw=True)
    sandbox.revoke_tokens("megabot")

    assert titles(bot, "user", username="megabot") == []
    assert "my_user" not in bot.get("site")
    assert refusal(bot.create_post, news, "another") == "401 incorrect_login"


def test_contradicting_filters_are_refused(bot: User) -> None:
    assert refusal(bot.get, "post/list", liked_only=True, disliked_only=True) == "400 contradicting_filters"


def test_liked_posts_leave_out_ones_own(bot: User, reader: User, news: int) -> None:
    reader.create_post(news, "mine")
    reader.vote(bot.create_post(news, "theirs"))

    assert titles(reader, liked_only=True) == ["theirs"]


def test_search_finds_words_of_titles_in_their_order(bot: User, news: int) -> None:
    for name in ("Weekly thread, first", "thread of the Weekly"):
        bot.create_post(news, name)

    assert titles(bot, "search", q="weekly thread", type_="Posts") == ["Weekly thread, first"]


def test_an_unknown_community_name_in_a_list_answers_404(bot: User) -> None:
    assert refusal(bot.get, "post/list", community_name="nosuch") == "404 unknown"


def test_posts_of_people_one_blocked_are_hidden(bot: User, reader: User, sandbox: Sandbox, news: int) -> None:
    bot.create_post(news, "by the bot")
    reader.post("user/block", person_id=sandbox.person("megabot").id, block=True)

    assert titles(reader, community_id=news) == []
