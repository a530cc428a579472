"""Whatever Lemmy took as a thread's text becomes a source that check accepts, with few changes."""

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lemmy_markdown import to_html
from megabot.cli import scaffold
from megabot.rendering.model import Rendered
from megabot.source.from_post import take_apart
from megabot.source.limits import BODY_LONGEST, flaws, utf16_units
from megabot.source.thread_repairs import repair
from megabot.source.titles.date_words import date_words
from megabot.source.titles.title_dates import TitleRead, read_title
from tests.templates import render

THREADS = sorted(Path(__file__).parents[1].glob("threads/*.md"))
ANSWERS = scaffold.Answers(
    instance="https://lemmy.example",
    username="megabot",
    community="news",
    weekday=0,
    at=time(12),
    timezone="Europe/London",
    name="news",
)
NEWS = TitleRead(title="News", posted=date(2026, 11, 24))
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LINES = st.sampled_from(
    [
        "",
        "words",
        "  indented",
        "    code",
        ":::",
        "::::",
        "  :::",
        "::: spoiler A",
        ":::spoiler B",
        "::: Spoiler C#",
        ":::: spoiler D",
        "::: spoiler",
        ":::\tspoiler\tE x",
        "::: spoiler\xa0F",
        "::: note",
        ":::spoilers",
        "- ::: spoiler G",
        "1.  ::: spoiler H",
        "> ::: spoiler I",
        "```",
        "````",
        "~~~ sh",
        "  ```",
        "- ```",
        "``` x ```",
        "# Heading",
        "C# and issue # 5",
        "###",
        "- item  ",
        "* item\\",
        "| a | b |",
        "|---|:-:|",
        "| c | d |",
        "-----",
        "===",
        "> quote",
        "[a]: https://a.example",
        "[b]: javascript:alert(1)",
        "[^1]: a note",
        "text[^1]",
        "<!-- hidden -->",
        "`<!--` <!--",
        "@robin@lemmy.example",
        "`@robin@lemmy.example`",
        "[@robin@lemmy.example](https://lemmy.example/u/robin)",
        "https://m.example/@robin@lemmy.example",
        "](@robin@lemmy.example",
        "@a@b@c@d:",
        "@.@.",
        "[x](javascript:void(0)) <data:x>",
        "](vbscript:x",
        "[//]: # (megabot:v1:news/2026-W47)",
        "{{ x }} {% y %} {# z",
        "{{{%",
        "{",
        "\x0b\x1f\x85\u2028",
        "\ufeff---",
        "---",
        "![](https://a.example/x.png)",
        "\U0001f426" * 5,
    ]
)
WORDS = st.text(st.characters(codec="utf-8"), max_size=40)


def imported(title: TitleRead, body: str) -> Rendered:
    """Import a thread as `init --from` does and render it; fails with what check would say."""
    files = scaffold.files(ANSWERS, now=NOW, taken=take_apart(title, body))
    source = {
        str(path.relative_to("templates")): text
        for path, text in files.items()
        if path.is_relative_to("templates")
    }
    answer = render(source)
    assert isinstance(answer, Rendered), answer.problems
    return answer


@settings(max_examples=400)
@given(st.lists(LINES | WORDS, max_size=14).map("\n".join))
def test_whatever_lemmy_takes_becomes_a_source_that_check_accepts(body: str) -> None:
    imported(NEWS, body)


@settings(max_examples=200)
@example(":::: spoiler D\n```\n:::")
@given(st.lists(LINES, max_size=14).map("\n".join))
def test_a_text_that_was_repaired_needs_no_other_repair(body: str) -> None:
    once, _ = repair(body)

    assert list(flaws(once, mentions=False)) == []
    assert repair(once) == (once, ())


@settings(max_examples=200)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), min_size=3, max_size=200))
def test_whatever_lemmy_takes_as_a_title_becomes_one_that_check_accepts(title: str) -> None:
    if 3 <= len(title.strip()) <= 200 and not any(char < " " for char in title):
        imported(read_title(title, date(2026, 11, 24), date_words, language="en"), "Hello.")


