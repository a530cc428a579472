"""One edition's exceptions, as moderators make them on Lemmy: hold, skip, move, a preamble by message."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from megabot.commands import override_commands
from megabot.commands.model import Command, Verb
from megabot.errors import Busy
from megabot.ports import Ports
from megabot.reconcile.overridden_source import OverriddenSource
from megabot.service.service import Service
from tests.scenario import BOT, answers, at_work, letters, say, tick, write
from tests.world import NEWS, SLOT, WEEK, World


@pytest.fixture
def service(world: World) -> Service:
    """At work, the second week's thread up."""
    return at_work(world)


def the_slot_comes(world: World, service: Service, *, later: timedelta = timedelta()) -> None:
    world.clock.at = SLOT + 2 * WEEK + later
    service.tick()


def test_an_edition_that_is_held_waits_for_a_word(world: World, service: Service) -> None:
    say(world, service, f"{BOT} hold")
    assert answers(world) == [
        "news/2026-W49 is on hold and will not be posted; to release it: `resume news 2026-W49`"
    ]
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

    assert "news/2026-W49: hold by modlin, Mon 23 Nov 13:00 GMT" in answers(world)[-1]


def test_an_edition_is_skipped_once_however_often_that_is_said(world: World, service: Service) -> None:
    say(world, service, f"{BOT} skip")

    say(world, service, f"{BOT} skip")

    assert answers(world)[-1] == (
        "news/2026-W49 is already skipped, by modlin since Mon 23 Nov 13:00 GMT; "
        "to skip the next one too: `skip news 2026-W50`"
    )
    the_slot_comes(world, service, later=WEEK)
    assert [post["name"] for post in world.posts()] == ["News 3", "News 5"]


def test_two_editions_are_skipped_by_their_keys(world: World, service: Service) -> None:
    say(world, service, f"{BOT} skip")
    say(world, service, f"{BOT} skip 2026-W50")
    for weeks in range(3):
        the_slot_comes(world, service, later=weeks * WEEK)

    assert [post["name"] for post in world.posts()] == ["News 3", "News 6"]


def test_that_a_later_edition_is_skipped_is_nothing_to_the_next_one(world: World, service: Service) -> None:
    say(world, service, f"{BOT} skip 2026-W50")

    say(world, service, f"{BOT} skip")

    assert answers(world)[1] == "news/2026-W49 will be skipped; to undo that: `resume news 2026-W49`"


def test_when_the_skipped_slot_is_over_the_next_one_is_meant(world: World, service: Service) -> None:
    say(world, service, f"{BOT} skip")
    the_slot_comes(world, service, later=timedelta(days=1))

    say(world, service, f"{BOT} skip")

    assert answers(world)[-1] == "news/2026-W50 will be skipped; to undo that: `resume news 2026-W50`"


def test_a_skipped_edition_is_shown_with_who_and_when(world: World, service: Service) -> None:
    say(world, service, f"{BOT} skip")

    say(world, service, f"{BOT} status")

    assert "news/2026-W49: skip by modlin, Mon 23 Nov 13:00 GMT" in answers(world)[-1]


def test_what_was_held_is_posted_by_the_tick_that_hears_the_word(world: World, service: Service) -> None:
    say(world, service, f"{BOT} hold")
    the_slot_comes(world, service, later=timedelta(minutes=10))

    say(world, service, f"{BOT} resume")

    assert world.pinned() == [2]


def test_what_was_taken_back_at_the_host_is_posted_by_the_next_tick(world: World, service: Service) -> None:
    say(world, service, f"{BOT} hold")
    the_slot_comes(world, service, later=timedelta(minutes=10))
    override_commands.resume(world.ports(), NEWS)

    tick(world, service)

    assert world.pinned() == [2]


@pytest.mark.parametrize("words", ["hold 2026-W48", "skip 2026-W48", "move 2026-W48 +2h"])
def test_an_edition_that_is_posted_is_not_changed(world: World, service: Service, words: str) -> None:
    say(world, service, f"{BOT} {words}")

    assert (
        "news/2026-W48 is already posted: https://lemmy.example/post/1; hold, skip and move"
        in answers(world)[0]
    )


@pytest.mark.parametrize("words", ["hold 2026-W47", "move 2026-W47 +3d"])
def test_an_edition_that_is_over_is_not_changed(world: World, service: Service, words: str) -> None:
    say(world, service, f"{BOT} {words}")

    assert "news/2026-W47 is over; hold, skip and move" in answers(world)[0]


@pytest.mark.parametrize("words", ["hold 2026-W49", "move 2026-W49 +2h"])
def test_an_edition_that_is_left_out_is_not_held_or_moved(world: World, service: Service, words: str) -> None:
    say(world, service, f"{BOT} skip")

    say(world, service, f"{BOT} {words}")

    assert (
        "news/2026-W49 is skipped; if a moderator skipped it, undo that with: `resume news 2026-W49`"
        in answers(world)[1]
    )


def test_an_edition_is_held_by_who_said_it_first(world: World, service: Service) -> None:
    say(world, service, f"{BOT} hold")

    say(world, service, f"{BOT} hold")

    assert "already on hold, by modlin since Mon 23 Nov 13:00 GMT" in answers(world)[1]


