"""The front matter of threads: every form that is taken, every mistake at once with its line."""

from datetime import date, time, timedelta

import pytest

from megabot.adapters.thread_files import is_thread, parse_thread, threads
from megabot.core.calendar import Every, MonthDay
from megabot.core.problems import Problem
from megabot.core.threads import Companion, Pin, Previous, Refresh, Snapshot, Thread

LEAST = """---
name: news
title: "News {{ edition.number }}"
schedule:
  every: week
  on: monday
  at: "12:00"
  timezone: Europe/London
  first: 2024-01-01
---
Text
"""


def changed(old: str, new: str) -> str:
    assert old in LEAST
    return LEAST.replace(old, new)


def parsed(text: str, path: str = "thread.md.j2") -> Thread:
    thread, problems = parse_thread(path, text)
    assert thread is not None, problems
    return thread


def mistakes(text: str, path: str = "thread.md.j2") -> list[str]:
    thread, problems = parse_thread(path, text)
    assert thread is None
    return [str(problem) for problem in problems]


def test_a_thread_needs_a_name_a_title_and_a_schedule() -> None:
    thread = parsed(LEAST)

    assert (thread.name, thread.path, thread.title) == ("news", "thread.md.j2", "News {{ edition.number }}")
    assert (thread.pin, thread.refresh, thread.previous) == (Pin.COMMUNITY, Refresh.BODY, Previous())
    assert (thread.schedule.at, thread.schedule.weekdays, thread.schedule.number) == (time(12), (0,), 1)


def test_everything_can_be_said() -> None:
    more = """community: news@lemmy.example
pin: local
previous: {unpin: false, lock: true, comment: "to [here]({{ edition.url }})"}
companions:
  group: {thread: reading-group}
  atlas: {url: "https://atlas.example"}
  film: {latest_by: someone, in: films, title: "Film club*"}
refresh: never
locale: de
language: de
nsfw: true
mentions: allow
schedule:"""
    thread = parsed(changed("schedule:", more))

    assert (thread.community, thread.pin, thread.refresh) == ("news@lemmy.example", Pin.LOCAL, Refresh.NEVER)
    assert (thread.locale, thread.language, thread.nsfw, thread.mentions) == ("de", "de", True, True)
    assert thread.previous.lock
    assert thread.companions[2] == Companion(
        name="film", latest_by="someone", community="films", title="Film club*"
    )


@pytest.mark.parametrize(
    ("every", "on", "expected"),
    [
        ("week", "on: [thursday, monday]", (1, Every.WEEK, (0, 3), None)),
        ("2 weeks", "on: Monday", (2, Every.WEEK, (0,), None)),
        ("day", "", (1, Every.DAY, (), None)),
        ("month", "on: 15", (1, Every.MONTH, (), MonthDay(day=15))),
        ("month", "on: first monday", (1, Every.MONTH, (), MonthDay(nth=1, weekday=0))),
        ("3 months", "on: last sunday", (3, Every.MONTH, (), MonthDay(nth=-1, weekday=6))),
    ],
)
def test_a_schedule_repeats_by_days_weeks_or_months(every: str, on: str, expected: object) -> None:
    schedule = parsed(changed("every: week\n  on: monday", f"every: {every}\n  {on}")).schedule

    assert (schedule.interval, schedule.every, schedule.weekdays, schedule.month_day) == expected


