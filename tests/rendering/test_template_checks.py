"""What is told to be wrong with a template: lines glued by a tag, title images that Lemmy refuses."""

import pytest

from megabot.rendering.child.template_checks import find_glued_lines
from megabot.rendering.model import Rendered
from tests.templates import BODY_LINE, FRONT, body_of, problems_of, render, source


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

    what = "in line 1 of the rendered text: a spoiler starts in the middle of a line"
    assert found == [f"thread.md.j2: {what} (start a new line before its :::)"]


def test_a_part_that_glues_is_named_by_its_file() -> None:
    found = problems_of(
        "{% include '_above.md.j2' %}\n",
        more={"_above.md.j2": "Intro{# note #}\n{{ sections() }}\n"},
    )

    assert [one.partition(": ")[0] for one in found] == ["_above.md.j2:1"]


# -- title images

KITE = "preambles/news/2026-W26.md"
LINE = FRONT.count("\n")  # of a setting that is added at the end of the front matter


def front(*settings: str) -> str:
    """Give the front matter with more settings at its end."""
    return FRONT.removesuffix("---\n") + "".join(f"{setting}\n" for setting in settings) + "---\n"


def rendered(*settings: str, preamble: str = "") -> Rendered:
    more = {KITE: f"---\n{preamble}\n---\nAn essay.\n"} if preamble else None
    answer = render(source("Hello.", front=front(*settings), more=more))
    assert isinstance(answer, Rendered), answer
    return answer


def test_without_any_image_there_is_none() -> None:
    text = rendered()

    assert (text.url, text.thumbnail, text.alt_text) == ("", "", "")


def test_a_preambles_image_is_its_editions_title_image() -> None:
    text = rendered(preamble="image: https://pictures.example/kite.png\nimage_alt: A red kite")

    assert (text.url, text.alt_text) == ("https://pictures.example/kite.png", "A red kite")


def test_a_threads_own_image_may_stand_in() -> None:
    text = rendered("image: \"{{ preamble.image or 'images/kite.png' }}\"", 'image_alt: "A kite"')

    assert (text.url, text.alt_text, text.warnings) == ("images/kite.png", "A kite", ())


def test_an_image_without_words_is_a_warning() -> None:
    (warning,) = rendered("image: images/kite.png").warnings

    assert str(warning) == (
        f"thread.md.j2:{LINE}: the title image has no image_alt (describe it for readers who cannot see it)"
    )


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("image: images/kiet.png", "the picture images/kiet.png does not exist"),
        ("thumbnail: /etc/passwd", "the picture /etc/passwd does not exist"),
        ("image: javascript:alert(1)", "the picture javascript:alert(1) does not exist"),
        ('image: "https://a.example/a b.png"', "image is not an address that Lemmy accepts"),
        (f"thumbnail: https://a.example/{'x' * 2000}", "thumbnail is not an address that Lemmy accepts"),
        (f"image_alt: {'x' * 1501}", "image_alt is too long"),
        ('image_alt: "one\\ntwo"', "image_alt has more than one line"),
    ],
)
def test_what_the_server_would_refuse_is_told_with_its_line(setting: str, said: str) -> None:
    (problem,) = problems_of("Hello.", front=front(setting))

    assert problem.startswith(f"thread.md.j2:{LINE}: ")
    assert said in problem


def test_a_preambles_mistake_is_told_in_the_preamble() -> None:
    (problem,) = problems_of("Hello.", more={KITE: "---\ntheme: Tides\nimage: kite.png\n---\nAn essay.\n"})

    assert problem.startswith(f"{KITE}:3: image: the picture kite.png does not exist")
