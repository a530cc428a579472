"""What only a Lemmy 1.0 does: hiding the texts of removed posts, posts on their way to another server."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from megabot.ports import Ports
from megabot.reconcile.actions import BlockReason
from megabot.reconcile.decide import blocked_actions
from megabot.reconcile.loop import run_pass
from megabot.reconcile.orders import Order, OrderKind
from megabot.reconcile.report import Report
from megabot.service.ledger_alerts import LedgerAlerts
from tests.fake_ledger import FakeLedger
from tests.fakes import FakeCodes
from tests.simulation.account import AccountForum
from tests.simulation.hands import FakeHand
from tests.simulation.home import FakeHomeServers
from tests.simulation.server import Generation, Server
from tests.world import NEWS, SLOT, WEEK, Clock, Pages, Press


@dataclass
class Elsewhere:
    """A community on another server than the bot's, which takes a post over after ten minutes."""

    server: Server
    forum: AccountForum
    clock: Clock
    ledger: FakeLedger

    def run_pass(self, kind: OrderKind | None = None) -> Report:
        ports = Ports(
            clock=self.clock,
            draw_code=FakeCodes(),
            forum=self.forum,
            ledger=self.ledger,
            source=Pages((NEWS,)),
            renderer=Press(),
            alerts=LedgerAlerts(self.ledger),
            home_servers=FakeHomeServers(self.server),
        )
        return run_pass(ports, orders={"news": Order(kind, "test:1")} if kind else {}, authenticated=True)[0]

    def post(self) -> Report:
        """Have the current edition posted, and let it arrive."""
        self.run_pass(OrderKind.POST)
        self.clock.at += timedelta(minutes=11)
        return self.run_pass()

    def pinned(self) -> list[int]:
        return [post.id for post in self.server.posts.values() if post.featured_community]

    def demote(self) -> None:
        self.server.appoint("news", self.forum.me, appointed=False)


@pytest.fixture
def elsewhere() -> Elsewhere:
    clock = Clock(SLOT + timedelta(minutes=1))
    server = Server(clock.true, generation=Generation.V1_0, travel=lambda: timedelta(minutes=10))
    bot, _ = (server.add_person(name) for name in ("megabot", "modlin"))
    server.add_community("news", ["modlin", "megabot"], local=False)
    return Elsewhere(server, AccountForum(server, bot), clock, FakeLedger())


def reasons(report: Report) -> set[BlockReason]:
    return {blocked.reason for blocked in blocked_actions(report.left)}


def test_a_post_takes_the_pin_when_it_has_arrived_and_not_before(elsewhere: Elsewhere) -> None:
    elsewhere.post()
    elsewhere.clock.at = SLOT + WEEK

    report = elsewhere.run_pass()
    before = elsewhere.pinned()
    elsewhere.clock.at += timedelta(minutes=11)
    elsewhere.run_pass()

    first, second = sorted(one for one in elsewhere.server.posts)
    assert BlockReason.PENDING in reasons(report)
    assert (before, elsewhere.pinned()) == ([first], [second])


def test_a_post_that_does_not_arrive_is_told_after_an_hour(elsewhere: Elsewhere) -> None:
    elsewhere.server.travel = lambda: timedelta(days=1)
    elsewhere.run_pass(OrderKind.POST)
    elsewhere.clock.at += timedelta(hours=2)

    report = elsewhere.run_pass()

    assert BlockReason.PENDING_FOR_LONG in reasons(report)
    assert any(blocked.needs_person for blocked in blocked_actions(report.left))
    assert elsewhere.pinned() == []


@pytest.fixture
def forgotten(elsewhere: Elsewhere) -> Elsewhere:
    """The thread was removed; the bot moderates no more, and its ledger is lost."""
    elsewhere.post()
    FakeHand(elsewhere.server, elsewhere.server.people["modlin"]).remove(min(elsewhere.server.posts))
    elsewhere.demote()
    elsewhere.ledger = FakeLedger()
    return elsewhere


@pytest.mark.parametrize("kind", [None, OrderKind.POST])
def test_a_removed_thread_whose_text_nobody_shows_is_not_posted_again(
    forgotten: Elsewhere, kind: OrderKind | None
) -> None:
    """A14, on a server that shows the text to moderators alone."""
    report = forgotten.run_pass(kind)

    assert len(forgotten.server.posts) == 1
    assert kind is None or reasons(report) == {BlockReason.BODY_HIDDEN}


def test_appointed_again_the_bot_knows_its_removed_thread(forgotten: Elsewhere) -> None:
    forgotten.server.appoint("news", forgotten.forum.me)

    report = forgotten.run_pass(OrderKind.POST)

    assert reasons(report) == {BlockReason.REMOVED}


def test_a_person_has_a_fresh_copy_made_all_the_same(forgotten: Elsewhere) -> None:
    forgotten.run_pass(OrderKind.REPOST)

    assert [post.body.rpartition("news/")[2] for post in forgotten.server.posts.values()] == [
        "2026-W47)",
        "2026-W47#2)",
    ]