def test_a_move_that_is_said_twice_is_one(world: World, service: Service) -> None:
    """Two moderators mean the same, or a crash came between the deed and its mark in the ledger."""
    say(world, service, f"{BOT} move +2h")

    say(world, service, f"{BOT} move +2h")

    moved = "news/2026-W49 will be posted Mon 30 Nov 14:00 GMT instead of Mon 30 Nov 12:00 GMT"
    assert answers(world) == [f"{moved}; to undo that: `resume news 2026-W49`"] * 2


def test_one_edition_of_two_is_taken_back(world: World, service: Service) -> None:
    say(world, service, f"{BOT} hold")
    say(world, service, f"{BOT} hold 2026-W50")

    say(world, service, f"{BOT} resume 2026-W49")
    say(world, service, f"{BOT} status")

    assert answers(world)[2] == "news/2026-W49: all holds, skips and moves are cancelled"
    assert "W49: hold" not in answers(world)[3]
    assert "news/2026-W50: hold by modlin" in answers(world)[3]


def test_what_is_over_is_neither_shown_nor_taken_back(world: World, service: Service) -> None:
    say(world, service, f"{BOT} hold")
    the_slot_comes(world, service)
    say(world, service, f"{BOT} post")

    say(world, service, f"{BOT} status", post=2)
    say(world, service, f"{BOT} resume", post=2)

    assert "hold" not in answers(world, 2)[0]
    assert answers(world, 2)[1] == "news: nothing is on hold, skipped or moved"


@pytest.mark.parametrize("words", ["refresh", "undo"])
def test_that_an_edition_is_held_is_nothing_to_what_is_about_the_one_before(
    world: World, service: Service, words: str
) -> None:
    say(world, service, f"{BOT} repost yes")
    say(world, service, f"{BOT} hold", post=2)
    the_slot_comes(world, service)

    say(world, service, f"{BOT} {words}", post=2)

    assert "this edition is on hold" not in answers(world, 2)[-1]


def test_a_preamble_for_what_is_held_past_its_slot_goes_there(world: World, service: Service) -> None:
    say(world, service, f"{BOT} hold")
    the_slot_comes(world, service, later=timedelta(hours=1))

    write(world, service, "preamble\n\nAn essay by message.")

    assert letters(world)[0].startswith("The preamble of news/2026-W49 is saved")


def test_a_preamble_does_not_go_to_an_edition_that_is_left_out(world: World, service: Service) -> None:
    world.clock.at += timedelta(days=4)
    say(world, service, f"{BOT} skip")
    world.clock.at += timedelta(days=4)  # past the middle of two weeks without another thread

    write(world, service, "preamble\n\nAn essay by message.")

    assert letters(world)[0].startswith("The preamble of news/2026-W50 is saved")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("preamble 2026-W47\n\nAn essay.", "news/2026-W47 is over; a preamble can be set for"),
        ("preamble clear", "no preamble was sent for news/2026-W48"),
    ],
)
def test_a_preamble_that_makes_no_sense_is_answered(
    world: World, service: Service, words: str, said: str
) -> None:
    write(world, service, words)

    assert said in letters(world)[0]


def test_with_a_broken_source_moderators_are_heard(world: World, service: Service) -> None:
    world.pages.broken = "thread.md.j2:3: a tab"
    world.clock.at += timedelta(hours=1)
    service.tick()

    say(world, service, f"{BOT} status")

    assert "thread.md.j2:3: a tab" in answers(world)[0]


def test_a_command_waits_while_it_is_not_known_which_threads_there_are(world: World) -> None:
    world.post()
    world.service().tick()
    world.pages.broken = "thread.md.j2:3: a tab"
    service = world.service()
    service.tick()
    say(world, service, f"{BOT} help")
    world.pages.broken = ""
    world.clock.at += timedelta(minutes=5)

    service.tick()

    assert len(answers(world)) == 1


def test_a_preamble_by_message_is_shown_and_posted(world: World, service: Service) -> None:
    write(world, service, "preamble\n\nAn essay by message.")
    (shown,) = letters(world)
    assert shown.startswith("The preamble of news/2026-W48 is saved and put into the current thread")
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

    assert "by private message, so that nobody reads the text before" in answers(world)[0]


@pytest.mark.parametrize(
    "change",
    [
        lambda ports: override_commands.resume(ports, NEWS),
        lambda ports: override_commands.apply_override(
            ports, NEWS, Command(verb=Verb.HOLD), by="robin", ordered=SLOT
        ),
        lambda ports: override_commands.clear_preamble(ports, NEWS, ""),
    ],
)
def test_two_processes_never_change_editions_at_once(world: World, change: Callable[[Ports], object]) -> None:
    with world.ports().ledger.pass_lock(), pytest.raises(Busy):
        change(world.ports())


def test_the_source_is_otherwise_as_it_is(world: World) -> None:
    source = OverriddenSource(world.pages, world.ports().ledger)

    assert source.threads(source.snapshot()) == world.pages.all
    assert source.picture(source.snapshot(), "images/none.png") is None
