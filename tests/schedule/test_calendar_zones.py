"""Slots on the days when clocks change (K01, K02, K07): the instants written out, checked by hand."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

import pytest

from megabot.schedule.calendar import Calendar, Every, Schedule

GAPS = [
    ("Europe/London", "2026-03-29T01:30", "2026-03-29T01:30Z"),
    ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:30Z"),
    ("America/St_Johns", "2026-03-08T02:30", "2026-03-08T06:00Z"),
    ("America/Santiago", "2026-09-06T00:30", "2026-09-06T04:30Z"),
    ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45Z"),  # half an hour only
    ("Asia/Tehran", "2021-03-22T00:30", "2021-03-21T21:00Z"),
    ("Pacific/Apia", "2020-09-27T03:30", "2020-09-26T14:30Z"),
    ("Africa/Cairo", "2026-04-24T00:30", "2026-04-23T22:30Z"),
]
FOLDS = [
    ("Europe/London", "2026-10-25T01:30", "2026-10-25T00:30Z"),
    ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30Z"),
    ("America/St_Johns", "2026-11-01T01:30", "2026-11-01T04:00Z"),
    ("America/Santiago", "2026-04-04T23:30", "2026-04-05T02:30Z"),
    ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45Z"),
    ("Asia/Tehran", "2021-09-21T23:30", "2021-09-21T19:00Z"),
    ("Pacific/Apia", "2021-04-04T03:30", "2021-04-03T13:30Z"),
    ("Africa/Cairo", "2026-10-29T23:30", "2026-10-29T20:30Z"),
]
PLAIN = [
    ("Asia/Kathmandu", "2026-10-25T01:30", "2026-10-24T19:45Z"),
    ("UTC", "2026-10-25T01:30", "2026-10-25T01:30Z"),
]
TWO_HOURS = timedelta(hours=2)


def daily(zone: str, at: time, first: date) -> Schedule:
    return Schedule(every=Every.DAY, at=at, timezone=zone, first=first)


def of_wall_clock(zone: str, wall: str) -> Schedule:
    moment = datetime.fromisoformat(f"{wall}Z")
    return daily(zone, moment.time(), moment.date() - timedelta(days=2))


@pytest.mark.parametrize(("zone", "wall", "instant"), GAPS + FOLDS + PLAIN)
def test_a_slot_on_the_day_of_a_change_is_this_instant(zone: str, wall: str, instant: str) -> None:
    edition = Calendar("news", of_wall_clock(zone, wall)).edition(wall[:10])

    assert edition is not None
    assert edition.slot == datetime.fromisoformat(instant)
    assert edition.start.isoformat() == wall[:10]


@pytest.mark.parametrize(("zone", "wall", "instant"), GAPS + FOLDS)
def test_a_slot_on_the_day_of_a_change_comes_once(zone: str, wall: str, instant: str) -> None:
    """Asked every five minutes around the change, a new edition is due once, at that instant."""
    schedule, slot = of_wall_clock(zone, wall), datetime.fromisoformat(instant)
    changes, known = [], None
    for step in range(-24, 25):
        now = slot + step * timedelta(minutes=5)
        edition = Calendar("news", schedule).current(now)
        if edition != known:
            changes.append(now)
        known = edition

    assert changes == [slot - TWO_HOURS, slot]


@pytest.mark.parametrize(("zone", "wall", "instant"), GAPS + FOLDS)
def test_the_slot_is_ahead_until_its_instant_and_then_never_again(zone: str, wall: str, instant: str) -> None:
    schedule, slot = of_wall_clock(zone, wall), datetime.fromisoformat(instant)

    just_before = next(Calendar("news", schedule).upcoming(slot - timedelta(seconds=1)))
    at_once = next(Calendar("news", schedule).upcoming(slot))

    assert just_before.slot == slot
    assert at_once.number == just_before.number + 1


def test_clocks_set_back_over_midnight_do_not_unpost_the_new_day() -> None:
    """Newfoundland's clocks went from 00:01 back to 23:01 of the day before."""
    schedule = daily("America/St_Johns", time(0), date(2005, 10, 28))
    midnight = datetime(2005, 10, 30, 2, 30, tzinfo=UTC)

    for minutes in range(0, 120, 5):
        edition = Calendar("news", schedule).current(midnight + timedelta(minutes=minutes))

        assert edition is not None
        assert edition.key == "2005-10-30"


def test_a_day_that_a_zone_left_out_gives_way_to_the_next() -> None:
    """Samoa had no 30 December 2011: its slot is the same instant as the 31st's, which is the one due."""
    schedule = daily("Pacific/Apia", time(12), date(2011, 12, 29))
    noon = datetime(2011, 12, 30, 22, 0, tzinfo=UTC)

    edition = Calendar("news", schedule).current(noon)
    slots = [each.slot for each in islice(Calendar("news", schedule).upcoming(noon - TWO_HOURS), 3)]

    assert edition is not None
    assert edition.key == "2011-12-31"
    assert slots == [noon, noon, noon + timedelta(days=1)]


def test_a_time_of_the_second_occurrence_still_means_the_first() -> None:
    schedule = daily("Europe/London", time(1, 30, fold=1), date(2026, 10, 20))

    edition = Calendar("news", schedule).edition("2026-10-25")

    assert edition is not None
    assert edition.slot == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_slot_keeps_its_wall_clock_through_summer_and_winter() -> None:
    schedule = daily("Europe/London", time(12), date(2026, 1, 1))

    winter = Calendar("news", schedule).edition("2026-01-05")
    summer = Calendar("news", schedule).edition("2026-07-06")

    assert winter is not None
    assert summer is not None
    assert (winter.slot.hour, summer.slot.hour) == (12, 11)
