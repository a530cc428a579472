"""The essay editor's form: what is shown of a preamble, and what becomes of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from megabot.source.front_matter.yaml import split
from megabot.web import editor
from megabot.web.editor import Author, Field, fill_in, form_of

TEXT = """---
# Chosen by the reading circle
theme: "Tides"   # until spring
image: images/kite.png
image_alt: |
  A kite
  above the hills

# What the footer lists
links:
  - https://a.example
---

Welcome.

- one
"""
ASKED = ("theme", "author", "image", "text")


def test_a_preamble_is_a_form_of_its_keys_and_those_that_the_template_asks_for() -> None:
    form = form_of(TEXT, ASKED)

    assert form.fields == (
        Field(name="theme", value="Tides"),
        Field(name="author"),
        Field(name="image", value="images/kite.png"),
        Field(name="image_alt", value="A kite\nabove the hills\n", long=True),
    )
    assert form.kept == ("links",)
    assert form.body == "\nWelcome.\n\n- one\n"


def test_a_preamble_without_front_matter_is_all_essay() -> None:
    form = form_of("Welcome.\n", ["theme"])

    assert (form.fields, form.body, form.whole) == ((Field(name="theme"),), "Welcome.\n", False)


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("\n", "\r\n"), "", "x", "---\n---\n", "---\n---"])
def test_a_form_that_nobody_changed_gives_the_same_bytes(text: str) -> None:
    form = form_of(text, ASKED)

    assert fill_in(text, form.values(), form.body.replace("\n", "\r\n"), whole=form.whole) == text


def test_only_the_line_of_a_changed_key_changes() -> None:
    changed = fill_in(TEXT, {"theme": "Hills"}, form_of(TEXT).body)

    assert changed == TEXT.replace('theme: "Tides"   # until spring', "theme: Hills")


def test_a_value_of_several_lines_is_replaced_as_a_whole() -> None:
    changed = fill_in(TEXT, {"image_alt": "A kite"}, form_of(TEXT).body)

    assert changed == TEXT.replace("image_alt: |\n  A kite\n  above the hills\n", "image_alt: A kite\n")


def test_an_emptied_field_removes_its_key() -> None:
    assert fill_in("---\ntheme: Tides\nimage: x\n---\nA", {"theme": ""}, "A") == "---\nimage: x\n---\nA"


def test_a_new_key_goes_below_the_others_and_makes_front_matter_if_there_is_none() -> None:
    assert fill_in("---\nimage: x\n---\nA", {"theme": "Tides"}, "A") == "---\nimage: x\ntheme: Tides\n---\nA"
    assert fill_in("A", {"theme": "Tides"}, "A") == "---\ntheme: Tides\n---\nA"


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("Tides: a week", 'theme: "Tides: a week"'),
        ("12", 'theme: "12"'),
        ("true", 'theme: "true"'),
        ("2026-12-07", 'theme: "2026-12-07"'),
        ("[a]", 'theme: "[a]"'),
        ("a #b", 'theme: "a #b"'),
        ('"quoted"', 'theme: "\\"quoted\\""'),
        ("two\r\nlines", 'theme: "two\\nlines"'),
        ("\u201ccurly\u201d", 'theme: "\u201ccurly\u201d"'),
        ("plain words, and more", "theme: plain words, and more"),
    ],
)
def test_what_is_typed_is_text_whatever_yaml_would_make_of_it(value: str, line: str) -> None:
    text = fill_in("Essay", {"theme": value}, "Essay")

    assert text == f"---\n{line}\n---\nEssay"
    assert split("x", text).mapping() == {"theme": value.replace("\r", "")}


def test_a_number_or_date_stays_one() -> None:
    text = "---\npages: 12\nday: 2026-12-07\n---\n"

    assert form_of(text).values() == {"pages": "12", "day": "2026-12-07"}
    assert split("x", fill_in(text, {"pages": "13"}, "")).mapping()["pages"] == 13


def test_lists_stay_as_they_are_even_if_a_form_names_them() -> None:
    assert fill_in(TEXT, {"links": "x"}, form_of(TEXT).body) == TEXT


@pytest.mark.parametrize(
    "text",
    [
        "---\n\ttab: x\n---\nA",
        "---\ntheme: x\nA",
        "---\n{theme: x, image: y}\n---\nA",
        "---\n  theme: x\n---\nA",
    ],
)
def test_front_matter_that_is_no_list_of_keys_is_edited_as_text(text: str) -> None:
    form = form_of(text, ["theme"])

    assert (form.fields, form.body, form.whole) == ((), text, True)
    assert fill_in(text, {}, "---\r\ntheme: y\r\n---\r\nA", whole=True) == "---\ntheme: y\n---\nA"


def test_a_form_of_another_preamble_keeps_its_whole_text() -> None:
    """While a moderator corrected the front matter, someone else did, too."""
    assert (
        fill_in("---\ntheme: x\n---\nA", {}, "---\ntheme: y\n---\nB", whole=True) == "---\ntheme: y\n---\nB"
    )


def test_a_mistake_that_someone_else_made_meanwhile_does_not_swallow_the_fields() -> None:
    assert fill_in("---\n\ttab: x\n---\nA", {"theme": "x"}, "B") == "---\ntheme: x\n---\nB"


def test_an_essay_that_begins_with_a_line_is_not_read_as_front_matter() -> None:
    text = fill_in("A", {}, "---\ntheme: x\n---\nB")

    assert split("x", text).body == "---\ntheme: x\n---\nB"
    assert split("x", text).mapping() == {}


_VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
_LINES = st.sampled_from(
    [
        "theme: x",
        "image: 'a: b'",
        "author: |",
        "  some text",
        "links:",
        "  - one",
        "# note",
        "",
        "n: 12",
        "off: ~",
    ]
)
_PREAMBLES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=80),
    st.builds(lambda front, body: "\n".join(["---", *front, "---", body]), st.lists(_LINES), _VALUES),
)


@given(text=_PREAMBLES, asked=st.lists(_NAMES))
def test_no_preamble_is_changed_by_being_shown(text: str, asked: list[str]) -> None:
    form = form_of(text, asked)

    assert fill_in(text, form.values(), form.body, whole=form.whole) == text


@given(text=_PREAMBLES, values=st.dictionaries(_NAMES, _VALUES, max_size=4), body=_VALUES)
def test_every_form_reads_back_as_it_was_typed(text: str, values: dict[str, str], body: str) -> None:
    before = form_of(text)
    typed = {name: value for name, value in values.items() if name not in before.kept}
    if before.whole:
        return
    after = split("x", fill_in(text, typed, body))

    assert after.front.problems == ()
    shown = {name: form_of(fill_in(text, typed, body)).values().get(name, "") for name in typed}
    assert shown == {name: value.replace("\r\n", "\n").replace("\r", "\n") for name, value in typed.items()}
    assert after.body.replace("\r", "\n") == body.replace("\r\n", "\n").replace("\r", "\n")
    assert {name: after.mapping()[name] for name in before.kept} == {
        name: split("x", text).mapping()[name] for name in before.kept
    }


def test_a_diff_shows_what_differs_and_nothing_for_line_endings() -> None:
    assert editor.difference("a\nb\n", "a\r\nb") == ()
    assert editor.difference("a\nb", "a\nc") == ("@@ -1,2 +1,2 @@", " a", "-b", "+c")
    assert editor.difference("", "c") == ("@@ -0,0 +1 @@", "+c")


def test_the_form_asks_for_what_the_template_and_its_image_use() -> None:
    images = ("{{ preamble.image }}", "{{ preamble.image_alt }}", "")

    assert editor.asked_fields(["zone", "theme", "text"], images) == ("theme", "image", "image_alt", "zone")


def test_a_text_may_be_used_if_its_author_saw_what_it_replaces() -> None:
    other = Author(by="@robin@lemmy.example", at="12:00")

    assert editor.standing(base="a", current="a", others=[other]).may_be_used
    assert not editor.standing(base="a", current="b").may_be_used
    assert editor.standing(base="a", current="a", others=[other]).others == (other,)
