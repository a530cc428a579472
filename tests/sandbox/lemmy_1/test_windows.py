"""How often one may call a 1.0."""

import pytest

from lemmy_sandbox import Sandbox, User, UserV4
from lemmy_sandbox.user_client import ApiError
from tests.sandbox.clocks import StandingClock
from tests.sandbox.refusals import refusal

_LIMITED = "429 too_many_requests"


def test_a_window_ends_by_the_clock_alone_however_often_one_asks(
    sandbox: Sandbox, bot: UserV4, clock: StandingClock, news: int
) -> None:
    sandbox.limit("post", 1, 600)
    bot.create_post(news, "First thread")
    clock.advance(seconds=599)
    for _ in range(3):
        assert refusal(bot.create_post, news, "Second thread") == _LIMITED

    clock.advance(seconds=1)
    assert bot.create_post(news, "Second thread") == 2


def test_a_limit_says_nothing_of_its_cause(sandbox: Sandbox, bot: UserV4, news: int) -> None:
    sandbox.limit("post", 0, 600)

    with pytest.raises(ApiError) as refused:
        bot.create_post(news, "Weekly thread")
    assert refused.value.answer == {"error": "too_many_requests"}


def test_every_call_is_a_message_too(sandbox: Sandbox, bot: UserV4, news: int) -> None:
    sandbox.limit("message", 2, 60)
    bot.create_post(news, "Weekly thread")
    bot.read_post(1)

    assert refusal(bot.get, "site") == _LIMITED


def test_signing_out_counts_as_signing_in(sandbox: Sandbox, reader: UserV4, bot: UserV4) -> None:
    sandbox.limit("register", 1, 3600)
    reader.post("account/auth/logout")

    assert refusal(bot.post, "account/auth/logout") == _LIMITED


def test_most_calls_of_the_stump_count_twice(sandbox: Sandbox, bot: UserV4, news: int) -> None:
    bot.create_post(news, "Weekly thread")
    sandbox.limit("message", 4, 60)
    old = User(sandbox.url, "megabot", token=bot.token)
    old.read_post(1)

    assert refusal(old.read_post, 1) == _LIMITED


def test_a_restart_forgets_what_was_counted(sandbox: Sandbox, bot: UserV4, news: int) -> None:
    sandbox.limit("post", 1, 600)
    bot.create_post(news, "First thread")
    sandbox.stop()
    sandbox.start()

    assert bot.create_post(news, "Second thread") == 2
