"""Moments as the command line shows them."""

from datetime import UTC, datetime, timedelta

import pytest

from megabot.i18n.times import format_span, moment, time_until

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
D, H, M = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("timezone", "words"),
    [
        ("Europe/London", "Mon 30 Nov 12:00 GMT"),
        ("America/New_York", "Mon 30 Nov 07:00 EST"),
        ("America/Sao_Paulo", "Mon 30 Nov 09:00 UTC-03"),
        ("UTC", "Mon 30 Nov 12:00 UTC"),
    ],
)
def test_a_moment_is_on_the_clock_of_a_zone_and_names_it(timezone: str, words: str) -> None:
    assert moment(NOW, timezone, NOW) == words


def test_another_year_is_named() -> None:
    assert moment(datetime(2027, 1, 4, 9, tzinfo=UTC), "UTC", NOW) == "Mon 4 Jan 2027 09:00 UTC"


def test_days_stand_below_each_other_in_a_column() -> None:
    assert moment(datetime(2026, 12, 7, 9, tzinfo=UTC), "UTC", NOW, column=True) == "Mon  7 Dec 09:00 UTC"


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (59 * M, "59 min"),
        (30 * timedelta(seconds=1), "1 min"),
        (3 * H - M, "3 h"),
        (47 * H, "47 h"),
        (48 * H - M, "2 days"),
        (7 * D - 3 * H, "7 days"),
    ],
)
def test_a_length_is_in_its_largest_unit(length: timedelta, words: str) -> None:
    assert format_span(length) == words


def test_what_is_ahead_and_what_is_over_are_told_apart() -> None:
    assert [time_until(NOW + 3 * H, NOW), time_until(NOW, NOW), time_until(NOW - 5 * M, NOW)] == [
        "in 3 h",
        "now",
        "5 min ago",
    ]