def test_grace_first_and_skip_are_read() -> None:
    more = "first: {date: 2024-01-01, number: 0}\n  grace: 36 hours\n  skip: [2026-12-28]"
    schedule = parsed(changed("first: 2024-01-01", more)).schedule

    assert (schedule.first, schedule.number) == (date(2024, 1, 1), 0)
    assert (schedule.grace, schedule.skip) == (timedelta(hours=36), frozenset([date(2026, 12, 28)]))


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("name: news", "nmae: news", "thread.md.j2:2: nmae is not a setting (did you mean name?)"),
        ("name: news", "name: News!", "thread.md.j2:2: name (a thread's name has 1 to 40"),
        ("name: news\n", "name: news\nzzz: 1\n", "thread.md.j2:3: zzz is not a setting (delete it)"),
        ("name: news\n", "name: news\nnsfw: no\n", "thread.md.j2:3: nsfw is neither true nor false"),
        ("name: news\n", "name: news\npin: top\n", "thread.md.j2:3: pin has a value that it does not"),
        ("name: news\n", "name: news\nmentions: no\n", "thread.md.j2:3: mentions (write allow"),
        ("name: news\n", "name: news\nprevious: yes\n", "thread.md.j2:3: previous is no list of settings"),
        (
            "name: news\n",
            "name: news\nprevious:\n  lok: true\n",
            "previous.lok is not a setting (did you mea",
        ),
        ("name: news\n", "name: news\ncompanions: [a]\n", "companions is no list of settings"),
        ("name: news\n", "name: news\ncompanions: {a: {}}\n", "companions.a (a companion has one of thread"),
        ("name: news\n", "name: news\ncompanions: {a: {url: a.example}}\n", "companions.a.url (write a who"),
        ("name: news\n", "name: news\ncompanions: {a: {thread: A}}\n", "companions.a.thread (a thread's na"),
        ("name: news\n", "name: news\ncompanions: {a: {latest_by: b}}\n", "latest_by wants in: COMMUNITY"),
        ("name: news\n", "name: news\ncompanions: {a: {latst_by: b}}\n", "did you mean latest_by?"),
        ('"News {{ edition.number }}"', "2026", "thread.md.j2:3: title is not a text (put it in quotes"),
        ('"News {{ edition.number }}"', "News #3", "thread.md.j2:3: the text after ` #` is a comment"),
        ("every: week", "every: fortnight", "thread.md.j2:5: schedule.every (write day, week, month"),
        ("every: week", "every: month", "schedule (every: month wants on: a day number, or first monday)"),
        ("every: week", "every: day", "schedule (every: day takes no on:)"),
        ("  on: monday\n", "", "schedule (every: week wants on: monday, or several days)"),
        ("on: monday", "on: mondya", "thread.md.j2:6: schedule.on (mondya is no day of the week, did you"),
        ("on: monday", "on: true", "thread.md.j2:6: schedule.on (write a day, as in monday)"),
        ("on: monday", "on: 32", "thread.md.j2:6: schedule.on (a day of the month is 1 to 31)"),
        ("on: monday", "on: [monday, 3]", "thread.md.j2:6: schedule.on (3 is no day of the week)"),
        ('"12:00"', "noon", "thread.md.j2:7: schedule.at (write the hour on a clock of 24"),
        ("Europe/London", "Europe/Lodnon", "thread.md.j2:8: schedule.timezone (there is no time zone Europe"),
        ("Europe/London", "zz", "thread.md.j2:8: schedule.timezone (there is no time zone zz, as in Europe"),
        ("first: 2024-01-01", "first: soon", "thread.md.j2:9: schedule.first is no list of settings"),
        ("first: 2024-01-01", "first: {date: soon}", "schedule.first.date (write a date, as in 2026-11-16)"),
        ("first: 2024-01-01", "first: {number: 1}", "schedule.first.date is missing (write date: ...)"),
        ("first: 2024-01-01", "first: {dat: 1}", "did you mean date?"),
        ("2024-01-01", "2024-01-01\n  grace: 3 dyas", "thread.md.j2:10: schedule.grace (write how long"),
        ("2024-01-01", "2024-01-01\n  skip: 2026-12-28", "schedule.skip is not a list"),
        ("2024-01-01", "2024-01-01\n  skip: [9999-12-31]", "skip: 9999-12-31 is not the day of a slot"),
    ],
)
def test_a_mistake_has_its_line_and_what_to_write(old: str, new: str, line: str) -> None:
    assert [said for said in mistakes(changed(old, new)) if line in said]


def test_every_mistake_of_a_file_is_found_at_once() -> None:
    text = LEAST.replace("name: news", "name: News!\npni: local").replace("monday", "mondya")
    text = text.replace('"News {{ edition.number }}"', "Week #3").replace("Europe/London", "London")

    assert [said.split(":")[1] for said in mistakes(text)] == ["2", "3", "4", "7", "9"]


def test_a_day_to_skip_that_is_no_slot_is_named_where_it_stands() -> None:
    text = changed(
        "first: 2024-01-01", "first: 2024-01-01\n  skip: [2027-01-04, 2026-12-28,\n    2026-12-29]"
    )

    assert mistakes(text) == [
        "thread.md.j2:11: skip: 2026-12-29 is not the day of a slot (write the day it would go up)"
    ]


def test_a_thread_is_called_what_its_file_is_called() -> None:
    text = LEAST.replace("name: news\n", "")

    assert parsed(text, "reading-group.md.j2").name == "reading-group"
    assert mistakes(text) == ["thread.md.j2:2: name is missing (write name: ...)"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [("thread.md.j2", True), ("_footer.md.j2", False), ("a/b.md.j2", False), ("sections/a.md", False)],
)
def test_which_files_are_threads(path: str, *, expected: bool) -> None:
    assert is_thread(path) is expected


def test_two_threads_of_one_name_are_a_mistake() -> None:
    found, problems = threads(Snapshot(files={"news.md.j2": LEAST, "thread.md.j2": LEAST}))

    assert [thread.path for thread in found] == ["news.md.j2"]
    assert problems == (
        Problem("thread.md.j2", 1, "news.md.j2 has the same name", "give one of them another"),
    )


def test_a_source_without_a_thread_is_a_mistake() -> None:
    _, problems = threads(Snapshot(files={"_footer.md.j2": LEAST}))

    assert [problem.what for problem in problems] == ["the source has no thread"]


def test_what_the_source_could_not_read_is_among_the_mistakes() -> None:
    odd = Problem("news.md.j2", 3, "the file is not UTF-8")

    assert threads(Snapshot(files={}, problems=(odd,))) == ((), (odd,))
