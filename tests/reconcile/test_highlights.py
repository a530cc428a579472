"""The first line of a comment as plain words, and the order of highlights."""

from time import process_time

import pytest

from megabot.reconcile.content.highlights import (
    LONGEST_LINE,
    first_line,
    insert_highlight,
)
from tests.cost import LINEAR, growth
from tests.site_editions import a_highlight


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("A remark.\n\nMore of it.", "A remark."),
        ("\n\n## A *title* with `code`\ntext", "A title with code"),
        ("> a quote\n\nan answer", "a quote"),
        ("![a wren](https://pictures.example/w.png) at noon", "a wren at noon"),
        ("see [the map](javascript:alert(1)) here", "see the map) here"),
        ("::: spoiler The long article\ntext\n:::", "The long article"),
        ("https://maps.example/hills", "maps.example/hills"),
        ("---\n***\n\nwords", "words"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("data:text/html;base64,AAAA", "text/html;base64,AAAA"),
        ("\u202ereversed\u0000 words", "reversed words"),
        ("-\n#\n", ""),
        ("", ""),
    ],
)
def test_the_first_line_with_words_is_taken_without_its_markup(content: str, line: str) -> None:
    assert first_line(content) == line


def test_a_long_line_is_cut() -> None:
    line = first_line("word " * 500)

    assert len(line) <= LONGEST_LINE
    assert line.endswith("word…")


@pytest.mark.parametrize("content", [">" * 10_000, "> " * 5_000 + "deep", "[" * 10_000, "(" * 9_999 + "x"])
def test_ten_thousand_nested_marks_take_no_time(content: str) -> None:
    assert len(first_line(content)) <= LONGEST_LINE


@pytest.mark.parametrize("piece", ["\n", "\r", "\u2028", "> \n", "![](a)\n", "*\n", "[a](\n"])
def test_thousands_of_line_ends_cost_in_proportion(piece: str) -> None:
    def cost(length: int) -> float:
        text = (piece * length)[:length]
        return min(_seconds(text) for _ in range(3))

    assert cost(16_000) < 10 * max(cost(4_000), 0.001)


def _seconds(text: str) -> float:
    begin = process_time()
    first_line(text)
    return process_time() - begin


def test_one_that_is_there_stays_and_a_new_one_comes_in_the_order_of_writing() -> None:
    highlights = (a_highlight(2),)

    assert insert_highlight(highlights, a_highlight(2, line="again")) == highlights
    assert [one.comment_id for one in insert_highlight(highlights, a_highlight(1))] == [1, 2]


@pytest.mark.parametrize(
    "piece", ["\n", " \n", "\r", "-\n", "> \n", "[](\n", "\u2028", "a:", "[a](", "1. \n"]
)
def test_a_comment_of_thousands_of_lines_takes_time_in_proportion(piece: str) -> None:
    assert growth(lambda size: (piece * size)[:size], first_line, size=4_000) < LINEAR


def test_lines_without_words_cost_next_to_nothing() -> None:
    """They are passed over before anything is looked for in them."""
    assert first_line("-\n" * 9_000 + "words") == "words"
