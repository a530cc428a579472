"""Titles of threads: their dates and numbers become the edition's, or stay as they are and it is said."""

from datetime import date, timedelta

import pytest
from babel.dates import format_date

from megabot.rendering.child.environment import Environment, StrictData
from megabot.source.titles.date_words import date_words
from megabot.source.titles.title_dates import LANGUAGES, TitleRead, read_title

TUESDAY = date(2026, 11, 24)
WEEK = timedelta(weeks=1)


def rendered(read: TitleRead, start: date, number: int = 0) -> str:
    """Render a title for the edition that starts on a day."""
    year, week, _ = start.isocalendar()
    edition = StrictData(key=f"{year}-W{week:02}", number=number, start=start, end=start + timedelta(days=6))
    environment = Environment({}, locale=read.locale or "en", timezone="UTC")
    return environment.text("thread.md.j2", read.title, {"edition": edition})


def read(title: str, posted: date = TUESDAY, language: str = "") -> TitleRead:
    return read_title(title, posted, date_words, language=language)


@pytest.mark.parametrize(
    ("title", "later"),
    [
        ("News from November 24th to November 30th, 2026", "News from December 29th to January 4th, 2027"),
        ("24–30 November 2026", "29 December–4 January 2027"),
        ("News Nov 24th to 30th", "News Dec 29th to Jan 4th"),
        ("Links 2026/11/24", "Links 2026/12/29"),
        ("Thread of 2026-11-24", "Thread of 2026-12-29"),
        ("Thread 24.11.2026", "Thread 29.12.2026"),
        ("24.–30.11.2026", "29.12.–04.01.2027"),
        ("24.11.–30.11.2026", "29.12.–04.01.2027"),
        ("Thread 24/11/2026", "Thread 29/12/2026"),
        ("Thread 11/24/26", "Thread 12/29/26"),
        ("Chat 2026-W48", "Chat 2026-W53"),
        ("Chat, week 48", "Chat, week 53"),
        ("Chat, week 48, 2026", "Chat, week 53, 2026"),
        ("KW 48/2026", "KW 53/2026"),
        ("Tuesday, November 24th, 2026", "Tuesday, December 29th, 2026"),
        ("24 November to 1 December 2026", "29 December to 5 January 2027"),
        ("Nov 24th to Dec 1st", "Dec 29th to Jan 5th"),
        ("The 24th of November 2026", "The 29th of December 2026"),
        ("week of 24 Nov", "week of 29 Dec"),
        ("24 November 2026 - 30 November 2026", "29 December 2026 - 4 January 2027"),
        ("November 2026", "December 2026"),
        ("Week ending 30 November 2026", "Week ending 4 January 2027"),
        ("24. November 2026", "29. Dezember 2026"),
        ("24.–30. November 2026", "29. Dezember–4. Januar 2027"),
        ("del 24 al 30 de noviembre de 2026", "del 29 de diciembre al 4 de enero de 2027"),
        ("Обсуждение 24 ноября 2026", "Обсуждение 29 декабря 2026"),
        ("雑談 2026年11月24日号", "雑談 2026年12月29日号"),
        ("24 de novembro de 2026", "29 de dezembro de 2026"),
        ("Week 48 of 2026", "Week 53 of 2026"),
        ("{24 November 2026}", "{29 December 2026}"),
    ],
)
def test_a_date_of_the_week_becomes_that_of_the_edition(title: str, later: str) -> None:
    found = read(title)

    assert (found.number, found.notes) == (None, ())
    assert rendered(found, TUESDAY) == title
    assert rendered(found, date(2026, 12, 29)) == later


@pytest.mark.parametrize(
    ("title", "language", "later"),
    [
        ("Fil du 24 novembre 2026", "fr", "Fil du 29 décembre 2026"),
        ("24 novembre 2026", "it", "29 dicembre 2026"),
        ("24 november 2026", "sv", "29 december 2026"),
    ],
)
def test_a_date_that_several_languages_write_so_needs_the_language(
    title: str, language: str, later: str
) -> None:
    unknown = read(title)
    known = read(title, language=language)

    assert (unknown.title, unknown.number) == (title, None)
    assert "to choose one, add an option like --language" in unknown.notes[0]
    assert (known.locale, rendered(known, date(2026, 12, 29))) == (language, later)


