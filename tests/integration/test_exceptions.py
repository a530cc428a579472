"""One edition's exceptions, as moderators make them on Lemmy: hold, skip, move, a preamble by message."""

from datetime import timedelta

import pytest

from megabot.amending import Amended
from megabot.run import Service
from tests.scenes import BOT, answers, at_work, letters, say, tick, write
from tests.world import SLOT, WEEK, World


@pytest.fixture
def service(world: World) -> Service:
    """At work, the second week's thread up."""
    return at_work(world)


def the_slot_comes(world: World, service: Service, *, later: timedelta = timedelta()) -> None:
    world.clock.at = SLOT + 2 * WEEK + later
    service.tick()


def test_an_edition_that_is_held_waits_for_a_word(world: World, service: Service) -> None:
    say(world, service, f"{BOT} hold")
    assert answers(world) == ["news/2026-W49 is held: it is not posted by itself; taken back by: resume"]
    the_slot_comes(world, service)
    assert len(world.posts()) == 1

    say(world, service, f"{BOT} resume")
    the_slot_comes(world, service, later=timedelta(hours=2))

    assert world.pinned() == [2]


def test_an_edition_that_is_held_is_posted_on_a_persons_word(world: World, service: Service) -> None:
    say(world, service, f"{BOT} hold")
    the_slot_comes(world, service)

    say(world, service, f"{BOT} post")

    assert world.pinned() == [2]


def test_a_hold_is_for_one_edition(world: World, service: Service) -> None:
    say(world, service, f"{BOT} hold")
    the_slot_comes(world, service)

    the_slot_comes(world, service, later=WEEK)

    assert [post["name"] for post in world.posts()] == ["News 3", "News 5"]


def test_an_edition_that_is_skipped_keeps_its_number(world: World, service: Service) -> None:
    say(world, service, f"{BOT} skip")
    the_slot_comes(world, service)
    assert len(world.posts()) == 1

    the_slot_comes(world, service, later=WEEK)

    assert [post["name"] for post in world.posts()] == ["News 3", "News 5"]


@pytest.mark.parametrize(
    ("words", "later"),
    [("move +2h", 2), ("move to 18:00", 6), ("move -90m", -1.5), ("move to 2026-12-01 12:00", 24)],
)
def test_an_edition_that_is_moved_comes_at_that_time(
    world: World, service: Service, words: str, later: float
) -> None:
    say(world, service, f"{BOT} {words}")
    moved = timedelta(hours=later)
    the_slot_comes(world, service, later=moved - timedelta(minutes=1))
    assert len(world.posts()) == 1

    the_slot_comes(world, service, later=moved)

    assert world.pinned() == [2]
    assert "2026-W49" in str(world.posts()[-1]["body"])


def test_the_edition_after_a_moved_one_comes_at_its_usual_time(world: World, service: Service) -> None:
    say(world, service, f"{BOT} move +2h")
    the_slot_comes(world, service, later=timedelta(hours=2))

    the_slot_comes(world, service, later=WEEK)

    assert world.pinned() == [3]


@pytest.mark.parametrize("words", ["move +8d", "move -8d", "move to 2026-11-01 12:00"])
def test_an_edition_is_not_moved_past_its_neighbours(world: World, service: Service, words: str) -> None:
    say(world, service, f"{BOT} {words}")

    assert "cannot be moved to" in answers(world)[0]
    the_slot_comes(world, service)
    assert world.pinned() == [2]


def test_what_was_changed_is_shown_with_who_and_when(world: World, service: Service) -> None:
    say(world, service, f"{BOT} hold")

    say(world, service, f"{BOT} status")

    assert "news/2026-W49: hold by modlin, 2026-11-23 13:00 UTC" in answers(world)[-1]


def test_a_preamble_by_message_is_shown_and_posted(world: World, service: Service) -> None:
    write(world, service, "preamble\n\nAn essay by message.")
    (shown,) = letters(world)
    assert shown.startswith("The preamble of news/2026-W48 is this one now")
    tick(world, service)
    world.clock.at += timedelta(hours=1)

    service.tick()

    assert "An essay by message." in str(world.posts()[0]["body"])


def test_a_preamble_for_a_named_edition_waits_for_it(world: World, service: Service) -> None:
    write(world, service, "preamble 2026-W49\n\nAn essay by message.")
    the_slot_comes(world, service)

    bodies = [str(post["body"]) for post in world.posts()]
    assert ["An essay by message." in body for body in bodies] == [False, True]


def test_a_preamble_that_is_cleared_is_the_files_again(world: World, service: Service) -> None:
    write(world, service, "preamble 2026-W49\n\nAn essay by message.")
    write(world, service, "preamble 2026-W49 clear")
    the_slot_comes(world, service)

    assert "An essay by message." not in str(world.posts()[-1]["body"])


def test_a_preamble_does_not_go_into_a_comment(world: World, service: Service) -> None:
    say(world, service, f"{BOT} preamble\n\nAn essay.")

    assert "goes by private message" in answers(world)[0]


def test_the_source_is_otherwise_as_it_is(world: World) -> None:
    source = Amended(world.pages, world.ports().ledger)

    assert source.threads(source.snapshot()) == world.pages.all
    assert source.picture(source.snapshot(), "images/none.png") is None
