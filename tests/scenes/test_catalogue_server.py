"""Cases of docs/faults.md at the server: answers that are lost, looks that fail, rights that go meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from megabot.commands import status
from megabot.forum.marker import Marker, sign
from megabot.forum.port import Forum
from megabot.ledger.records import IntentKind, PostRecord
from megabot.ports import Ports
from megabot.reconcile.actions import BlockReason
from megabot.reconcile.decide import blocked_actions
from megabot.reconcile.loop import run_pass
from megabot.reconcile.orders import OrderKind
from megabot.reconcile.report import Report
from megabot.service.service import Service
from tests.faultproxy import FaultProxy, Html, Instead, LoseAnswer, Rule
from tests.scenario import BOT, answers, at_work, letters, tick
from tests.world import SLOT, WEEK, World

POST, PIN, OWN = "/api/v3/post", "/api/v3/post/feature", "/api/v3/user"
QUARTER = timedelta(minutes=15)


def reasons(report: Report) -> set[BlockReason]:
    return {blocked.reason for blocked in blocked_actions(report.left)}


def at_the_slot(world: World, ports: Ports) -> Service:
    """A service that has been at work since last week's slot; this week's is now."""
    service = Service(ports, tick=timedelta(seconds=30), notify=lambda _: None)
    service.tick()
    world.clock.at = SLOT + WEEK
    world.sandbox.forget_requests()
    return service


def ticks(world: World, service: Service, *, hours: int) -> None:
    for _ in range(4 * hours):
        service.tick()
        world.clock.at += QUARTER


@dataclass
class Amid:
    """A forum at which something happens right after the first call of this name, answered or not."""

    forum: Forum
    name: str
    happens: Callable[[], object]

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  stands in for any method of the port
        call = getattr(self.forum, name)
        return self._then(call) if name == self.name else call

    def _then(self, call: Callable[..., object]) -> Callable[..., object]:
        def done(*words: object, **named: object) -> object:
            try:
                return call(*words, **named)
            finally:
                self.name = ""
                self.happens()

        return done


def amid(world: World, name: str, happens: Callable[[], object], *, address: str = "") -> Ports:
    ports = world.ports(address=address)
    ports.forum.account()
    return replace(ports, forum=Amid(ports.forum, name, happens))


@contextmanager
def nobody_can_look(world: World) -> Iterator[tuple[FaultProxy, Ports]]:
    """The answer to the next post is lost, and from then on nothing can be read back."""
    with FaultProxy(world.sandbox.url) as proxy:
        blind = Rule(fault=Instead(Html(502)), path=OWN, times=None)
        ports = amid(world, "create_post", lambda: proxy.use(blind), address=proxy.url)
        proxy.use(Rule(fault=LoseAnswer(), method="POST", path=POST))
        yield proxy, ports


def test_three_hours_in_which_no_look_succeeds_end_in_one_post(world: World) -> None:
    """N08: nothing is sent meanwhile, and nothing twice afterwards."""
    with nobody_can_look(world) as (proxy, ports):
        service = at_the_slot(world, ports)
        ticks(world, service, hours=3)
        assert world.writes() == [f"POST {POST}"]
        proxy.use()
        ticks(world, service, hours=1)

    assert world.writes().count(f"POST {POST}") == 1
    assert (len(world.posts()), world.pinned()) == (1, [1])


def test_the_status_says_since_when_an_outcome_is_unknown(world: World) -> None:
    """N08: it asks no server, so it can say so while nobody can look."""
    world.post()
    with nobody_can_look(world) as (_, ports):
        at_the_slot(world, ports).tick()

    (found,) = status.read(ports).threads
    assert [(one.kind, one.edition, one.at) for one in found.unknown] == [
        (IntentKind.PUBLISH, "2026-W48", SLOT + WEEK)
    ]


def test_a_pin_whose_answer_was_lost_is_not_sent_a_second_time(world: World) -> None:
    """N13."""
    with FaultProxy(world.sandbox.url, [Rule(fault=LoseAnswer(), path=PIN)]) as proxy:
        service = at_the_slot(world, world.ports(address=proxy.url))
        ticks(world, service, hours=2)

    assert world.writes().count(f"POST {PIN}") == 1
    assert world.pinned() == [1]


def test_a_post_that_was_rewritten_and_whose_answer_was_lost_is_found_by_its_marker(world: World) -> None:
    """A13 with N02: what the server keeps is not what was sent."""
    world.hand("admin").put("site", slur_filter_regex="badword")
    world.press.words = "A badword.\r\nAnd https://maps.example/hills?utm_source=megabot"
    with FaultProxy(world.sandbox.url, [Rule(fault=LoseAnswer(), method="POST", path=POST)]) as proxy:
        ticks(world, at_the_slot(world, world.ports(address=proxy.url)), hours=2)

    (post,) = world.posts()
    assert "*removed*" in str(post["body"])
    assert world.pinned() == [1]


def test_a_right_that_goes_between_post_and_pin_leaves_the_post_and_the_old_pin(world: World) -> None:
    """A18: the thread is up already when the server refuses to pin it."""
    world.post()
    world.clock.at = SLOT + WEEK
    bot = world.sandbox.person("megabot").id
    ports = amid(
        world, "create_post", lambda: world.hand("modlin").add_mod(world.community_id, bot, added=False)
    )
    run_pass(ports, authenticated=True)
    for _ in range(3):
        world.clock.at += timedelta(hours=2)
        report = world.run_pass()

    assert BlockReason.NOT_MODERATOR in reasons(report)
    assert (len(world.posts()), world.pinned()) == (2, [1])


def test_a_message_that_comes_while_others_are_marked_as_read_is_heard(world: World) -> None:
    """A24: lists shift between two requests; what was not listed is not marked."""
    at_work(world)
    bot = world.sandbox.person("megabot").id
    ports = amid(world, "inbox", lambda: world.hand("modlin").message(bot, "calendar"))
    service = Service(ports, tick=timedelta(seconds=30), notify=lambda _: None)
    world.hand("modlin").comment(1, f"{BOT} status")

    for _ in range(2):
        tick(world, service)

    assert (len(answers(world)), len(letters(world))) == (1, 1)
    assert ports.forum.unread().total == 0


def test_read_posts_that_are_hidden_stop_the_post(world: World) -> None:
    """A16: an account's own posts count as read."""
    world.hand("megabot").save_settings(show_read_posts=False)

    report = world.post()

    assert (reasons(report), world.posts()) == ({BlockReason.SETTINGS_HIDE}, [])


