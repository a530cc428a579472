"""YAML as people type it: values without surprises, one clear line per mistake."""

from datetime import date

import pytest

from megabot.source.front_matter.yaml import parse, split


def problems(text: str) -> list[str]:
    return [str(problem) for problem in parse("a.yaml", text).problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 12:00", "12:00"),
        ("a: no", "no"),
        ("a: on", "on"),
        ("a: true", True),
        ("a: 012", "012"),
        ("a: -3", -3),
        ("a: 1.50", 1.5),
        ("a: 1_000", "1_000"),
        ("a: 2026-11-16", date(2026, 11, 16)),
        ("a: 2026-02-31", "2026-02-31"),
        ("a: ~", None),
        ("a:", None),
        ("a: '7'", "7"),
        ("a: [x, {b: 1}]", ["x", {"b": 1}]),
        ("a: |\n  one\n  two", "one\ntwo"),
        ("a: x # a comment", "x"),
        ("a: x\n  y\n", "x y"),
        ("a: C# and F#", "C# and F#"),
    ],
)
def test_a_value_is_what_it_looks_like(text: str, value: object) -> None:
    assert parse("a.yaml", text).value == {"a": value}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: Week #3", "a.yaml:1: the text after ` #` is read as a comment"),
        ("b: 1\n\ta: 2", "a.yaml:2: the line starts with a tab"),
        ("a: @robin", "a.yaml:1: the value starts with a character that is reserved in YAML"),
        ("a: `code`", "a.yaml:1: the value starts with a character that is reserved in YAML"),
        ("a: %d", "a.yaml:1: the value starts with a character that is reserved in YAML"),
        ("b: 1\na: News: today", "a.yaml:2: there is a second colon in the line"),
        ("b: 1\na: 'News", "a.yaml:2: a quote or bracket is never closed"),
        ("b: 1\na: [x, y", "a.yaml:2: a quote or bracket is never closed"),
        ("b: 1\na: {{ edition.number }} News\nc: 1", 'a.yaml:2: this is not a "key: value" line'),
        ("a: {{ edition.number }}", "a.yaml:1: brackets instead of text"),
        ("a: 1\nb: 2\na: 3", "a.yaml:3: a is set twice"),
        ("a: &x 1", "a.yaml:1: the value starts with & or *"),
        ("b: 1\na: *x", "a.yaml:2: the value starts with & or *"),
        ("a: \x01", "a.yaml:1: the line has an invisible character"),
        ("a: \ud800", "a.yaml:1: the line has an invisible character"),
        ("b: 1\na: x\u2028y", "a.yaml:2: the line has an invisible character"),
        ("b: 1\n\u00a0 a: 2", "a.yaml:2: the line starts with a non-breaking space"),
        ("b: 1\na: !x y", "a.yaml:2: the value starts with !"),
        ("a: \u201cNews\u201d", "a.yaml:1: curly quotes are part of the text in YAML"),
        ('b: "News\na: "x"\n', "a.yaml:1: a quote is never closed"),
        ("b: 1\nnews\na: 1", 'a.yaml:2: this is not a "key: value" line (write a colon after the key)'),
        ("[a, b]: 1", "a.yaml:1: brackets instead of text"),
        ("a: 1\n...\nb: 2", "a.yaml:3: this is not YAML"),
    ],
)
def test_a_mistake_is_one_line_that_says_where(text: str, line: str) -> None:
    (said,) = problems(text)

    assert said.startswith(line)


def test_all_mistakes_that_are_no_syntax_are_found_at_once() -> None:
    assert len(problems("a: Week #3\nb: 1\nb: 2\nc: &x [1]")) == 1
    assert len(problems("a: Week #3\nb: 1\nb: 2")) == 2


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 100_000, "? " * 50_000, "{a: " * 100_000])
def test_nesting_without_end_is_a_mistake_and_does_not_end_the_process(text: str) -> None:
    assert problems(text) == ["a.yaml:1: lists are nested too deeply (close the brackets)"]


def test_every_key_and_item_has_its_line() -> None:
    read = parse("a.yaml", "a: 1\nb:\n  c: [x,\n    y]", first_line=2)

    assert [read.line(place) for place in [("a",), ("b", "c"), ("b", "c", 1), ("b", "nosuch"), ("z",)]] == [
        2,
        4,
        5,
        3,
        2,
    ]


def test_a_block_of_text_has_the_line_that_it_begins_at() -> None:
    read = parse("a.yaml", "a:\n  b: |\n    text\n  c: >-\n    text")

    assert (read.line(("a", "b")), read.line(("a", "c"))) == (3, 5)


def test_a_file_is_taken_apart_at_its_dashes() -> None:
    file = split("a.md", "---\ntitle: Maps\n---\nText\n---\nmore")

    assert (file.mapping(), file.body, file.first_line) == ({"title": "Maps"}, "Text\n---\nmore", 4)


@pytest.mark.parametrize("text", ["", "Text", "Text\n---\nmore"])
def test_a_file_need_not_have_front_matter(text: str) -> None:
    file = split("a.md", text)

    assert (file.mapping(), file.body, file.first_line) == ({}, text, 1)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("---\ntitle: Maps\nText", "a.md:1: the front matter never ends (add a line --- after the last"),
        ("---\n- title\n---\n", "a.md:2: the front matter is not a list of settings"),
        ("---\n" + "# x\n" * 20_000 + "---\n", "a.md:2: the front matter is too long"),
        ("---\na: [x\n---\n", "a.md:2: a quote or bracket is never closed"),
    ],
)
def test_front_matter_with_a_mistake_has_no_keys(text: str, line: str) -> None:
    file = split("a.md", text)

    assert file.mapping() == {}
    assert [str(problem).startswith(line) for problem in file.front.problems] == [True]
