"""What the server makes of texts and addresses, compared with what real servers stored."""

import json

import pytest

from lemmy_sandbox.calls.rows import time
from lemmy_sandbox.rules.text_rules import find_mentions, normalize_text, normalize_url
from tests.sandbox.clocks import StandingClock
from tests.sandbox.recordings import FOLDER

MARKDOWN = json.loads((FOLDER / "markdown.json").read_text("utf-8"))


@pytest.mark.parametrize("name", MARKDOWN)
def test_a_text_is_stored_as_the_real_server_stored_it(name: str) -> None:
    sent, stored = MARKDOWN[name]["sent"], MARKDOWN[name]["lemmy-0.19.20"]["stored"]

    assert normalize_text(sent, slurs=None, blocked=[]) == (sent if stored == "as sent" else stored)


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("https://a.example", "https://a.example/"),
        ("HTTPS://A.Example:443/Path", "https://a.example/Path"),
        ("https://a.example:8080/?q=1&utm_campaign=x#part", "https://a.example:8080/?q=1#part"),
        ("https://a.example/?fbclid=1&gclid=2", "https://a.example/"),
        ("https://a.example/?user+name=random+user&id=1", "https://a.example/?user+name=random+user&id=1"),
        ("https://a.example/é?q=ü", "https://a.example/%C3%A9?q=%C3%BC"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://me@a.example/x", "https://me@a.example/x"),
        ("http://[::1]/x", "http://[::1]/x"),
        ("magnet:?xt=urn:btih:abc", "magnet:?xt=urn:btih:abc"),
    ],
)
def test_an_address_is_stored_as_rusts_url_writes_it(sent: str, stored: str) -> None:
    assert normalize_url(sent, []) == stored


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("(see https://a.example).", "(see https://a.example/)."),
        ("https://a.example/x_(y), then", "https://a.example/x_(y), then"),
        ("`https://a.example?utm_source=b`", "`https://a.example/`"),
        ("<https://a.example>", "<https://a.example/>"),
        ("https:// nothing", "https:// nothing"),
        ("https://[broken", "https://[broken"),
    ],
)
def test_links_in_a_text_are_rewritten_and_the_sentence_around_them_is_not(sent: str, stored: str) -> None:
    assert normalize_text(sent, slurs=None, blocked=[]) == stored


def test_a_name_mentioned_twice_counts_once() -> None:
    text = "@bot@here.example @bot@here.example @other@here.example @bot@there.example"

    assert find_mentions(text, "here.example") == ["bot", "other"]


@pytest.mark.parametrize(("microsecond", "end"), [(0, "00Z"), (500_000, "00.500Z"), (120, "00.000120Z")])
def test_moments_have_as_many_digits_as_they_need(clock: StandingClock, microsecond: int, end: str) -> None:
    assert time(clock().replace(microsecond=microsecond)) == f"2026-11-16T12:00:{end}"
