"""Time zones by their names, and what is suggested for what is none: by meaning, never by likeness alone."""

import zoneinfo
from datetime import UTC, datetime

import pytest

from megabot.schedule import time_zones

WINTER, SUMMER = datetime(2026, 1, 15, 12, tzinfo=UTC), datetime(2026, 7, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("america/new york", "America/New_York"),
        ("UTC", "UTC"),
        ("GMT+1", None),
        ("Berlin", None),
        ("x" * 10_000, None),
    ],
)
def test_a_name_is_found_however_it_is_spelt(text: str, name: str | None) -> None:
    assert time_zones.find_zone(text) == name


@pytest.mark.parametrize("text", ["GMT+1", "gmt+01:00", "UTC+1", "UTC +1", "+1", "+0100"])
def test_an_offset_is_answered_with_regions_on_it(text: str) -> None:
    said = time_zones.suggestion(text)

    assert "write a region: Europe/Berlin or Africa/Lagos" in said
    assert "Etc/GMT-1 (its sign is reversed) if the clocks never change" in said
    assert "Etc/GMT+1" not in said


@pytest.mark.parametrize(
    ("text", "regions"),
    [
        ("BST", "Europe/London"),
        ("EST", "America/New_York"),
        ("pdt", "America/Los_Angeles"),
        ("CEST", "Europe/Berlin"),
        ("IST", "Asia/Kolkata or Europe/Dublin or Asia/Jerusalem"),
        ("CST", "America/Chicago or America/Mexico_City or Asia/Shanghai"),
        ("AEST", "Australia/Sydney or Australia/Brisbane"),
    ],
)
def test_an_abbreviation_is_answered_with_the_regions_that_use_it(text: str, regions: str) -> None:
    assert time_zones.suggestion(text) == (
        f"this is an abbreviation, which does not define when clocks change; write a region: {regions}"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Berlin", "did you mean Europe/Berlin?"),
        ("new york", "did you mean America/New_York?"),
        ("Europe/Lodnon", "did you mean Europe/London?"),
        ("xyz", "write area and city, like Europe/London"),
        ("GMT+25", "write area and city, like Europe/London"),
        ("GMT+1:20", "write area and city, like Europe/London"),
        ("Europe/" + "n" * 10_000, "write area and city, like Europe/London"),
    ],
)
def test_anything_else_is_answered_with_a_name_that_is_near(text: str, said: str) -> None:
    assert time_zones.suggestion(text) == said


@pytest.mark.parametrize("hour", range(-12, 15))
def test_what_is_suggested_for_an_offset_is_on_it(hour: int) -> None:
    said = time_zones.suggestion(f"GMT{hour:+d}").partition("write a region: ")[2]
    words = [word.strip(";,") for word in said.split()]
    zones = [zoneinfo.ZoneInfo(word) for word in words if word in zoneinfo.available_timezones()]
    offsets = [
        min(moment.astimezone(zone).utcoffset().total_seconds() for moment in (WINTER, SUMMER))  # type: ignore[union-attr]
        for zone in zones
    ]

    assert set(offsets) == {hour * 3600}


def test_the_table_of_regions_says_what_the_database_says() -> None:
    for region, offset, _ in time_zones._regions():
        zone = zoneinfo.ZoneInfo(region)
        written = [moment.astimezone(zone).isoformat()[-6:] for moment in (WINTER, SUMMER)]
        assert offset in written, region
