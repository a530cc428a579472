"""Which edition an order to post means: the missing one, the coming one before its time, or that is asked."""

from dataclasses import replace
from datetime import timedelta

import pytest

from megabot.commands import status
from megabot.commands.run_order import OrderResult, UnclearOrder, carry_out
from megabot.errors import ConfigError
from megabot.i18n.tables import Outcome
from megabot.preview import preview
from megabot.reconcile.orders import Order, OrderKind
from tests.scenario import ON_BOTH, answers, at_work, say
from tests.world import NEWS, SLOT, WEEK, World

HOUR = timedelta(hours=1)
EARLY = SLOT + WEEK - HOUR


def post(world: World, *, key: str = "", early: bool = False, id_: str = "shell:1") -> OrderResult:
    ports = world.ports()
    account = ports.forum.account()
    return carry_out(ports, Order(OrderKind.POST, id_, edition=key, early=early), "news", account=account)


FOLLOWS = "Mon 23 Nov 12:00 GMT"


def titles(world: World) -> list[object]:
    return [one["name"] for one in world.posts()]


def next_shown(world: World) -> str:
    (shown,) = preview.preview(world.ports(), None, choose=lambda: world.pages.all).editions
    return shown.edition.key


@ON_BOTH
def test_close_to_the_slot_post_asks_which_edition_is_meant_and_posts_nothing(world: World) -> None:
    world.clock.at = EARLY

    answer = post(world)

    assert titles(world) == []
    assert answer.outcome is Outcome.REFUSED
    assert answer.unclear == (UnclearOrder("news", ("2026-W47", "2026-W48"), FOLLOWS),)
    assert answer.complaints[-1] == (
        "news: 2026-W47 has no post, and 2026-W48 follows Mon 23 Nov 12:00 GMT; say which one to post now: "
        "megabot post news --edition 2026-W47, or megabot post news --next"
    )


@ON_BOTH
@pytest.mark.parametrize(("key", "title"), [("2026-W47", "News 2"), ("2026-W48", "News 3")])
def test_the_edition_that_is_named_is_posted(world: World, key: str, title: str) -> None:
    world.clock.at = EARLY

    answer = post(world, key=key)

    assert titles(world) == [title]
    assert answer.outcome is Outcome.DONE
    assert world.pinned() == [1]


def test_soon_after_the_slot_post_means_the_current_edition(world: World) -> None:
    world.clock.at = SLOT + 2 * HOUR

    answer = post(world)

    assert titles(world) == ["News 2"]
    assert answer.unclear == ()


def test_close_to_the_slot_with_the_current_one_posted_nothing_is_done_and_the_next_is_named(
    world: World,
) -> None:
    world.post()
    world.clock.at = EARLY

    answer = post(world)

    assert titles(world) == ["News 2"]
    assert answer.outcome is Outcome.NOTHING
    assert answer.unclear == (UnclearOrder("news", ("2026-W48",), FOLLOWS),)
    assert answer.said[-1] == (
        "news: the next edition 2026-W48 will be posted Mon 23 Nov 12:00 GMT; to post it now: "
        "megabot post news --next"
    )


def test_before_the_first_slot_post_names_the_first_edition_and_next_posts_it(world: World) -> None:
    world.clock.at = SLOT - 2 * WEEK

    assert post(world).unclear == (UnclearOrder("news", ("2026-W46",), "Mon 9 Nov 12:00 GMT"),)
    assert titles(world) == []

    assert post(world, early=True).outcome is Outcome.DONE
    assert titles(world) == ["News 1"]


@ON_BOTH
@pytest.mark.parametrize("lost", [False, True])
def test_the_next_edition_posted_early_is_not_posted_again_at_its_slot(world: World, *, lost: bool) -> None:
    world.post()
    world.clock.at = EARLY
    post(world, early=True)
    if lost:
        (world.state / "ledger.db").unlink()
    world.clock.at = SLOT + WEEK + timedelta(minutes=1)

    report = world.run_pass()

    assert titles(world) == ["News 2", "News 3"]
    assert world.pinned() == [2]
    assert report.verified
    assert len(world.comments(1)) == 1


