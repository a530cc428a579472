"""An essay that comes after its slot: the thread goes up on time, and the essay is put in when it comes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from megabot.errors import Refused
from megabot.forum.models import Post, PostDraft
from megabot.forum.port import Forum
from megabot.schedule.overrides import Override, OverrideKind
from megabot.service.service import Service
from megabot.source.model import Refresh
from tests.scenario import at_work, letters, say, write
from tests.world import SLOT, WEEK, World

LATE = "*Added at Mon 23 Nov 13:00 GMT.*"
FILE = "preambles/news/2026-W48.md"


class NoEdits:
    """A forum that refuses edits for good."""

    def __init__(self, forum: Forum) -> None:
        self._forum = forum
        self.tries = 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  stands in for any method of the port
        return getattr(self._forum, name)

    def edit_post(self, post_id: int, draft: PostDraft) -> Post:
        self.tries += 1
        raise Refused(f"{post_id} is not edited", code="couldnt_update_post")


@pytest.fixture
def service(world: World) -> Service:
    """At work; this week's thread went up without an essay of its own."""
    world.press.words = "No essay this week."
    return at_work(world)


def body(world: World, post: int = 0) -> str:
    """What a post says above its marker."""
    return str(world.posts()[post]["body"]).partition("\n\n[//]: #")[0]


def hours_pass(world: World, service: Service, hours: int) -> None:
    for _ in range(hours):
        world.clock.at += timedelta(hours=1)
        service.tick()


def test_without_an_essay_the_thread_goes_up_on_time(world: World, service: Service) -> None:
    assert body(world) == "No essay this week.\n\nThe first."


def test_an_essay_by_message_is_put_in_at_once(world: World, service: Service) -> None:
    write(world, service, "preamble\n\nOn tides.")

    assert body(world) == f"On tides.\n\n{LATE}\n\nThe first."
    assert letters(world)[0].startswith(
        "The preamble of news/2026-W48 is saved and put into the current thread"
    )


OPEN = "::: spoiler Never closed\nOn tides."


def test_an_essay_that_cannot_be_used_is_refused_and_the_one_before_stays(
    world: World, service: Service
) -> None:
    write(world, service, "preamble\n\nOn tides.")

    write(world, service, f"preamble\n\n{OPEN}")

    assert (
        "this cannot be the preamble of news/2026-W48, so nothing was changed: message:1: "
        in letters(world)[-1]
    )
    assert body(world) == f"On tides.\n\n{LATE}\n\nThe first."


@pytest.fixture
def kept_open(world: World, service: Service) -> Override:
    """An essay of the coming edition that an older version kept although it never could be used."""
    override = Override(
        kind=OverrideKind.PREAMBLE, edition="2026-W49", by="modlin", at=world.clock.at, text=OPEN
    )
    world.ports().ledger.set_overrides("news", (override,))
    return override


def test_a_thread_goes_up_without_an_essay_that_cannot_be_used(
    world: World, service: Service, kept_open: Override
) -> None:
    world.clock.at = SLOT + 2 * WEEK
    service.tick()

    assert body(world, 1) == f"No essay this week.\n\nLast: {world.posts()[0]['ap_id']}"
    service.tick()
    (letter,) = [one for one in letters(world) if "needs a moderator" in one]
    assert "- news/2026-W49: the preamble that was sent for it cannot be used" in letter
    assert "`preamble news 2026-W49 clear` by private message" in letter


def test_a_corrected_essay_is_put_in_and_ends_the_alert(
    world: World, service: Service, kept_open: Override
) -> None:
    world.clock.at = SLOT + 2 * WEEK
    service.tick()

    write(world, service, "preamble\n\nOn kites.")
    hours_pass(world, service, 1)

    assert body(world, 1).startswith("On kites.\n\n*Added at ")
    assert [one for one in world.ports().alerts.active_alerts() if "essay" in one[0]] == []


def test_an_essay_that_is_dropped_ends_the_alert_too(
    world: World, service: Service, kept_open: Override
) -> None:
    world.clock.at = SLOT + 2 * WEEK
    service.tick()

    write(world, service, "preamble clear")

    assert [one for one in world.ports().alerts.active_alerts() if "essay" in one[0]] == []


def test_an_essay_by_file_is_put_in_when_it_is_there(world: World, service: Service) -> None:
    world.pages.files = {FILE: "On tides."}

    service.tick()

    assert body(world) == f"On tides.\n\n{LATE}\n\nThe first."


def test_what_was_put_in_once_is_not_put_in_again(world: World, service: Service) -> None:
    write(world, service, "preamble\n\nOn tides.")
    world.sandbox.forget_requests()

    hours_pass(world, service, 5)
    world.service().tick()

    assert world.writes() == []
    assert body(world) == f"On tides.\n\n{LATE}\n\nThe first."


