"""What needs a person reaches the moderators by private message: once, and once more when it is over."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from megabot.errors import OutcomeUnknown, Unreachable
from megabot.forum.escaping import escape
from megabot.forum.models import Unread
from megabot.forum.port import Forum
from megabot.i18n import suggestions
from megabot.i18n.channels import fill, markdown
from megabot.ports import Ports
from megabot.rendering.model import RenderProblem
from megabot.service import alert_messages
from megabot.service.service import Service
from megabot.source.problems import Problem
from tests.world import SLOT, WEEK, World

BROKEN = RenderProblem((Problem("thread.md.j2", 7, "preambel is not defined"),))


def inbox(world: World, name: str) -> list[str]:
    """What the bot wrote to somebody, oldest first."""
    return [str(one["private_message"]["content"]) for one in reversed(world.hand(name).messages())]


@dataclass
class Away:
    """A forum that cannot be reached now and then."""

    forum: Forum
    away: bool = False

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  stands in for any method of the port
        return getattr(self.forum, name)

    def unread(self) -> Unread:
        if self.away:
            raise Unreachable("no route")
        return self.forum.unread()


def a_broken_slot(world: World) -> Service:
    """The template breaks before the slot of the second week, and the service ticks after it."""
    world.post()
    service = world.service()
    service.tick()
    world.press.problem = BROKEN
    world.clock.at = SLOT + WEEK
    service.tick()
    return service


def test_the_communitys_first_moderator_is_told_once(world: World) -> None:
    service = a_broken_slot(world)
    for _ in range(5):
        world.clock.at += timedelta(hours=1)
        service.tick()

    (message,) = inbox(world, "modlin")
    assert "thread.md.j2:7" in message
    assert inbox(world, "admin") == []


def test_a_restart_does_not_tell_it_again(world: World) -> None:
    a_broken_slot(world)
    world.clock.at += timedelta(hours=1)

    world.service().tick()

    assert len(inbox(world, "modlin")) == 1


def test_when_it_is_over_that_is_told_too(world: World) -> None:
    service = a_broken_slot(world)
    world.press.problem = None
    world.clock.at += timedelta(hours=1)

    service.tick()

    _, over = inbox(world, "modlin")
    assert over.startswith("Resolved, no action needed:")
    assert len(world.posts()) == 2


def test_an_alert_keeps_its_commands_apart_also_one_that_an_older_version_kept(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    sentence = fill("to post it: {command}", command=suggestions.post_next("news"))
    world.ports().alerts.raise_alert("news:late", str(sentence))

    world.ports().alerts.raise_alert("news:late", sentence)

    (kept,) = (text for key, text in world.ports().alerts.active_alerts() if key == "news:late")
    assert kept == "to post it: megabot post news --next"
    assert markdown(kept, escape) == "to post it: `post news next`"
    assert [record.message for record in caplog.records] == [kept]


def test_what_is_said_of_a_thread_ends_with_the_thread(world: World) -> None:
    service = a_broken_slot(world)
    world.change(name="film")
    world.clock.at += timedelta(hours=1)

    service.tick()

    assert [key for key, _ in world.ports().alerts.active_alerts() if key.startswith("news:")] == []


def test_whom_the_settings_name_is_told_instead(world: World) -> None:
    world.post()
    world.press.problem = BROKEN
    world.clock.at = SLOT + WEEK
    world.run_pass()
    ports = replace(world.ports(), moderators=("reader", "admin@lemmy.example"))

    alert_messages.send_alerts(ports, world.pages.all)

    assert (len(inbox(world, "reader")), len(inbox(world, "admin"))) == (1, 1)
    assert inbox(world, "modlin") == []


def test_nothing_of_a_template_is_read_as_markdown(world: World) -> None:
    world.post()
    world.press.problem = RenderProblem(
        (Problem("thread.md.j2", 7, "![x](https://evil.example) @a@b.example"),)
    )
    world.clock.at = SLOT + WEEK

    world.service().tick()

    (message,) = inbox(world, "modlin")
    assert r"\!\[x\]" in message.replace("!", r"\!")
    assert r"\@a\@b.example" in message


class Mute:
    """A forum on which messages go wrong."""

    def __init__(self, forum: Forum, error: Exception) -> None:
        self._forum = forum
        self._error = error
        self.tries = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._forum, name)

    def message(self, person_id: int, content: str) -> None:
        self.tries += 1
        raise self._error


def mute(world: World, error: Exception) -> tuple[Ports, Mute]:
    world.post()
    world.press.problem = BROKEN
    world.clock.at = SLOT + WEEK
    world.run_pass()
    ports = world.ports()
    forum = Mute(ports.forum, error)
    return replace(ports, forum=forum), forum  # type: ignore[arg-type]


def test_a_message_that_was_certainly_not_sent_is_sent_next_time(world: World) -> None:
    ports, forum = mute(world, Unreachable("no route"))
    for _ in range(2):
        alert_messages.send_alerts(ports, world.pages.all)

    assert forum.tries == 2


@pytest.mark.parametrize(("wait", "tries"), [(timedelta(hours=23), 1), (timedelta(hours=24), 2)])
def test_a_message_of_unknown_outcome_is_not_sent_again_for_a_day(
    world: World, wait: timedelta, tries: int
) -> None:
    ports, forum = mute(world, OutcomeUnknown("the answer was lost"))
    alert_messages.send_alerts(ports, world.pages.all)
    world.clock.at += wait

    alert_messages.send_alerts(ports, world.pages.all)

    assert forum.tries == tries


def test_one_wrong_name_keeps_nothing_from_the_others(world: World) -> None:
    a_broken_slot(world)
    world.ports().ledger.set_sent_alerts({})
    ports = replace(world.ports(), moderators=("nobodyhere", "reader"))

    alert_messages.send_alerts(ports, world.pages.all)

    assert len(inbox(world, "reader")) == 1


def test_where_nobody_is_there_to_be_told_it_is_told_when_somebody_is(world: World) -> None:
    a_broken_slot(world)
    world.ports().ledger.set_sent_alerts({})
    alert_messages.send_alerts(replace(world.ports(), moderators=("nobodyhere",)), world.pages.all)

    alert_messages.send_alerts(replace(world.ports(), moderators=("reader",)), world.pages.all)

    assert "thread.md.j2:7" in inbox(world, "reader")[0]


def test_that_the_post_was_removed_is_told(world: World) -> None:
    world.post()
    service = world.service()
    service.tick()
    world.hand("modlin").remove(1)
    world.clock.at += timedelta(hours=1)

    service.tick()

    (message,) = inbox(world, "modlin")
    assert "`repost yes news`" in message


# -- the heartbeat


def test_a_monitor_hears_of_each_verified_pass(world: World) -> None:
    beats: list[bool] = []
    service = Service(world.ports(), tick=timedelta(seconds=30), notify=lambda _: None, beat=beats.append)
    for _ in range(3):
        service.tick()
        world.clock.at += timedelta(minutes=30)

    assert beats == [True, True]


def test_a_monitor_hears_that_the_server_is_away(world: World) -> None:
    beats: list[bool] = []
    service = Service(world.ports(), tick=timedelta(seconds=30), notify=lambda _: None, beat=beats.append)
    world.sandbox.stop()

    service.tick()

    assert beats == [False]


def test_after_a_moments_trouble_the_monitor_hears_at_once_that_all_is_well(world: World) -> None:
    beats: list[bool] = []
    ports = world.ports()
    forum = Away(ports.forum)
    service = Service(
        replace(ports, forum=forum), tick=timedelta(seconds=30), notify=lambda _: None, beat=beats.append
    )
    for forum.away in (False, True, False):
        service.tick()
        world.clock.at += timedelta(seconds=30)

    assert beats == [True, False, True]


def test_a_day_before_the_slot_a_missing_preamble_is_reminded_of_once(world: World) -> None:
    world.pages.files = {"preambles/news/2026-W47.md": "An essay."}
    service = world.service()
    service.tick()
    for hours in range(26, 0, -1):
        world.clock.at = SLOT + WEEK - timedelta(hours=hours)
        service.tick()

    (message,) = inbox(world, "modlin")
    assert "preambles/news/2026-W48.md" in message


def test_where_the_preamble_is_there_or_none_is_used_nobody_is_reminded(world: World) -> None:
    service = world.service()
    default = {"preambles/news/_default.md": "As every week."}
    for files in ({}, default, {"preambles/news/2026-W48.md": "An essay."}):
        world.pages.files = files
        world.clock.at = SLOT + WEEK - timedelta(hours=20)
        service.tick()
        world.clock.at += timedelta(hours=2)
        service.tick()

    assert inbox(world, "modlin") == []
