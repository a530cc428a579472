"""Signing in to a 1.0, and what its tokens are worth."""

from datetime import timedelta

import pytest

from lemmy_sandbox import Sandbox, UserV4
from lemmy_sandbox.user_client import ApiError
from tests.sandbox.clocks import StandingClock
from tests.sandbox.refusals import refusal

_PASSWORD = "correct horse"


def signed_in(sandbox: Sandbox, name: str = "reader", **more: object) -> UserV4:
    body = {"username_or_email": name, "password": _PASSWORD, **more}
    token = UserV4(sandbox.url).post("account/auth/login", **body)["jwt"]
    return UserV4(sandbox.url, name, token=token)


def cause(hand: UserV4, path: str) -> str:
    with pytest.raises(ApiError) as refused:
        hand.get(path)
    return str(refused.value.answer.get("cause"))


def test_a_token_is_good_for_a_week_unless_it_is_to_stay(sandbox: Sandbox, clock: StandingClock) -> None:
    short, long = signed_in(sandbox), signed_in(sandbox, stay_logged_in=True)
    clock.now += timedelta(days=7, seconds=-1)
    assert short.get("account/validate_auth") == {"success": True}

    clock.advance(seconds=1)
    assert refusal(short.get, "account") == "401 incorrect_login"
    assert cause(short, "account/validate_auth") == "ExpiredSignature"
    clock.advance(days=3650)
    assert long.me()["person"]["name"] == "reader"


def test_a_hand_signs_in_to_stay(sandbox: Sandbox, clock: StandingClock) -> None:
    hand = UserV4(sandbox.url, "reader")
    hand.login()
    clock.advance(days=30)

    assert hand.me()["person"]["name"] == "reader"


def test_a_ban_lets_in_and_lets_nothing_be_done(
    sandbox: Sandbox, admin: UserV4, reader: UserV4, news: int
) -> None:
    admin.ban_from_site(sandbox.person("reader").id)

    for hand in (reader, signed_in(sandbox)):
        assert hand.me()["banned"] is True
        assert refusal(hand.create_post, news, "Weekly thread") == "400 site_ban"


def test_two_sign_ins_in_one_second_are_one_too_many(sandbox: Sandbox) -> None:
    signed_in(sandbox)

    assert refusal(signed_in, sandbox) == "400 couldnt_create"


@pytest.mark.parametrize(
    ("token", "why"),
    [
        ("nonsense", "InvalidToken"),
        ("dead.token.here", "JSON error: expected value at line 1 column 1"),
        ("eyJ0eXAiOiJKV1QifQ.e30.forged", "InvalidSignature"),
    ],
)
def test_the_cause_says_what_is_wrong_with_a_token(sandbox: Sandbox, token: str, why: str) -> None:
    assert cause(UserV4(sandbox.url, "reader", token=token), "account/validate_auth") == why


def test_a_token_that_was_signed_out_is_in_order_and_unknown(sandbox: Sandbox) -> None:
    hand = signed_in(sandbox)
    hand.post("account/auth/logout")

    assert cause(hand, "account/validate_auth") == "NotLoggedIn"


def test_a_dead_token_makes_a_stranger_of_who_reads(sandbox: Sandbox, bot: UserV4, news: int) -> None:
    bot.create_post(news, "Weekly thread")
    dead = UserV4(sandbox.url, "megabot", token="dead.token.here")

    view = dead.get("person/content", username="megabot")["items"][0]
    assert "post_actions" not in view


def test_the_account_has_the_languages_that_it_chose_and_no_others(bot: UserV4) -> None:
    bot.save_settings(discussion_languages=[37])

    assert bot.get("account")["discussion_languages"] == [37]


def test_settings_are_kept_under_their_v4_names(bot: UserV4) -> None:
    bot.save_settings(default_post_sort_type="most_comments", default_listing_type="all")
    account = bot.me()["local_user"]

    assert (account["default_post_sort_type"], account["default_listing_type"]) == ("most_comments", "all")
    assert refusal(bot.save_settings, default_post_sort_type="New") == "400 unknown"


def test_a_newcomer_signs_up_and_is_in(sandbox: Sandbox, stranger: UserV4) -> None:
    fields = {"username": "newcomer", "password": _PASSWORD, "password_verify": _PASSWORD}
    token = stranger.post("account/auth/register", **fields)["jwt"]

    assert UserV4(sandbox.url, "newcomer", token=token).me()["person"]["name"] == "newcomer"
    assert refusal(stranger.post, "account/auth/register", **fields) == "400 username_already_taken"


def test_a_seat_given_twice_is_given_anew_as_the_last(
    sandbox: Sandbox, bot: UserV4, modlin: UserV4, news: int
) -> None:
    answer = modlin.add_mod(news, sandbox.person("modlin").id)

    assert [seat["moderator"]["name"] for seat in answer["moderators"]] == ["megabot", "modlin"]