@pytest.mark.parametrize(
    "line", ["x" * 49, "\U0001f426" * 10, "::: spoiler A\n- b\n:::", "::: spoiler B\n# h\n- b\n- c\n:::"]
)
def test_the_longest_text_that_lemmy_takes_can_be_imported(line: str) -> None:
    body = line
    while utf16_units(f"{body}\n{line}") <= BODY_LONGEST:
        body += f"\n{line}"

    assert utf16_units(imported(NEWS, body).body) > BODY_LONGEST * 0.9


def test_a_thread_without_text_gets_a_first_essay() -> None:
    assert imported(NEWS, " \n").body.startswith("Welcome")


@pytest.mark.parametrize("path", THREADS, ids=lambda path: path.stem)
def test_a_directory_as_people_write_it_is_imported(path: Path) -> None:
    """Eight of thirteen were refused by check."""
    body = path.read_bytes().decode()

    text = imported(NEWS, body).body

    for line in body.replace("\r", "").split("\n"):
        for word in line.split():
            if word.isalpha() and len(word) > 4:
                assert word in text, "every word is kept"


@pytest.mark.parametrize(
    "text",
    [
        "::: spoiler A\n- open",
        "::: warning\nwords\n:::",
        ":::\n\nwords",
        "```\nopen code",
        "::: spoiler A\n```\ncode\n:::\n\nwords",
        "::: spoiler A\nx\n::: spoiler B\ny\n",
        "<!-- words -->",
        "[x](javascript:alert(1))",
        "- ::: spoiler A\n  b\n  :::\n- c",
    ],
)
def test_readers_see_the_same(text: str) -> None:
    made, changes = repair(text)

    assert changes
    if "spoiler B" not in text:  # what was inside another spoiler comes after it
        assert to_html(made).replace("javascript :", "javascript:") == to_html(text)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("::: spoiler A\na\n::: spoiler B\nb\n:::\n:::", "::: spoiler A\na\n:::\n::: spoiler B\nb\n:::"),
        (
            ":::: spoiler A\na\n::: spoiler B\nb\n:::\nc\n::::",
            "::: spoiler A\na\n:::\n::: spoiler B\nb\n:::\n::: spoiler A\nc\n:::",
        ),
        ("::: spoiler\na\n:::", "::: spoiler Spoiler\na\n:::"),
        ("By @robin@lemmy.example.", "By [@robin](https://lemmy.example/u/robin)."),
        ("By \\@robin@lemmy.example.", "By \\@[robin](https://lemmy.example/u/robin)."),
        ("https://m.example/@a@b.example", "https://m.example/%40a@b.example"),
        ("`@a@b.example`", "`a@b.example`"),
        ("[@a@b.example](https://b.example/u/a)", "[a@b.example](https://b.example/u/a)"),
        ("[@@a@b.example", "[a@b.example"),
        ("| a |\n|---|\n| b |", "| a |\n|---|\n| b |\n\n&nbsp;"),
        ("a\r\nb\x0bc", "a\nbc"),
        ("words\n[//]: # (megabot:v1:news/2026-W47 x)", "words"),
    ],
)
def test_each_repair_changes_as_little_as_possible(text: str, made: str) -> None:
    assert repair(text)[0] == made


def test_each_change_is_said_with_its_lines() -> None:
    _, changes = repair("By @a@b.example\n\nand @c@d.example\n::: spoiler X\nopen")

    assert changes == (
        "lines 1, 3: mentions became links, so that posts do not notify anyone",
        "line 4: a spoiler that was never closed is closed at the end",
    )


def test_a_text_without_flaws_stays_as_it_is() -> None:
    text = "# Hello\n\n::: spoiler A\n- b\n:::\n\n| a |\n|---|\n\nBye."

    assert repair(text) == (text, ())


def test_spoilers_one_after_the_other_inside_another_one_follow_it() -> None:
    text = "::::: spoiler A\n::: spoiler B\nx\n:::\n::: spoiler C\ny\n:::\n:::::"

    body, changes = repair(text)

    assert body.strip() == "::: spoiler A\n:::\n::: spoiler B\nx\n:::\n::: spoiler C\ny\n:::"
    assert len(changes) == 1