def test_a_correction_keeps_the_moment_and_goes_to_the_same_edition(world: World, service: Service) -> None:
    write(world, service, "preamble\n\nOn tydes.")
    hours_pass(world, service, 2)

    write(world, service, "preamble\n\nOn tides.")

    assert body(world) == f"On tides.\n\n{LATE}\n\nThe first."


def test_an_essay_that_is_taken_back_leaves_the_thread_as_it_was(world: World, service: Service) -> None:
    write(world, service, "preamble\n\nOn tides.")
    hours_pass(world, service, 1)

    write(world, service, "preamble clear")

    assert body(world) == "No essay this week.\n\nThe first."


def test_an_essay_that_was_there_in_time_says_nothing_of_when(world: World, service: Service) -> None:
    world.pages.files = {FILE.replace("48", "49"): "On kites."}
    world.clock.at += timedelta(weeks=1)
    service.tick()
    world.pages.files = {FILE.replace("48", "49"): "On kites, and strings."}

    hours_pass(world, service, 1)

    assert body(world, 1).startswith("On kites, and strings.\n\nLast: ")


def test_a_fresh_copy_has_the_essay_as_if_it_had_been_there(world: World, service: Service) -> None:
    write(world, service, "preamble\n\nOn tides.")

    say(world, service, "@megabot@lemmy.example repost yes")

    assert body(world, 1) == "On tides.\n\nThe first."


def test_in_the_second_half_of_the_week_an_essay_waits_for_the_next_edition(
    world: World, service: Service
) -> None:
    world.clock.at += timedelta(days=4)

    write(world, service, "preamble\n\nOn kites.")

    assert body(world) == "No essay this week.\n\nThe first."
    assert letters(world)[0].startswith(
        "The preamble of news/2026-W49 is saved; it overrides the file. "
        "For news/2026-W48: `preamble news 2026-W48` by private message"
    )


def test_where_the_thread_does_not_follow_its_source_an_essay_waits_for_the_next_edition(
    world: World, service: Service
) -> None:
    world.change(refresh=Refresh.NEVER)

    write(world, service, "preamble\n\nOn kites.")

    assert letters(world)[0].startswith("The preamble of news/2026-W49 is saved")


def test_an_essay_for_a_named_thread_that_does_not_follow_its_source_names_the_refresh(
    world: World, service: Service
) -> None:
    world.change(refresh=Refresh.NEVER)

    write(world, service, "preamble 2026-W48\n\nOn kites.")
    say(world, service, "@megabot@lemmy.example refresh")

    assert letters(world)[0].startswith(
        "The preamble of news/2026-W48 is saved. To put it into the current thread: `refresh news`."
    )
    assert body(world).startswith("On kites.")


def test_after_a_post_ahead_of_time_an_essay_is_for_the_edition_that_follows(
    world: World, service: Service
) -> None:
    say(world, service, "@megabot@lemmy.example post next")

    write(world, service, "preamble\n\nOn kites.")
    write(world, service, "preamble 2026-W48\n\nOn tides.")
    hours_pass(world, service, 2)

    assert letters(world)[0].startswith("The preamble of news/2026-W50 is saved; it overrides the file.")
    assert "news/2026-W48 is over" in letters(world)[1]
    assert [word for word in ("kites", "tides") if word in body(world, 0) + body(world, 1)] == []


def test_an_essay_for_an_adopted_thread_is_refused(world: World, service: Service) -> None:
    by_hand = world.hand("modlin").create_post(world.community_id, "News 3 by hand", "Breaking.")
    world.hand("modlin").comment(by_hand, "@megabot@lemmy.example adopt 2026-W49")
    hours_pass(world, service, 1)

    write(world, service, "preamble 2026-W49\n\nOn kites.")

    assert "another account's post" in letters(world)[0]


def test_an_essay_that_the_server_refuses_is_not_sent_again_each_hour(world: World, service: Service) -> None:
    ports = world.ports()
    forum = NoEdits(ports.forum)
    refusing = Service(replace(ports, forum=forum), tick=timedelta(seconds=30), notify=lambda _: None)
    world.pages.files = {FILE: "On tides."}

    hours_pass(world, refusing, 4)

    assert forum.tries == 1


def test_where_one_essay_came_by_message_the_next_is_reminded_of(world: World, service: Service) -> None:
    write(world, service, "preamble\nAn essay of tides.")
    world.clock.at = SLOT + 2 * WEEK - timedelta(hours=20)

    service.tick()

    assert (
        "- news/2026-W49 will be posted Mon 30 Nov 12:00 GMT and still has no preamble." in letters(world)[-1]
    )
    assert [key for key, _ in world.ports().alerts.active_alerts()] == ["news:preamble"]
