"""The front matter of threads: every form that is taken, every mistake at once with its line."""

import gc
from collections.abc import Callable
from datetime import date, time, timedelta
from time import process_time as time_used

import pytest

from megabot.schedule.calendar import Calendar, Every
from megabot.schedule.month_days import MonthDay
from megabot.source.front_matter.yaml import split
from megabot.source.model import Companion, Pin, Previous, Refresh, Snapshot, Thread, is_thread_file
from megabot.source.problems import Problem
from megabot.source.thread_files import parse_thread, threads

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
NAME, TITLE, ZONE, FIRST = "name: news", '"News {{ edition.number }}"', "Europe/London", "2024-01-01"


FIRST_MONDAY, THIRD_MONDAY = MonthDay(nth=1, weekday=0), MonthDay(nth=3, weekday=0)


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
tags: [Weekly, " Maps ", Weekly]
schedule:"""
    thread = parsed(changed("schedule:", more))

    assert (thread.community, thread.pin, thread.refresh) == ("news@lemmy.example", Pin.LOCAL, Refresh.NEVER)
    assert (thread.locale, thread.language, thread.nsfw, thread.mentions) == ("de", "de", True, True)
    assert thread.tags == ("Weekly", "Maps")
    assert thread.previous.lock
    assert thread.companions[2] == Companion(
        name="film", latest_by="someone", community="films", title="Film club*"
    )


@pytest.mark.parametrize(
    ("every", "on", "expected"),
    [
        ("week", "on: [thursday, monday]", (1, Every.WEEK, (0, 3), ())),
        ("week", "on: monday and thursday", (1, Every.WEEK, (0, 3), ())),
        ("2 weeks", "on: Monday", (2, Every.WEEK, (0,), ())),
        ("day", "", (1, Every.DAY, (), ())),
        ("month", "on: 15", (1, Every.MONTH, (), (MonthDay(day=15),))),
        ("month", "on: 15th", (1, Every.MONTH, (), (MonthDay(day=15),))),
        ("month", "on: last day", (1, Every.MONTH, (), (MonthDay(day=31),))),
        ("month", "on: last day of the month", (1, Every.MONTH, (), (MonthDay(day=31),))),
        ("month", "on: [1, 15]", (1, Every.MONTH, (), (MonthDay(day=1), MonthDay(day=15)))),
        ("month", "on: first monday", (1, Every.MONTH, (), (MonthDay(nth=1, weekday=0),))),
        ("month", "on: first and third monday", (1, Every.MONTH, (), (FIRST_MONDAY, THIRD_MONDAY))),
        ("month", "on: [first monday, third monday]", (1, Every.MONTH, (), (FIRST_MONDAY, THIRD_MONDAY))),
        ("3 months", "on: last sunday", (3, Every.MONTH, (), (MonthDay(nth=-1, weekday=6),))),
        ("year", "on: 24 december", (1, Every.YEAR, (), (MonthDay(day=24, month=12),))),
        ("year", "on: December 24th", (1, Every.YEAR, (), (MonthDay(day=24, month=12),))),
        ("2 years", "on: first monday of May", (2, Every.YEAR, (), (MonthDay(nth=1, weekday=0, month=5),))),
        (
            "year",
            "on: [last day of feb, 1 nov]",
            (1, Every.YEAR, (), (MonthDay(day=31, month=2), MonthDay(day=1, month=11))),
        ),
    ],
)
def test_a_schedule_repeats_by_days_weeks_months_or_years(every: str, on: str, expected: object) -> None:
    schedule = parsed(changed("every: week\n  on: monday", f"every: {every}\n  {on}")).schedule

    assert (schedule.interval, schedule.every, schedule.weekdays, schedule.month_days) == expected


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("18", [time(18)]),
        ("18:00", [time(18)]),
        ('"18:00"', [time(18)]),
        ("6pm", [time(18)]),
        ("noon", [time(12)]),
        ('["18:00", "09:30"]', [time(9, 30), time(18)]),
        ("[6, 12, 6pm]", [time(6), time(12), time(18)]),
    ],
)
def test_a_slot_has_its_time_or_several(text: str, times: list[time]) -> None:
    assert list(parsed(changed('"12:00"', text)).schedule.times) == times


def test_one_slot_of_a_day_with_several_can_be_skipped() -> None:
    schedule = parsed(
        changed('"12:00"', "[9, 18]\n  skip: [2026-12-28 18:00, 2027-01-04]"),
    ).schedule

    keys = ("2026-12-21-1800", "2026-12-28-0900", "2026-12-28-1800", "2027-01-04-0900", "2027-01-04-1800")
    found = [Calendar("news", schedule).edition(key) for key in keys]
    assert [one is not None and one.skipped for one in found] == [False, False, True, True, True]


@pytest.mark.parametrize(
    ("times", "skip", "said"),
    [
        (
            "[9, 18]",
            "2026-12-28 12:00",
            "nothing is posted on 2026-12-28 at 12:00 (the thread is posted at 09:00",
        ),
        (
            "[9, 18]",
            "2026-12-29 18:00",
            "2026-12-29 is not a posting date (the nearest are 2026-12-28",
        ),
        (
            "18",
            "2026-12-28 18:00",
            "nothing is posted on 2026-12-28 at 18:00 (write the day only: 2026",
        ),
        ("18", "2020-12-28", "2020-12-28 is not a posting date (the first is 2024-01-01)"),
    ],
)
def test_a_slot_to_skip_that_is_none_is_named(times: str, skip: str, said: str) -> None:
    (found,) = mistakes(changed('"12:00"', f"{times}\n  skip: [{skip}]"))

    assert found.startswith(f"thread.md.j2:8: schedule.skip: {said}")


def test_grace_first_and_skip_are_read() -> None:
    more = "first: {date: 2024-01-01, number: 0}\n  grace: 36 hours\n  skip: [2026-12-28]"
    schedule = parsed(changed("first: 2024-01-01", more)).schedule

    assert (schedule.first, schedule.number) == (date(2024, 1, 1), 0)
    assert (schedule.grace, schedule.skip) == (timedelta(hours=36), frozenset([date(2026, 12, 28)]))


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (NAME, "nmae: news", "2: nmae is not a setting (did you mean name?)"),
        (
            NAME,
            "name: News!",
            "2: name: News! is not a valid name (use 1 to 40 characters from a-z, 0-9 and -)",
        ),
        (
            NAME,
            f"{NAME}\nzzz: 1",
            "3: zzz is not a setting (use one of: name, title, schedule, image, image_alt, ",
        ),
        (NAME, f"{NAME}\nnsfw: no", "3: nsfw is neither true nor false (write true or false)"),
        (NAME, f"{NAME}\npin: top", "3: pin: top is not one of community, local, none (write one of them)"),
        (
            NAME,
            f"{NAME}\nrefresh: bdoy",
            "3: refresh: bdoy is not one of body, preamble, never (did you mean body?)",
        ),
        (
            NAME,
            f'{NAME}\ntags: [" "]',
            "3: tags: a tag is not a name (write the names of the community's tags: [Weekly])",
        ),
        (
            NAME,
            f"{NAME}\ntags: [Weekly, null]",
            "3: tags: a tag is not a name (write the names of the community's tags: [Weekly])",
        ),
        (
            NAME,
            f"{NAME}\ntags: [true]",
            "3: tags: a tag is not a name (write the names of the community's tags: [Weekly])",
        ),
        (
            NAME,
            f"{NAME}\ntags: [[Weekly]]",
            "3: tags: a tag is not a name (write the names of the community's tags: [Weekly])",
        ),
        (
            NAME,
            f"{NAME}\nmentions: yes",
            "3: mentions: yes is neither allow nor refuse (write allow, or delete the line)",
        ),
        (
            NAME,
            f"{NAME}\nlocale: klingon",
            "3: locale: klingon is not a locale (write a language code, like en",
        ),
        (
            NAME,
            f"{NAME}\ncommunity: a/b",
            "3: community: a/b is not the name of a community (write name or name@host",
        ),
        (
            NAME,
            f"{NAME}\nprevious: yes",
            "3: previous is not a list of settings (write key: value lines under it)",
        ),
        (NAME, f"{NAME}\nprevious:\n  lok: true", "4: previous.lok is not a setting (did you mean lock?)"),
        (NAME, f"{NAME}\ncompanions: [a]", "3: companions is not a list of settings (write key: value lines"),
        (
            NAME,
            f"{NAME}\ncompanions: {{a: {{}}}}",
            "3: companions.a: a companion needs exactly one of thread, url and latest_by",
        ),
        (
            NAME,
            f"{NAME}\ncompanions: {{a: {{url: a.example}}}}",
            "3: companions.a.url: a.example is not a full web address (",
        ),
        (
            NAME,
            f"{NAME}\ncompanions: {{a: {{thread: A}}}}",
            "3: companions.a.thread: A is not a valid name (use 1 to",
        ),
        (
            NAME,
            f"{NAME}\ncompanions: {{a: {{latest_by: b}}}}",
            "3: companions.a: latest_by also needs in and title (add them, like in:",
        ),
        (
            NAME,
            f"{NAME}\ncompanions: {{a: {{latst_by: b}}}}",
            "3: companions.a.latst_by is not a setting (did you mean latest_by?)",
        ),
        (TITLE, "2026", '3: title is not text (put it in quotes: "...")'),
        (TITLE, "", "3: title is empty (write a value, or delete the line)"),
        (TITLE, '""', "3: title is empty (write a text)"),
        (
            TITLE,
            "News #3",
            '3: the text after ` #` is read as a comment (put the whole value in quotes: "...")',
        ),
        (
            TITLE,
            "@News",
            '3: the value starts with a character that is reserved in YAML (put it in quotes: "...")',
        ),
        (
            TITLE,
            "{{ edition.number }}",
            '3: brackets instead of text (put {{ ... }} in quotes: "...")',
        ),
        (
            "every: week",
            "every: fortnight",
            "5: schedule.every: fortnight is not a valid interval (write 2 weeks)",
        ),
        (
            "every: week",
            "every: month",
            "4: schedule: a monthly thread needs a day of the month (write on: first monday, or on: 15)",
        ),
        ("every: week", "every: day", "4: schedule: a daily thread is posted every day (delete on:)"),
        (
            "  on: monday\n",
            "",
            (
                "4: schedule: a weekly thread needs a day of the week "
                "(write on: monday, or on: [monday, thursday])"
            ),
        ),
        ("on: monday", "on: mnday", "6: schedule.on: mnday is not a day of the week (did you mean monday?)"),
        (
            "on: monday",
            "on: [mnday, 3]",
            "6: schedule.on: mnday is not a day of the week (did you mean monday?)",
        ),
        (
            "on: monday",
            "on: xx",
            "6: schedule.on: xx is not a day of the week (write it in full, like monday)",
        ),
        (
            "on: monday",
            "on: fist monday",
            "6: schedule.on: fist is not first, second, third, fourth or last (did you mean first?)",
        ),
        (
            "on: monday",
            "on: last mnday",
            "6: schedule.on: mnday is not a day of the week (did you mean monday?)",
        ),
        (
            "on: monday",
            "on: 32",
            "6: schedule.on: 32 is not a day (write monday, or 1 to 31 for a day of the month)",
        ),
        ("on: monday", "on: true", "6: schedule.on: True is not a day (write monday"),
        (
            '"12:00"',
            "teatime",
            "7: schedule.at: teatime is not a time of day (write 18:00, 18 or 6pm)",
        ),
        ('"12:00"', "[9, 10]", "7: schedule.at: times must be at least 3 hours apart (write them like"),
        ('"12:00"', "[23, 1]", "7: schedule.at: times must be at least 3 hours apart"),
        ('"12:00"', "[9, 9]", "7: schedule.at: times must be at least 3 hours apart"),
        ('"12:00"', "[]", "7: schedule.at: times must be at least 3 hours apart"),
        (
            "every: week",
            "every: twice a day",
            "5: schedule.every: twice a day is not a valid interval (write day, and",
        ),
        (
            "every: week",
            "every: daily",
            "5: schedule.every: daily is not a valid interval (write day, or week with",
        ),
        (
            "every: week",
            "every: year",
            "4: schedule: a yearly thread needs a day and a month (write on: 24 dec",
        ),
        (
            "on: monday",
            "on: [monday, 15]",
            "6: schedule.on: days of the week and days of the month cannot be mixed (",
        ),
        ("on: monday", "on: [28, last day]", "6: schedule.on: 28 and last day can be the same day ("),
        ("on: monday", "on: [1, first monday]", "6: schedule.on: 1 and first monday can be the same day"),
        ("on: monday", "on: 31 april", "6: schedule.on: 31 april is not a day (write monday, or 1 to 31"),
        (
            "on: monday",
            "on: 24 decembr",
            "6: schedule.on: decembr is not a day of the week (did you mean december?)",
        ),
        ("on: monday", "on: {a: b}", "6: schedule.on: {'a': 'b'} is not a day (write monday"),
        (
            ZONE,
            "Europe/Lodnon",
            "8: schedule.timezone: there is no time zone Europe/Lodnon (did you mean Europe/London?)",
        ),
        (
            ZONE,
            "new york",
            "8: schedule.timezone: there is no time zone new york (did you mean America/New_York?)",
        ),
        (
            ZONE,
            "GMT+1",
            "8: schedule.timezone: there is no time zone GMT+1 (this is an offset, which does not define",
        ),
        (
            ZONE,
            "zz",
            "8: schedule.timezone: there is no time zone zz (write area and city, like Europe/London)",
        ),
        (ZONE, "../etc", "8: schedule.timezone: there is no time zone ../etc ("),
        (FIRST, "soon", "9: schedule.first: soon is not a date (write year-month-day, like 2026-11-16)"),
        (FIRST, "9999-12-31", "9: schedule.first: 9999-12-31 is too far away (check the year)"),
        (FIRST, "{date: soon}", "9: schedule.first.date: soon is not a date (write year-month-day"),
        (FIRST, "{number: 1}", "9: schedule.first.date is missing (write date: ...)"),
        (FIRST, "{dat: 1}", "9: schedule.first.dat is not a setting (did you mean date?)"),
        (
            FIRST,
            "{date: 2024-01-01, number: x}",
            "9: schedule.first.number is not a whole number (write only digits",
        ),
        (FIRST, "{date: 2024-01-01, number: -1}", "9: schedule.first.number is below 0 (write 0 or more)"),
        (
            FIRST,
            "{date: 2024-01-01, number: 9999999999999999999999}",
            "9: schedule.first.number is too large (write at most 1,000,000)",
        ),
        (NAME, "name: news\ncap: 9999999999999999999999", "3: cap is too large (write at most 1,000,000)"),
        (
            FIRST,
            f"{FIRST}\n  grace: 3 dyas",
            "10: schedule.grace: 3 dyas is not a duration (write a number and",
        ),
        (
            FIRST,
            f"{FIRST}\n  skip: 2026-12-28",
            "10: schedule.skip is not a list (write it in brackets: [...])",
        ),
        (FIRST, f"{FIRST}\n  skip: [x]", "10: schedule.skip: x is not a date (write year-month-day"),
    ],
)
def test_a_mistake_has_its_line_and_what_to_write(old: str, new: str, line: str) -> None:
    """G05."""
    assert [said for said in mistakes(changed(old, new)) if said.startswith(f"thread.md.j2:{line}")]


def test_every_mistake_of_a_file_is_found_at_once() -> None:
    text = LEAST.replace("name: news", "name: News!\npni: local").replace("monday", "mondya")
    text = text.replace('"News {{ edition.number }}"', "Week #3").replace("Europe/London", "London")

    assert [said.split(":")[1] for said in mistakes(text)] == ["2", "3", "4", "7", "9"]


def test_a_day_to_skip_that_is_no_slot_is_named_where_it_stands() -> None:
    text = changed(
        "first: 2024-01-01", "first: 2024-01-01\n  skip: [2027-01-04, 2026-12-28,\n    2026-12-29]"
    )

    what = "schedule.skip: 2026-12-29 is not a posting date"
    assert mistakes(text) == [f"thread.md.j2:11: {what} (the nearest are 2026-12-28 and 2027-01-04)"]


def test_a_thread_is_called_what_its_file_is_called() -> None:
    text = LEAST.replace("name: news\n", "")

    assert parsed(text, "reading-group.md.j2").name == "reading-group"
    assert mistakes(text) == ["thread.md.j2:2: name is missing (write name: ...)"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [("thread.md.j2", True), ("_footer.md.j2", False), ("a/b.md.j2", False), ("sections/a.md", False)],
)
def test_which_files_are_threads(path: str, *, expected: bool) -> None:
    assert is_thread_file(path) is expected


@pytest.mark.parametrize("value", ["|\n    one\n    two", f'"{"x" * 500}"', "[one, two]"])
@pytest.mark.parametrize("key", ["pin", "name"])
def test_a_mistake_is_one_short_line_whatever_was_written(key: str, value: str) -> None:
    text = changed("schedule:", f"{key}: {value}\nschedule:")

    assert all("\n" not in said and len(said) < 300 for said in mistakes(text))


def test_dates_may_stand_in_quotes() -> None:
    schedule = parsed(changed(FIRST, f'"{FIRST}"\n  skip: ["2026-12-28"]')).schedule

    assert (schedule.first, schedule.skip) == (date(2024, 1, 1), frozenset([date(2026, 12, 28)]))


def test_a_line_that_is_no_yaml_as_it_is_has_no_second_mistake() -> None:
    assert len(mistakes(changed(TITLE, "{{ edition.number }}"))) == 1


@pytest.mark.parametrize("text", ["", "Text\n", f"\n{LEAST}", f"-{LEAST}", f"—\n{LEAST}"])
def test_a_template_without_front_matter_says_so(text: str) -> None:
    (said,) = mistakes(text)

    assert said == (
        "thread.md.j2:1: the file has no front matter "
        "(start it with ---, settings, ---; or start the file name with _ if it is a partial)"
    )


def test_front_matter_that_is_no_yaml_has_no_mistakes_but_that() -> None:
    assert mistakes(changed(TITLE, '"News')) == ["thread.md.j2:3: a quote is never closed (close it)"]


def test_two_threads_of_one_name_are_a_mistake() -> None:
    _, problems = threads(Snapshot(files={"news.md.j2": LEAST, "thread.md.j2": LEAST}))

    assert [str(problem) for problem in problems] == [
        "thread.md.j2:2: name: news.md.j2 has the name news too (give one of them another name)"
    ]


def test_a_companion_must_be_a_thread_of_the_source() -> None:
    text = changed("schedule:", "companions:\n  group: {thread: raeding}\n  film: {thread: x}\nschedule:")
    other = LEAST.replace(NAME, "name: reading")

    _, problems = threads(Snapshot(files={"thread.md.j2": text, "reading.md.j2": other}))

    assert [str(problem) for problem in problems] == [
        "thread.md.j2:5: companions.group.thread: there is no thread raeding (did you mean reading?)",
        "thread.md.j2:6: companions.film.thread: there is no thread x (use one of: reading, news)",
    ]


def test_a_companion_with_mistakes_of_its_own_is_known_all_the_same() -> None:
    text = changed("schedule:", "companions: {group: {thread: reading}}\nschedule:")
    other = LEAST.replace(NAME, "name: reading").replace("monday", "mnday")

    _, problems = threads(Snapshot(files={"thread.md.j2": text, "reading.md.j2": other}))

    assert [problem.path for problem in problems] == ["reading.md.j2"]


def test_a_source_without_a_thread_is_a_mistake() -> None:
    _, problems = threads(Snapshot(files={"_footer.md.j2": LEAST}))

    assert [problem.what for problem in problems] == ["there is no thread template"]


def test_what_the_source_could_not_read_is_among_the_mistakes() -> None:
    odd = Problem("news.md.j2", 3, "the file is not UTF-8")

    assert threads(Snapshot(files={}, problems=(odd,))) == ((), (odd,))


def seconds(work: Callable[[], object]) -> float:
    """Give the least CPU time of three runs: for ratios, never for limits."""
    spent = []
    gc.disable()  # how long it takes depends on what other tests have left
    for _ in range(3):
        begin = time_used()
        work()
        spent.append(time_used() - begin)
    gc.enable()
    return min(spent)


def many(old: str = "", new: str = "") -> Snapshot:
    """Give 300 threads, in each of which something is replaced."""
    files = {f"a{number}.md.j2": changed(NAME, f"name: a{number}") for number in range(300)}
    return Snapshot(
        files={path: text.replace(old, f"{new}{path}") if old else text for path, text in files.items()}
    )


def test_mistakes_in_many_files_take_about_the_time_of_no_mistakes() -> None:
    """The attack: 1,900 misspelt time zones took 51 s, because each was compared with all zones."""
    good, bad = many(), many(ZONE, "Europe/Lodnon")

    assert len(threads(good)[0]) == 300
    assert len(threads(bad)[1]) == 300
    # 100 of the 300 are compared with all zones, which are read once; it was 100 times as long.
    assert seconds(lambda: threads(bad)) < 10 * seconds(lambda: threads(good))


def test_of_many_mistakes_the_first_are_listed_and_every_file_is_named() -> None:
    _, problems = threads(many(ZONE, "Europe/Lodnon"))

    assert {problem.path for problem in problems} == {f"a{number}.md.j2" for number in range(300)}
    assert sum("did you mean" in problem.hint for problem in problems) == 100
    assert str(problems[-1]) == (
        "a99.md.j2:1: the front matter has mistakes too (they will be listed once the other files are fixed)"
    )


def test_of_many_mistakes_in_one_file_the_first_are_listed() -> None:
    days = ", ".join(["2026-12-29"] * 3000)
    keys = "\n".join(f"timezon{number}: x" for number in range(3000))

    assert len(mistakes(changed(FIRST, f"{FIRST}\n  skip: [{days}]"))) == 20
    assert len(mistakes(changed(NAME, f"{NAME}\n{keys}"))) == 20


def test_a_long_list_of_days_to_skip_takes_about_the_time_of_reading_it() -> None:
    monday = date(2024, 1, 1)
    days = ", ".join((monday + timedelta(weeks=number)).isoformat() for number in range(4000))
    text = changed(FIRST, f"{FIRST}\n  skip: [{days}]")

    assert len(parsed(text).schedule.skip) == 4000
    assert seconds(lambda: parse_thread("thread.md.j2", text)) < 4 * seconds(lambda: split("a", text))


def test_a_very_long_name_is_compared_with_nothing() -> None:
    (said,) = mistakes(changed(ZONE, "Europe/Lodnon" * 1000))

    assert said.endswith("(write area and city, like Europe/London)")


def test_of_many_known_names_the_first_are_shown() -> None:
    text = changed("schedule:", "companions: {film: {thread: zzz}}\nschedule:")

    _, problems = threads(Snapshot(files=many().files | {"z.md.j2": text}))

    assert len(problems[-1].hint) < 200
    assert problems[-1].hint.endswith(" and 281 more")


@pytest.mark.parametrize(
    ("key", "entry"), [("companions", '  c{}: {{url: "https://a.example"}}'), ("tags", "  - Tag {}")]
)
def test_lists_that_the_server_is_asked_about_are_bounded(key: str, entry: str) -> None:
    def text(count: int) -> str:
        return changed(NAME, "\n".join([NAME, f"{key}:", *map(entry.format, range(count))]))

    assert parsed(text(50)).name == "news"
    assert mistakes(text(51)) == [f"thread.md.j2:3: {key}: there are 51 entries (write at most 50)"]
