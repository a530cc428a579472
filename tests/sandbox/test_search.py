"""Finding things by words, and lists of everything else than posts."""

import pytest

from lemmy_sandbox import User
from tests.sandbox.refusals import refusal


@pytest.fixture
def _written(bot: User, reader: User, news: int) -> None:
    post = bot.create_post(news, "Weekly thread", "about rivers", url="https://a.example/x")
    reader.comment(post, "more about rivers")


@pytest.mark.usefixtures("_written")
@pytest.mark.parametrize(
    ("words", "kind", "found"),
    [
        ("rivers", "All", {"comments", "posts"}),
        ("rivers", "Posts", {"posts"}),
        ("rivers", "Comments", {"comments"}),
        ("News", "All", {"communities"}),
        ("read", "Users", {"users"}),
        ("https://a.example/x", "Url", {"posts"}),
        ("lakes", "All", set()),
    ],
)
def test_a_search_looks_where_it_is_asked_to(reader: User, words: str, kind: str, found: set[str]) -> None:
    answer = reader.get("search", q=words, type_=kind)

    assert {name for name, items in answer.items() if name != "type_" and items} == found


@pytest.mark.usefixtures("_written")
def test_a_search_of_titles_leaves_bodies_out(reader: User) -> None:
    assert reader.get("search", q="rivers", type_="Posts", post_title_only=True)["posts"] == []


@pytest.mark.usefixtures("_written")
def test_a_search_in_one_community_finds_no_communities_or_people(reader: User) -> None:
    answer = reader.get("search", q="e", community_name="news")

    assert (answer["communities"], answer["users"], len(answer["posts"])) == ([], [], 1)


def test_communities_are_listed_without_those_that_are_gone(reader: User, modlin: User, news: int) -> None:
    before = reader.get("community/list")["communities"]
    modlin.post("community/delete", community_id=news, deleted=True)

    assert [view["community"]["name"] for view in before] == ["news"]
    assert reader.get("community/list")["communities"] == []


@pytest.mark.usefixtures("_written")
def test_a_post_is_read_by_a_comment_of_it_too(reader: User) -> None:
    assert reader.get("post", comment_id=1)["post_view"]["post"]["id"] == 1
    assert refusal(reader.get, "post", comment_id=99) == "400 couldnt_find_comment"
    assert refusal(reader.get, "post") == "400 couldnt_find_post"


@pytest.mark.usefixtures("_written")
def test_posts_of_one_address_are_cross_posts(bot: User, reader: User, news: int) -> None:
    copy = bot.create_post(news, "The same", url="https://a.example/x")

    crossed = reader.get("post", id=copy)["cross_posts"]
    assert [view["post"]["id"] for view in crossed] == [1]


def test_a_cursor_that_is_none_is_refused(reader: User) -> None:
    assert refusal(reader.get, "post/list", page_cursor="nonsense") == "400 unknown"


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("Top", ["b", "a", "c"]),
        ("Controversial", ["c", "a", "b"]),
        ("Old", ["a", "b", "c"]),
        ("New", ["c", "b", "a"]),
    ],
)
def test_comments_are_sorted_as_asked(
    bot: User, reader: User, modlin: User, news: int, sort: str, expected: list[str]
) -> None:
    post = bot.create_post(news, "Sorted")
    ids = {content: reader.comment(post, content) for content in "abc"}
    modlin.vote_comment(ids["b"], 1)
    modlin.vote_comment(ids["c"], -1)

    found = reader.get("comment/list", post_id=post, type_="All", sort=sort)["comments"]
    assert [view["comment"]["content"] for view in found] == expected


def test_comments_below_one_are_listed_by_their_parent(bot: User, reader: User, news: int) -> None:
    post = bot.create_post(news, "A tree")
    top = reader.comment(post, "top")
    reader.comment(post, "beside")
    reader.comment(post, "below", parent_id=top)

    found = reader.get("comment/list", parent_id=top, max_depth=2, type_="All")["comments"]
    assert [view["comment"]["content"] for view in found] == ["top", "below"]


def test_subscribed_lists_what_one_follows(bot: User, reader: User, news: int) -> None:
    bot.create_post(news, "Followed")
    before = reader.get("post/list", type_="Subscribed")["posts"]
    reader.post("community/follow", community_id=news, follow=True)

    assert before == []
    assert len(reader.get("post/list", type_="Subscribed")["posts"]) == 1


def test_the_view_of_moderators_skips_languages(bot: User, modlin: User, news: int) -> None:
    bot.create_post(news, "auf Deutsch", language_id=32)
    modlin.save_settings(discussion_languages=[37])

    assert modlin.get("post/list", community_id=news)["posts"] == []
    assert len(modlin.get("post/list", type_="ModeratorView")["posts"]) == 1
