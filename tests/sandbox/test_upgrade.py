"""A server that is upgraded while people use it."""

from collections.abc import Callable

from lemmy_sandbox import Sandbox, User, UserV4
from tests.sandbox.refusals import refusal


def texts(hand: User, **query: object) -> list[str]:
    found = hand.get("account/notification/list", **query)["items"]
    things = [one["data"].get("comment") or one["data"]["private_message"] for one in found]
    return [str(thing["content"]) for thing in things]


def test_posts_and_pins_stay_under_their_ids(sandbox: Sandbox, bot: User, news: int) -> None:
    post = bot.create_post(news, "Weekly thread", "An essay.")
    bot.feature(post)
    sandbox.upgrade()
    after = sandbox.user("megabot").read_post(post)["post"]

    assert (after["body"], after["featured_community"]) == ("An essay.", True)
    assert sandbox.user("megabot").create_post(news, "Next thread") == post + 1


def test_no_token_of_before_is_good_any_more(sandbox: Sandbox, bot: User, news: int) -> None:
    sandbox.upgrade()

    assert refusal(bot.get, "user/unread_count") == "401 incorrect_login"
    assert refusal(UserV4(bot.url, "megabot", token=bot.token).me) == "401 incorrect_login"
    assert UserV4(bot.url, "megabot").me()["person"]["name"] == "megabot"


def test_a_hand_asked_for_anew_is_one_of_the_new_api(sandbox: Sandbox) -> None:
    assert type(sandbox.user("megabot")) is User
    sandbox.upgrade()

    assert type(sandbox.user("megabot")) is UserV4


def test_what_the_server_says_of_itself_is_new_everywhere(sandbox: Sandbox) -> None:
    before = sandbox.user().get("site")["version"]
    sandbox.upgrade()

    assert (before, sandbox.user().get("site")["version"]) == ("0.19.20", "1.0.0-beta.1")
    assert User(sandbox.url).get("site")["version"] == "1.0.0-beta.1"
    assert "1.0.0-beta.1" in sandbox.user().page("/nodeinfo/2.1")


def test_what_waited_waits_on_and_what_was_read_is_read(
    sandbox: Sandbox, bot: User, reader: User, modlin: User, news: int
) -> None:
    post = bot.create_post(news, "Weekly thread")
    reader.comment(post, "a reply")
    read = bot.get("user/replies")["replies"][0]["comment_reply"]["id"]
    bot.post("comment/mark_as_read", comment_reply_id=read, read=True)
    reader.comment(post, "@megabot@lemmy.example status")
    modlin.message(sandbox.person("megabot").id, "help")
    sandbox.upgrade()
    new = sandbox.user("megabot")

    assert texts(new) == ["help", "@megabot@lemmy.example status", "a reply"]
    assert texts(new, type_="mention") == ["@megabot@lemmy.example status"]
    assert texts(new, unread_only=True) == ["help", "@megabot@lemmy.example status"]


def test_the_modlog_is_numbered_through_kind_after_kind(
    sandbox: Sandbox, bot: User, modlin: User, news: int
) -> None:
    post = bot.create_post(news, "Weekly thread")
    bot.feature(post)
    modlin.remove(post)
    bot.lock(post)
    sandbox.upgrade()
    sandbox.user("modlin").feature(post, featured=False)
    rows = [one["modlog"] for one in sandbox.user("modlin").get("modlog", community_id=news)["items"]]

    assert sorted((row["id"], row["kind"], row["reason"]) for row in rows) == [
        (1, "mod_remove_post", "No reason given"),
        (2, "mod_lock_post", "No reason given"),
        (3, "mod_feature_post_community", None),
        (4, "mod_feature_post_community", None),
    ]


def test_a_sort_that_is_gone_becomes_the_usual_one(sandbox: Sandbox, bot: User) -> None:
    bot.save_settings(default_sort_type="TopWeek")
    sandbox.upgrade()

    assert sandbox.user("megabot").me()["local_user"]["default_post_sort_type"] == "active"


def test_an_upgraded_server_is_not_upgraded_again(sandbox: Sandbox) -> None:
    sandbox.upgrade()
    hand = sandbox.user("reader")
    sandbox.upgrade()

    assert hand.me()["person"]["name"] == "reader"


def test_a_page_of_the_site_goes_on(sandbox: Sandbox, hand: Callable[[str], User], news: int) -> None:
    post = hand("megabot").create_post(news, "Weekly thread")
    sandbox.upgrade()

    assert "Weekly thread" in sandbox.user().page(f"/post/{post}")
