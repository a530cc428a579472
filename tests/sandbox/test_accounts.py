"""Accounts: signing in and out, tokens, bans, registration."""

import base64
import json
from datetime import UTC, datetime

import pytest

from lemmy_sandbox import Sandbox, User
from lemmy_sandbox.rules.accounts import totp_code
from tests.sandbox.clocks import StandingClock
from tests.sandbox.refusals import refusal

_RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(("second", "code"), [(59, "287082"), (1111111109, "081804"), (2000000000, "279037")])
def test_totp_gives_the_codes_of_rfc_6238(second: int, code: str) -> None:
    assert totp_code(_RFC_SECRET, datetime.fromtimestamp(second, UTC)) == code


@pytest.mark.parametrize("late", [0, 29])
def test_a_totp_code_is_good_for_its_step_and_one_beside(
    sandbox: Sandbox, clock: StandingClock, late: int
) -> None:
    sandbox.add_person("careful", totp_secret=_RFC_SECRET)
    code = totp_code(_RFC_SECRET, clock())
    clock.advance(seconds=late)

    assert User(sandbox.url, "careful").login(code)


def test_a_totp_code_that_is_missing_or_old_is_refused(sandbox: Sandbox, clock: StandingClock) -> None:
    sandbox.add_person("careful", totp_secret=_RFC_SECRET)
    hand, code = User(sandbox.url, "careful"), totp_code(_RFC_SECRET, clock())
    clock.advance(seconds=95)

    assert refusal(hand.login) == "400 missing_totp_token"
    assert refusal(hand.login, code) == "400 incorrect_totp_token"


def test_two_logins_in_one_second_make_the_same_token_and_the_second_fails(
    sandbox: Sandbox, clock: StandingClock
) -> None:
    User(sandbox.url, "reader").login()
    second = User(sandbox.url, "reader")

    assert refusal(second.login) == "400 unknown"
    clock.advance(seconds=1)
    assert second.login()


def test_a_token_never_expires_and_says_nothing_about_it(sandbox: Sandbox, clock: StandingClock) -> None:
    hand = User(sandbox.url, "reader")
    claims = hand.login().split(".")[1]
    clock.advance(days=1000)

    assert hand.get("user/validate_auth") == {"success": True}
    assert set(json.loads(base64.urlsafe_b64decode(claims + "=="))) == {"sub", "iss", "iat"}


def test_logout_ends_this_token_only(sandbox: Sandbox, clock: StandingClock) -> None:
    first, second = User(sandbox.url, "reader"), User(sandbox.url, "reader")
    first.login()
    clock.advance(seconds=1)
    second.login()
    first.post("user/logout")

    assert refusal(first.get, "user/validate_auth") == "400 not_logged_in"
    assert second.get("user/validate_auth") == {"success": True}


def test_a_new_password_ends_every_token(reader: User, clock: StandingClock) -> None:
    clock.advance(seconds=1)
    fields = {"new_password": "battery staple", "new_password_verify": "battery staple"}
    answer = reader.put("user/change_password", old_password=reader.password, **fields)

    assert refusal(reader.get, "user/unread_count") == "401 incorrect_login"
    assert User(reader.url, "reader", token=answer["jwt"]).get("user/unread_count")


def test_a_site_ban_ends_tokens_and_logins(sandbox: Sandbox, admin: User, reader: User, news: int) -> None:
    admin.post("user/ban", person_id=sandbox.person("reader").id, ban=True)

    assert refusal(reader.create_post, news, "Banned") == "401 incorrect_login"
    assert refusal(User(sandbox.url, "reader").login) == "400 site_ban"


def test_only_admins_ban_from_the_site(sandbox: Sandbox, modlin: User) -> None:
    answer = refusal(modlin.post, "user/ban", person_id=sandbox.person("reader").id, ban=True)

    assert answer == "400 not_an_admin"


def test_a_newcomer_signs_up_and_is_signed_in(sandbox: Sandbox) -> None:
    fields = {"username": "newcomer", "password": "long enough", "password_verify": "long enough"}
    answer = User(sandbox.url).post("user/register", **fields)

    hand = User(sandbox.url, "newcomer", token=answer["jwt"])
    assert hand.me()["local_user"]["show_nsfw"] is False
    assert refusal(User(sandbox.url).post, "user/register", **fields) == "400 user_already_exists"


@pytest.mark.parametrize(
    ("name", "password", "repeated", "code"),
    [
        ("newcomer", "short", "short", "invalid_password"),
        ("newcomer", "long enough", "long enouhg", "passwords_do_not_match"),
        ("no spaces", "long enough", "long enough", "invalid_name"),
    ],
)
def test_a_sign_up_of_a_wrong_form_is_refused(
    sandbox: Sandbox, name: str, password: str, repeated: str, code: str
) -> None:
    fields = {"username": name, "password": password, "password_verify": repeated}

    assert refusal(User(sandbox.url).post, "user/register", **fields) == f"400 {code}"


def test_a_private_server_tells_strangers_so(admin: User, reader: User) -> None:
    admin.put("site", private_instance=True)

    assert refusal(User(admin.url).get, "post/list") == "400 instance_is_private"
    assert User(admin.url).get("site")["version"] == "0.19.20"
    assert reader.get("post/list") == {"posts": []}


def test_a_profile_needs_a_name_or_an_id(bot: User) -> None:
    assert refusal(bot.get, "user") == "400 no_id_given"
    assert refusal(bot.get, "user", person_id=424242) == "400 couldnt_find_person"
    assert refusal(bot.get, "user", username="nosuch") == "404 couldnt_find_person"
    assert bot.get("user", username="reader@lemmy.example")["person_view"]["person"]["name"] == "reader"
