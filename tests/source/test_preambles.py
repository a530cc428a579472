"""Preambles that no edition will ever use."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from megabot.schedule.calendar import Every, Schedule
from megabot.schedule.month_days import MonthDay
from megabot.source.model import Snapshot, Thread
from megabot.source.preambles import file_of, has_some, missing_soon, preambles_without_slot
from megabot.source.problems import Problem

WEEKLY = Schedule(
    every=Every.WEEK, at=time(12), timezone="Europe/London", weekdays=(0,), first=date(2024, 1, 1)
)
MONTHLY = Schedule(
    every=Every.MONTH, at=time(12), timezone="UTC", month_days=(MonthDay(day=15),), first=date(2024, 1, 1)
)
NEWS = Thread(name="news", path="thread.md.j2", title="News", schedule=WEEKLY)
SLOT = datetime(2026, 11, 23, 12, tzinfo=UTC)
FILMS = Thread(name="films", path="films.md.j2", title="Films", schedule=MONTHLY)


def idle(*names: str, threads: tuple[Thread, ...] = (NEWS, FILMS)) -> list[str]:
    files = {f"preambles/{name}.md": "Words." for name in names} | {"sections/2026-W99.md": ""}
    return [str(problem) for problem in preambles_without_slot(Snapshot(files=files), threads)]


@pytest.mark.parametrize(
    "name", ["news/2026-W47", "news/2026-11-16", "news/_default", "films/2026-11", "films/2026-11-15"]
)
def test_a_key_a_day_and_the_default_are_slots(name: str) -> None:
    assert idle(name) == []


@pytest.mark.parametrize(
    ("names", "threads", "problem"),
    [
        (
            ("news/2026-W47", "news/2026-11-16"),
            (NEWS, FILMS),
            "preambles/news/2026-11-16.md: preambles/news/2026-W47.md is used for the same edition",
        ),
        (
            ("news/2026-W47", "2026-W47"),
            (NEWS,),
            "preambles/2026-W47.md: preambles/news/2026-W47.md is used for the same edition",
        ),
    ],
)
def test_of_two_files_for_one_edition_the_idle_one_is_named(
    names: tuple[str, ...], threads: tuple[Thread, ...], problem: str
) -> None:
    assert idle(*names, threads=threads) == [f"{problem} (delete one of the two)"]


def test_without_a_folder_they_are_of_the_only_thread() -> None:
    assert idle("2026-W47", "_default", threads=(NEWS,)) == []
    assert idle("2026-W47")[0].endswith("(move it to one of preambles/news/, preambles/films/)")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("news/2026-11-18", "2026-W47.md for 2026-11-16 and 2026-W48.md for 2026-11-23"),
        ("news/2026-11-15", "2026-W46.md for 2026-11-09 and 2026-W47.md for 2026-11-16"),
        ("news/2023-W50", "2024-W01.md for 2024-01-01 and 2024-W02.md for 2024-01-08"),
        ("films/2026-W47", "2026-11.md for 2026-11-15 and 2026-12.md for 2026-12-15"),
        ("news/2026-11", "2026-W44.md for 2026-10-26 and 2026-W45.md for 2026-11-02"),
    ],
)
def test_a_day_that_is_no_slot_has_its_nearest_two_named(name: str, hint: str) -> None:
    thread, _, stem = name.partition("/")

    assert idle(name) == [
        f"preambles/{name}.md: {stem} is not a posting date of {thread} (the nearest are {hint})"
    ]


@pytest.mark.parametrize("name", ["news/next-week", "news/9999-12-31", "news/2026-W60"])
def test_what_is_no_day_is_told_what_a_slot_looks_like(name: str) -> None:
    (said,) = idle(name)

    assert said.endswith("(name it after an edition, like 2024-W01.md or 2024-01-01.md)")


def test_a_folder_of_no_thread_is_told_which_there_are() -> None:
    files = {"preambles/nwes/2026-W47.md": ""}

    assert preambles_without_slot(Snapshot(files=files), (NEWS,)) == (
        Problem(
            "preambles/nwes/2026-W47.md",
            0,
            "no thread uses this preamble",
            "move it to one of preambles/news/",
        ),
    )


@pytest.mark.parametrize(
    ("hours", "files", "missing"),
    [
        (25, {"preambles/news/_default.md": ""}, ""),
        (24, {"preambles/news/_default.md": ""}, "2026-W48"),
        (1, {"preambles/news/2026-W47.md": ""}, "2026-W48"),
        (1, {"preambles/news/2026-W48.md": ""}, ""),
        (1, {"preambles/news/2026-11-23.md": ""}, ""),
    ],
)
def test_a_day_before_its_slot_an_edition_without_a_preamble_is_named(
    hours: int, files: dict[str, str], missing: str
) -> None:
    now = SLOT - timedelta(hours=hours)

    edition = missing_soon(Snapshot(files=files), NEWS, now, alone=False)

    assert (edition.key if edition else "") == missing


@pytest.mark.parametrize(
    ("file", "alone", "some"),
    [
        ("preambles/news/2026-W47.md", False, True),
        ("preambles/2026-W47.md", True, True),
        ("preambles/2026-W47.md", False, False),
        ("preambles/news/_default.md", True, False),
        ("preambles/_default.md", True, False),
        ("preambles/other/2026-W47.md", True, False),
        ("thread.md.j2", True, False),
    ],
)
def test_neither_a_default_nor_another_threads_folder_is_a_threads_own_preamble(
    file: str, *, alone: bool, some: bool
) -> None:
    assert has_some(Snapshot(files={file: ""}), NEWS, alone=alone) is some


def test_the_only_thread_of_a_source_needs_no_folder_of_its_own() -> None:
    now = SLOT - timedelta(hours=1)
    files = {"preambles/2026-W47.md": ""}

    edition = missing_soon(Snapshot(files=files), NEWS, now, alone=True)
    assert edition is not None
    assert missing_soon(Snapshot(files=files | {"preambles/2026-W48.md": ""}), NEWS, now, alone=True) is None
    assert file_of(Snapshot(files=files), NEWS, edition.key, edition.start, alone=True) == ""
