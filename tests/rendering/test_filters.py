"""Dates in words, ordinals, Markdown and addresses kept whole, spoilers."""

from dataclasses import replace
from datetime import UTC, date, datetime
from urllib.parse import unquote

import pytest
from jinja2 import TemplateRuntimeError

from lemmy_markdown import to_html
from megabot.rendering.child.filters import date_filter, escape_md, ordinal, spoiler, url
from tests.templates import CONTEXT, body_of, problems_of

MONDAY = date(2026, 11, 16)


@pytest.mark.parametrize(
    ("locale", "pattern", "text"),
    [
        ("en", "EEEE d MMMM y", "Monday 16 November 2026"),
        ("de", "EEEE, d. MMMM y", "Montag, 16. November 2026"),
        ("pt-BR", "d 'de' MMMM", "16 de novembro"),
        ("en_GB", "long", "16 November 2026"),
        ("en", "w", "47"),
    ],
)
def test_a_date_is_written_in_the_threads_language(locale: str, pattern: str, text: str) -> None:
    assert date_filter(locale, "UTC")(MONDAY, pattern) == text


@pytest.mark.parametrize("pattern", ["YYYY-'W'ww", "'YYYY' d MMMM y", "D", "d MMM y HH:mm", "H:mm"])
def test_letters_that_mean_what_they_look_like_pass(pattern: str) -> None:
    assert date_filter("en", "UTC")(datetime(2026, 11, 16, 8, tzinfo=UTC), pattern)


@pytest.mark.parametrize(
    ("zone", "value", "pattern", "text"),
    [
        ("America/New_York", datetime(2026, 12, 28, 17, tzinfo=UTC), "HH:mm z", "17:00 UTC"),
        ("America/New_York", "2026-12-28T12:00:00-05:00", "HH:mm z", "12:00 EST"),
        ("America/New_York", "2026-06-28T12:00:00-04:00", "HH:mm z", "12:00 EDT"),
        ("Europe/London", "2026-12-28T12:00:00+00:00", "HH:mm z", "12:00 GMT"),
        ("Europe/London", "2026-12-28T12:00", "HH:mm z", "12:00 GMT"),
        ("Europe/London", "2026-06-28T12:00:00+01:00", "zzzz", "British Summer Time"),
    ],
)
def test_a_zone_has_the_name_that_babel_gives_it(zone: str, value: object, pattern: str, text: str) -> None:
    assert date_filter("en", zone)(value, pattern) == text


def test_the_slots_zone_has_its_name() -> None:
    winter = replace(CONTEXT, edition=replace(CONTEXT.edition, slot=datetime(2026, 12, 28, 12, tzinfo=UTC)))

    assert body_of("{{ edition.slot | date('HH:mm z') }}", winter) == "12:00 GMT"


def test_the_slots_hour_is_that_of_the_threads_zone() -> None:
    assert body_of("{{ edition.slot | date('d MMMM HH:mm') }}") == "22 June 12:00"


@pytest.mark.parametrize(
    "value", ["2026-11-16", "2026-11-16T08:30:00", datetime(2026, 11, 16, 8, tzinfo=UTC)]
)
def test_a_date_of_the_data_may_be_text(value: object) -> None:
    assert date_filter("en", "UTC")(value, "d MMM") == "16 Nov"


@pytest.mark.parametrize(
    ("locale", "value", "pattern", "message"),
    [
        ("en", MONDAY, "%d %B %Y", "date patterns are Babel's, without %; write 'd MMMM y'"),
        ("en", MONDAY, "%Q", "date patterns are Babel's, without %; write 'd MMMM y'"),
        ("en", MONDAY, "QQQQQQQQQ", "this is not a date pattern; write one like 'd MMMM y'"),
        (
            "en",
            MONDAY,
            "y-'W'ww",
            (
                "y is the date's year, which differs from the week's year around New Year; "
                "write Y for the week's year"
            ),
        ),
        (
            "en",
            MONDAY,
            "d MMMM YYYY",
            (
                "YYYY is the year of the week, which differs from the date's year around New Year; "
                "write yyyy for the year"
            ),
        ),
        (
            "en",
            MONDAY,
            "Y",
            (
                "Y is the year of the week, which differs from the date's year around New Year; "
                "write y for the year"
            ),
        ),
        (
            "en",
            MONDAY,
            "d MMM Y, 'week' w",
            (
                "Y is the year of the week, which differs from the date's year around New Year; "
                "write y for the year"
            ),
        ),
        ("en", MONDAY, "DD.MM.y", "DD is the day of the year; write dd for the day of the month"),
        ("en", MONDAY, "dd.mm.y", "mm are the minutes; write MM for the month"),
        ("en", MONDAY, "d MMMM O", "O is not a date field; write one like 'd MMMM y'"),
        ("en", MONDAY, "HH:mm", "a date has no time of day; use edition.slot"),
        ("en", 3, "d", "the date filter needs a date; write it like 2026-11-16, or use edition.start"),
        ("en", "soon", "d", "the date filter needs a date; write it like 2026-11-16, or use edition.start"),
        ("xx", MONDAY, "d", "the locale xx does not exist; write one like en or pt_BR in the front matter"),
        ("a b", MONDAY, "d", "the locale a b does not exist; write one like en or pt_BR in the front matter"),
    ],
)
def test_a_date_that_cannot_be_written_says_why(
    locale: str, value: object, pattern: str, message: str
) -> None:
    with pytest.raises(TemplateRuntimeError) as raised:
        date_filter(locale, "UTC")(value, pattern)
    assert raised.value.message == message


