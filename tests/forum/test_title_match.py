"""When two titles name the same series (decision 4)."""

import calendar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from megabot.forum.title_match import title_matches, titles_are_alike
from tests.builders import PROPERTY

TITLE = "News megathread 47: 16 November to 22 November 2026"


@pytest.mark.parametrize(
    "other",
    [
        "News megathread 48: 23 November to 29 November 2026",
        "NEWS megathread (30 Nov to 6 Dec)",
        "*News* megathread! Monday 7 to Sunday 13, December",
        "News\u00a0megathread, 16. to 22.",
    ],
)
def test_numbers_dates_case_and_punctuation_make_no_difference(other: str) -> None:
    assert titles_are_alike(TITLE, other)


@pytest.mark.parametrize("day", [*calendar.day_name, *calendar.day_abbr, "Tues", "Thurs"])
def test_names_of_days_make_no_difference(day: str) -> None:
    assert titles_are_alike("Chat", f"Chat, {day}")
    assert titles_are_alike("Chat", f"{day.upper()} chat")


@pytest.mark.parametrize("month", [*calendar.month_name[1:], *calendar.month_abbr[1:], "Sept"])
def test_names_of_months_make_no_difference(month: str) -> None:
    assert titles_are_alike("Chat", f"Chat {month} 2026")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("News megathread 47", "Film club 47"),
        (TITLE, "News megathread"),
        ("News megathread", "Newsmegathread"),
        ("Marching bands", "ing bands"),
        ("Sunflowers", "flowers"),
    ],
)
def test_other_words_make_another_series(one: str, other: str) -> None:
    assert not titles_are_alike(one, other)


@pytest.mark.parametrize("empty", ["", "47", "16 November 2026!", "_"])
def test_titles_of_nothing_but_dates_are_like_none(empty: str) -> None:
    assert not titles_are_alike(empty, empty)


@PROPERTY
@given(st.text(), st.text())
def test_likeness_goes_both_ways(one: str, other: str) -> None:
    assert titles_are_alike(one, other) == titles_are_alike(other, one)


@PROPERTY
@given(st.integers(0, 9999), st.integers(0, 9999))
def test_editions_of_a_series_are_alike_whatever_their_numbers(one: int, other: int) -> None:
    assert titles_are_alike(f"News {one}", f"News {other}")


@pytest.mark.parametrize("pattern", ["[Weekly] News*", "[weekly] news ??", " [Weekly] News 4[78] ", "*[7]*"])
def test_only_stars_and_question_marks_are_special_in_a_pattern(pattern: str) -> None:
    title = "[Weekly] News 47"

    assert title_matches(title, pattern) is (not pattern.strip().endswith(("4[78]", "*[7]*")))


@given(st.text())
def test_every_title_matches_itself_as_a_pattern(title: str) -> None:
    assert title_matches(title, title)
