"""The server's address as people write it."""

import pytest

from megabot.adapters.lemmy_address import instance_address
from megabot.errors import ConfigError


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("https://lemmy.example", "https://lemmy.example"),
        (" https://lemmy.example/ \n", "https://lemmy.example"),
        ("lemmy.example", "https://lemmy.example"),
        ("Lemmy.Example:8443", "https://lemmy.example:8443"),
        ("http://127.0.0.1:8536", "http://127.0.0.1:8536"),
        ("http://[::1]:8536", "http://[::1]:8536"),
        ("http://localhost", "http://localhost"),
    ],
)
def test_what_people_write_becomes_the_address(written: str, used: str) -> None:
    assert instance_address(written) == used


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("http://lemmy.example", "http where https is meant: write https://lemmy.example"),
        ("http://192.0.2.1", "http where https is meant"),
        ("https://lemmy.example/c/news", "more than the server: write https://lemmy.example"),
        ("https://lemmy.example?x=1", "more than the server"),
        ("ftp://lemmy.example", "not understood"),
        ("", "not understood"),
        ("https://", "not understood"),
        ("https://lemmy.example:port", "not understood"),
        ("https://[::1", "not understood"),
        ("https://lemmy .example", "space"),
    ],
)
def test_what_is_wrong_is_answered_with_what_to_write(written: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        instance_address(written)

    assert hint in str(caught.value)


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(ConfigError) as caught:
        instance_address("https://megabot:canary@lemmy.example")

    assert "canary" not in str(caught.value)
