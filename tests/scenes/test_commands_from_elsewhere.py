"""Commands of people whose account is on another server, where its admin can write in their name."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from megabot.forum.models import Person
from megabot.ledger.records import CommandState
from megabot.ports import Ports
from megabot.service.ledger_alerts import LedgerAlerts
from megabot.service.service import Service
from tests.fake_ledger import FakeLedger
from tests.fakes import FakeCodes
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
    ledger: FakeLedger
    codes: FakeCodes
    pages: Pages

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

    def answers(self) -> list[str]:
        said = self.server.mail.said.values()
        texts = [one.comment.content for one in said if one.by.id == self.bot.id and one.parent_id]
        return [text.partition("\n\n[//]: #")[0] for text in texts]

    def code(self) -> str:
        """The code in the newest message to kim."""
        return self.letters(self.kim)[-1].partition(" yes ")[2].partition("`")[0]

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
    ledger, codes, pages = FakeLedger(), FakeCodes(), Pages((replace(NEWS, community="news"),))
    ports = Ports(
        clock=clock,
        draw_code=codes,
        forum=AccountForum(server, bot),
        ledger=ledger,
        source=pages,
        renderer=Press(),
        alerts=LedgerAlerts(ledger),
    )
    service = Service(ports, tick=timedelta(seconds=30), notify=lambda _: None)
    service.tick()
    clock.at = SLOT + WEEK
    service.tick()
    scene = Scene(server, clock, service, bot, kim, ledger, codes, pages)
    assert scene.posts() == 1
    return scene


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

    scene.comment(scene.kim, f"{BOT} yes {scene.code()}")

    assert scene.posts() == 2


def test_a_message_confirms_nothing(scene: Scene) -> None:
    """C11: whoever forges the order as a message can forge the confirmation as one too."""
    scene.message(scene.kim, "repost yes")
    scene.message(scene.kim, f"yes {scene.code()}")

    assert scene.posts() == 1
    assert "a private message cannot confirm anything" in scene.letters(scene.kim)[-1]


def test_a_comment_that_is_gone_before_it_is_carried_out_confirms_nothing(scene: Scene) -> None:
    """C11: in public means that everyone can read it."""
    scene.message(scene.kim, "repost yes")
    hand = FakeHand(scene.server, scene.kim)
    comment = hand.comment(scene.thread, f"{BOT} yes {scene.code()}")
    hand.delete_comment(comment)
    scene.tick()

    assert scene.posts() == 1


def test_the_code_cannot_be_told_from_the_message_and_is_not_in_the_ledger(scene: Scene) -> None:
    """C11."""
    scene.message(scene.kim, "repost yes")
    scene.message(scene.kim, "repost yes")
    codes = scene.codes.drawn

    assert len(set(codes)) == 2
    assert scene.code() == codes[1]
    fact = repr(vars(scene.ledger))
    assert not any(code in fact for code in codes)


def test_a_code_counts_once(scene: Scene) -> None:
    """C11."""
    scene.message(scene.kim, "move +2h")
    said = f"{BOT} yes {scene.code()}"
    scene.comment(scene.kim, said)
    scene.comment(scene.kim, f"{BOT} resume")
    scene.comment(scene.kim, said)

    assert "No command of yours is waiting for that code" in scene.answers()[-1]


def test_a_confirmation_that_was_cut_short_by_a_crash_is_carried_out_again(scene: Scene) -> None:
    """C11: used once means by one comment, however often that is begun."""
    scene.message(scene.kim, "repost yes")
    scene.comment(scene.kim, f"{BOT} yes {scene.code()}")
    (done,) = [one for one in scene.ledger.commands(10) if one.verb == "confirm"]
    scene.ledger.keep_command(replace(done, state=CommandState.ACTING, key=done.key))
    for comment in [key for key, one in scene.server.mail.said.items() if one.by.id == scene.bot.id]:
        del scene.server.mail.said[comment]
    scene.tick()

    assert scene.posts() == 2
    assert scene.answers()[-1].endswith("(pinned)")


def test_the_order_of_another_community_is_not_confirmed_here(scene: Scene) -> None:
    """C11: the confirmation is made in the community of the thread."""
    scene.server.add_community("books", ["kim", "megabot"])
    books = replace(NEWS, name="books", community="books", path="threads/books.md.j2")
    scene.pages.all = (*scene.pages.all, books)
    scene.tick()
    scene.message(scene.kim, "hold books")
    scene.comment(scene.kim, f"{BOT} yes {scene.code()}")

    assert "I take no commands for books here" in scene.answers()[-1]
    assert scene.ledger.overrides("books") == ()


def test_only_who_gave_an_order_can_confirm_it(scene: Scene) -> None:
    """C11."""
    scene.message(scene.kim, "repost yes")

    scene.comment(scene.server.people["modlin"], f"{BOT} yes {scene.code()}")

    assert scene.posts() == 1


def test_a_quarter_of_an_hour_later_there_is_nothing_to_confirm(scene: Scene) -> None:
    """C11."""
    scene.message(scene.kim, "repost yes")
    scene.clock.at += timedelta(minutes=16)

    scene.comment(scene.kim, f"{BOT} yes {scene.code()}")

    assert scene.posts() == 1


def test_what_does_nothing_needs_no_confirmation(scene: Scene) -> None:
    scene.message(scene.kim, "status")

    assert "news: next Mon 30 Nov 12:00 GMT" in scene.letters(scene.kim)[0]


def test_a_comment_with_a_made_up_date_counts_from_when_it_came(scene: Scene) -> None:
    """C12: said to be of years ago, or of next week; the own server knows when it told of it."""
    for days, text in ((-900, "repost yes"), (7, "status")):
        comment = FakeHand(scene.server, scene.kim).comment(scene.thread, f"{BOT} {text}")
        message = scene.server.mail.said[comment]
        made_up = replace(message.comment, published=scene.clock.at + timedelta(days=days))
        scene.server.mail.said[comment] = replace(message, comment=made_up)
        scene.tick()

    assert scene.posts() == 2
    own = [
        message
        for message in scene.server.mail.said.values()
        if message.by.id == scene.bot.id and message.parent_id
    ]
    assert len(own) == 2