def test_a_community_marked_as_not_for_everybody_stops_an_account_that_hides_such_posts(world: World) -> None:
    """A16."""
    world.hand("modlin").put("community", community_id=world.community_id, nsfw=True)
    world.hand("megabot").save_settings(show_nsfw=False)

    report = world.post()

    assert (reasons(report), world.posts()) == ({BlockReason.SETTINGS_HIDE}, [])


def recorded(world: World, post_id: int) -> None:
    """Have the ledger say that this is the thread's current edition."""
    record = PostRecord(
        post_id=post_id,
        thread="news",
        edition="2026-W47",
        number=2,
        slot=SLOT,
        community_id=world.community_id,
        url=f"https://lemmy.example/post/{post_id}",
        title="News 2",
    )
    world.ports().ledger.record_post(record)


def test_a_foreign_post_under_the_number_of_the_current_edition_is_not_edited(world: World) -> None:
    """A23: nor pinned, locked or commented on, not even by a person's order."""
    foreign = world.hand("modlin").create_post(world.community_id, "Rules of the house", "No shouting.")
    recorded(world, foreign)
    for kind in (None, OrderKind.REFRESH):
        world.run_pass(kind)

    standing = world.hand("reader").read_post(foreign)["post"]
    assert standing["body"] == "No shouting."
    assert {standing["featured_community"], standing["locked"]} == {False}
    assert world.comments(foreign) == []


def test_a_post_of_another_thread_of_the_bots_under_a_recorded_number_is_left_to_that_thread(
    world: World,
) -> None:
    """A23: its author is the bot and its address is the recorded one; its marker tells it apart."""
    chapter = sign("Chapter one.", Marker(thread="reading", key="2026-W47"))
    other = world.hand("megabot").create_post(world.community_id, "Reading 2", chapter)
    world.hand("modlin").feature(other)
    recorded(world, other)
    world.clock.at = SLOT + WEEK

    world.post()

    assert world.pinned() == [other, 2]
    assert world.comments(other) == []
    assert "The first." in str(world.posts()[-1]["body"])
