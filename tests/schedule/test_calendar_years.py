"""Every slot of 2020 to 2040 in ten zones (K05), against an oracle that walks day by day and minute by rule.

The oracle shares nothing with the calendar but the values: it knows no arithmetic over many slots, no
`isocalendar` and no `fold`.
"""

import random
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import islice, pairwise, takewhile
from zoneinfo import ZoneInfo

import pytest

from megabot.schedule.calendar import Calendar, Edition, Every, Schedule
from megabot.schedule.month_days import MonthDay, may_coincide
from tests.cost import CONSTANT, growth

pytestmark = pytest.mark.slow
DAY = timedelta(days=1)
BEGIN, END = date(2020, 1, 1), date(2040, 12, 31)
NOON = time(12)

# Wall clocks that the zone's clocks leave out once a year, and ones that they show twice.
ZONES = {
    "Europe/London": (time(1, 30), time(1, 30)),
    "America/New_York": (time(2, 30), time(1, 30)),
    "America/St_Johns": (time(2, 30), time(1, 30)),
    "America/Santiago": (time(0, 30), time(23, 30)),
    "Australia/Lord_Howe": (time(2, 15), time(1, 45)),
    "Asia/Tehran": (time(0, 30), time(23, 30)),
    "Pacific/Apia": (time(3, 30), time(3, 30)),
    "Africa/Cairo": (time(0, 30), time(23, 30)),
    "Asia/Kathmandu": (time(0), time(23, 59)),
    "UTC": (time(0), time(23, 59)),
}
ZONES_WITH_CHANGES = [zone for zone in ZONES if zone not in {"Asia/Kathmandu", "UTC"}]

DAILY = Schedule(every=Every.DAY, at=NOON, timezone="UTC", first=BEGIN)
WEEKLY = replace(DAILY, every=Every.WEEK, weekdays=(0,))
MONTHLY = replace(DAILY, every=Every.MONTH, month_days=(MonthDay(day=31),))
YEARLY = replace(DAILY, every=Every.YEAR)
SHAPES = {
    "daily": DAILY,
    "every ten days": replace(DAILY, interval=10),
    "mondays": WEEKLY,
    "sundays": replace(WEEKLY, weekdays=(6,)),
    "every other sunday": replace(WEEKLY, weekdays=(6,), interval=2),
    "three days a week": replace(WEEKLY, weekdays=(0, 4, 6)),
    "two days every third week": replace(WEEKLY, weekdays=(1, 6), interval=3),
    "month's end": MONTHLY,
    "last friday": replace(MONTHLY, month_days=(MonthDay(nth=-1, weekday=4),)),
    "first and third monday": replace(
        MONTHLY, month_days=(MonthDay(nth=1, weekday=0), MonthDay(nth=3, weekday=0))
    ),
    "the first, the fifteenth and the last friday of every other month": replace(
        MONTHLY, month_days=(MonthDay(day=1), MonthDay(nth=-1, weekday=4), MonthDay(day=15)), interval=2
    ),
    "a day of the year": replace(YEARLY, month_days=(MonthDay(day=24, month=12),)),
    "leap day, or the day before": replace(YEARLY, month_days=(MonthDay(day=29, month=2),)),
    "two days of every third year": replace(
        YEARLY, month_days=(MonthDay(nth=-1, weekday=4, month=11), MonthDay(day=1, month=5)), interval=3
    ),
    "twice a day": replace(DAILY, also_at=(NOON,)),
    "mondays three times": replace(WEEKLY, also_at=(NOON, NOON)),
    "twice at the month's end": replace(MONTHLY, also_at=(NOON,)),
    "first sunday of every other month": replace(
        MONTHLY, month_days=(MonthDay(nth=1, weekday=6),), interval=2
    ),
}
every_zone = pytest.mark.parametrize("zone", ZONES)
every_shape = pytest.mark.parametrize("shape", SHAPES)


@dataclass(frozen=True)
class Slot:
    """What the oracle says of one slot."""

    day: date
    key: str
    number: int
    moment: datetime


