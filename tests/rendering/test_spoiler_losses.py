"""What a spoiler typed by hand loses for readers on servers of 0.19, as the recorded servers render it."""

import pytest

from megabot.rendering.child.spoiler_losses import losses
from megabot.source.sections import Section, spoiler
from tests.lemmy_server_markdown import server_0_19

READERS = " in a spoiler, which readers on Lemmy 0.19 servers see as one run of text"


def found(inside: str) -> list[tuple[int, str]]:
    return [(flaw.line, flaw.what.removesuffix(READERS)) for flaw in losses(f"::: spoiler A\n{inside}\n:::")]


@pytest.mark.parametrize(
    ("inside", "flaws"),
    [
        ("- one\n- two\n- three", [(3, "entries without line breaks")]),
        ("1. one\n2. two", [(3, "entries without line breaks")]),
        ("One.\n\nTwo.", [(4, "entries without line breaks")]),
        ("### Night  \n- one", [(2, "a heading")]),
        ("a | b\n--|--\n1 | 2", [(3, "a table")]),
        ("> words", [(2, "a quote")]),
        ("```\n- one\n- two\n```", [(2, "a code block")]),
        ("[^1]: a note", [(2, "a footnote")]),
        ("[1]: https://a.example", [(2, "a link definition")]),
        ("# A  \n# B  \n> c", [(2, "a heading"), (4, "a quote")]),
    ],
)
def test_structure_that_is_lost_is_named_once_where_it_begins(
    inside: str, flaws: list[tuple[int, str]]
) -> None:
    assert found(inside) == flaws


@pytest.mark.parametrize(
    "inside",
    [
        "- one  \n- two",
        "- one\\\n- two",
        "One  \n\nTwo.",
        "One\ngoes on.",
        "**Night**  \n- one",
        "- one `|` and [a](https://a.example)",
        "",
    ],
)
def test_what_survives_is_no_loss(inside: str) -> None:
    assert found(inside) == []


def test_what_is_said_to_be_lost_is_lost() -> None:
    assert "<li>" not in server_0_19("::: spoiler A\n- one\n- two\n:::")


def test_outside_a_spoiler_and_within_code_nothing_is_lost() -> None:
    text = "- one\n- two\n\n```\n::: spoiler A\n- one\n- two\n:::\n```\n\n# Heading"

    assert list(losses(text)) == []


def test_a_section_loses_nothing() -> None:
    body = "First.\n- one\n- two\n\n### Night\n- three\n\nLast.\n"
    section = Section(name="a", title="A", cw="", status="", body=body, path="sections/a.md", line=1)

    assert list(losses(spoiler(section))) == []
