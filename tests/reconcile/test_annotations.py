"""What is put around a text: above and below it, told apart again, never more than fits."""

from datetime import timedelta

import pytest

from megabot.ledger.state import Note
from megabot.reconcile.content.annotations import (
    Annotations,
    author_link,
    link_text,
    unwrap_body,
    wrap_body,
)
from megabot.source import limits
from tests.site_editions import FIRST, a_highlight

ITEMS = tuple(f"- remark {number} {'x' * 100}" for number in range(10))
LIVING = Annotations(above=("> a note",), heading="## Highlights", below=ITEMS)
NOTE = Note(edition="2026-W47", text="Be kind.", by="modlin", at=FIRST)
ROOM = limits.BODY_LONGEST - limits.MARKER_ROOM


def test_a_text_stands_between_what_is_above_and_below_and_comes_out_again() -> None:
    made = wrap_body("An essay.\n", LIVING)

    assert (made.startswith("> a note\n\n"), made.endswith(ITEMS[-1])) == (True, True)
    assert unwrap_body(made) == "An essay."


@pytest.mark.parametrize("body", ["An essay.", "", "- a\n\n- b"])
def test_nothing_around_leaves_a_text_as_it_is(body: str) -> None:
    assert wrap_body(body, Annotations()) == unwrap_body(body) == body
    assert Annotations().digest == ""


def test_highlights_that_do_not_fit_are_left_out_from_the_end() -> None:
    body = "x" * (ROOM - 600)

    made = wrap_body(body, LIVING)

    assert limits.utf16_units(made) <= ROOM
    assert (ITEMS[0] in made, ITEMS[-1] in made, "> a note" in made) == (True, False, True)


def test_where_nothing_fits_the_text_stays() -> None:
    body = "x" * ROOM

    assert wrap_body(body, LIVING) == body


def test_any_change_gives_another_digest() -> None:
    others = [
        Annotations(above=("> b",)),
        Annotations(below=("- b",), heading="c"),
        Annotations(below=("- b",)),
    ]

    assert len({one.digest for one in others}) == len(others)


@pytest.mark.parametrize(
    ("words", "address", "made"),
    [
        ("the *map*", "https://maps.example/1", r"[the \*map\*](https://maps.example/1)"),
        ("x", "javascript:alert(1)", "x"),
        ("x", "https://maps.example/a)(b", "x"),
        ("x", 'https://maps.example/" onclick="', "x"),
        ("x", "", "x"),
    ],
)
def test_only_the_address_of_a_page_is_linked(words: str, address: str, made: str) -> None:
    assert link_text(words, address) == made


def test_an_author_is_a_link_and_no_mention() -> None:
    assert author_link(a_highlight()) == "[robin](https://lemmy.example/u/robin)"


def test_a_note_stands_on_its_own_edition_until_it_is_over() -> None:
    short = Note(edition="2026-W47", text="x", by="modlin", at=FIRST, until=FIRST + timedelta(hours=1))

    assert short.applies_to("2026-W47", FIRST)
    assert not short.applies_to("2026-W47", FIRST + timedelta(hours=1))
    assert not short.applies_to("2026-W48", FIRST)
    assert NOTE.applies_to("2026-W47", FIRST + timedelta(days=365))
