"""Slots, keys and numbers in ordinary weeks, on invented dates. Clock changes: test_calendar_zones."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

import pytest

from megabot.schedule import calendar
from megabot.schedule.calendar import Calendar, Edition, Every, Schedule
from megabot.schedule.month_days import MonthDay

MONDAY, WEDNESDAY, FRIDAY, SUNDAY = 0, 2, 4, 6

WEEKLY = Schedule(
    every=Every.WEEK,
    weekdays=(MONDAY,),
    at=time(12),
    timezone="Europe/London",
    first=date(2024, 1, 1),
)
DAILY = replace(WEEKLY, every=Every.DAY, weekdays=())
MONTHLY = replace(DAILY, every=Every.MONTH, month_days=(MonthDay(day=31),))


def utc(year: int, month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def due(schedule: Schedule, now: datetime) -> Edition:
    edition = Calendar("news", schedule).current(now)
    assert edition is not None
    return edition


def ahead(schedule: Schedule, now: datetime, count: int) -> list[Edition]:
    return list(islice(Calendar("news", schedule).upcoming(now), count))


def keys(schedule: Schedule, now: datetime, count: int) -> list[str]:
    return [edition.key for edition in ahead(schedule, now, count)]


def test_an_edition_knows_its_week_its_number_and_its_days() -> None:
    assert due(WEEKLY, utc(2026, 11, 18)) == Edition(
        thread="news",
        key="2026-W47",
        number=151,
        slot=utc(2026, 11, 16),
        start=date(2026, 11, 16),
        end=date(2026, 11, 22),
    )


def test_a_marker_names_an_edition_by_thread_and_key() -> None:
    assert due(WEEKLY, utc(2026, 11, 18)).id == "news/2026-W47"


def test_nothing_is_due_before_the_first_slot() -> None:
    assert Calendar("news", WEEKLY).current(utc(2024, 1, 1, 11, 59)) is None


def test_an_edition_is_due_from_the_very_moment_of_its_slot() -> None:
    assert due(WEEKLY, utc(2024, 1, 1)).number == 1
    assert due(WEEKLY, utc(2024, 1, 8) - timedelta(microseconds=1)).number == 1
    assert due(WEEKLY, utc(2024, 1, 8)).number == 2


def test_the_first_slot_carries_the_number_given() -> None:
    schedule = replace(WEEKLY, number=100)

    assert [edition.number for edition in ahead(schedule, utc(2023, 6, 1), 3)] == [100, 101, 102]


def test_a_first_day_off_its_weekday_means_the_next_slot() -> None:
    schedule = replace(WEEKLY, first=date(2024, 1, 3))

    assert ahead(schedule, utc(2023, 1, 1), 1)[0].start == date(2024, 1, 8)


def test_two_weeks_are_counted_from_the_first_slot() -> None:
    schedule = replace(WEEKLY, interval=2, first=date(2024, 1, 3))

    editions = ahead(schedule, utc(2024, 1, 1), 3)

    assert [edition.key for edition in editions] == ["2024-W02", "2024-W04", "2024-W06"]
    assert editions[0].end == date(2024, 1, 21)


def test_two_weeks_run_on_through_a_year_of_53_weeks() -> None:
    schedule = replace(WEEKLY, interval=2, first=date(2026, 12, 14))

    assert keys(schedule, utc(2026, 12, 1), 3) == ["2026-W51", "2026-W53", "2027-W02"]


def test_several_days_a_week_are_named_by_their_dates() -> None:
    schedule = replace(WEEKLY, weekdays=(MONDAY, FRIDAY))

    editions = ahead(schedule, utc(2024, 1, 2), 3)

    assert [edition.key for edition in editions] == ["2024-01-05", "2024-01-08", "2024-01-12"]
    assert [edition.number for edition in editions] == [2, 3, 4]
    assert editions[0].end == date(2024, 1, 7)


def test_several_days_every_two_weeks_count_weeks_from_the_first_slots_iso_week() -> None:
    schedule = replace(WEEKLY, weekdays=(MONDAY, FRIDAY), interval=2, first=date(2024, 1, 4))

    assert keys(schedule, utc(2024, 1, 1), 3) == ["2024-01-05", "2024-01-15", "2024-01-19"]


def test_every_ten_days_counts_from_the_first() -> None:
    schedule = replace(DAILY, interval=10, first=date(2024, 2, 20))

    assert keys(schedule, utc(2024, 2, 1), 3) == ["2024-02-20", "2024-03-01", "2024-03-11"]


def test_a_daily_thread_has_an_edition_on_leap_day() -> None:
    assert due(DAILY, utc(2024, 2, 29, 15)).key == "2024-02-29"


def test_the_31st_of_a_short_month_is_its_last_day() -> None:
    starts = [edition.start.isoformat() for edition in ahead(MONTHLY, utc(2024, 1, 1), 4)]

    assert starts == ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]


def test_a_monthly_edition_is_named_by_its_month_and_lasts_until_the_next() -> None:
    edition = due(MONTHLY, utc(2026, 12, 1))

    assert (edition.key, edition.number) == ("2026-11", 35)
    assert (edition.start, edition.end) == (date(2026, 11, 30), date(2026, 12, 30))


@pytest.mark.parametrize(
    ("month_day", "starts"),
    [
        (MonthDay(nth=1, weekday=MONDAY), ["2024-02-05", "2024-03-04", "2024-04-01"]),
        (MonthDay(nth=3, weekday=WEDNESDAY), ["2024-02-21", "2024-03-20", "2024-04-17"]),
        (MonthDay(nth=-1, weekday=FRIDAY), ["2024-02-23", "2024-03-29", "2024-04-26"]),
        (MonthDay(nth=5, weekday=FRIDAY), ["2024-02-23", "2024-03-29", "2024-04-26"]),
        (MonthDay(nth=1, weekday=SUNDAY), ["2024-02-04", "2024-03-03", "2024-04-07"]),
        (MonthDay(day=1), ["2024-02-01", "2024-03-01", "2024-04-01"]),
    ],
)
def test_a_month_can_be_met_on_a_day_or_a_weekday(month_day: MonthDay, starts: list[str]) -> None:
    schedule = replace(MONTHLY, month_days=(month_day,))

    assert [edition.start.isoformat() for edition in ahead(schedule, utc(2024, 2, 1, 0), 3)] == starts


def test_a_first_day_after_the_months_slot_means_the_next_month() -> None:
    schedule = replace(MONTHLY, month_days=(MonthDay(day=5),), first=date(2024, 12, 6))

    assert keys(schedule, utc(2024, 1, 1), 2) == ["2025-01", "2025-02"]


def test_every_three_months_counts_from_the_first_slot() -> None:
    schedule = replace(MONTHLY, interval=3, first=date(2024, 11, 2))

    assert keys(schedule, utc(2024, 1, 1), 3) == ["2024-11", "2025-02", "2025-05"]
    assert due(schedule, utc(2025, 4, 30)).key == "2025-02"
    assert due(schedule, utc(2025, 5, 30)).key == "2025-02"


def test_a_monthly_schedule_without_a_day_is_refused() -> None:
    with pytest.raises(ValueError, match="needs its days"):
        Calendar("news", replace(MONTHLY, month_days=())).current(utc(2024, 1, 1))


def test_a_skipped_slot_is_due_and_keeps_its_number() -> None:
    schedule = replace(WEEKLY, skip=frozenset({date(2024, 1, 8)}))

    edition = due(schedule, utc(2024, 1, 9))
    later = ahead(schedule, utc(2024, 1, 2), 2)

    assert (edition.number, edition.skipped) == (2, True)
    assert [(each.number, each.skipped) for each in later] == [(2, True), (3, False)]


def test_what_is_ahead_begins_after_now() -> None:
    assert keys(WEEKLY, utc(2024, 1, 8), 1) == ["2024-W03"]
    assert keys(WEEKLY, utc(1990, 1, 1), 1) == ["2024-W01"]


def test_what_is_ahead_ends_with_the_calendar() -> None:
    rest = list(Calendar("news", WEEKLY).upcoming(utc(9999, 12, 1)))

    assert [edition.key for edition in rest] == ["9999-W49", "9999-W50", "9999-W51"]


def test_editions_before_another_go_back_to_the_first() -> None:
    fourth = due(WEEKLY, utc(2024, 1, 23))

    assert [edition.number for edition in Calendar("news", WEEKLY).earlier(fourth)] == [3, 2, 1]


def test_nothing_comes_before_the_first() -> None:
    assert list(Calendar("news", WEEKLY).earlier(due(WEEKLY, utc(2024, 1, 2)))) == []


def test_editions_before_one_of_an_older_schedule_are_found_by_date() -> None:
    old = due(replace(WEEKLY, weekdays=(WEDNESDAY,), number=500), utc(2024, 1, 18))

    earlier = Calendar("news", WEEKLY).earlier(old)

    assert [edition.key for edition in earlier] == ["2024-W03", "2024-W02", "2024-W01"]


@pytest.mark.parametrize(
    "schedule",
    [WEEKLY, DAILY, MONTHLY, replace(WEEKLY, weekdays=(MONDAY, FRIDAY)), replace(WEEKLY, interval=3)],
)
def test_a_key_leads_back_to_its_edition(schedule: Schedule) -> None:
    for edition in ahead(schedule, utc(2023, 1, 1), 400):
        assert Calendar("news", schedule).edition(edition.key) == edition


@pytest.mark.parametrize(
    ("schedule", "key"),
    [
        (WEEKLY, "2023-W52"),  # before the first
        (WEEKLY, "2024-W53"),  # a year of 52 weeks
        (WEEKLY, "2024-W00"),
        (WEEKLY, "9999-W52"),  # the calendar ends within it
        (WEEKLY, "2024W07"),
        (WEEKLY, "2024-01-08"),
        (WEEKLY, ""),
        (replace(WEEKLY, interval=2), "2024-W02"),  # the week between
        (replace(WEEKLY, weekdays=(MONDAY, FRIDAY)), "2024-01-09"),
        (DAILY, "2023-02-29"),
        (DAILY, "20240229"),
        (DAILY, "2024-W09-4"),
        (DAILY, "9999-12-31"),
        (MONTHLY, "2023-12"),
        (MONTHLY, "2024-13"),
        (MONTHLY, "2024-1"),
        (MONTHLY, "0-0"),
        (MONTHLY, "99999-01"),
        (MONTHLY, "99999999999999999999-01"),  # more than the machine counts
        (MONTHLY, "\uff12024-01"),  # a digit, but not one of ours
        (MONTHLY, "news"),
        (replace(MONTHLY, interval=2), "2024-02"),
    ],
)
def test_a_key_that_names_no_slot_finds_nothing(schedule: Schedule, key: str) -> None:
    assert Calendar("news", schedule).edition(key) is None


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        (utc(2023, 5, 1), 1),
        (utc(2024, 1, 4, 23), 1),
        (utc(2024, 1, 5, 0), 1),  # exactly between
        (utc(2024, 1, 5, 1), 2),
        (utc(2024, 1, 8, 14), 2),
    ],
)
def test_a_post_belongs_to_the_nearest_slot(moment: datetime, number: int) -> None:
    assert Calendar("news", WEEKLY).nearest(moment).number == number


def test_the_grace_is_counted_from_the_slot() -> None:
    assert calendar.grace_ends(WEEKLY, due(WEEKLY, utc(2024, 1, 2))) == utc(2024, 1, 4)


def test_a_slot_moved_within_its_week_keeps_key_and_number() -> None:
    """K09."""
    moved = replace(WEEKLY, weekdays=(FRIDAY,), at=time(23, 30))

    for edition in ahead(WEEKLY, utc(2024, 1, 1, 0), 60):
        same = Calendar("news", moved).edition(edition.key)

        assert same is not None
        assert same.number == edition.number
        assert same.slot > edition.slot


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles", "Asia/Kathmandu"])
def test_another_time_zone_keeps_key_and_number(zone: str) -> None:
    """K07, G07."""
    elsewhere = replace(WEEKLY, timezone=zone, at=time(0, 30))

    for edition in ahead(WEEKLY, utc(2024, 1, 1, 0), 60):
        same = Calendar("news", elsewhere).edition(edition.key)

        assert same is not None
        assert (same.number, same.start) == (edition.number, edition.start)


def test_now_may_be_told_in_any_zone_but_not_without_one() -> None:
    now = utc(2024, 1, 8).replace(tzinfo=None)

    with pytest.raises(ValueError, match="time zone"):
        Calendar("news", WEEKLY).current(now)
    with pytest.raises(ValueError, match="time zone"):
        Calendar("news", WEEKLY).upcoming(now)
    with pytest.raises(ValueError, match="time zone"):
        Calendar("news", WEEKLY).nearest(now)


def test_a_fingerprint_is_short_and_stays_the_same() -> None:
    monthly = replace(MONTHLY, month_days=(MonthDay(nth=-1, weekday=FRIDAY),), number=7)

    assert calendar.fingerprint(WEEKLY) == "1 week [0] 12:00:00 Europe/London from 2024-01-01=1"
    assert calendar.fingerprint(monthly) == "1 month [0/-1/4] 12:00:00 Europe/London from 2024-01-01=7"


@pytest.mark.parametrize(
    "changed",
    [
        DAILY,
        replace(WEEKLY, interval=2),
        replace(WEEKLY, weekdays=(SUNDAY,)),
        replace(WEEKLY, weekdays=(MONDAY, SUNDAY)),
        replace(WEEKLY, at=time(12, 1)),
        replace(WEEKLY, timezone="UTC"),
        replace(WEEKLY, first=date(2024, 1, 2)),
        replace(WEEKLY, number=2),
    ],
)
def test_whatever_moves_an_edition_changes_the_fingerprint(changed: Schedule) -> None:
    assert calendar.fingerprint(changed) != calendar.fingerprint(WEEKLY)


def test_grace_and_skipped_days_leave_the_fingerprint_alone() -> None:
    changed = replace(WEEKLY, grace=timedelta(hours=1), skip=frozenset({date(2024, 1, 8)}))

    assert calendar.fingerprint(changed) == calendar.fingerprint(WEEKLY)


def test_a_key_without_its_hour_names_no_edition_of_a_thread_that_comes_twice_a_day() -> None:
    twice = replace(DAILY, also_at=(time(18),))
    edition = next(Calendar("news", twice).upcoming(utc(2026, 11, 16)))

    assert Calendar("news", twice).edition(edition.key) == edition
    assert Calendar("news", twice).edition(edition.key[:10]) is None
