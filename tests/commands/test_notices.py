"""What is new in an inbox, by the ids of its lists and, where those say nothing, by time."""

from datetime import UTC, datetime, timedelta

import pytest

from megabot.forum.models import Person
from megabot.forum.notices import Notice, Origin, Watermark, parse_watermark, read_until_seen

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
READER = Person(id=6, name="reader", actor="https://lemmy.example/u/reader")


def told(number: int, *, ago: timedelta = timedelta()) -> Notice:
    return Notice(
        id=number, origin=Origin.COMMENT, content_id=number, author=READER, text="", published=AT - ago
    )


def numbers(above: Watermark, *pages: tuple[Notice, ...]) -> list[int]:
    return [notice.id for notice in read_until_seen(above, "list", pages)[0]]


def test_it_is_read_as_it_was_written_down() -> None:
    watermark = Watermark(at=AT, newest={"list": 7, "other": 0})

    assert parse_watermark(watermark.text()) == watermark
    assert parse_watermark(Watermark().text()) == parse_watermark(None) == Watermark()


def test_what_has_a_higher_id_is_new_in_whatever_order_it_stands() -> None:
    above = Watermark(at=AT, newest={"list": 4})

    assert numbers(above, (told(6), told(5)), (told(4), told(7), told(3))) == [6, 5, 7]


def test_behind_a_page_with_something_old_no_page_is_read() -> None:
    pages = iter([(told(5), told(4)), (told(3),)])

    assert read_until_seen(Watermark(at=AT, newest={"list": 4}), "list", pages) == ([told(5)], 5)
    assert next(pages) == (told(3),)


def test_a_list_that_is_empty_for_once_keeps_its_mark() -> None:
    assert read_until_seen(Watermark(at=AT, newest={"list": 4}), "list", [()]) == ([], 4)


def test_of_an_inbox_that_was_never_listed_all_is_new() -> None:
    assert numbers(Watermark(), (told(2), told(1, ago=timedelta(days=900)))) == [2, 1]


@pytest.mark.parametrize("newest", [{"other": 1}, {"list": 900}], ids=["another list's", "of the future"])
def test_where_the_id_says_nothing_time_does(newest: dict[str, int]) -> None:
    page = (told(3), told(2, ago=timedelta(hours=47)), told(1, ago=timedelta(days=2)))

    assert numbers(Watermark(at=AT, newest=newest), page) == [3, 2]
