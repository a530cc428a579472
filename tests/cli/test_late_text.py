"""How it is said that the server's limit on new posts makes threads late."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from megabot.cli.late_text import late_document, late_lines
from megabot.cli.verbs import calendar
from megabot.forum.models import PostLimit
from megabot.reconcile import describe
from megabot.reconcile.post_limit import DueSlot, LatePosts
from tests.cli.test_verb_output import slots, text

NOW = datetime(2026, 12, 1, tzinfo=UTC)
NOON = datetime(2026, 12, 7, 12, tzinfo=UTC)
LIMIT = PostLimit(posts=6, seconds=600, at_once=False)
HOUR = timedelta(hours=1)


def late(*minutes: int, timezone: str = "Europe/London", last_at: datetime = NOON + HOUR) -> LatePosts:
    due = (
        DueSlot(
            thread=f"t{number}", edition="2026-W50", at=NOON + timedelta(minutes=minute), timezone=timezone
        )
        for number, minute in enumerate(minutes)
    )
    return LatePosts(due=tuple(due), limit=LIMIT, last_at=last_at)


def said(group: LatePosts) -> str:
    return describe.posts_late(group, NOW)


def test_a_group_is_one_sentence_with_the_next_step() -> None:
    assert said(late(*[0] * 40)) == (
        "40 threads are due Mon 7 Dec 12:00 GMT, but the server accepts only 6 new posts in 10 minutes from "
        "one IP address: the last one will be posted at about 13:00. Spread their times, or ask the server's "
        "admins to raise the limit."
    )


def test_times_are_on_the_threads_clock_and_in_utc_if_they_have_several() -> None:
    new_york = late(0, 0, timezone="America/New_York")
    mixed = replace(new_york, due=new_york.due + late(0, 0, 0).due[2:])

    assert said(new_york).startswith("2 threads are due Mon 7 Dec 07:00 EST, ")
    assert "posted at about 08:00." in said(new_york)
    assert said(mixed).startswith("3 threads are due Mon 7 Dec 12:00 UTC, ")


def test_different_slots_are_named_from_the_first_to_the_last() -> None:
    assert said(late(0, 5, 29)).startswith("3 threads are due between Mon 7 Dec 12:00 GMT and 12:29, but")


def test_another_day_is_named() -> None:
    assert "posted at about Tue 8 Dec 12:00 GMT." in said(late(0, 0, last_at=NOON + 24 * HOUR))


def test_editions_are_counted_if_a_thread_comes_twice() -> None:
    group = late(0, 0, 5)
    twice = replace(group, due=(*group.due, replace(group.due[0], at=NOON + HOUR, edition="2026-W51")))

    assert said(twice).startswith("4 editions are due between ")


@pytest.mark.parametrize(
    ("posts", "seconds", "words"),
    [
        (1, 60, "1 new post in 1 minute from"),
        (2, 3600, "2 new posts in 60 minutes from"),
        (3, 90, "3 new posts in 90 seconds from"),
        (3, 1, "3 new posts in 1 second from"),
    ],
)
def test_a_limit_is_named_exactly(posts: int, seconds: int, words: str) -> None:
    limit = PostLimit(posts=posts, seconds=seconds, at_once=True)

    assert words in said(replace(late(0, 0), limit=limit))


def test_lines_are_a_warning_for_each_group_after_an_empty_line() -> None:
    group = late(0, 0)

    lines = text(list(late_lines([group, group], NOW, width=None)))

    assert lines == f"\nwarning: {said(group)}\n\nwarning: {said(group)}"
    assert list(late_lines([], NOW, width=None)) == []


def test_json_has_the_first_group_with_the_thread() -> None:
    first, second = late(0, 0), late(0, 0, 0, last_at=NOON + 2 * HOUR)

    found = late_document([first, second], "t1", "America/New_York")

    assert found == {
        "posts": 6,
        "seconds": 600,
        "threads": ["t0", "t1"],
        "last_at": "2026-12-07T08:00:00-05:00",
    }
    assert late_document([first], "t2", "UTC") is None
    assert late_document([first], "t1", "UTC", edition="2026-W51") is None


def test_a_calendar_that_knows_of_a_late_edition_says_so() -> None:
    first, second = slots(2)
    due = DueSlot(thread="news", edition=second.edition.key, at=second.edition.slot, timezone=second.timezone)
    group = LatePosts(due=(due,) * 2, limit=LIMIT, last_at=second.edition.slot + HOUR)

    lines = text(list(calendar.lines([first, second], NOW, width=None, late=[group])))
    document = calendar.document([first, second], [group])

    assert lines.endswith(f"\n\nwarning: {said(group)}")
    assert [one["rate_limit"] is None for one in document] == [True, False]
