"""The limit of attempts to sign in, and whose address counts."""

from datetime import timedelta

import pytest
from starlette.requests import Request

from megabot.web.security import Attempts, client_of, cookies_of, csrf_of
from tests.builders import NOW


def test_ten_attempts_in_15_minutes_are_allowed() -> None:
    attempts = Attempts()
    assert [attempts.allow("a", NOW) for _ in range(11)] == [True] * 10 + [False]
    assert attempts.allow("b", NOW)
    assert not attempts.allow("a", NOW + timedelta(minutes=14))
    assert attempts.allow("a", NOW + timedelta(minutes=15))


def test_many_clients_do_not_fill_the_memory() -> None:
    attempts = Attempts(clients=3)
    assert [attempts.allow(name, NOW) for name in "abcd"] == [True, True, True, False]
    assert attempts.allow("d", NOW + timedelta(minutes=15))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("127.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("", "192.0.2.1", "192.0.2.1"),
        # What stands before the last comma was sent by the client itself.
        ("::1", "10.0.0.1, 192.0.2.1", "192.0.2.1"),
        ("::1", "10.0.0.1\n192.0.2.1", "192.0.2.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("192.0.2.9", "192.0.2.1", "192.0.2.9"),
    ],
)
def test_only_a_proxy_on_this_machine_names_the_client(peer: str, forwarded: str, client: str) -> None:
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
