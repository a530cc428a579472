"""A wait: over at its end, and over at once if the clock was set back."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from megabot.core.interval import NEVER, Interval

START = datetime(2026, 11, 16, 12, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
CODE = Path(__file__).parents[2] / "megabot"
BY_HAND = re.compile(
    r"(?<!abs\()\bnow(?:\(\))? - [\w.\[\]()]+ [<>]=? (?!TOO_OLD)|timedelta\(0?\) <= \w*now|<= now <"
)
"""A comparison that spells out what `Interval` does, and can forget one of its two ends."""


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


def test_nothing_around_the_decisions_spells_out_a_wait_by_hand() -> None:
    """K04: one place of eight had forgotten that a clock can be set back."""
    found = [
        f"{path.relative_to(CODE)}:{number}: {line.strip()}"
        for path in [*CODE.glob("*.py"), *CODE.glob("adapters/*.py"), *CODE.glob("verbs/*.py")]
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if BY_HAND.search(line)
    ]

    assert found == []
