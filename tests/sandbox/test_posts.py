"""What happens to posts, as the real server does it."""

import pytest

from lemmy_sandbox import Sandbox, User
from tests.sandbox.clocks import StandingClock
from tests.sandbox.refusals import refusal


def test_the_same_title_makes_a_second_post(bot: User, news: int) -> None:
    first = bot.create_post(news, "Weekly thread")

    assert bot.create_post(news, "Weekly thread") == first + 1


@pytest.mark.parametrize("title", ["ab", "t" * 201, "   ", "two\nlines", "line break behind\n"])
def test_a_title_of_a_wrong_form_is_refused(bot: User, news: int, title: str) -> None:
    assert refusal(bot.create_post, news, title) == "400 invalid_post_title"


def test_a_title_may_have_200_code_points_whatever_their_width(bot: User, news: int) -> None:
    post = bot.create_post(news, f"  {'😀' * 200}  ")

    assert bot.read_post(post)["post"]["name"] == "😀" * 200


def test_a_title_is_trimmed_on_creation_and_not_on_edit(bot: User, news: int) -> None:
    post = bot.create_post(news, "  padded  ")
    created = bot.read_post(post)["post"]["name"]
    bot.edit_post(post, name="  padded  ")

    assert (created, bot.read_post(post)["post"]["name"]) == ("padded", "  padded  ")


def test_a_body_is_counted_in_utf16_units_and_not_trimmed(bot: User, news: int) -> None:
    body = "\n " + "😀" * 24_999
    post = bot.create_post(news, "At the limit", body)

    assert bot.read_post(post)["post"]["body"] == body
    assert refusal(bot.create_post, news, "Too long", "😀" * 25_001) == "400 invalid_body_field"


def test_an_image_description_has_a_limit(bot: User, news: int) -> None:
    answer = refusal(bot.create_post, news, "Described", alt_text="a" * 1501)

    assert answer == "400 alt_text_length_overflow"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "invalid_url"),
        ("not an address", "invalid_url"),
        ("https://", "invalid_url"),
        ("ftp://files.example/a", "invalid_url_scheme"),
        ("https://a.example/" + "a" * 2000, "url_length_overflow"),
    ],
)
def test_an_address_that_cannot_be_is_refused(bot: User, news: int, url: str, code: str) -> None:
    assert refusal(bot.create_post, news, "A link", url=url) == f"400 {code}"


def test_an_edit_leaves_what_it_does_not_name_and_erases_what_is_empty(bot: User, news: int) -> None:
    post = bot.create_post(news, "Kept", "gone", url="https://a.example/", alt_text="gone")
    bot.edit_post(post, body="", alt_text="")

    seen = bot.read_post(post)["post"]
    assert (seen["name"], seen["url"]) == ("Kept", "https://a.example/")
    assert {"body", "alt_text"} & set(seen) == set()


def test_nobody_edits_the_post_of_another(modlin: User, bot: User, news: int) -> None:
    post = bot.create_post(news, "Mine")

    assert refusal(modlin.edit_post, post, body="ours") == "400 no_post_edit_allowed"


def test_a_slur_in_a_title_is_refused_and_in_a_body_replaced(admin: User, bot: User, news: int) -> None:
    admin.put("site", slur_filter_regex="badword")
    post = bot.create_post(news, "Clean", "a BadWord here")

    assert bot.read_post(post)["post"]["body"] == "a *removed* here"
    assert refusal(bot.create_post, news, "A badword here") == "400 slurs"


def test_a_blocked_address_is_refused_in_the_url_and_in_the_text(admin: User, bot: User, news: int) -> None:
    admin.put("site", blocked_urls=["bad.example"])

    assert refusal(bot.create_post, news, "A link", url="https://bad.example/a") == "400 blocked_url"
    assert refusal(bot.create_post, news, "A text", "see bad.example") == "400 blocked_url"


def test_a_pin_of_a_pinned_post_is_logged_again(bot: User, news: int) -> None:
    post = bot.create_post(news, "Pinned")
    for _ in range(2):
        bot.feature(post)

    assert len(bot.get("modlog", type_="ModFeaturePost")["featured_posts"]) == 2


def test_a_removed_or_deleted_post_can_be_pinned_and_stays_gone(
    bot: User, modlin: User, reader: User, news: int
) -> None:
    post = bot.create_post(news, "Gone")
    modlin.remove(post)
    bot.delete(post)
    seen = bot.feature(post)["post_view"]["post"]

    assert (seen["removed"], seen["deleted"], seen["featured_community"]) == (True, True, True)
    assert refusal(reader.read_post, post) == "400 couldnt_find_post"


def test_only_admins_pin_to_the_front_page(bot: User, admin: User, news: int) -> None:
    post = bot.create_post(news, "Front page")

    assert refusal(bot.feature, post, kind="Local") == "400 not_an_admin"
    assert admin.feature(post, kind="Local")["post_view"]["post"]["featured_local"] is True


