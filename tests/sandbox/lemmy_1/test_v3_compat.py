"""What is left of API v3 on a 1.0, and its lies."""

from datetime import timedelta

import pytest

from lemmy_sandbox import Sandbox, User, UserV4
from tests.sandbox.clocks import StandingClock
from tests.sandbox.refusals import refusal


@pytest.fixture
def old(sandbox: Sandbox, bot: UserV4) -> User:
    return User(sandbox.url, "megabot", token=bot.token)


@pytest.fixture
def post(bot: UserV4, news: int) -> int:
    return bot.create_post(news, "Weekly thread", "An essay.")


@pytest.mark.parametrize(
    "call",
    [
        lambda old: old.feature(1),
        lambda old: old.lock(1),
        lambda old: old.get("modlog"),
        lambda old: old.get("user", username="megabot"),
        lambda old: old.get("user/mention"),
        lambda old: old.messages(),
        lambda old: old.save_settings(show_nsfw=True),
        lambda old: old.distinguish(1),
    ],
)
def test_a_call_that_the_upgrade_took_answers_404_with_nothing_and_is_no_mistake(
    sandbox: Sandbox, old: User, call: object
) -> None:
    assert refusal(call, old) == "404 None"  # type: ignore[arg-type]
    assert sandbox.unknown_requests == []


def test_a_post_is_the_same_over_both(bot: UserV4, old: User, news: int) -> None:
    post = old.create_post(news, "Weekly thread", "An essay.")
    old.edit_post(post, body="An essay, edited.")
    bot.feature(post)

    assert bot.read_post(post)["post"]["body"] == "An essay, edited."
    assert old.read_post(post)["post"]["featured_community"] is True


def test_nothing_waits_and_nobody_has_a_seat_or_is_an_admin(
    sandbox: Sandbox, bot: UserV4, old: User, reader: UserV4, admin: UserV4, post: int
) -> None:
    reader.comment(post, "a comment")
    site = User(sandbox.url, "admin", token=admin.token).get("site")

    assert set(old.get("user/unread_count").values()) == {0}
    assert old.get("site")["my_user"]["moderates"] == []
    assert site["my_user"]["local_user_view"]["local_user"]["admin"] is False
    assert [person["is_admin"] for person in site["admins"]] == [False]
    assert old.get("post", id=post)["moderators"] == []


def test_the_communitys_own_moderators_are_the_real_ones(old: User) -> None:
    seats = old.get("community", name="news")["moderators"]

    assert [seat["moderator"]["name"] for seat in seats] == ["modlin", "megabot"]


def test_every_limit_is_none(old: User) -> None:
    limits = old.get("site")["site_view"]["local_site_rate_limit"]

    assert {limits[name] for name in ("message", "post", "post_per_second", "comment")} == {0}


def test_a_sign_in_there_is_good_for_a_week(sandbox: Sandbox, clock: StandingClock) -> None:
    hand = User(sandbox.url, "reader")
    hand.login()
    clock.now += timedelta(weeks=1)

    assert refusal(hand.get, "user/unread_count") == "401 incorrect_login"


def test_the_list_has_pages_and_no_cursor(bot: UserV4, old: User, news: int) -> None:
    for number in range(3):
        bot.create_post(news, f"Thread {number}")
    query = {"community_id": news, "sort": "Old", "limit": 2}
    pages = [old.get("post/list", page=page, **query) for page in (1, 2, 3, 11)]

    assert [[one["post"]["id"] for one in page["posts"]] for page in pages] == [[1, 2], [3], [], []]
    assert "next_page" not in pages[0]
    assert refusal(old.get, "post/list", page=0) == "404 not_found"


def test_comments_and_votes_go_on(old: User, reader: UserV4, sandbox: Sandbox, post: int) -> None:
    comment = old.comment(post, "a comment")
    old.edit_comment(comment, "edited")
    voter = User(sandbox.url, "reader", token=reader.token)

    assert voter.vote_comment(comment, -1)["comment_view"]["my_vote"] == -1
    assert voter.vote(post)["post_view"]["my_vote"] == 1
    assert voter.vote(post, 0)["post_view"]["counts"]["score"] == 1
    tree = old.get("comment/list", post_id=post, type_="All", sort="Top", max_depth=1)["comments"]
    assert [one["comment"]["content"] for one in tree] == ["edited"]


def test_what_is_deleted_and_followed_there_is_so(old: User, bot: UserV4, news: int, post: int) -> None:
    old.delete_comment(old.comment(post, "a comment"))
    old.delete(post)
    old.post("community/follow", community_id=news, follow=True)

    assert bot.read_post(post)["post"]["deleted"] is True
    assert bot.get("community", id=news)["community_view"]["community_actions"]["follow_state"] == "accepted"
    assert old.post("user/mark_all_as_read") == {"replies": []}


def test_things_are_found_by_words_and_by_address(old: User, post: int) -> None:
    found = old.get("search", q="weekly", type_="Posts")

    assert [one["post"]["id"] for one in found["posts"]] == [post]
    resolved = old.get("resolve_object", q="https://lemmy.example/u/reader")
    assert resolved["person"]["person"]["name"] == "reader"
    assert [one["community"]["name"] for one in old.get("community/list")["communities"]] == ["news"]


def test_a_refusal_has_its_cause_there_too(old: User, news: int) -> None:
    assert refusal(old.create_post, news, "x") == "400 invalid_post_title"
    assert refusal(old.read_post, 99) == "404 not_found"
