"""Past threads, posted by people week after week, taken into the record."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from megabot.commands import import_threads
from megabot.commands.import_threads import ImportResult, PastThread
from megabot.errors import ConfigError
from megabot.ledger.port import Ledger
from megabot.ledger.records import PostRecord
from megabot.lemmy.public_posts import PublicPosts
from megabot.reconcile.orders import OrderKind
from megabot.schedule.calendar import Calendar
from tests.world import NEWS, SLOT, WEEK, WEEKLY, World

LONG_AGO = replace(NEWS, schedule=replace(WEEKLY, first=date(2026, 10, 26)))


@pytest.fixture
def years(world: World) -> World:
    """Four weeks of threads by hand, the newest of this week and pinned; other posts between them."""
    world.pages.all = (LONG_AGO,)
    hand = world.hand("modlin")
    for week in range(-4, 1):
        world.clock.at = SLOT + week * WEEK + timedelta(hours=1)
        newest = hand.create_post(world.community_id, f"News of week {week + 5}")
        hand.create_post(world.community_id, f"Something else {week}")
    hand.feature(newest)
    return world


def found(
    world: World, *, title: str = "News of week*", by: str = "modlin", newest: str = ""
) -> tuple[PastThread, ...]:
    posts, steps = PublicPosts(world.sandbox.url), []
    past = import_threads.find_past_threads(
        ports_ledger(world), world.pages.all[0], posts.all("news", by=by), title=title, by=by,
        step=lambda: steps.append(1),
        newest=Calendar("news", world.pages.all[0].schedule).edition(newest),
    )  # fmt: skip
    posts.close()
    assert steps
    return past


def ports_ledger(world: World) -> Ledger:
    return world.ports().ledger


def records(world: World) -> list[PostRecord]:
    return list(ports_ledger(world).posts("news"))


@pytest.mark.parametrize("by", ["modlin", ""])
def test_threads_are_found_by_title_and_author_and_each_gets_its_edition(years: World, by: str) -> None:
    past = found(years, by=by)

    assert [(one.post.title, one.edition.key, one.result) for one in past] == [
        ("News of week 1", "2026-W44", ImportResult.TOO_OLD),
        ("News of week 2", "2026-W44", ImportResult.TAKEN),
        ("News of week 3", "2026-W45", ImportResult.TAKEN),
        ("News of week 4", "2026-W46", ImportResult.TAKEN),
        ("News of week 5", "2026-W47", ImportResult.TAKEN),
    ]


def test_nobody_elses_and_removed_threads_are_left_out(years: World) -> None:
    years.hand("admin").create_post(years.community_id, "News of week 6")

    assert len(found(years)) == 5
    assert len(found(years, title="news of WEEK ?", by="")) == 6


def test_of_two_threads_of_a_week_the_one_nearer_to_the_slot_is_taken(years: World) -> None:
    years.clock.at = SLOT + timedelta(days=2)
    years.hand("modlin").create_post(years.community_id, "News of week 5, again")

    assert [one.result for one in found(years)[-2:]] == [ImportResult.TAKEN, ImportResult.SECOND]


def take(world: World) -> list[str]:
    answer = import_threads.import_threads(
        world.ports(), world.pages.all[0], found(world), id_="shell:import"
    )
    assert answer.complaints == ()
    return list(answer.said)


def test_all_are_kept_as_adopted_and_only_the_newest_gets_a_comment_and_the_one_before_the_link(
    years: World,
) -> None:
    said = take(years)

    assert [(one.edition, one.adopted) for one in records(years)] == [
        (f"2026-W{week}", True) for week in (44, 45, 46, 47)
    ]
    assert "2026-W47" in said[0]
    newest = records(years)[-1].post_id
    assert [len(years.comments(one.post_id)) for one in records(years)] == [0, 0, 1, 1]
    assert years.pinned() == [newest]
    assert years.posts() == []


def test_the_next_edition_links_the_newest_and_unpins_it(years: World) -> None:
    take(years)
    newest = records(years)[-1]
    service = years.service()
    service.tick()
    assert years.posts() == []
    years.clock.at = SLOT + WEEK + timedelta(minutes=1)

    service.tick()

    (post,) = years.posts()
    assert f"Last: {newest.url}" in str(post["body"])
    assert years.pinned() == [post["id"]]


def test_a_slot_that_passed_before_the_import_is_not_posted_for_it(years: World) -> None:
    years.clock.at = SLOT + WEEK + timedelta(hours=1)

    answer = import_threads.import_threads(years.ports(), LONG_AGO, found(years), id_="shell:import")
    years.service().tick()

    assert answer.said
    assert years.posts() == []


def test_a_second_import_takes_nothing_more(years: World) -> None:
    take(years)

    assert {one.result for one in found(years)[1:]} == {ImportResult.KNOWN}


def test_with_the_ledger_lost_the_newest_is_known_still(years: World) -> None:
    take(years)
    for name in ("ledger.db", "ledger.db-journal"):
        (years.state / name).unlink(missing_ok=True)

    years.run_pass(OrderKind.REFRESH)

    assert [one.edition for one in records(years)] == ["2026-W47"]


def test_more_than_a_page_is_read_to_the_end(world: World) -> None:
    world.clock.at = SLOT
    for number in range(51):
        world.hand("modlin").create_post(world.community_id, f"Post {number}")
    posts = PublicPosts(world.sandbox.url)

    pages = [len(page) for page in posts.all("news", by="")]
    posts.close()

    assert pages == [50, 1]


def test_which_thread_is_meant_must_be_clear() -> None:
    other = replace(NEWS, name="other")

    assert import_threads.single_thread((other,)) is other
    with pytest.raises(ConfigError, match="name the thread"):
        import_threads.single_thread((NEWS, other))
