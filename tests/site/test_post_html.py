"""A post's text on a page of the site: the same as Markdown makes of it, and harmless."""

import pytest

from lemmy_markdown import to_html
from megabot.preview.absolute_links import make_self_contained
from megabot.site.post_html import _rendered, text_html
from tests.cost import LINEAR, growth

BASE = "https://lemmy.example/post/7"
SPOILER = "::: spoiler Maps (CW: heights)\n- [One](https://maps.example)  \n- Two\n:::\n"
TEXTS = [
    f"An essay.\n\n{SPOILER}\n{SPOILER}\nAn end.\n",
    f"- a list\n\n{SPOILER}\n- goes on\n",
    f"> a quote\n\n{SPOILER}",
    f"text\n{SPOILER}\n",
    f"```\n\n{SPOILER}\n```\n\n{SPOILER}",
    f"[words][name]\n\n{SPOILER}\n[name]: https://maps.example\n",
    f"words[^1]\n\n{SPOILER}\n[^1]: a note\n",
    f"    code\n\n{SPOILER}\n    code\n",
    "::: spoiler open\ntext\n",
    "",
]
HOSTILE = [
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    '<img src=x onerror="alert(1)">',
    "::: spoiler <b onclick=x>\n<script>\n:::\n",
    "| a |\n| --- |\n| <style>* {}</style> |",
    '[x](https://a.example "\\" onmouseover=alert(1)")',
    "<a href='https://x.example' style='position:fixed'>x</a>",
]


@pytest.mark.parametrize("text", TEXTS)
def test_sections_rendered_by_themselves_are_what_the_whole_text_gives(text: str) -> None:
    assert _rendered(text) == to_html(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_acts(text: str) -> None:
    html = text_html(text, prefix="text", base=BASE).lower()

    for mark in (
        "<script",
        "<style",
        "<img",
        ' style="',
        'href="javascript:',
        'href="data:',
        ' onerror="',
        "<b onclick",
    ):
        assert mark not in html


@pytest.mark.parametrize(("mark", "end"), [(">", " deep"), ("- ", "x"), ("[", ""), ("**a ", "")])
def test_thousands_of_nested_marks_take_no_harm(mark: str, end: str) -> None:
    def rendered(text: str) -> str:
        return text_html(text, prefix="text", base=BASE)

    assert rendered(mark * 2_000 + end)
    assert growth(lambda size: mark * size + end, rendered, size=500) < LINEAR


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("[news](/c/news)", "https://lemmy.example/c/news"),
        ("[x](../x)", "https://lemmy.example/x"),
        ("[x](x?a=1&b=2)", "https://lemmy.example/post/x?a=1&amp;b=2"),
        ("[x](//other.example/x)", "https://other.example/x"),
        ("![x](/pictures/x.png)", "https://lemmy.example/pictures/x.png"),
        ("[x](https://a.example/?a=1&b=2)", "https://a.example/?a=1&amp;b=2"),
        ("[x](mailto:a@b.example)", "mailto:a@b.example"),
        ("!news@other.example", "https://other.example/c/news"),
    ],
)
def test_a_relative_link_leads_to_the_posts_server(text: str, href: str) -> None:
    assert f'href="{href}"' in text_html(text, prefix="text", base=BASE)


def test_an_address_that_cannot_be_read_stays_as_it_is() -> None:
    assert make_self_contained('<a href="//[">x</a>', prefix="p", base=BASE) == '<a href="//[">x</a>'


def test_images_become_links_so_that_nothing_is_loaded() -> None:
    html = text_html("![a wren](https://pictures.example/w.png)", prefix="text", base=BASE)

    assert "<img" not in html
    assert 'href="https://pictures.example/w.png"' in html


@pytest.mark.parametrize("text", ["# One\n\n## Two", "### One\n\n#### Two"])
def test_the_highest_heading_has_the_level_that_the_page_needs(text: str) -> None:
    assert text_html(text, prefix="text", base=BASE) == "<h2>One</h2>\n<h3>Two</h3>\n"


def test_columns_are_aligned_without_styles() -> None:
    html = text_html("| a |\n| --: |\n| 1 |", prefix="text", base=BASE)

    assert '<td class="right">1</td>' in html


def test_names_of_footnotes_begin_with_the_prefix() -> None:
    assert 'href="#week.fn1"' in text_html("words[^1]\n\n[^1]: a note", prefix="week", base=BASE)
