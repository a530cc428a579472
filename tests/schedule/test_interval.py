"""A wait: over at its end, and over at once if the clock was set back."""

from datetime import UTC, datetime, timedelta

import pytest

from megabot.schedule.interval import NEVER, Interval

START = datetime(2026, 11, 16, 12, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("moment", "waits"),
    [
        (START, True),
        (START + HOUR - SECOND, True),
        (START + HOUR, False),
        (START + 100 * HOUR, False),
        (START - SECOND, False),
        (START - 9_000 * HOUR, False),
    ],
)
def test_a_wait_is_over_at_its_end_and_when_the_clock_was_set_back(moment: datetime, *, waits: bool) -> None:
    assert (moment in Interval.after(START, HOUR)) is waits
    assert moment not in NEVER