def monday_of(day: date) -> date:
    while day.weekday() != 0:
        day -= DAY
    return day


def iso_week(day: date) -> str:
    """A week belongs to the year that its Thursday is in."""
    thursday = monday_of(day) + 3 * DAY
    nth = (thursday - date(thursday.year, 1, 1)).days // 7 + 1
    return f"{thursday.year}-W{nth:02}"


def is_day_of_month(month_day: MonthDay, day: date) -> bool:
    if month_day.month not in (0, day.month):
        return False
    ends = (day + DAY).month != day.month
    if not month_day.nth:
        return day.day == month_day.day or (ends and day.day < month_day.day)
    last_of_its_kind = (day + 7 * DAY).month != day.month
    nth = (day.day + 6) // 7
    wanted = last_of_its_kind if month_day.nth < 0 else nth == month_day.nth
    return day.weekday() == month_day.weekday and wanted


def matches(schedule: Schedule, day: date) -> bool:
    if schedule.every is Every.WEEK:
        return day.weekday() in schedule.weekdays
    return schedule.every is Every.DAY or any(is_day_of_month(one, day) for one in schedule.month_days)


def units_apart(schedule: Schedule, start: date, day: date) -> int:
    if schedule.every is Every.DAY:
        return (day - start).days
    if schedule.every is Every.WEEK:
        return (monday_of(day) - monday_of(start)).days // 7
    if schedule.every is Every.YEAR:
        return day.year - start.year
    return (day.year - start.year) * 12 + day.month - start.month


def moment_of(zone: str, wall: datetime) -> datetime:
    """The first instant at which the clocks show this, else the one by the offset of the day before."""
    info = ZoneInfo(zone)
    before, after = ((wall + shift).replace(tzinfo=info).utcoffset() for shift in (-DAY, DAY))
    assert before is not None
    assert after is not None
    if before == after:
        return (wall - before).replace(tzinfo=UTC)
    tries = sorted((wall - offset).replace(tzinfo=UTC) for offset in (before, after))
    shown = [each for each in tries if each.astimezone(info).replace(tzinfo=None) == wall]
    return shown[0] if shown else (wall - before).replace(tzinfo=UTC)


def key_of(schedule: Schedule, day: date, at: time) -> str:
    if schedule.also_at:
        return f"{day}-{at.hour:02}{at.minute:02}"
    if schedule.every in (Every.MONTH, Every.YEAR) and len(schedule.month_days) == 1:
        return day.isoformat()[:7]
    if schedule.every is Every.WEEK and len(schedule.weekdays) == 1:
        return iso_week(day)
    return day.isoformat()


@cache
def oracle_days(schedule: Schedule, last: date) -> tuple[date, ...]:
    days, start = [], None
    for ahead in range((last - schedule.first).days + 1):
        day = schedule.first + ahead * DAY
        if matches(schedule, day):
            start = start or day
            if units_apart(schedule, start, day) % schedule.interval == 0:
                days.append(day)
    return tuple(days)


def oracle(schedule: Schedule, last: date) -> list[Slot]:
    # Days know no zone and no hour: walk once for all ten.
    anywhere = replace(schedule, timezone="UTC", at=NOON, also_at=())
    slots = ((day, at) for day in oracle_days(anywhere, last) for at in schedule.times)
    return [
        Slot(
            day=day,
            key=key_of(schedule, day, at),
            number=number,
            moment=moment_of(schedule.timezone, datetime.combine(day, at)),
        )
        for number, (day, at) in enumerate(slots, start=schedule.number)
    ]


