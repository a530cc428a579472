"""A post's body on its page, beside what the web client's own libraries made of the same text."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from lemmy_sandbox import User
from tests.lemmy_server_markdown import plain_html
from tests.sandbox.recordings import FOLDER

CLIENT: dict[str, Any] = json.loads(Path(__file__).with_name("client_markdown.json").read_text("utf-8"))
BODIES: dict[str, Any] = json.loads((FOLDER / "markdown.json").read_text("utf-8"))
SENT: dict[str, str] = {name: body["sent"] for name, body in {**BODIES, **CLIENT["more"]}.items()}
HTML: dict[str, str] = CLIENT["recorded"] | {name: case["html"] for name, case in CLIENT["more"].items()}

# The bodies that the page shows differently, each with the reason.
DIFFERENT = {
    "ruby": "brackets for browsers that know no readings, as 1.0 servers write them; others hide them",
    "signs in title": "0.19's client escapes a spoiler's title twice and shows &amp; for &, 1.0's does not",
    "video by image": "no film is played: the page shows it as an image",
    "handle in a link": "the client makes a link in a link, which no browser can show",
    "address with a scheme of its own": "only http, https and mailto lead anywhere from a page of ours",
}


def plain(html: str) -> str:
    """Drop what is for the client's style sheet and scripts, and white space around blocks."""
    return re.sub(r' (?:rel|class|dir)="[^"]*"', "", plain_html(html)).replace(" />", ">")


def body_on_page(page: str) -> str:
    found = re.search(r'<div class="text">(.*?)</div></article>', page, re.DOTALL)
    assert found
    return found[1]


def test_the_client_was_asked_about_every_recorded_body() -> None:
    assert CLIENT["recorded"].keys() == BODIES.keys()


@pytest.mark.parametrize("name", SENT)
def test_the_page_shows_a_body_as_the_client_does_but_for_what_is_listed(
    name: str, bot: User, reader: User, news: int
) -> None:
    post = bot.create_post(news, "A body", SENT[name])

    alike = plain(body_on_page(reader.page(f"/post/{post}"))) == plain(HTML[name])

    assert alike == (name not in DIFFERENT), DIFFERENT.get(name, "")


def test_every_exception_is_a_body_that_there_is() -> None:
    assert DIFFERENT.keys() <= SENT.keys()
