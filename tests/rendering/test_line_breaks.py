"""Line breaks that a tag takes along: which lines lose one, and what is said when a spoiler breaks by it."""

import pytest

from megabot.rendering.child.line_breaks import find_glued_lines
from megabot.rendering.model import Rendered
from tests.templates import BODY_LINE, body_of, problems_of, render, source


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("- a{% if b %} c{% endif %}\n- d", [1]),
        ("a {# note #}\nb", [1]),
        ("a{% if b %}\nc{% endif %}", [1]),
        ("a{% set b = 1 %}\n{% if c %}\nd\n{% endif %}", [1]),
        ("{% for a in b %}\n- {{ a }}{% if c %} d{% endif %}\n{% endfor %}\n", [2]),
        ("{% if a %}\nb\n{% endif %}\nc", []),
        ("a{% if b %}c{% endif %}\n\nd", []),
        ("a{% if b %}c{% endif %}", []),
        ("a{% if b %}c{% endif %}\n", []),
        ("a{% if b %}c{% endif +%}\nd{# e +#}\nf", []),
        ("a{% if b %}c{% endif -%}\nd", []),
        ("a{% if b %}c{% endif %}\n{%- if d %}e{% endif %}", []),
        ("a{% if b %}c{% endif %} \nd", []),
        ("{% macro a() %}b{% endmacro %}\nc{% set d %}e{% endset %}\nf", []),
        ("{% call spoiler('A') %}- b{% endcall %}\nc", []),
        ("{# two\nlines #}\na", []),
        ("{% raw %}\na{% if %}\nb\n{% endraw %}\nc", []),
        ("a {{ b }}\nc", []),
    ],
)
def test_a_line_of_text_that_ends_in_a_tag_is_glued_to_the_next(text: str, lines: list[int]) -> None:
    assert [one.line for one in find_glued_lines("a.md.j2", text)] == lines


def test_the_fix_keeps_the_line_break() -> None:
    assert body_of("- a{% if edition %} b{% endif %}\n- c") == "- a b- c"
    assert body_of("- a{% if edition %} b{% endif +%}\n- c{# d +#}\n- e") == "- a b\n- c\n- e"


def test_a_glued_line_is_a_warning_that_names_the_tag() -> None:
    answer = render(source("- a{% if edition %} b{% endif %}\n- c"))

    assert isinstance(answer, Rendered)
    assert [str(one) for one in answer.warnings] == [f"thread.md.j2:{BODY_LINE}: {ENDIF}"]


ENDIF = (
    "{% endif %} at the end of a line removes the line break: the next line is joined to it "
    "(write +%} to keep the line break, or move the tag to a separate line)"
)


def test_sections_glued_to_a_line_are_told_by_the_tag_that_did_it() -> None:
    found = problems_of("Intro{% if edition %}.{% endif %}\n{{ sections() }}")

    assert found == [f"thread.md.j2:{BODY_LINE}: {ENDIF}"]


def test_sections_within_a_line_are_told_as_that() -> None:
    found = problems_of("Intro {{ section('maps') }}")

    what = "a spoiler that begins in the middle of a line, in line 1 of the finished text"
    assert found == [f"thread.md.j2: {what} (begin a new line before its :::)"]


def test_a_part_that_glues_is_named_by_its_file() -> None:
    found = problems_of(
        "{% include '_above.md.j2' %}\n",
        more={"_above.md.j2": "Intro{# note #}\n{{ sections() }}\n"},
    )

    assert [one.partition(": ")[0] for one in found] == ["_above.md.j2:1"]
