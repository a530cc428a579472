"""Values that cross between processes: every thread comes back as it was, and nothing else is believed."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from megabot.schedule.calendar import Every
from megabot.schedule.month_days import MonthDay
from megabot.source.model import Companion, Pin, Previous, Thread
from megabot.source.plain_values import plain, read
from tests.world import NEWS


def crossed(thread: Thread) -> Thread:
    return read(Thread, json.loads(json.dumps(plain(thread))))


MONTHLY = replace(
    NEWS.schedule,
    every=Every.MONTH,
    weekdays=(),
    month_days=(MonthDay(nth=-1, weekday=4),),
    grace=timedelta(hours=7),
)


@pytest.mark.parametrize(
    "thread",
    [
        NEWS,
        replace(NEWS, schedule=MONTHLY, pin=Pin.NONE, previous=Previous(announce=timedelta(hours=6))),
        replace(NEWS, companions=(Companion(name="a", url="https://a.example"),), tags=("Weekly", "Ä")),
        replace(
            NEWS, schedule=replace(NEWS.schedule, skip=frozenset([date(2026, 12, 28), date(2026, 1, 5)]))
        ),
        replace(
            NEWS,
            schedule=replace(NEWS.schedule, moved=(("2026-W50", datetime(2026, 12, 7, 18, tzinfo=UTC)),)),
        ),
    ],
)
def test_a_thread_comes_back_as_it_was(thread: Thread) -> None:
    assert crossed(thread) == thread


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", 3),
        ("max_comments", "many"),
        ("max_comments", True),
        ("pin", "moon"),
        ("tags", 5),
        ("schedule", None),
        ("nsfw", 1),
    ],
)
def test_a_value_of_another_type_is_refused(key: str, value: object) -> None:
    raw: dict[str, Any] = plain(NEWS)

    with pytest.raises(ValueError, match=r"not the value of a Thread|is not a valid"):
        read(Thread, raw | {key: value})


@pytest.mark.parametrize("raw", [None, [], {}, "x", {"name": "news"}])
def test_something_else_is_refused(raw: object) -> None:
    with pytest.raises(ValueError, match="not the value of a Thread"):
        read(Thread, raw)


def test_a_mapping_is_plain_when_its_values_are() -> None:
    assert plain({"a": (1, 2), "b": {"c": None}}) == {"a": [1, 2], "b": {"c": None}}
