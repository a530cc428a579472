"""Tags, which only a 1.0 has."""

import pytest

from lemmy_sandbox import UserV4
from tests.sandbox.refusals import refusal


@pytest.fixture
def tag(modlin: UserV4, news: int) -> int:
    return modlin.create_tag(news, "megathread", "Megathread")


def tags(hand: UserV4, post: int) -> list[str]:
    return [tag["name"] for tag in hand.read_post(post)["tags"]]


def test_a_post_keeps_its_tags_until_an_edit_names_others(
    bot: UserV4, modlin: UserV4, news: int, tag: int
) -> None:
    post = bot.create_post(news, "Weekly thread", tags=[tag])
    bot.edit_post(post, body="new")
    kept = tags(bot, post)
    bot.edit_post(post, tags=[modlin.create_tag(news, "weekly")])

    assert (kept, tags(bot, post)) == (["megathread"], ["weekly"])
    bot.edit_post(post, tags=[])
    assert tags(bot, post) == []


def test_a_tag_that_the_community_has_not_is_refused_when_the_post_is_there_already(
    bot: UserV4, news: int
) -> None:
    assert refusal(bot.create_post, news, "Weekly thread", tags=[99]) == "400 tag_not_in_community"

    assert bot.read_post(1)["post"]["name"] == "Weekly thread"


def test_only_moderators_make_tags_and_each_name_once(
    modlin: UserV4, reader: UserV4, news: int, tag: int
) -> None:
    assert refusal(reader.create_tag, news, "mine") == "400 not_a_mod_or_admin"
    assert refusal(modlin.create_tag, news, "megathread") == "400 couldnt_create"
    assert refusal(modlin.create_tag, news, "two words") == "400 invalid_name"


def test_a_deleted_tag_is_on_no_post_until_it_is_restored(
    bot: UserV4, modlin: UserV4, news: int, tag: int
) -> None:
    post = bot.create_post(news, "Weekly thread", tags=[tag])
    modlin.send("DELETE", "community/tag", {"tag_id": tag, "delete": True})
    without = tags(bot, post)
    modlin.send("DELETE", "community/tag", {"tag_id": tag, "delete": False})

    assert (without, tags(bot, post)) == ([], ["megathread"])


def test_a_tag_is_shown_by_its_other_name_and_colour(modlin: UserV4, news: int, tag: int) -> None:
    modlin.put("community/tag", tag_id=tag, display_name="MEGA", color="color05")
    shown = modlin.get("community", id=news)["community_view"]["tags"][0]

    assert (shown["name"], shown["display_name"], shown["color"]) == ("megathread", "MEGA", "color05")
    assert refusal(modlin.put, "community/tag", tag_id=99, display_name="x") == "404 not_found"


def test_posts_are_listed_by_tag(bot: UserV4, news: int, tag: int) -> None:
    bot.create_post(news, "Weekly thread", tags=[tag])
    bot.create_post(news, "Another thread")

    found = bot.get("post/list", community_id=news, tag_id=tag)["items"]
    assert [one["post"]["name"] for one in found] == ["Weekly thread"]
