"""Commands of people whose account is on another server, where its admin can write in their name."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from megabot.adapters.alerts import LedgerAlerts
from megabot.core.posts import Person
from megabot.ports import Ports
from megabot.run import Service
from tests.fakes import FakeLedger
from tests.simulation.account import AccountForum
from tests.simulation.hands import FakeHand
from tests.simulation.server import Server
from tests.world import NEWS, SLOT, WEEK, Clock, Pages, Press

BOT = "@megabot@lemmy.example"


@dataclass
class Scene:
    """A service at work, this week's thread up, and `kim@elsewhere.example` among the moderators."""

    server: Server
    clock: Clock
    service: Service
    bot: Person
    kim: Person

    def tick(self) -> None:
        self.clock.at += timedelta(seconds=30)
        self.service.tick()

    def comment(self, by: Person, text: str) -> None:
        FakeHand(self.server, by).comment(self.thread, text)
        self.tick()

    def message(self, by: Person, text: str) -> None:
        FakeHand(self.server, by).message(self.bot.id, text)
        self.tick()

    @property
    def thread(self) -> int:
        return min(self.server.posts)

    def posts(self) -> int:
        return len(self.server.posts)

    def letters(self, to: Person) -> list[str]:
        return [one.text for one in self.server.mail.letters if one.to == to.id]


@pytest.fixture
def scene() -> Scene:
    clock = Clock(SLOT + timedelta(minutes=1))
    server = Server(clock.true)
    bot = server.add_person("megabot", bot=True)
    server.add_person("modlin")
    kim = server.add_person("kim")
    kim = server.people["kim"] = replace(kim, actor="https://elsewhere.example/u/kim")
    server.add_community("news", ["modlin", "kim", "megabot"])
    ledger = FakeLedger()
    ports = Ports(
        clock=clock,
        forum=AccountForum(server, bot),
        ledger=ledger,
        source=Pages((replace(NEWS, community="news"),)),
        renderer=Press(),
        alerts=LedgerAlerts(ledger),
    )
    service = Service(ports, tick=timedelta(seconds=30), notify=lambda _: None)
    service.tick()
    clock.at = SLOT + WEEK
    service.tick()
    made = Scene(server, clock, service, bot, kim)
    assert made.posts() == 1
    return made


def test_a_name_that_a_moderator_has_elsewhere_gives_no_rights(scene: Scene) -> None:
    """C01: the name is the same, the actor id is not."""
    homonym = Person(id=99, name="modlin", actor="https://evil.example/u/modlin")

    scene.comment(homonym, f"{BOT} repost yes")
    scene.message(homonym, "repost yes")

    assert scene.posts() == 1
    assert scene.letters(homonym) == []


def test_a_moderator_with_an_account_elsewhere_is_obeyed_in_the_thread(scene: Scene) -> None:
    scene.comment(scene.kim, f"{BOT} repost yes")

    assert scene.posts() == 2


def test_what_they_order_by_message_has_to_be_said_again_in_the_thread(scene: Scene) -> None:
    """C11."""
    scene.message(scene.kim, "repost yes")
    assert scene.posts() == 1
    (asked,) = scene.letters(scene.kim)
    code = asked.partition(" yes ")[2][:6]

    scene.comment(scene.kim, f"{BOT} yes {code}")

    assert scene.posts() == 2


def test_only_who_gave_an_order_can_confirm_it(scene: Scene) -> None:
    """C11."""
    scene.message(scene.kim, "repost yes")
    code = scene.letters(scene.kim)[0].partition(" yes ")[2][:6]

    scene.comment(scene.server.people["modlin"], f"{BOT} yes {code}")

    assert scene.posts() == 1


def test_an_hour_later_there_is_nothing_to_confirm(scene: Scene) -> None:
    """C11."""
    scene.message(scene.kim, "repost yes")
    code = scene.letters(scene.kim)[0].partition(" yes ")[2][:6]
    scene.clock.at += timedelta(minutes=61)

    scene.comment(scene.kim, f"{BOT} yes {code}")

    assert scene.posts() == 1


def test_what_does_nothing_needs_no_confirmation(scene: Scene) -> None:
    scene.message(scene.kim, "status")

    assert "news: next Mon 30 Nov 12:00 London" in scene.letters(scene.kim)[0]


def test_a_comment_with_a_made_up_date_counts_from_when_it_came(scene: Scene) -> None:
    """C12: said to be of years ago, or of next week; the own server knows when it told of it."""
    for days, text in ((-900, "repost yes"), (7, "status")):
        comment = FakeHand(scene.server, scene.kim).comment(scene.thread, f"{BOT} {text}")
        said = scene.server.mail.said[comment]
        made_up = replace(said.comment, published=scene.clock.at + timedelta(days=days))
        scene.server.mail.said[comment] = replace(said, comment=made_up)
        scene.tick()

    assert scene.posts() == 2
    own = [said for said in scene.server.mail.said.values() if said.by.id == scene.bot.id and said.parent_id]
    assert len(own) == 2