def test_the_author_alone_may_not_pin_or_lock(reader: User, news: int) -> None:
    post = reader.create_post(news, "By a reader")

    assert refusal(reader.feature, post) == "400 not_a_mod_or_admin"
    assert refusal(reader.lock, post) == "400 not_a_mod_or_admin"


def test_a_removed_post_is_read_by_its_author_and_moderators_only(
    bot: User, modlin: User, admin: User, reader: User, news: int
) -> None:
    post = reader.create_post(news, "Taken down", "the body")
    modlin.remove(post, reason="test")

    assert {hand.read_post(post)["post"]["body"] for hand in (reader, bot, modlin, admin)} == {"the body"}
    assert refusal(User(bot.url).read_post, post) == "400 couldnt_find_post"


def test_a_junior_moderator_cannot_remove_what_a_senior_wrote(bot: User, modlin: User, news: int) -> None:
    post = modlin.create_post(news, "By the senior")

    assert refusal(bot.remove, post) == "400 not_higher_mod"


def test_a_post_cannot_be_deleted_twice(bot: User, news: int) -> None:
    post = bot.create_post(news, "Once")
    bot.delete(post)

    assert refusal(bot.delete, post) == "400 couldnt_update_post"


def test_a_purged_post_leaves_no_trace_but_the_purge(bot: User, admin: User, news: int) -> None:
    post = bot.create_post(news, "Purged")
    bot.feature(post)
    bot.comment(post, "with a comment")
    admin.purge(post)

    log = admin.get("modlog")
    assert (len(log["featured_posts"]), len(log["admin_purged_posts"])) == (0, 1)
    assert refusal(bot.read_post, post) == "400 couldnt_find_post"
    assert bot.get("user", username="megabot")["comments"] == []


def test_bots_may_not_vote(bot: User, reader: User, news: int) -> None:
    post = reader.create_post(news, "Voted on")

    assert refusal(bot.vote, post) == "400 invalid_bot_action"
    assert reader.vote(post, -1)["post_view"]["counts"]["score"] == -1


def test_a_community_for_moderators_refuses_everyone_else_admins_too(
    bot: User, modlin: User, admin: User, news: int
) -> None:
    modlin.put("community", community_id=news, posting_restricted_to_mods=True)

    assert bot.create_post(news, "By a moderator") == 1
    assert refusal(admin.create_post, news, "By an admin") == "400 only_mods_can_post_in_community"


def test_a_banned_moderator_keeps_the_seat_and_may_do_nothing(
    bot: User, modlin: User, sandbox: Sandbox, news: int
) -> None:
    post = bot.create_post(news, "Before the ban")
    modlin.ban(news, sandbox.person("megabot").id)

    seats = bot.get("community", id=news)["moderators"]
    assert [seat["moderator"]["name"] for seat in seats] == ["modlin", "megabot"]
    assert refusal(bot.feature, post) == "400 banned_from_community"
    assert refusal(bot.create_post, news, "After the ban") == "400 banned_from_community"


def test_a_removed_community_is_gone_for_all_but_its_moderators(
    reader: User, modlin: User, admin: User, news: int
) -> None:
    admin.post("community/remove", community_id=news, removed=True)

    assert refusal(reader.get, "community", name="news") == "400 couldnt_find_community"
    assert modlin.get("community", name="news")["community_view"]["community"]["removed"] is True
    assert refusal(modlin.create_post, news, "Too late") == "400 deleted"


def test_in_an_nsfw_community_every_new_post_is_nsfw(bot: User, modlin: User, news: int) -> None:
    modlin.put("community", community_id=news, nsfw=True)
    post = bot.create_post(news, "Marked", nsfw=False)

    assert bot.read_post(post)["post"]["nsfw"] is True


def test_a_language_that_the_community_lacks_is_refused_and_a_lone_common_one_taken(
    bot: User, modlin: User, news: int
) -> None:
    modlin.put("community", community_id=news, discussion_languages=[0, 37])
    post = bot.create_post(news, "In English")

    assert bot.read_post(post)["post"]["language_id"] == 37
    assert refusal(bot.create_post, news, "Auf Deutsch", language_id=32) == "400 language_not_allowed"


def test_a_post_is_dated_by_the_clock_that_the_sandbox_was_given(
    bot: User, clock: StandingClock, news: int
) -> None:
    post = bot.create_post(news, "Dated")
    clock.advance(hours=1)
    bot.edit_post(post, body="later")

    seen = bot.read_post(post)["post"]
    assert (seen["published"], seen["updated"]) == (
        "2026-11-16T12:00:00.123456Z",
        "2026-11-16T13:00:00.123456Z",
    )
