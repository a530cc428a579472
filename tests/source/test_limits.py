"""What a text must keep to before it is sent."""

import pytest

from megabot.source.limits import BODY_LONGEST, MARKER_ROOM, Flaw, flaws, oddities, size_flaw, title_flaw

FITS = BODY_LONGEST - MARKER_ROOM


def found(text: str, *, mentions: bool = False) -> list[tuple[int, str]]:
    return [(flaw.line, flaw.what) for flaw in flaws(text, mentions=mentions)]


@pytest.mark.parametrize("title", ["abc", "x" * 200, "  abc  ", "🦉" * 200])
def test_a_title_of_3_to_200_code_points_fits(title: str) -> None:
    """A10."""
    assert title_flaw(title) == ""


@pytest.mark.parametrize(
    ("title", "what"),
    [
        ("ab", "2 characters; Lemmy accepts 3 to 200"),
        (" a b ".strip() * 67, "201 characters"),
        ("   ", "0 characters"),
        ("one\ntwo", "more than one line"),
        ("one\rtwo", "more than one line"),
        ("a bell \a rings", "a control character"),
        ("half \ud83e of it", "half a character"),
    ],
)
def test_any_other_title_is_refused(title: str, what: str) -> None:
    """A10, T07."""
    assert what in title_flaw(title)


@pytest.mark.parametrize("body", ["x", "x" * FITS, "🦉" * (FITS // 2), "x" * FITS + "\n" * 9])
def test_a_body_fits_with_room_for_the_marker(body: str) -> None:
    assert size_flaw(body) == ""


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("", "empty"),
        (" \n\t\n", "empty"),
        ("x" * (FITS + 1), f"{FITS + 1:,} characters; at most {FITS:,} fit"),
        ("🦉" * (FITS // 2 + 1), f"{FITS + 2:,} characters"),
    ],
)
def test_a_body_that_is_empty_or_too_long_is_refused(body: str, what: str) -> None:
    """A10, T06."""
    assert what in size_flaw(body)


@pytest.mark.parametrize(
    "text",
    [
        "::: spoiler Maps\n- one\n:::\n\n::: spoiler Birds\n- two\n:::",
        "::: SPOILER Maps\n:::",
        "```\n::: spoiler in code\n```",
        "~~~ text ```\n```\n~~~",
        "- ```\n  code\n  ```",
        "1. ```\n   code\n   ```",
        "````\n```\n````",
        "``` is written ``` like this",
        "| a |\n|---|\n| b |\n\nThat was it.",
        "```\na | b\n--|--\n```",
        "a\n---",
        "a | b",
        "",
    ],
)
def test_text_that_is_closed_has_no_flaw(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("a\n```\ncode", (2, "the code block is never closed")),
        ("~~~\ncode\n```", (1, "the code block is never closed")),
        ("````\ncode\n```", (1, "the code block is never closed")),
        ("```\ncode\n``` no", (1, "the code block is never closed")),
        ("a\n::: spoiler Maps\nb", (2, "the spoiler is never closed")),
        ("a\n:::", (2, "the ::: closes nothing")),
        ("::: spoiler\n:::", (1, "the spoiler has no title")),
        ("::: note", (1, "the ::: neither opens nor closes a spoiler")),
        ("::: spoiler A\n:::more\n:::", (2, "the ::: neither opens nor closes a spoiler")),
        ("::: spoiler A\n::: spoiler B\n:::", (1, "the spoiler is not closed before the next one starts")),
        (":::: spoiler A\n:::", (1, "the spoiler has more than three colons")),
        ("| a |\n|---|\n| b |\n\n", (2, "the text ends with a table")),
        ("a | b\n--|:-:\n1 | 2", (2, "the text ends with a table")),
    ],
)
def test_what_would_swallow_the_rest_is_a_flaw_where_it_begins(text: str, flaw: tuple[int, str]) -> None:
    assert found(text) == [flaw]


@pytest.mark.parametrize(
    "text", ["thanks to @robin@lemmy.example", "@robin@lemmy.example:", "`@robin@lemmy.example`"]
)
def test_a_mention_is_a_flaw_unless_it_is_allowed(text: str) -> None:
    """T09."""
    assert found(text) == [(1, "the mention would notify this person")]
    assert found(text, mentions=True) == []


@pytest.mark.parametrize(
    "text", ["robin@lemmy.example", "https://a.example/@robin", "https://a.example/@robin%40lemmy.example"]
)
def test_what_the_server_takes_for_no_mention_is_none(text: str) -> None:
    assert found(text) == []


def test_a_mention_within_an_address_counts_too_and_has_its_own_way_out() -> None:
    (flaw,) = flaws("see [her](https://a.example/@robin@lemmy.example)", mentions=False)

    assert flaw.what == "the mention would notify this person"
    assert flaw.hint == "write %40 for its @, or set mentions: allow"


@pytest.mark.parametrize(
    "text", ["[a](javascript:b)", "[a](< JavaScript:b>)", "<javascript:b>", "[a]: data:text/html,b"]
)
def test_links_that_run_something_are_flaws(text: str) -> None:
    """T09."""
    assert found(text) == [(1, "the link is unsafe to follow")]


def test_a_marker_of_the_texts_own_is_a_flaw() -> None:
    """T08."""
    assert found("a\n[//]: # (megabot:v1:news/2026-W47)") == [(2, "there is a megabot marker")]


@pytest.mark.parametrize("text", ["a\0b", "a\x1bb", "\ud800"])
def test_control_characters_and_half_characters_are_flaws(text: str) -> None:
    assert found(text) == [(1, "there is a control character or half a character")]


def test_an_image_without_words_is_odd() -> None:
    assert list(oddities("![a kite](https://a.example/1.png)\n![ ](https://a.example/2.png)")) == [
        Flaw(
            2,
            "![ ](https://a.example/2.png)",
            "the image has no alt text",
            "describe it: ![a red kite](...)",
        )
    ]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (
            "[a](www.a.example)",
            1,
            "www.a.example is not a web address, so the link leads to the reader's own s",
        ),
        ("x\n[b](b.example/page)", 2, "b.example/page is not a web address"),
        ("[c](htps://c.example)", 1, "htps://c.example is mistyped"),
        ("[d](http//d.example)", 1, "http//d.example is mistyped"),
        ("[e]()", 1, "the link has no address"),
        ("[r](../x)", 1, "../x leads to a different page on each server, or nowhere"),
        ("![y](images/y.png)", 1, "images/y.png leads to a different page on each s"),
        ("[h](https:/x.example)", 1, "https:/x.example is mistyped"),
        ("[q](https://)", 1, "https:// has no host name"),
        ("[t](https)", 1, "https is mistyped"),
        ("[t](htp/a.example)", 1, "htp/a.example is mistyped"),
        ("[w](//a.example)", 1, "//a.example is not a web address"),
        ("[c](!news@a.example)", 1, "!news@a.example is not a web address"),
        ("[r]\n\n[r]: www.z.example", 3, "www.z.example is not a web address"),
        ("[r]\n\n[r]: www.z.example 'A title'", 3, "www.z.example is not a web address"),
        ("<htps://a.example>", 1, "htps://a.example is mistyped"),
        ("a<br>b", 1, "<br>: readers see this as typed"),
    ],
)
def test_a_link_that_is_none_is_a_warning_with_its_fix(text: str, line: int, said: str) -> None:
    (flaw,) = oddities(text)

    assert (flaw.line, flaw.text, flaw.what[: len(said)]) == (line, text.split("\n")[line - 1], said)
    assert flaw.hint.startswith("write ")


