"""Idempotency-Key: what it is good for, and what it burns."""

import http.client
import json
from dataclasses import dataclass

import pytest

from lemmy_sandbox import Sandbox, UserV4
from tests.sandbox.clocks import StandingClock


@dataclass(frozen=True)
class Poster:
    """Posts with a key, and tells status and body."""

    url: str
    news: int

    def post(self, hand: UserV4, key: str, name: str = "Weekly thread") -> tuple[int, bytes]:
        body = {"community_id": self.news, "name": name}
        return self.send(hand, "POST", "post", key, body)

    def send(
        self, hand: UserV4, method: str, path: str, key: str, body: dict[str, object]
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=10)
        headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
        headers["Authorization"] = f"Bearer {hand.token}"
        connection.request(method, f"/api/v4/{path}", json.dumps(body), headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content if answer.status != 200 else b""


@pytest.fixture
def poster(sandbox: Sandbox, news: int) -> Poster:
    return Poster(sandbox.url, news)


_DONE, _REPEATED = (200, b""), (422, b"")


def test_a_repeat_is_answered_with_nothing_and_posts_nothing(
    sandbox: Sandbox, bot: UserV4, poster: Poster
) -> None:
    assert [poster.post(bot, "news/2026-W47") for _ in range(2)] == [_DONE, _REPEATED]
    assert len(sandbox.world.posts) == 1


def test_a_refused_request_burns_its_key_for_whatever_comes_next(bot: UserV4, poster: Poster) -> None:
    status, _ = poster.post(bot, "a", name="x")
    comment = {"post_id": 1, "content": "x"}

    assert (status, poster.post(bot, "a")) == (400, _REPEATED)
    assert poster.send(bot, "POST", "comment", "a", comment) == _REPEATED


def test_a_key_is_its_owners_own(bot: UserV4, reader: UserV4, poster: Poster) -> None:
    assert (poster.post(bot, "a"), poster.post(reader, "a")) == (_DONE, _DONE)


def test_a_key_of_more_than_32_bytes_is_none(bot: UserV4, poster: Poster) -> None:
    dashed = "123e4567-e89b-12d3-a456-426614174000"

    assert [poster.post(bot, dashed) for _ in range(2)] == [_DONE, _DONE]


def test_all_keys_that_are_not_ascii_are_one_key(bot: UserV4, poster: Poster) -> None:
    assert [poster.post(bot, key) for key in ("\xe4", "\xf6", "\xfc" * 33)] == [_DONE, _REPEATED, _REPEATED]


def test_what_is_deleted_needs_no_key(bot: UserV4, poster: Poster) -> None:
    poster.post(bot, "a")
    answers = [
        poster.send(bot, "DELETE", "post", "b", {"post_id": 1, "deleted": deleted})
        for deleted in (True, False)
    ]

    assert answers == [_DONE, _DONE]


@pytest.mark.parametrize(("seconds", "again"), [(119, _REPEATED), (120, _REPEATED), (240, _DONE)])
def test_a_key_is_remembered_for_two_to_four_minutes(
    clock: StandingClock, bot: UserV4, poster: Poster, seconds: int, again: tuple[int, bytes]
) -> None:
    clock.advance(seconds=60)  # half way between two sweeps
    poster.post(bot, "a")
    clock.advance(seconds=seconds)

    assert poster.post(bot, "a") == again


def test_a_restart_forgets_all_keys(sandbox: Sandbox, bot: UserV4, poster: Poster) -> None:
    poster.post(bot, "a")
    sandbox.stop()
    sandbox.start()

    assert poster.post(bot, "a") == _DONE