def test_ordinals() -> None:
    numbers = (1, 2, 3, 4, 11, 12, 13, 21, 101, 111)

    assert " ".join(ordinal(number, locale="en_GB") for number in numbers) == (
        "1st 2nd 3rd 4th 11th 12th 13th 21st 101st 111th"
    )
    assert ordinal(3, locale="de") == "3."


@pytest.mark.parametrize(
    "text",
    [
        "a_b_ *c* `d` [e](f) <g> ~h~ ^i^ | {j|k}",
        "# one",
        "- one",
        "+ one",
        "1. one",
        "2) one",
        "::: spoiler one",
        "===",
        "> one",
        "![one](two)",
        "&amp; and &#35;",
        "C# & D - E. F: G!",
        "a \\ b",
    ],
)
def test_an_escaped_text_is_read_as_it_was(text: str) -> None:
    shown = to_html(escape_md(text))

    assert shown.strip().removeprefix("<p>").removesuffix("</p>") == (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    )


@pytest.mark.parametrize(
    "address",
    ["https://a.example/a_b_(c)*d", "https://a.example/~robin/@wren", "http://a.example/?a=1&b=_2_"],
)
def test_an_address_leads_to_where_it_led(address: str) -> None:
    assert unquote(escape_md(f"see_{address} or [{address}]")) == f"see\\_{address} or \\[{address}\\]"


def test_an_escaped_mention_notifies_nobody() -> None:
    assert escape_md("@robin@lemmy.example") == "\\@robin\\@lemmy.example"
    assert body_of("{{ '@robin@lemmy.example' | escape_md }}") == "\\@robin\\@lemmy.example"


@pytest.mark.parametrize(
    ("address", "encoded"),
    [
        ("https://a.example/x y(1)", "https://a.example/x%20y%281%29"),
        ("https://a.example/%20?a=b&c=[d]#e", "https://a.example/%20?a=b&c=[d]#e"),
        (' https://a.example/"<>\n', "https://a.example/%22%3C%3E"),
        ("https://a.example/ä", "https://a.example/%C3%A4"),
        ("https://a.example/@kim@b.example", "https://a.example/%40kim@b.example"),
    ],
)
def test_what_would_break_a_link_is_encoded(address: str, encoded: str) -> None:
    assert url(address) == encoded


def test_a_spoiler_is_made_of_a_block_or_of_a_text() -> None:
    block = "{% call spoiler('Maps', cw='heights') %}\n- one\n- two\n{% endcall %}"

    assert body_of(block) == "::: spoiler Maps (CW: heights)\n- one  \n- two\n:::"
    assert spoiler("Maps", text="- one") == "::: spoiler Maps\n- one\n:::"


def test_what_stands_below_a_spoiler_is_below_it() -> None:
    block = "{% call spoiler('Maps') %}- one{% endcall %}\n"

    assert body_of(f"{block}Text") == "::: spoiler Maps\n- one\n:::\nText"
    assert body_of(f"{block}\nText") == "::: spoiler Maps\n- one\n:::\n\nText"


def test_a_spoilers_title_is_one_line_and_there() -> None:
    assert "the title of a spoiler has more than one line" in problems_of("{{ spoiler('a\\nb') }}")[0]
    assert "the spoiler has no title" in problems_of("{{ spoiler('') }}")[0]


def test_none_is_nothing_rather_than_a_word() -> None:
    assert body_of("a{{ preamble.author | escape_md }}{{ preamble.author | url }}b") == "ab"
