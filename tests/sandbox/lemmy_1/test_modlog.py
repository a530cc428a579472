"""Whom the modlog of a 1.0 names, and to whom."""

import pytest

from lemmy_sandbox import Sandbox, User, UserV4


@pytest.fixture
def post(bot: UserV4, news: int) -> int:
    number = bot.create_post(news, "Weekly thread")
    bot.feature(number)
    return number


def rows(hand: User, **query: object) -> list[tuple[str, str | None]]:
    found = hand.get("modlog", **query)["items"]
    return [(one["modlog"]["kind"], one.get("moderator", {}).get("name")) for one in found]


_PIN = "mod_feature_post_community"


@pytest.mark.parametrize(
    ("asker", "name"),
    [("megabot", "megabot"), ("modlin", "megabot"), ("admin", "megabot"), ("reader", None), ("", None)],
)
def test_a_moderator_is_named_to_moderators_who_ask_for_the_community(
    sandbox: Sandbox, news: int, post: int, asker: str, name: str | None
) -> None:
    hand = sandbox.user(asker)

    assert rows(hand, community_id=news) == [(_PIN, name)]
    assert rows(hand, community_id=news, post_id=post) == [(_PIN, name)]


def test_by_the_post_alone_only_an_admin_is_told(bot: UserV4, admin: UserV4, post: int) -> None:
    assert rows(bot, post_id=post) == [(_PIN, None)]
    assert rows(admin, post_id=post) == [(_PIN, "megabot")]


def test_who_may_not_know_a_moderator_cannot_ask_for_their_rows_either(
    sandbox: Sandbox, bot: UserV4, reader: UserV4, news: int, post: int
) -> None:
    other = sandbox.person("modlin").id

    assert rows(reader, community_id=news, mod_person_id=other) == [(_PIN, None)]
    assert rows(bot, community_id=news, mod_person_id=other) == []


def test_pins_of_the_front_page_are_a_kind_of_their_own(
    admin: UserV4, bot: UserV4, modlin: UserV4, news: int, post: int
) -> None:
    admin.feature(post, kind="Local")
    modlin.feature(post, featured=False)

    front_page = "admin_feature_post_site"
    assert rows(bot, community_id=news, type_=front_page) == [(front_page, "admin")]
    newest = bot.get("modlog", community_id=news, post_id=post)["items"][0]["modlog"]
    assert (newest["kind"], newest["is_revert"]) == (_PIN, True)


def test_a_row_says_at_whom_it_was_aimed(
    sandbox: Sandbox, modlin: UserV4, reader: UserV4, news: int, post: int
) -> None:
    modlin.remove_comment(reader.comment(post, "off topic"))
    modlin.ban(news, sandbox.person("reader").id)

    found = modlin.get("modlog", other_person_id=sandbox.person("reader").id)["items"]
    kinds = [(one["modlog"]["kind"], one["target_person"]["name"]) for one in found]
    assert kinds == [("mod_ban_from_community", "reader"), ("mod_remove_comment", "reader")]
    assert found[1]["target_comment"]["content"] == "off topic"


def test_a_purged_post_takes_its_rows_along(admin: UserV4, bot: UserV4, news: int, post: int) -> None:
    admin.purge(post)

    assert rows(admin, community_id=news) == [("admin_purge_post", "admin")]
