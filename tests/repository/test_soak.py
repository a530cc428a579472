"""The judge of `make soak`: it names what grew and what was posted wrongly, and is silent otherwise."""

from dataclasses import replace

import pytest

from bench.soak import Mark, grown, wrong

STEADY = [
    Mark(year=year, resident=60, descriptors=14, ledger=900, requests=1900, ticks=104, seconds=1)
    for year in range(1, 31)
]


def test_what_stays_as_it_is_is_flat() -> None:
    assert list(grown(STEADY)) == []


@pytest.mark.parametrize(
    ("held", "what"),
    [
        ({"resident": 80}, "resident memory"),
        ({"descriptors": 15}, "descriptors"),
        ({"requests": 3000}, "req"),
    ],
)
def test_what_grew_is_named(held: dict[str, int], what: str) -> None:
    (complaint,) = grown([*STEADY[:-1], replace(STEADY[-1], **held)])

    assert complaint.startswith(what)


def test_a_ledger_that_keeps_the_texts_grows_by_them_and_not_faster_and_faster() -> None:
    steady = [replace(mark, ledger=mark.year * 300) for mark in STEADY]
    (complaint,) = grown([replace(mark, ledger=mark.year**2 * 10) for mark in STEADY])

    assert list(grown(steady)) == []
    assert complaint.startswith("the ledger grew by ")


def test_what_a_young_process_takes_is_no_growth() -> None:
    assert list(grown([replace(STEADY[0], resident=20), *STEADY[1:]])) == []


def test_a_title_that_stands_twice_and_weeks_that_are_missing_are_named() -> None:
    posts = [("News 1", False), ("News 2", True), ("News 2", False), ("Books 1", False)]

    assert list(wrong(posts, weeks=4)) == ["News 2 was posted twice"]
    assert list(wrong(posts, weeks=52))[1:] == ["3 weekly editions were posted in 52 weeks"]
