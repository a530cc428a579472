"""The simulation's judge must see each promise broken: one that passes everything proves nothing."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from megabot.forum.marker import CommentMarker, Marker, sign
from megabot.forum.models import Feature, Post, PostDraft
from tests.simulation import rules
from tests.simulation.account import AccountForum
from tests.simulation.events import the_inbox_hangs
from tests.simulation.server import What, create
from tests.simulation.year import Year


@pytest.fixture
def year() -> Year:
    """A year in whose first slot the bot just ticked, as it should have."""
    year = Year(7)
    slot = year.slots(year.pages.all[0])[0].slot
    year.at(slot - timedelta(hours=1), Year.start)
    year.at(slot, lambda _: None)
    year.at(slot + timedelta(hours=3), lambda _: None)
    year.run()
    assert list(rules.violations(year)) == []
    return year


def bot(year: Year) -> AccountForum:
    return year.forum


def first(year: Year) -> Post:
    post = year.standing("news")
    assert post is not None
    return post


def broken(year: Year) -> str:
    return "\n".join(rules.violations(year))


def post_again(year: Year) -> None:
    bot(year).create_post(year.home, PostDraft(title="News 1", body=first(year).body))


def post_a_copy_unordered(year: Year) -> None:
    edition = first(year).body.rpartition("news/")[2].split(")")[0].split(" ")[0]
    body = sign("x", Marker(thread="news", key=edition, copy=2))
    bot(year).create_post(year.home, PostDraft(title="News 1", body=body))


def post_before_its_slot(year: Year) -> None:
    coming = year.slots(year.pages.all[0])[3]
    body = sign("x", Marker(thread="news", key=coming.key))
    bot(year).create_post(year.home, PostDraft(title=f"News {coming.number}", body=body))


def give_it_another_number(year: Year) -> None:
    number = first(year).id
    deed = next(deed for deed in year.server.deeds if deed.post.id == number)
    year.server.deeds.remove(deed)
    year.server.note(What.CREATE, year.bot, year.server.change(What.EDIT, year.bot, number, title="News 9"))


def unpin_the_only_one(year: Year) -> None:
    bot(year).feature(first(year).id, featured=False, kind=Feature.COMMUNITY)


def lock_a_strangers_post(year: Year) -> None:
    post = create(year.server, year.reader, year.home, PostDraft(title="A question", body=""))
    bot(year).lock(post.id, locked=True)


def pin_against_a_person(year: Year) -> None:
    year.hand(year.modlin).feature(first(year).id, featured=False)
    bot(year).feature(first(year).id, featured=True, kind=Feature.COMMUNITY)


def tell_twice(year: Year) -> None:
    mark = CommentMarker(thread="news", key="2030-W01", purpose="link")
    for _ in range(2):
        bot(year).comment(first(year).id, sign("Here.", mark))


def sleep_through_a_week(year: Year) -> None:
    year.service = None
    year.clock.at += timedelta(weeks=1, hours=5)


BREACHES: list[tuple[Callable[[Year], None], str]] = [
    (post_again, "was posted 2 times"),
    (post_a_copy_unordered, "copies of news for 0 orders"),
    (post_before_its_slot, "before its slot"),
    (give_it_another_number, "is called 'News 9'"),
    (unpin_the_only_one, "left no news pinned"),
    (lock_a_strangers_post, "which is not the bot's"),
    (pin_against_a_person, "which a person had unpinned"),
    (tell_twice, "was said 2 times"),
    (sleep_through_a_week, "was missed"),
    (unpin_the_only_one, "stands and is not pinned"),
]


@pytest.mark.parametrize(("breach", "sentence"), BREACHES)
def test_a_promise_that_is_broken_is_seen(year: Year, breach: Callable[[Year], None], sentence: str) -> None:
    breach(year)

    assert sentence in broken(year)


def test_a_post_that_came_late_with_nothing_in_the_way_is_noticed() -> None:
    year = Year(7)
    slot = year.slots(year.pages.all[0])[0].slot
    year.at(slot - timedelta(hours=4), Year.start)
    for minutes in (-185, 10):  # nothing ticks at the slot
        year.at(slot + timedelta(minutes=minutes), lambda _: None)
    year.run()

    assert "was posted 0:10:00 late" in "\n".join(rules.never_late(year))


def test_an_inbox_that_hangs_is_in_nobodys_way() -> None:
    year = Year(7)
    slot = year.slots(year.pages.all[0])[0].slot
    year.at(slot - timedelta(hours=2), Year.start)
    year.at(slot - timedelta(hours=1, minutes=50), the_inbox_hangs)
    for minutes in (*range(-100, 0, 5), 0, 30):
        year.at(slot + timedelta(minutes=minutes), lambda _: None)
    year.run()

    assert year.storm.fired["the inbox hangs"] > 5
    assert list(rules.violations(year)) == []