@ON_BOTH
def test_post_next_twice_makes_one_post(world: World) -> None:
    world.post()
    world.clock.at = EARLY
    post(world, early=True)

    answer = post(world, early=True, id_="shell:2")

    assert titles(world) == ["News 2", "News 3"]
    assert answer.outcome is Outcome.NOTHING


def test_after_an_early_post_no_other_edition_is_offered(world: World) -> None:
    world.post()
    world.clock.at = EARLY
    post(world, early=True)

    answer = post(world, id_="shell:2")

    assert answer.unclear == ()
    assert answer.said == (
        "news/2026-W48: https://lemmy.example/post/2 (pinned)",
        "news: the next edition 2026-W49 will be posted Mon 30 Nov 12:00 GMT",
    )


def test_post_next_said_before_a_slot_and_heard_after_it_means_the_edition_of_that_slot(world: World) -> None:
    world.post()
    world.clock.at = SLOT + WEEK + timedelta(minutes=5)
    ports = world.ports()
    ports.forum.account()

    carry_out(ports, Order(OrderKind.POST, "comment:1", at=EARLY, early=True), "news")

    assert titles(world) == ["News 2", "News 3"]


@ON_BOTH
def test_an_edition_that_was_missed_is_not_posted_after_a_later_one(world: World) -> None:
    world.clock.at = SLOT - WEEK
    world.post()
    world.clock.at = SLOT + timedelta(days=1)
    post(world, early=True)

    world.run_pass()
    unnamed = post(world, id_="shell:3")
    answer = post(world, key="2026-W47", id_="shell:2")

    assert unnamed.outcome is Outcome.NOTHING
    assert status.read(world.ports()).threads[0].empty == ""
    assert titles(world) == ["News 1", "News 3"]
    assert answer.complaints == (
        "news: 2026-W47 will not be posted: the later edition 2026-W48 is already posted",
    )


def test_status_and_preview_go_on_to_the_edition_after_one_that_was_posted_early(world: World) -> None:
    world.post()
    world.clock.at = EARLY
    post(world, early=True)

    (found,) = status.read(world.ports()).threads

    assert found.next_edition == next_shown(world) == "2026-W49"


def test_preview_shows_the_missing_edition_that_post_would_make(world: World) -> None:
    world.clock.at = SLOT - WEEK
    world.post()
    world.clock.at = SLOT + HOUR

    shown = next_shown(world)
    post(world)

    assert shown == "2026-W47"
    assert titles(world)[-1] == "News 2"


def test_an_early_thread_is_announced_nowhere_again(world: World) -> None:
    world.change(previous=replace(NEWS.previous, announce=timedelta(hours=6)))
    world.post()
    world.clock.at = EARLY - timedelta(hours=12)
    post(world, early=True)
    world.clock.at = EARLY

    world.run_pass()

    assert world.comments(2) == []


@pytest.mark.parametrize("key", ["2026-W46", "2026-W50", "2027-W99"])
def test_another_edition_than_the_current_and_the_next_is_refused_with_both_named(
    world: World, key: str
) -> None:
    with pytest.raises(ConfigError, match="2026-W47, 2026-W48"):
        post(world, key=key)

    assert titles(world) == []


@ON_BOTH
def test_on_lemmy_the_choice_is_named_in_the_words_of_commands(world: World) -> None:
    service = at_work(world)
    world.clock.at += WEEK - 2 * HOUR

    say(world, service, "@megabot@lemmy.example post")
    say(world, service, "@megabot@lemmy.example post next")

    assert titles(world) == ["News 3", "News 4"]
    assert "`post news next`" in answers(world)[0]
    assert answers(world)[-1].startswith("news/2026-W49: https://lemmy.example/post/2 (pinned)")
