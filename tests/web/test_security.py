"""The limit of attempts to sign in, and whose address counts."""

from datetime import datetime, timedelta

import pytest
from starlette.requests import Request

from megabot.web.security import Attempts, client_of, cookies_of, csrf_of
from tests.builders import NOW


def failing(attempts: Attempts, client: str, now: datetime = NOW) -> bool:
    """Try with a wrong link; return whether that was allowed."""
    allowed = attempts.allow(client, now)
    if allowed:
        attempts.failed(client, now)
    return allowed


def test_ten_failures_in_15_minutes_are_allowed() -> None:
    attempts = Attempts()
    assert [failing(attempts, "a") for _ in range(11)] == [True] * 10 + [False]
    assert failing(attempts, "b")
    assert not failing(attempts, "a", NOW + timedelta(minutes=14))
    assert failing(attempts, "a", NOW + timedelta(minutes=15))


def test_signing_in_uses_up_no_attempt() -> None:
    attempts = Attempts(most=1)
    assert [attempts.allow("a", NOW) for _ in range(3)] == [True] * 3


def test_many_clients_neither_fill_the_memory_nor_lock_out_another_one() -> None:
    attempts = Attempts(most=1, clients=3)
    assert [failing(attempts, name) for name in "abcd"] == [True] * 4
    assert [attempts.allow(name, NOW) for name in "abcd"] == [True, False, False, False]


def test_a_client_that_fails_again_is_forgotten_last() -> None:
    attempts = Attempts(most=2, clients=2)
    for name in "abac":
        failing(attempts, name)
    assert [attempts.allow(name, NOW) for name in "abc"] == [False, True, True]


def test_a_client_that_is_not_known_is_not_limited() -> None:
    attempts = Attempts(most=1)
    assert [failing(attempts, "") for _ in range(3)] == [True] * 3


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("127.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("", "192.0.2.1", "192.0.2.1"),
        # A proxy in another container.
        ("172.17.0.2", "192.0.2.1", "192.0.2.1"),
        # What stands before the last comma was sent by the client itself.
        ("::1", "10.0.0.1, 192.0.2.1", "192.0.2.1"),
        ("::1", "10.0.0.1\n192.0.2.1", "192.0.2.1"),
        ("127.0.0.1", "", ""),
        ("127.0.0.1", "x" * 10_000, ""),
        ("192.0.2.9", "192.0.2.1", "192.0.2.9"),
        ("::ffff:192.0.2.9", "192.0.2.1", "192.0.2.9"),
        # Whoever has one address of IPv6 has 2**64 of them.
        ("2001:db8:0:1::7", "", "2001:db8:0:1::/64"),
        ("127.0.0.1", "2001:db8:0:1:ffff::9", "2001:db8:0:1::/64"),
    ],
)
def test_only_a_proxy_nearby_names_the_client(peer: str, forwarded: str, client: str) -> None:
    scope = {
        "type": "http",
        "client": (peer, 1) if peer else None,
        "headers": [(b"x-forwarded-for", line.encode()) for line in forwarded.splitlines()],
    }
    assert client_of(Request(scope)) == client


def test_the_token_of_the_forms_does_not_tell_that_of_the_session() -> None:
    assert csrf_of("one") != csrf_of("two")
    assert "one" not in csrf_of("one")
    assert len(csrf_of("one")) == 64


def test_only_without_https_the_cookies_are_sent_without_it() -> None:
    assert cookies_of("https://megabot.example").session.startswith("__Host-")
    assert not cookies_of("http://localhost:8642").secure
