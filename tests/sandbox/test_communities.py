"""Communities, their moderators and the modlog."""

import pytest

from lemmy_sandbox import Sandbox, User
from tests.sandbox.refusals import refusal


@pytest.mark.parametrize("name", ["news", "news@lemmy.example", "NEWS"])
def test_a_community_is_found_by_name_and_by_name_with_host(reader: User, news: int, name: str) -> None:
    assert reader.get("community", name=name)["community_view"]["community"]["id"] == news


def test_a_community_that_is_not_there_answers_404_by_name_and_400_by_id(reader: User) -> None:
    assert refusal(reader.get, "community", name="nosuch") == "404 couldnt_find_community"
    assert refusal(reader.get, "community", id=424242) == "400 couldnt_find_community"
    assert refusal(reader.get, "community") == "400 no_id_given"


def test_a_founder_moderates_and_follows(reader: User) -> None:
    view = reader.post("community", name="books", title="Books")["community_view"]

    assert view["subscribed"] == "Subscribed"
    seats = reader.get("community", name="books")["moderators"]
    assert [seat["moderator"]["name"] for seat in seats] == ["reader"]
    assert refusal(reader.post, "community", name="books", title="x") == "400 community_already_exists"


def test_a_seat_is_given_once_and_taken_by_seniors_only(
    bot: User, modlin: User, sandbox: Sandbox, news: int
) -> None:
    senior, junior = sandbox.person("modlin").id, sandbox.person("megabot").id

    assert refusal(modlin.add_mod, news, junior) == "400 community_moderator_already_exists"
    assert refusal(bot.add_mod, news, senior, added=False) == "400 not_higher_mod"
    assert len(modlin.add_mod(news, junior, added=False)["moderators"]) == 1


def test_following_counts_and_shows(reader: User, news: int) -> None:
    followed = reader.post("community/follow", community_id=news, follow=True)["community_view"]
    left = reader.post("community/follow", community_id=news, follow=False)["community_view"]

    assert (followed["subscribed"], followed["counts"]["subscribers"]) == ("Subscribed", 2)
    assert (left["subscribed"], left["counts"]["subscribers"]) == ("NotSubscribed", 1)


def test_only_the_first_moderator_deletes_a_community(bot: User, modlin: User, news: int) -> None:
    assert refusal(bot.post, "community/delete", community_id=news, deleted=True) == "400 not_top_mod"
    answer = modlin.post("community/delete", community_id=news, deleted=True)
    assert answer["community_view"]["community"]["deleted"] is True


def test_a_local_only_community_is_not_there_for_strangers(modlin: User, reader: User, news: int) -> None:
    modlin.put("community", community_id=news, visibility="LocalOnly")

    assert refusal(User(reader.url).get, "community", name="news") == "400 couldnt_find_community"
    assert reader.get("community", name="news")["community_view"]["community"]["visibility"] == "LocalOnly"


def test_the_modlog_names_moderators_only_to_moderators_and_admins(
    bot: User, modlin: User, admin: User, reader: User, news: int
) -> None:
    bot.feature(bot.create_post(news, "Pinned"))

    for hand, is_told in ((modlin, True), (admin, True), (reader, False), (User(bot.url), False)):
        row = hand.get("modlog", type_="ModFeaturePost", community_id=news)["featured_posts"][0]
        assert ("moderator" in row) is is_told
        assert row["mod_feature_post"]["mod_person_id"] == 3


def test_the_modlog_always_has_its_fifteen_lists(reader: User) -> None:
    assert len(reader.get("modlog")) == 15


def test_the_modlog_lists_restorals_among_the_removals_newest_first(
    bot: User, modlin: User, reader: User, news: int
) -> None:
    post = bot.create_post(news, "Up and down", "the whole body")
    modlin.remove(post, reason="by mistake")
    modlin.remove(post, removed=False)

    rows = reader.get("modlog", type_="ModRemovePost", post_id=post)["removed_posts"]
    assert [row["mod_remove_post"]["removed"] for row in rows] == [False, True]
    assert rows[1]["mod_remove_post"]["reason"] == "by mistake"
    assert rows[0]["post"]["body"] == "the whole body"


def test_every_kind_of_row_that_is_written_can_be_read(
    admin: User, modlin: User, reader: User, sandbox: Sandbox, news: int
) -> None:
    person = sandbox.person("reader").id
    post = reader.create_post(news, "About to be moderated")
    comment = reader.comment(post, "likewise")
    modlin.remove_comment(comment)
    modlin.lock(post)
    modlin.ban(news, person)
    admin.post("user/ban", person_id=person, ban=True)
    admin.post("community/remove", community_id=news, removed=True)

    log = admin.get("modlog")
    filled = {name for name, rows in log.items() if rows}
    assert filled == {
        "removed_comments", "locked_posts", "banned_from_community", "banned", "removed_communities",
    }  # fmt: skip
    assert log["removed_comments"][0]["commenter"]["name"] == "reader"


def test_rows_of_the_whole_site_are_left_out_when_a_community_is_asked_for(
    admin: User, sandbox: Sandbox, news: int
) -> None:
    admin.post("user/ban", person_id=sandbox.person("reader").id, ban=True)

    assert admin.get("modlog", community_id=news)["banned"] == []
    assert len(admin.get("modlog")["banned"]) == 1
