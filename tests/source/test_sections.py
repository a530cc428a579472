"""Sections as their authors write them, and as each kind of reader gets them."""

import pytest

from lemmy_markdown import to_html
from megabot.source.problems import Problem
from megabot.source.sections import Section, parse_section, section_name, spoiler
from tests.cost import LINEAR, growth
from tests.lemmy_server_markdown import server_0_19, server_1_0

PATH = "sections/20-maps.md"


def parsed(body: str, **front: object) -> Section:
    section, problems = parse_section(PATH, {"title": "Maps", **front}, body, 5)
    assert section is not None, problems
    return section


def problems_of(body: str, **front: object) -> list[str]:
    section, problems = parse_section(PATH, {"title": "Maps", **front}, body, 5)
    assert (section is None) == bool(problems)
    return [str(problem) for problem in problems]


def inside(body: str) -> str:
    return spoiler(parsed(body)).removeprefix("::: spoiler Maps\n").removesuffix("\n:::")


def lines_0_19(body: str) -> list[str]:
    html = server_0_19(spoiler(parsed(body)))
    shown = html.partition("<p>")[2].partition("</p>")[0]
    return [line.strip() for line in shown.split("<br />")]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("sections/20-maps.md", "maps"),
        ("sections/maps.md", "maps"),
        ("sections/7_old-maps.md", "old-maps"),
        ("sections/2026.md", "2026"),
    ],
)
def test_a_section_is_named_by_its_file_without_the_number(path: str, name: str) -> None:
    assert section_name(path) == name


def test_a_section_is_a_value() -> None:
    assert parsed("- one\n", cw="heights", status=None) == Section(
        name="maps", title="Maps", cw="heights", status="", body="- one\n", path=PATH, line=5
    )


def test_the_title_carries_warning_and_status() -> None:
    text = spoiler(parsed("x", title=" Maps ", cw="heights", status="being sorted"))

    assert text == "::: spoiler Maps (CW: heights) - being sorted\nx\n:::"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("- one\n- two\n", "- one  \n- two"),
        ("- one\n  goes on\n- two", "- one\n  goes on  \n- two"),
        ("- one\nlazily\n- two", "- one\nlazily  \n- two"),
        ("- one\n  - nested\n- two", "- one  \n  - nested  \n- two"),
        ("1. one\n2. two", "1. one  \n2. two"),
        ("one\n\n\n\ntwo", "one  \n\ntwo"),
        ("\n\none  \ntwo", "one  \ntwo"),
        ("- one   \n- two", "- one  \n- two"),
        ("- one\\\n- two", "- one\\\n- two"),
        ("- one\r\n- two\r\n", "- one  \n- two"),
    ],
)
def test_every_block_ends_in_a_hard_break_and_nothing_else_changes(body: str, expected: str) -> None:
    assert inside(body) == expected


@pytest.mark.parametrize(
    ("heading", "bold"),
    [
        ("### Night photos", "**Night photos**"),
        ("### Night photos (cw: flashing images)", "**Night photos (CW: flashing images)**"),
        ("### Night **photos** ###", "**Night photos**"),
        ("### *Night* photos (CW:loud)", "***Night* photos (CW: loud)**"),
    ],
)
def test_a_sub_heading_is_a_bold_line_of_its_own(heading: str, bold: str) -> None:
    assert inside(f"- one\n{heading}\n- two") == f"- one  \n\n{bold}  \n- two"


def test_code_is_left_as_it_is() -> None:
    code = "```\n- x\n\n\n### y\n| a |\n|---|\n```"

    assert inside(f"one\n{code}\n- two") == f"one  \n{code}  \n- two"


def test_an_item_may_begin_with_code() -> None:
    assert inside("- ~~~~\n  ~~~\n  ~~~~\n- two") == "- ~~~~\n  ~~~\n  ~~~~  \n- two"


BODY = """First line.
- one ~ https://a.example/x_(y)_z
- two
  goes on
lazily

### Night (cw: *loud*)
- three [x](https://a.example/_y_)
  - four

Last line.
"""


def test_0_19_readers_get_every_entry_on_its_own_line() -> None:
    lines = lines_0_19(BODY)

    assert lines[0] == "First line."
    assert [line[:7] for line in lines[1:]] == [
        "- one ~",
        "- two\ng",
        "<strong",
        "- three",
        "- four",
        "Last li",
    ]