@pytest.mark.parametrize(
    "text",
    [
        "[Update]: the server is down",
        "[a](\nhttps://a.example)",
        "[a](https://a.example/x_(y)) [b](mailto:b@b.example) [c](/c/news) [d](#fn1) [e](HTTP://E.example:80)",
        "[f](http://[::1]/) [g](<https://a.example/a b>) [h](https://h.example 'T') [i](matrix:r/x:y)",
        "`[a](www.a.example)` and <https://a.example>, 1 < 2 > 0",
        "```\n[a]()\n<br>\n```",
        "[^1]: www.a.example is a note",
    ],
)
def test_links_that_work_are_fine(text: str) -> None:
    assert list(oddities(text)) == []


@pytest.mark.parametrize(
    ("address", "hint"),
    [
        ("www.a.example", "write https://www.a.example"),
        ("htps://c.example/x", "write https://c.example/x"),
        ("http//d.example", "write http://d.example"),
        ("//a.example", "write https://a.example"),
        ("!news@a.example", "write https://a.example/c/news"),
    ],
)
def test_the_fix_of_a_link_is_the_address_that_was_meant(address: str, hint: str) -> None:
    assert [flaw.hint for flaw in oddities(f"[a]({address})")] == [hint]


@pytest.mark.parametrize("text", ["<!-- x -->", "a <!-- x", "- <!--"])
def test_a_comment_of_html_is_refused_because_readers_would_see_it(text: str) -> None:
    assert [flaw.what for flaw in flaws(text, mentions=False)] == ["readers would see this HTML comment"]
    assert list(flaws(f"`{text}`", mentions=False)) == []


def test_a_file_server_is_no_mistyped_web_address() -> None:
    (only,) = oddities("[f](ftp://a.example/maps) [g](sftp/maps.example)")

    assert only.what.startswith("sftp/maps.example leads to a different page")
