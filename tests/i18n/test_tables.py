"""Tables and sentences as a terminal gets them."""

import pytest

from megabot.i18n.tables import Line, Outcome, Tone, cells, outcome_line, table, wrap


def text(lines: list[Line]) -> list[str]:
    return ["".join(span.text for span in line) for line in lines]


def test_columns_are_aligned_below_their_head() -> None:
    rows = [("2026-W9", "1", "a"), ("2026-W10", "12", "b")]

    assert text(table(rows, head=("edition", "no.", "title"))) == [
        "edition   no.  title",
        "2026-W9   1    a",
        "2026-W10  12   b",
    ]


def test_signs_of_two_columns_and_of_none_are_counted_as_a_terminal_does() -> None:
    assert text(table([("新聞", "x"), ("cafe\u0301", "y")])) == ["新聞  x", "cafe\u0301  y"]
    assert (cells("新聞"), cells("cafe\u0301")) == (4, 4)


def test_a_column_that_is_empty_everywhere_is_left_out() -> None:
    assert text(table([("a", "", "b"), ("c", "", "d")], head=("one", "two", "three"))) == [
        "one  three",
        "a    b",
        "c    d",
    ]


def test_the_last_column_is_wrapped_in_its_own_place() -> None:
    lines = table([("next", "an answer that is too long for one line")], indent=2, width=34)

    assert text(lines) == ["  next  an answer that is too long", "        for one line"]


def test_a_last_column_without_room_goes_below_its_row() -> None:
    lines = table([("a rather long first column", "the last one, long as well")], width=40)

    assert text(lines) == ["a rather long first column", "    the last one, long as well"]


def test_an_address_is_never_broken() -> None:
    address = "https://lemmy.example/post/123456789"

    assert address in wrap(f"it is at {address}, pinned", width=20)[1]


def test_a_file_or_a_pipe_gets_whole_lines() -> None:
    assert len(table([("a", "word " * 100)], width=None)) == 1


def test_what_a_terminal_would_obey_is_not_passed_on() -> None:
    assert text(table([("\x1b[2Jevil\r\ntitle\u202e", "x")])) == ["\ufffd[2Jevil  title\ufffd  x"]


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        (Outcome.DONE, "done: all is well"),
        (Outcome.NOTHING, "nothing to do: all is well"),
        (Outcome.REFUSED, "refused: all is well"),
        (Outcome.FAILED, "failed: all is well"),
        (Outcome.WARNING, "warning: all is well"),
    ],
)
def test_the_word_for_how_it_went_comes_first(outcome: Outcome, line: str) -> None:
    (spans,) = outcome_line(outcome, "all is well")

    assert "".join(span.text for span in spans) == line


def test_no_two_outcomes_begin_with_the_same_word() -> None:
    assert len({outcome.split()[0] for outcome in Outcome}) == len(Outcome)


def test_a_warning_does_not_look_like_an_error() -> None:
    warning, error = (outcome_line(outcome, "x")[0][0].tone for outcome in (Outcome.WARNING, Outcome.ERROR))

    assert (warning, error) == (Tone.ODD, Tone.BAD)
