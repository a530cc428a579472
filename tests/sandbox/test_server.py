"""The server as such: HTTP, limits, dates, what is not there, stopping and starting."""

import http.client
import json
import threading
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

import pytest

from lemmy_sandbox import Sandbox, User
from lemmy_sandbox.user_client import ApiError
from tests.sandbox.clocks import StandingClock
from tests.sandbox.refusals import refusal


@pytest.fixture
def wire(sandbox: Sandbox) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"), timeout=10)
    yield connection
    connection.close()


def test_answers_are_dated_by_the_clock_of_the_sandbox(
    wire: http.client.HTTPConnection, clock: StandingClock
) -> None:
    clock.advance(days=365)
    wire.request("GET", "/api/v3/site")
    answer = wire.getresponse()
    answer.read()

    assert parsedate_to_datetime(answer.headers["Date"]) == clock().replace(microsecond=0)


def test_a_connection_is_kept_for_the_next_request(wire: http.client.HTTPConnection) -> None:
    for _ in range(2):
        wire.request("GET", "/api/v3/site")
        wire.getresponse().read()
        kept = wire.sock

    assert kept is wire.sock
    assert kept is not None


@pytest.mark.parametrize("path", ["/api/v4/site", "/favicon.ico"])
def test_what_clients_try_on_purpose_is_not_there_and_no_mistake(
    wire: http.client.HTTPConnection, sandbox: Sandbox, path: str
) -> None:
    wire.request("GET", path)
    answer = wire.getresponse()

    assert (answer.status, answer.read(), sandbox.unknown_requests) == (404, b"", [])


def test_an_unknown_path_or_method_answers_404_with_nothing_and_is_kept(
    clock: StandingClock,
) -> None:
    with Sandbox(clock) as sandbox:
        for method, path in (("GET", "no/such"), ("DELETE", "post")):
            with pytest.raises(ApiError) as refused:
                User(sandbox.url).send(method, path)
            assert (refused.value.status, refused.value.code) == (404, "None")

        assert sandbox.unknown_requests == ["GET /api/v3/no/such", "DELETE /api/v3/post"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "EOF while parsing a value at line 1 column 0"),
        ("{not json}", "key must be a string at line 1 column 2"),
        ('{"password": "x"}', "missing field `username_or_email` at line 1 column 17"),
        ('{"username_or_email": 1, "password": "x"}', "invalid type: integer `1`, expected a string"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_with_serdes_words(
    wire: http.client.HTTPConnection, body: str, message: str
) -> None:
    wire.request("POST", "/api/v3/user/login", body, {"Content-Type": "application/json"})
    answer = wire.getresponse()
    values = json.loads(answer.read())

    assert (answer.status, values["error"]) == (400, "unknown")
    assert values["message"].startswith(f"Json deserialize error: {message}")


def test_a_body_that_does_not_say_that_it_is_json_is_refused(wire: http.client.HTTPConnection) -> None:
    wire.request("POST", "/api/v3/user/login", "{}")

    assert json.loads(wire.getresponse().read())["message"] == "Content type error"


def test_a_word_in_the_wrong_case_is_refused(bot: User) -> None:
    assert refusal(bot.get, "post/list", sort="new") == "400 unknown"


def test_a_cookie_serves_as_a_token(wire: http.client.HTTPConnection, sandbox: Sandbox) -> None:
    wire.request("GET", "/api/v3/user/unread_count", headers={"Cookie": f"jwt={sandbox.token_of('reader')}"})

    assert wire.getresponse().status == 200


def test_a_limit_is_refilled_evenly_and_refusals_cost_nothing(
    sandbox: Sandbox, bot: User, clock: StandingClock, news: int
) -> None:
    sandbox.limit("post", 2, 600)
    for _ in range(2):
        bot.create_post(news, "Within the limit")
    refused = [refusal(bot.create_post, news, "Too many") for _ in range(5)]
    clock.advance(seconds=301)

    assert set(refused) == {"400 rate_limit_error"}
    assert bot.create_post(news, "Refilled") == 3


def test_an_admin_sets_the_limits(admin: User, bot: User, news: int) -> None:
    view = admin.put("site", rate_limit_post=1, rate_limit_post_per_second=60)["site_view"]
    bot.create_post(news, "The only one")

    assert view["local_site_rate_limit"]["post_per_second"] == 60
    assert refusal(bot.create_post, news, "One too many") == "400 rate_limit_error"
    assert refusal(bot.put, "site", rate_limit_post=99) == "400 not_an_admin"


def test_limits_are_counted_for_an_address_not_for_an_account(
    sandbox: Sandbox, wire: http.client.HTTPConnection
) -> None:
    sandbox.limit("message", 1, 60)
    answers = []
    first, second = {"X-Forwarded-For": "10.0.0.1, 10.0.0.9"}, {"Forwarded": "proto=https;for=10.0.0.2"}
    for headers in (first, first, second):
        wire.request("GET", "/api/v3/site", headers=headers)
        answer = wire.getresponse()
        answer.read()
        answers.append(answer.status)

    assert answers == [200, 400, 200]


def test_the_usual_limits_are_those_of_a_new_server(sandbox: Sandbox, bot: User, news: int) -> None:
    sandbox.use_usual_limits()
    for _ in range(6):
        bot.create_post(news, "Within the limit")

    assert refusal(bot.create_post, news, "The seventh") == "400 rate_limit_error"


def test_requests_are_logged_with_who_made_them(sandbox: Sandbox, bot: User) -> None:
    sandbox.forget_requests()
    bot.get("user/unread_count", limit=1)
    User(sandbox.url).get("site")

    assert sandbox.requests == [
        ("GET", "/api/v3/user/unread_count", "megabot", 200),
        ("GET", "/api/v3/site", None, 200),
    ]


def test_a_server_that_was_stopped_starts_again_with_its_state_and_address(
    sandbox: Sandbox, bot: User, news: int
) -> None:
    post, url = bot.create_post(news, "Before"), sandbox.url
    sandbox.stop()

    assert sandbox.start() == url
    assert bot.read_post(post)["post"]["name"] == "Before"


def test_stopping_ends_kept_connections(sandbox: Sandbox, wire: http.client.HTTPConnection) -> None:
    wire.request("GET", "/api/v3/site")
    wire.getresponse().read()
    kept = wire.sock
    sandbox.stop()

    assert kept.recv(1) == b""


def test_many_at_once_lose_nothing(sandbox: Sandbox, bot: User, news: int) -> None:
    threads = [
        threading.Thread(target=bot.create_post, args=(news, f"Post number {number}")) for number in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(sandbox.world.posts) == list(range(1, 21))


def test_a_bug_of_the_sandbox_is_kept_for_the_test_that_met_it(clock: StandingClock) -> None:
    with Sandbox(clock) as sandbox:
        del sandbox.world.site.limits["message"]
        with pytest.raises((http.client.HTTPException, OSError)):
            User(sandbox.url).get("site")

        assert "KeyError" in sandbox.crashes[0]


def test_nothing_is_found_by_a_name_that_nobody_has(sandbox: Sandbox) -> None:
    with pytest.raises(KeyError):
        sandbox.person("nobody")
    with pytest.raises(KeyError):
        sandbox.community("nowhere")
