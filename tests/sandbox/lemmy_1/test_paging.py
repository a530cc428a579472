"""Lists by cursor."""

import pytest

from lemmy_sandbox import UserV4
from tests.sandbox.refusals import refusal


@pytest.fixture
def posts(bot: UserV4, news: int) -> list[int]:
    return [bot.create_post(news, f"Thread {number}") for number in range(4)]


def ids(answer: dict[str, list[dict[str, dict[str, int]]]]) -> list[int]:
    return [one["post"]["id"] for one in answer["items"]]


def test_a_full_page_leads_on_also_to_an_empty_one_which_leads_back(bot: UserV4, posts: list[int]) -> None:
    query = {"username": "megabot", "limit": 2}
    first = bot.get("person/content", **query)
    second = bot.get("person/content", page_cursor=first["next_page"], **query)
    third = bot.get("person/content", page_cursor=second["next_page"], **query)
    back = bot.get("person/content", page_cursor=third["prev_page"], **query)

    assert [ids(page) for page in (first, second, third, back)] == [[4, 3], [2, 1], [], [2, 1]]
    assert ("prev_page" in first, "next_page" in third) == (False, False)


def test_a_page_that_is_not_full_is_the_last(bot: UserV4, posts: list[int]) -> None:
    assert "next_page" not in bot.get("person/content", username="megabot", limit=5)


def test_the_way_back_gives_the_page_before(bot: UserV4, posts: list[int], news: int) -> None:
    query = {"community_id": news, "sort": "new", "limit": 2}
    first = bot.get("post/list", **query)
    second = bot.get("post/list", page_cursor=first["next_page"], **query)

    assert ids(bot.get("post/list", page_cursor=second["prev_page"], **query)) == ids(first)


def test_what_is_made_between_two_pages_shifts_nothing(bot: UserV4, posts: list[int], news: int) -> None:
    first = bot.get("person/content", username="megabot", limit=2)
    bot.create_post(news, "Thread in between")

    answer = bot.get("person/content", username="megabot", limit=2, page_cursor=first["next_page"])
    assert ids(answer) == [2, 1]


def test_a_cursor_holds_when_its_post_has_left_the_list(
    bot: UserV4, modlin: UserV4, posts: list[int], news: int
) -> None:
    query = {"community_id": news, "sort": "new", "limit": 2}
    first = bot.get("post/list", **query)
    modlin.remove(posts[2])

    assert ids(bot.get("post/list", page_cursor=first["next_page"], **query)) == [2, 1]


@pytest.mark.parametrize("path", ["post/list", "comment/list", "modlog", "account/notification/list"])
def test_what_is_no_cursor_or_too_long_a_page_is_refused(bot: UserV4, path: str) -> None:
    assert refusal(bot.get, path, page_cursor="garbage") == "400 unknown"
    assert refusal(bot.get, path, limit=51) == "400 invalid_fetch_limit"
    assert refusal(bot.get, path, limit=0) == "400 invalid_fetch_limit"


@pytest.mark.parametrize(
    ("path", "cursor"),
    [
        ("post/list", "N99"),
        ("comment/list", "N99"),
        ("modlog", "N99"),
        ("account/notification/list", "N99"),
        ("community/list", "N99"),
        ("person/content", "NP99"),
    ],
)
def test_a_cursor_of_what_is_purged_finds_nothing(bot: UserV4, path: str, cursor: str) -> None:
    whose = {"username": "megabot"} if path == "person/content" else {}

    assert refusal(bot.get, path, page_cursor=cursor, **whose) == "404 not_found"
