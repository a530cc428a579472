"""The three renderers against what real servers answered, and the client's against hostile text."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

import lemmy_markdown
from lemmy_markdown import addresses, title_to_html, to_html, to_html_again
from tests.lemmy_server_markdown import plain_html, server_0_19, server_1_0

RECORDINGS = Path(__file__).parents[1] / "recordings" / "markdown.json"
RECORDED: dict[str, Any] = json.loads(RECORDINGS.read_text("utf-8")) if RECORDINGS.exists() else {}
SERVERS = {"lemmy-0.19.20": server_0_19, "lemmy-1.0.0-beta.1": server_1_0}
CLIENT_DIFFERS = {
    "emphasis in title": "the client reads emphasis in a spoiler's title, servers show it as typed",
    "nested, more colons outside": "the client closes a spoiler at a fence as long as the one that opened it",
    "spoiler not closed": "the client closes it at the end of the text, servers show its first line as typed",
    "bare url": "the client shows the address with its scheme, servers without",
}


def client_html(html: str) -> str:
    """Drop what the client writes differently for no reader's benefit: rel and class of links, `/>`."""
    return re.sub(r' (?:rel|class)="[^"]*"', "", plain_html(html)).replace(" />", ">")


def recorded(name: str, version: str) -> tuple[str, str]:
    """Give a recorded body as it was stored, and the HTML that federated readers got."""
    entry = RECORDED[name][version]
    stored = RECORDED[name]["sent"] if entry["stored"] == "as sent" else entry["stored"]
    return stored, entry["html for federated readers"]


@pytest.mark.parametrize("name", RECORDED)
@pytest.mark.parametrize("version", SERVERS)
def test_the_emulated_servers_render_what_the_real_ones_did(name: str, version: str) -> None:
    stored, html = recorded(name, version)

    assert plain_html(SERVERS[version](stored)) == plain_html(html)


@pytest.mark.parametrize("name", RECORDED)
def test_the_client_renders_as_a_1_0_server_does_but_for_what_is_listed(name: str) -> None:
    stored, html = recorded(name, "lemmy-1.0.0-beta.1")

    alike = client_html(to_html(stored)) == client_html(html)

    assert alike == (name not in CLIENT_DIFFERS), CLIENT_DIFFERS.get(name, "")


@pytest.mark.parametrize("render", [to_html, server_0_19, server_1_0])
@pytest.mark.parametrize(
    "address",
    [
        "https://a.example/some_page_(old)_x",
        "https://a.example/_x_/~user/~x/*y*z",
        "https://a.example/q?a=1&b=2#c",
        "https://a.example/it's_here",
    ],
)
def test_a_bare_address_stays_whole(render: Callable[[str], str], address: str) -> None:
    html = render(f"- {address} ~ and a description.")

    assert re.findall('href="([^"]+)"', html) == [address.replace("&", "&amp;")]


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("@gull@lemmy.example", "/u/gull@lemmy.example"),
        ("!birds@lemmy.example", "/c/birds@lemmy.example"),
        ("/c/birds@lemmy.example", "/c/birds@lemmy.example"),
        ("/u/gull@lemmy.example", "/u/gull@lemmy.example"),
    ],
)
def test_handles_are_links(text: str, href: str) -> None:
    assert to_html(f"see {text}, please").startswith(
        f'<p>see <a href="{href}" rel="noopener nofollow">{text}</a>,'
    )


def test_a_handle_in_a_link_or_in_code_is_left_alone() -> None:
    html = to_html("[@gull@lemmy.example](https://a.example) `@gull@lemmy.example`")

    assert re.findall('href="([^"]+)"', html) == ["https://a.example"]


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert)",
        "<script>x</script>",
        "<a onclick=x>",
        "![x](data:text/html;base64,x)",
        '{<img onerror=x>|"><script>}',
        "::: spoiler <script>x</script>\ny\n:::",
        "```<script>\nx\n```",
    ],
)
def test_nothing_that_acts_gets_onto_a_page(text: str) -> None:
    html = to_html(text)

    assert not re.search(r"<(?!/?(?:p|a|br|ruby|rp|rt|details|summary|pre|code|img)\b)", html)
    assert not re.search(
        r'(?:href|src|onclick|onerror)\s*=\s*"?(?:javascript|data|x)', re.sub("&lt;.*?&gt;", "", html)
    )


def test_a_title_has_emphasis_code_and_deletions_and_no_markup_of_its_own() -> None:
    shown = title_to_html("**new** `x` ~~old~~ [a](https://a.example) <script> & more")

    assert shown == (
        "<strong>new</strong> <code>x</code> <s>old</s> [a](https://a.example) &lt;script&gt; &amp; more"
    )


@pytest.mark.parametrize("last", [">", "> ", ">  "])
def test_a_spoiler_left_open_in_a_quote_ends_with_it(last: str) -> None:
    assert to_html(f"> ::: spoiler x\n{last}") == (
        "<blockquote>\n<details><summary>x</summary>\n</details>\n</blockquote>\n"
    )


def test_a_reading_stands_above_its_text() -> None:
    assert to_html("{a<b|c}") == "<p><ruby>a&lt;b<rp>(</rp><rt>c</rt><rp>)</rp></ruby></p>\n"


def test_braces_without_a_bar_stay_braces() -> None:
    assert to_html("{a} [{b|c}](https://a.example)").startswith("<p>{a} <a ")


def test_the_parser_is_built_once() -> None:
    first: MarkdownIt = lemmy_markdown._parser()

    assert lemmy_markdown._parser() is first


@pytest.mark.parametrize(
    "text",
    [
        "An essay.\n::: spoiler Maps\n- one\n- two\n:::\n::: spoiler *Birds*\n\nthree\n\n:::\n\nEnd.",
        "- a\n- b\n::: spoiler A\n1. c\n:::\n1. d\n> e\n::: spoiler B\n:::",
        "One[^1].\n\n::: spoiler A\nTwo[^1].\n:::\n\n[^1]: A note.",
        "```\n::: spoiler A\n:::\n```\n\n::: spoiler B\nx\n:::",
        ":::: spoiler A\n::: spoiler B\nx\n:::\n::::",
        "::: spoiler A\nnever closed",
        "> ::: spoiler A\n> x\n> :::\n\n    ::: spoiler code\n    :::\n",
        "",
    ],
)
def test_a_text_rendered_piece_by_piece_is_the_same(text: str) -> None:
    assert to_html_again(text) == to_html(text)


def test_the_addresses_of_a_text_are_its_links_and_images_each_once() -> None:
    text = (
        "[a](https://a.example/1) https://b.example ![c](https://c.example/x.png) <https://a.example/1>[^1]"
    )

    assert addresses(f"{text}\n\n[^1]: [n](https://n.example)") == (
        "https://a.example/1",
        "https://b.example",
        "https://c.example/x.png",
        "https://n.example",
    )
