"""What others wrote, quoted into a post, comment or message: it stays plain words."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lemmy_markdown import to_html
from lemmy_sandbox.rules.text_rules import find_mentions
from megabot.forum.escaping import address, escape
from megabot.reconcile.content.annotations import author_link, link_text
from megabot.reconcile.content.highlights import first_line
from tests.site_editions import a_highlight

HOSTS = ("lemmy.world", "lemmy.example")
PIECES = [
    "@victim@lemmy.world",
    "@victim@lemmy.example",
    "@",
    "victim",
    "lemmy.world",
    "https://evil.example/",
    "https:",
    "http://",
    "https://evil.example/_x_*y*`z`~~w~~|{a|b}^c^",
    "www.evil.example/",
    "mailto:",
    "![x](https://evil.example/x.png)",
    "![",
    "](https://evil.example/)",
    "[a]: https://evil.example/",
    "[^1]",
    "[^1]: note",
    "::: spoiler x",
    ":::",
    "<b>",
    "<!--",
    "<https://evil.example/@victim@lemmy.world>",
    "&#64;",
    "&lt;",
    "`",
    "```",
    "~~~",
    "\\",
    "|",
    "|-|-|",
    "{a|b}",
    "^x^",
    "~x~",
    "**",
    "_",
    "#",
    "===",
    "- ",
    "1. ",
    ">",
    "(",
    ")",
    '"',
    " ",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    "\u2028",
    "\u202e",
    "\u200b",
    "\x0b",
    "a",
]
HOSTILE = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
PLAIN_TAGS = {"p", "br", "a", "pre", "code"}
"""What plain words become: paragraphs, and links of bare addresses. Indented words become code."""


def mentions(text: str) -> list[str]:
    return [name for host in HOSTS for name in find_mentions(text, host)]


def tags(text: str) -> set[str]:
    return set(re.findall(r"<([a-z0-9]+)", to_html(text)))


@given(HOSTILE)
@example("https://evil.example/@victim@lemmy.world I agree")
@example("https:https://evil.example/@victim@lemmy.world I agree")
@example("x\r::: spoiler more\ry\r:::")
def test_quoted_words_stay_plain(text: str) -> None:
    made = f"Somebody wrote: {escape(text)}"

    assert mentions(made) == []
    assert tags(made) <= PLAIN_TAGS
    assert "[a]" in to_html(f"{made}\n\n[a]")


@given(HOSTILE)
def test_quoted_words_leave_the_markdown_around_them_as_it_is(text: str) -> None:
    made = escape(" ".join(text.split()))

    assert "<code>code</code>" in to_html(f"- words {made} and `code` and *more*")
    assert "<em>more</em>" in to_html(f"- words {made} and `code` and *more*")
    assert to_html(f"| a | b |\n|---|---|\n| {made} | last |").count("<td>") == 2


@given(HOSTILE, HOSTILE)
@example("words", "https://evil.example/u/@victim@lemmy.world")
def test_a_highlight_is_one_link_to_its_comment_and_one_to_its_author(words: str, more: str) -> None:
    highlight = a_highlight(
        line=first_line(words), author=f"{words}@evil.example", actor=f"https://evil.example/{more}"
    )
    made = (
        f"- {link_text(highlight.line or '...', f'https://lemmy.example/{more}')} ({author_link(highlight)})"
    )

    assert mentions(made) == []
    assert tags(made) <= {"ul", "li", "a"}


@given(HOSTILE)
def test_an_address_can_still_be_opened(text: str) -> None:
    url = address(f"https://evil.example/{text}")

    assert mentions(url) == []
    assert address(url) == url


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see https://lemmy.example/post/1 (pinned)", "see https://lemmy.example/post/1 (pinned)"),
        ("https://en.wikipedia.org/wiki/Foo_bar", "https://en.wikipedia.org/wiki/Foo_bar"),
        ("https://a.example/@kim@b.example", "https://a.example/%40kim%40b.example"),
        ("https://a.example/`x`", "https://a.example/%60x%60"),
        ("*a* _b_ @c@d", r"\*a\* \_b\_ \@c\@d"),
        ("# a\r# b", "\\# a\n\\# b"),
    ],
)
def test_what_is_escaped_and_what_is_not(text: str, expected: str) -> None:
    assert escape(text) == expected
