"""Times, moments and durations as people write them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from megabot.schedule.clock_times import duration, parse_moment, parse_time, time_of_day

LONDON = ZoneInfo("Europe/London")
TUESDAY_NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SOME_DAYS = st.integers(631_152_000, 7_258_118_400).map(lambda second: datetime.fromtimestamp(second, UTC))
ZONES = st.sampled_from(["Europe/London", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia"]).map(ZoneInfo)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("18", time(18)),
        ("18:00", time(18)),
        ("9:05", time(9, 5)),
        ("18.30", time(18, 30)),
        ("18h", time(18)),
        ("18h30", time(18, 30)),
        ("6pm", time(18)),
        ("6 PM", time(18)),
        ("6:30 p.m.", time(18, 30)),
        ("12am", time(0)),
        ("12 pm", time(12)),
        ("0", time(0)),
        ("noon", time(12)),
        ("midnight", time(0)),
        (" 18:00. ", time(18)),
        ("6\u00a0pm", time(18)),
    ],
)
def test_a_time_of_day_is_read(text: str, expected: time) -> None:
    assert time_of_day(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "24", "24:00", "12:60", "13pm", "0am", "18:0", "1800", "-1", "6 foot", "18:00:00", "١٨", "6pm" * 30],
)
def test_what_is_not_a_time_of_day_is_not_read_as_one(text: str) -> None:
    assert time_of_day(text) is None


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("6h", 6),
        ("6 h", 6),
        ("6 hours", 6),
        ("6 hrs", 6),
        ("1 hour", 1),
        ("an hour", 1),
        ("2 days", 48),
        ("a day", 24),
        ("1d12h", 36),
        ("1 day and 12 hours", 36),
        ("1 day, 12 hours", 36),
        ("1 week", 168),
        ("six hours", 6),
        ("two days and twelve hours", 60),
        ("90 min", 1.5),
        ("90 minutes", 1.5),
        ("2H.", 2),
    ],
)
def test_a_duration_is_read(text: str, hours: float) -> None:
    assert duration(text) == timedelta(hours=hours)


@pytest.mark.parametrize(
    "text", ["", "6", "h", "0h", "6 months", "6 people", "2h later", "6h" * 5, "ah", "x 6h"]
)
def test_what_is_not_a_duration_is_not_read_as_one(text: str) -> None:
    assert duration(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("18:00", "2026-11-24 18:00"),
        ("18", "2026-11-24 18:00"),
        ("to 6pm", "2026-11-24 18:00"),
        ("9:00", "2026-11-25 09:00"),
        ("+2h", "2026-11-24 14:00"),
        ("+ 2 hours", "2026-11-24 14:00"),
        ("−30m", "2026-11-24 11:30"),
        ("today 18:00", "2026-11-24 18:00"),
        ("tomorrow 18:00", "2026-11-25 18:00"),
        ("18:00 tomorrow", "2026-11-25 18:00"),
        ("tomorrow at 6:30 pm", "2026-11-25 18:30"),
        ("tomorrow", "2026-11-25 00:00"),
        ("Friday 18:00", "2026-11-27 18:00"),
        ("on Friday, at 18:00", "2026-11-27 18:00"),
        ("6pm on Fri", "2026-11-27 18:00"),
        ("Tuesday 13:00", "2026-11-24 13:00"),
        ("Tues 11:00", "2026-12-01 11:00"),
        ("Wednesday", "2026-11-25 00:00"),
        ("2026-11-24 18:00", "2026-11-24 18:00"),
        ("2026-11-24T18:00", "2026-11-24 18:00"),
        ("18:00 2026-11-26", "2026-11-26 18:00"),
        ("2026-11-20 18:00", "2026-11-20 18:00"),
        ("5 December", "2026-12-05 00:00"),
        ("Dec 5th, 9am", "2026-12-05 09:00"),
        ("5 Jan 18:00", "2027-01-05 18:00"),
        ("January 5, 2028", "2028-01-05 00:00"),
        ("29 February", "2028-02-29 00:00"),
    ],
)
def test_a_moment_is_the_next_that_the_words_can_mean(text: str, expected: str) -> None:
    assert parse_moment(text, TUESDAY_NOON, LONDON) == datetime.fromisoformat(f"{expected}+00:00")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "to",
        "soon",
        "2h",
        "2026-02-30",
        "2026-11-24 25:00",
        "0001-01-01",
        "9999-12-31 23:00",
        "30 February",
        "18 nov 9",  # the 18th at nine, or the 9th at 18:00
        "Friday midnight",
        "Friday Saturday",
        "18:00 19:00",
        "further notice",
        "+",
        "+2",
        "2026-W49",
    ],
)
def test_what_is_not_one_moment_is_not_read_as_one(text: str) -> None:
    assert parse_moment(text, TUESDAY_NOON, LONDON) is None


def test_the_clock_of_the_zone_counts() -> None:
    berlin = ZoneInfo("Europe/Berlin")

    after_midnight = datetime(2026, 7, 1, 22, tzinfo=UTC)

    assert parse_moment("0:30", after_midnight, berlin) == after_midnight + timedelta(minutes=30)
    assert parse_moment("tomorrow 1:00", after_midnight, berlin) == after_midnight + timedelta(hours=25)


@given(st.text(max_size=80) | st.text("0123456789:.-+ apmhdwTtofri", max_size=30))
def test_no_text_breaks_it(text: str) -> None:
    found = parse_moment(text, TUESDAY_NOON, LONDON)

    assert found is None or found.utcoffset() == timedelta(0)
    assert (
        time_of_day(text) is None
        or duration(text) is None
        or text.strip().lower().rstrip(".,!;: ").endswith("h")
    )


@given(st.times(), SOME_DAYS, ZONES)
def test_a_time_alone_comes_within_a_day_or_so(at: time, now: datetime, zone: ZoneInfo) -> None:
    found = parse_moment(f"{at:%H:%M}", now, zone)

    assert found is not None
    assert now < found <= now + timedelta(hours=49)  # Apia once left out a whole day


@given(st.dates(date(1990, 1, 1), date(2200, 1, 1)), st.times(), ZONES)
def test_a_date_and_a_time_are_what_the_clock_shows(day: date, at: time, zone: ZoneInfo) -> None:
    at = at.replace(second=0, microsecond=0, fold=0)
    american = f"{at:%I:%M %p} on {day:%B} {day.day}, {day.year}"
    for text in (f"{day} {at:%H:%M}", f"{day}T{at:%H:%M}", american):
        assert parse_moment(text, TUESDAY_NOON, zone) == datetime.combine(day, at, zone).astimezone(UTC)


@given(st.sampled_from(["Monday", "Tuesday", "Wednesday", "Friday", "Sunday"]), SOME_DAYS)
def test_a_weekday_is_the_next_one(name: str, now: datetime) -> None:
    for text in (name, name[:3].lower()):
        found = parse_moment(f"{text} 12:00", now, UTC)

        assert found is not None
        assert now < found <= now + timedelta(days=7)
        assert f"{found:%A %H:%M}" == f"{name} 12:00"


@given(st.integers(1, 9999), st.sampled_from([("m", "minutes", 1), ("h", "hours", 60), ("d", "days", 1440)]))
def test_a_duration_can_be_long_or_short_in_writing(number: int, unit: tuple[str, str, int]) -> None:
    short, name, minutes = unit
    expected = timedelta(minutes=number * minutes)

    assert duration(f"{number}{short}") == duration(f"{number} {name}") == expected
    assert parse_moment(f"+{number}{short}", TUESDAY_NOON, LONDON) == TUESDAY_NOON + expected


def test_a_bare_duration_is_no_moment() -> None:
    assert parse_time("2 hours") is None