@pytest.mark.parametrize(
    "title",
    [
        "Since 1 January 1990",
        "24 November to 2 December 2026",  # neither the last day nor that of the next thread
        "3–24 November 2026",
        "Thread 03/12/2026",  # the third of December is near, the twelfth of March is not: neither this week
        "Week 47, 2026",
        "2026-W40",
        "30 February 2026",
        "Version 1.20",
        "Top 10, thread 5",
        "The last 7 days",
        "#007",
        "News 48",  # or the week?
        "thread for 24 Sept 2026",
        "Open until 24h",
        "1st thread",
        "Thread Nov. 24th, '26",
        "24 & 25 Nov",
        "Thread 24, 25 and 26 November",
        "Weekly 24 XI 2026",
    ],
)
def test_what_is_not_certain_stays_as_it_is_and_is_said(title: str) -> None:
    found = read(title)

    assert (rendered(found, date(2026, 12, 29)), found.number) == (title, None)
    assert found.notes


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("News megathread 151: 24 November to 30 November 2026", 151),
        ("Weekly #7, Nov 24, 2026", 7),
        ("Monthly thread No. 12 of 2026", 12),
        ("№ 3 | 24 ноября 2026", 3),
        ("Week 12 of the reading group", 12),
        ("Thread 3 - 24 November 2026", 3),
        ("Chat 5", 5),
    ],
)
def test_the_number_of_the_edition_is_found_beside_its_date(title: str, number: int) -> None:
    found = read(title)

    assert (found.number, rendered(found, TUESDAY, number)) == (number, title)
    assert rendered(found, TUESDAY, 9_999) == title.replace(str(number), "9999", 1)


@pytest.mark.parametrize("title", ["What happened in 2026?", "Chat", "{{ Chat }} {% x", "Weekly thread"])
def test_a_title_without_dates_and_numbers_stays_as_it_is(title: str) -> None:
    found = read(title)

    assert (rendered(found, TUESDAY), found.number, found.notes) == (title, None, ())


def test_a_title_that_could_grow_too_long_stays_as_it_is() -> None:
    title = f"{'x' * 185} 1 May 2026"

    found = read(title, date(2026, 5, 1))

    assert (found.title, len(found.notes)) == (title, 1)


@pytest.mark.parametrize("code", LANGUAGES)
def test_in_every_language_a_date_is_read_right_or_not_at_all(code: str) -> None:
    """Babel writes a date, and the template must write it again: a mistake would be in every title."""
    understood = 0
    for month in range(1, 13):
        start = date(2026, month, 9)
        for form in ("long", "medium", "short"):
            title = f"x {format_date(start, form, locale=code)}"
            found = read(title, start, language=code)
            if found.title != title:
                understood += 1
                later = f"x {format_date(start + WEEK, form, locale=code)}"
                assert (rendered(found, start), rendered(found, start + WEEK)) == (title, later)
            assert found.number is None

    assert understood > 6 or code in {"eu", "eo"}


@pytest.mark.parametrize(
    ("title", "posted"),
    [
        ("News 30 February - 5 March 2026", date(2026, 3, 1)),
        ("24, 25 and 26 November 2026", TUESDAY),
        ("News 2027-W53", date(2027, 11, 24)),
    ],
)
def test_what_is_no_week_of_a_thread_stays_in_its_title_and_is_said(title: str, posted: date) -> None:
    taken = read(title, posted)

    assert (taken.title, len(taken.notes) > 0) == (title, True)


def test_a_range_over_new_year_is_read_with_the_year_at_its_end() -> None:
    taken = read("News 30 December - 5 January 2027", date(2026, 12, 30))

    assert taken.start == date(2026, 12, 30)
