"""Communities of a 1.0 where they are not as on 0.19."""

import pytest

from lemmy_sandbox import Sandbox, UserV4
from tests.sandbox.refusals import refusal


def names(hand: UserV4, **query: object) -> list[str]:
    return [one["community"]["name"] for one in hand.get("community/list", **query)["items"]]


def found(admin: UserV4, name: str, *, nsfw: bool = False) -> int:
    answer = admin.post("community", name=name, title=name.capitalize(), nsfw=nsfw)
    return int(answer["community_view"]["community"]["id"])


def test_the_list_has_the_newest_first_and_nothing_that_is_gone(admin: UserV4) -> None:
    for name in ("books", "films", "games"):
        number = found(admin, name)
    admin.remove_community(number)

    assert names(admin) == ["films", "books", "news"]


def test_strangers_are_shown_what_is_nsfw_when_they_ask_for_it(admin: UserV4, stranger: UserV4) -> None:
    found(admin, "films", nsfw=True)

    assert names(stranger) == ["news"]
    assert names(stranger, show_nsfw=True) == ["films", "news"]


def test_a_reader_may_not_even_be_told_that_only_an_admin_may(reader: UserV4, news: int) -> None:
    assert refusal(reader.remove_community, news) == "400 not_a_mod_or_admin"


def test_a_founder_deletes_a_community_and_restores_it(admin: UserV4, reader: UserV4) -> None:
    number = found(admin, "books")
    states = []
    for deleted in (True, False):
        admin.send("DELETE", "community", {"community_id": number, "deleted": deleted})
        states.append("books" in names(reader))

    assert states == [False, True]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "400 no_id_given"),
        ({"id": 99}, "404 not_found"),
        ({"name": "nowhere"}, "404 not_found"),
        ({"name": "news@b.example"}, "400 unknown"),
    ],
)
def test_a_community_that_is_not_there_is_not_found(
    reader: UserV4, query: dict[str, object], code: str
) -> None:
    assert refusal(reader.get, "community", **query) == code


def test_people_are_found_by_id_and_by_name(sandbox: Sandbox, reader: UserV4) -> None:
    number = sandbox.person("modlin").id

    by_id, by_name = reader.get("person", person_id=number), reader.get("person", username="modlin")
    assert by_id == by_name
    assert [seat["community"]["name"] for seat in by_id["moderates"]] == ["news"]
    assert refusal(reader.get, "person") == "400 no_id_given"
    assert refusal(reader.get, "person", person_id=99) == "404 not_found"
    assert refusal(reader.get, "person/content", username="modlin", page_cursor="Nx") == "400 unknown"


def test_a_private_community_shows_to_its_server_only(
    modlin: UserV4, bot: UserV4, stranger: UserV4, news: int
) -> None:
    modlin.put("community", community_id=news, visibility="local_only_private")
    comment = bot.comment(bot.create_post(news, "Weekly thread"), "a comment")

    assert bot.get("comment", id=comment)["comment_view"]["community"]["visibility"] == "local_only_private"
    assert refusal(stranger.get, "comment", id=comment) == "404 not_found"
    assert refusal(stranger.read_post, 1) == "404 not_found"


def test_a_tree_has_its_deeper_branches_first(bot: UserV4, news: int) -> None:
    post = bot.create_post(news, "Weekly thread")
    first = bot.comment(post, "one")
    bot.comment(post, "below", parent_id=first)
    query = {"post_id": post, "type_": "all", "sort": "top"}

    tree = bot.get("comment/list", max_depth=2, **query)["items"]
    assert [one["comment"]["content"] for one in tree] == ["below", "one"]
    flat = bot.get("comment/list", max_depth=1, **query)["items"]
    assert [one["comment"]["content"] for one in flat] == ["one"]


def test_a_post_is_opened_by_a_comment_of_it_and_shows_others_of_its_address(
    bot: UserV4, modlin: UserV4, news: int
) -> None:
    for hand in (bot, modlin):
        hand.create_post(news, "Linked", url="https://b.example/a")
    comment = bot.comment(1, "a comment")
    opened = bot.get("post", comment_id=comment)

    assert opened["post_view"]["post"]["id"] == 1
    assert [other["post"]["id"] for other in opened["cross_posts"]] == [2]
    assert refusal(bot.get, "post") == "404 not_found"