def at_times(schedule: Schedule, at: time) -> Schedule:
    """Give a schedule as many times a day as it has, one of them this one, hours apart."""
    count = len(schedule.times)
    hours = (at.hour + number * 24 // count for number in range(count))
    first, *rest = sorted(at.replace(hour=hour % 24) for hour in hours)
    return replace(schedule, at=first, also_at=tuple(rest))


@cache
def table(zone: str, shape: str, change: int = 0) -> tuple[Schedule, list[Edition], list[Slot]]:
    """All slots of the years at the time of day that the zone leaves out (0) or shows twice (1)."""
    schedule = at_times(replace(SHAPES[shape], timezone=zone), ZONES[zone][change])
    ahead = Calendar("news", schedule).upcoming(datetime(2019, 12, 1, tzinfo=UTC))
    editions = list(takewhile(lambda edition: edition.start <= END, ahead))
    return schedule, editions, oracle(schedule, END)


def seeded() -> random.Random:
    seed = random.randrange(2**32)
    print(f"seed {seed}")  # noqa: T201 - shown by pytest when the test fails
    return random.Random(seed)


@every_zone
@every_shape
def test_every_slot_of_twenty_years_is_the_oracles(zone: str, shape: str) -> None:
    _, editions, slots = table(zone, shape)

    assert [Slot(each.start, each.key, each.number, each.slot) for each in editions] == slots


@pytest.mark.parametrize("zone", ZONES_WITH_CHANGES)
def test_every_slot_at_a_time_that_comes_twice_is_the_oracles(zone: str) -> None:
    _, editions, slots = table(zone, "daily", 1)

    assert [Slot(each.start, each.key, each.number, each.slot) for each in editions] == slots


@every_zone
@every_shape
def test_slots_strictly_increase_and_keys_never_recur(zone: str, shape: str) -> None:
    _, editions, _ = table(zone, shape)

    assert all(one.slot < other.slot for one, other in pairwise(editions))
    assert all(one.number + 1 == other.number for one, other in pairwise(editions))
    assert all(one.end in (other.start - DAY, other.start) for one, other in pairwise(editions))
    assert all((one.end == other.start) == (one.start == other.start) for one, other in pairwise(editions))
    assert len({each.key for each in editions}) == len(editions)


@pytest.mark.parametrize("zone", ZONES_WITH_CHANGES)
def test_the_tables_hold_slots_that_clocks_leave_out_and_show_twice(zone: str) -> None:
    """Without these the tables would prove nothing about clock changes."""
    info, (missing, repeated) = ZoneInfo(zone), ZONES[zone]

    assert any(slot.moment.astimezone(info).time() != missing for slot in table(zone, "daily")[2])
    assert any(comes_again(slot, info, repeated) for slot in table(zone, "daily", 1)[2])


def comes_again(slot: Slot, info: ZoneInfo, at: time) -> bool:
    later = (slot.moment + timedelta(minutes=minutes) for minutes in (30, 60))
    return any(moment.astimezone(info).time() == at for moment in later)


def test_the_years_of_53_weeks_are_named_so() -> None:
    _, editions, _ = table("Europe/London", "mondays")
    last_weeks = [each.start.isoformat() for each in editions if each.key.endswith("W53")]

    assert last_weeks == ["2020-12-28", "2026-12-28", "2032-12-27", "2037-12-28"]


def test_a_sunday_after_new_year_may_belong_to_the_old_years_last_week() -> None:
    _, editions, _ = table("Europe/London", "sundays")
    named = {each.start.isoformat(): each.key for each in editions}

    assert named["2021-01-03"] == "2020-W53"
    assert named["2027-01-03"] == "2026-W53"
    assert named["2023-01-01"] == "2022-W52"


def test_leap_days_have_their_edition() -> None:
    _, editions, _ = table("UTC", "daily")
    leap_days = [each.key for each in editions if each.key.endswith("02-29")]

    assert leap_days == [f"{year}-02-29" for year in (2020, 2024, 2028, 2032, 2036, 2040)]
    assert len(editions) == 21 * 365 + 6


@every_zone
@every_shape
def test_what_is_due_agrees_with_the_oracle_at_random_moments(zone: str, shape: str) -> None:
    schedule, _, slots = table(zone, shape)
    chance = seeded()
    moments = [slots[0].moment + chance.random() * 7000 * DAY for _ in range(4)]
    moments += [chance.choice(slots).moment + timedelta(microseconds=off) for off in (-1, 0, 1)]
    for now in moments:
        passed = [slot for slot in slots if slot.moment <= now]
        edition = Calendar("news", schedule).current(now)

        assert (edition and edition.slot) == (passed[-1].moment if passed else None)


def random_schedule(chance: random.Random) -> Schedule:
    every = chance.choice(list(Every))
    weekdays = tuple(sorted(chance.sample(range(7), chance.randint(1, 7))))
    schedule = Schedule(
        every=every,
        at=time(chance.randrange(24), chance.randrange(60)),
        also_at=(NOON,) * chance.choice([0, 0, 1, 3]),
        timezone=chance.choice(list(ZONES)),
        interval=chance.randint(1, 5),
        weekdays=weekdays if every is Every.WEEK else (),
        month_days=some_days(chance, every),
        first=BEGIN + chance.randrange(7000) * DAY,
        number=chance.randint(0, 500),
    )
    return at_times(schedule, schedule.at)


def some_days(chance: random.Random, every: Every) -> tuple[MonthDay, ...]:
    """Give one to three days that never meet."""
    if every not in (Every.MONTH, Every.YEAR):
        return ()
    month_days: tuple[MonthDay, ...] = ()
    while not month_days or (len(month_days) < 3 and chance.random() < 0.5):
        month_day = chance.choice(
            [
                MonthDay(day=chance.randint(1, 31)),
                MonthDay(nth=chance.choice([-1, 1, 2, 3, 4]), weekday=chance.randrange(7)),
            ]
        )
        month_day = replace(month_day, month=chance.randint(1, 12)) if every is Every.YEAR else month_day
        if not may_coincide([*month_days, month_day]):
            month_days = (*month_days, month_day)
    return month_days


def test_random_schedules_agree_with_the_oracle() -> None:
    chance = seeded()
    for schedule in (random_schedule(chance) for _ in range(150)):
        slots = oracle(schedule, schedule.first + (400 + 366 * 6 * (schedule.every is Every.YEAR)) * DAY)
        here = chance.randrange(len(slots))
        until = slots[here + 1].moment if here + 1 < len(slots) else slots[here].moment + DAY / 9
        now = slots[here].moment + chance.random() * (until - slots[here].moment)
        edition = Calendar("news", schedule).edition(slots[here].key)
        assert edition is not None, schedule
        earlier = Calendar("news", schedule).earlier(edition)
        later = islice(Calendar("news", schedule).upcoming(now), len(slots) - here - 1)

        assert Calendar("news", schedule).current(now) == edition, schedule
        assert [each.key for each in earlier] == [slot.key for slot in reversed(slots[:here])], schedule
        assert [each.slot for each in later] == [slot.moment for slot in slots[here + 1 :]], schedule


def test_the_nearest_slot_agrees_with_the_oracle() -> None:
    chance = seeded()
    for schedule in (random_schedule(chance) for _ in range(150)):
        slots = oracle(schedule, schedule.first + (400 + 366 * 6 * (schedule.every is Every.YEAR)) * DAY)
        moment = slots[0].moment + chance.uniform(-20, 200) * DAY
        distances = {slot.number: abs(slot.moment - moment) for slot in slots}

        edition = Calendar("news", schedule).nearest(moment)

        assert distances[edition.number] == min(distances.values()), schedule


@pytest.mark.parametrize(
    "shape", ["daily", "three days a week", "last friday", "twice a day", "a day of the year"]
)
def test_eight_thousand_years_of_slots_slow_nothing_down(shape: str) -> None:
    """A calendar that walks from the first slot takes four times as long for four times the years."""
    schedule = at_times(replace(SHAPES[shape], timezone="Europe/London"), NOON)

    def year_of(size: int) -> datetime:
        return datetime(schedule.first.year + size, 5, 5, tzinfo=UTC)

    def ask(now: datetime) -> None:
        edition = Calendar("news", schedule).current(now)
        assert edition is not None
        assert Calendar("news", schedule).edition(edition.key) == edition
        assert next(Calendar("news", schedule).upcoming(now)).number == edition.number + 1
        assert next(Calendar("news", schedule).earlier(edition)).number == edition.number - 1

    assert growth(year_of, ask, size=1_900, enough=CONSTANT) < CONSTANT
