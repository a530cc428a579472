"""Finding things on a 1.0."""

import pytest

from lemmy_sandbox import UserV4
from lemmy_sandbox.user_client import ApiError
from tests.sandbox.refusals import refusal


@pytest.fixture
def post(bot: UserV4, reader: UserV4, news: int) -> int:
    number = bot.create_post(news, "Weekly thread", "An essay on reading.")
    reader.comment(number, "A reading list")
    return number


def found(hand: UserV4, **query: object) -> dict[str, int]:
    kinds = ("posts", "comments", "communities", "persons")
    answer = hand.get("search", **query)
    return {kind: len(answer[kind]) for kind in kinds if answer[kind]}


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ({"search_term": "reading"}, {"posts": 1, "comments": 1}),
        ({"search_term": "reading", "title_only": True, "type_": "posts"}, {}),
        ({"search_term": "new"}, {"communities": 1}),
        ({"search_term": "mod", "type_": "users"}, {"persons": 1}),
        ({"search_term": "reading", "creator_username": "reader"}, {"comments": 1}),
        ({"search_term": "new", "community_name": "news"}, {}),
    ],
)
def test_things_are_found_by_their_words(
    reader: UserV4, post: int, query: dict[str, object], kinds: dict[str, int]
) -> None:
    assert found(reader, **query) == kinds


def test_an_address_is_resolved_beside_what_its_words_find(reader: UserV4, post: int) -> None:
    address = f"https://lemmy.example/post/{post}"

    assert reader.get("search", search_term=address)["resolve"]["type_"] == "post"
    assert reader.get("search", search_term="weekly")["resolve"] is None


@pytest.mark.parametrize(
    ("path", "kind"),
    [("post/1", "post"), ("comment/1", "comment"), ("c/news", "community"), ("u/reader", "person")],
)
def test_everything_here_is_resolved_by_its_address(
    stranger: UserV4, post: int, path: str, kind: str
) -> None:
    assert stranger.get("resolve_object", q=f"https://lemmy.example/{path}")["type_"] == kind


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("https://lemmy.example/post/99", "error sending request for url (https://lemmy.example/post/99)"),
        (
            "https://lemmy.example/comment/99",
            "error sending request for url (https://lemmy.example/comment/99)",
        ),
        (
            "https://lemmy.example/c/nowhere",
            "error sending request for url (https://lemmy.example/c/nowhere)",
        ),
        ("https://lemmy.example/u/nobody", "error sending request for url (https://lemmy.example/u/nobody)"),
        ("https://lemmy.example/post/x", "error sending request for url (https://lemmy.example/post/x)"),
        (
            "!news@b.example",
            "error sending request for url (http://b.example/.well-known/webfinger?resource=acct:news@b.example)",
        ),
        ("news", "Failed to resolve actor via webfinger"),
    ],
)
def test_what_is_not_here_is_looked_for_in_vain(reader: UserV4, asked: str, message: str) -> None:
    with pytest.raises(ApiError) as refused:
        reader.get("resolve_object", q=asked)

    assert (refused.value.code, refused.value.answer["message"]) == ("resolve_object_failed", message)


def test_a_search_without_words_is_not_read(reader: UserV4) -> None:
    assert refusal(reader.get, "search", q="weekly") == "400 unknown"