@pytest.mark.parametrize("render", [to_html, server_1_0])
def test_other_readers_get_a_list(render: type[str]) -> None:
    html = render(spoiler(parsed(BODY)))

    assert html.count("<li>") == 4
    assert "<li>two\ngoes on\nlazily</li>" in html
    assert "<p><strong>Night (CW: <em>loud</em>)</strong></p>" in html
    assert "<br" not in html


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("", "sections/20-maps.md:5: the section is empty (write a line, or delete the file)"),
        ("x\n\n::: spoiler y", "sections/20-maps.md:7: a section cannot contain :::"),
        ("x\n```\n:::\n```", "sections/20-maps.md:7: a section cannot contain :::"),
        ("# Big\nx", "sections/20-maps.md:5: headings in a section must be ### (use ###)"),
        ("x\n#### Small", "sections/20-maps.md:6: headings in a section must be ### (use ###)"),
        ("x\n### \ny", "sections/20-maps.md:6: the heading has no text"),
        ("x\n### ###\ny", "sections/20-maps.md:6: the heading has no text"),
        ("Big\n---\nx", "sections/20-maps.md:6: a section cannot have a line of dashes"),
        ("Big\n===\nx", "sections/20-maps.md:6: a section cannot have a line of dashes"),
        ("x\n\n* * *\nx", "sections/20-maps.md:7: a section cannot have a line of dashes"),
        ("| a | b |\n|---|:-:|\n| 1 | 2 |", "sections/20-maps.md:6: a section cannot have a table"),
        ("a | b\n- | -\n1 | 2", "sections/20-maps.md:6: a section cannot have a table"),
        ("x\n<!-- later -->", "sections/20-maps.md:6: readers would see this HTML comment"),
        ("x[^1]\n\n[^1]: a note", "sections/20-maps.md:7: a section cannot have a footnote"),
        (
            "[x][1]\n\n[1]: https://a.example",
            "sections/20-maps.md:7: a section cannot have a link definition",
        ),
        ("```\nx\n```\n```\ny\n", "sections/20-maps.md:8: the code block is never closed"),
        ("x\n~~~~\n~~~", "sections/20-maps.md:6: the code block is never closed"),
    ],
)
def test_what_some_readers_would_see_broken_is_a_problem(body: str, problem: str) -> None:
    found = problems_of(body)

    assert len(found) == 1
    assert found[0].startswith(problem)


@pytest.mark.parametrize(
    "body",
    [
        "#hashtag",
        "a ::: b",
        "- - nested",
        "a | b",
        "```x``` y",
        "-x",
        "a -- b",
        "[x]",
        "[a](https://b.example):",
    ],
)
def test_what_only_looks_like_a_mistake_is_none(body: str) -> None:
    assert problems_of(body) == []


@pytest.mark.parametrize(
    ("front", "problem"),
    [
        ({"title": ""}, "the section has no title (start the file with ---, title: ..., ---)"),
        ({"title": None}, "the section has no title (start the file with ---, title: ..., ---)"),
        ({"title": 2026}, "'title' is not a single line of text (put it in quotes, on one line)"),
        ({"cw": "a\nb"}, "'cw' is not a single line of text (put it in quotes, on one line)"),
        ({"titel": "x"}, "unknown key 'titel' (did you mean 'title'?)"),
        ({"xyz": "x"}, "unknown key 'xyz' (use one of: title, cw, status)"),
    ],
)
def test_a_mistake_in_the_front_matter_is_named(front: dict[str, object], problem: str) -> None:
    assert problems_of("x", **front) == [f"sections/20-maps.md:1: {problem}"]


def test_every_mistake_is_found_at_once_in_the_order_of_the_file() -> None:
    _, problems = parse_section(PATH, {"cv": "x"}, "x\n# y\n```\n:::\n", 5)

    assert [problem.line for problem in problems] == [1, 1, 6, 7, 8]
    assert all(isinstance(problem, Problem) for problem in problems)


def test_many_entries_take_time_in_proportion() -> None:
    def section_of(size: int) -> Section:
        return parsed("".join(f"- entry {n} with [a link](https://a.example/{n})\n" for n in range(size)))

    assert spoiler(section_of(1000)).count("  \n") == 999
    assert growth(section_of, spoiler, size=250) < LINEAR
