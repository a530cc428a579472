"""The way back from `adopt` and `import`: the ledger, the comment and the pins are as they were."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from megabot.commands import import_threads, run_order
from megabot.commands.run_order import OrderResult, carry_out
from megabot.i18n.tables import Outcome
from megabot.ledger.records import IntentKind
from megabot.reconcile.orders import Order, OrderKind
from megabot.reconcile.rules.adopt import Effects
from tests.scenario import ON_BOTH, answers, at_work, say
from tests.scenes.test_import_threads import LONG_AGO, found, records, take, years  # noqa: F401  fixtures
from tests.world import SLOT, WEEK, World

URL = "https://lemmy.example/post/2"


def kept(world: World) -> None:
    """Leave the ledger as it is."""


def lost(world: World) -> None:
    """Delete the ledger; the token stays."""
    (world.state / "ledger.db").unlink()


either = pytest.mark.parametrize("ledger", [kept, lost])


@pytest.fixture
def adopted(world: World) -> World:
    """The bot's thread of a week, and next week's by a moderator, adopted."""
    world.post()
    world.clock.at = SLOT + WEEK + timedelta(hours=1)
    world.hand("modlin").create_post(world.community_id, "News of the week")
    answer = adopt(world)
    assert answer.outcome is Outcome.DONE
    assert world.pinned() == [2]
    return world


def adopt(world: World) -> OrderResult:
    ports = world.ports()
    account = ports.forum.account()
    order, name = run_order.adoption_order(ports, URL, id_="shell:1", thread=None)
    return carry_out(ports, order, name, account=account)


def unadopt(world: World, *, id_: str = "shell:2") -> OrderResult:
    ports = world.ports()
    account = ports.forum.account()
    order, name = run_order.release_order(ports, URL, id_=id_, thread=None)
    return carry_out(ports, order, name, account=account)


@either
@ON_BOTH
def test_the_thread_before_is_pinned_again_and_the_bots_pin_goes(
    adopted: World, ledger: Callable[[World], None]
) -> None:
    ledger(adopted)

    answer = unadopt(adopted)

    assert answer.outcome is Outcome.DONE
    assert adopted.pinned() == [1]
    assert [one.edition for one in adopted.ports().ledger.posts("news")] == ["2026-W47"]
    assert adopted.comments(2)[0].startswith("This thread is no longer an edition of news.")


@ON_BOTH
def test_the_answer_says_that_the_edition_is_posted_now_and_how_to_prevent_it(adopted: World) -> None:
    answer = unadopt(adopted)

    assert f"news: {URL} is no longer edition 2026-W48" in answer.said
    assert any("megabot hold news 2026-W48" in line for line in answer.said)
    assert adopted.run_pass().done
    assert [post["name"] for post in adopted.posts()] == ["News 2", "News 3"]
    assert adopted.pinned() == [3]


@either
@ON_BOTH
def test_the_old_thread_is_told_of_the_new_post_of_that_edition(
    adopted: World, ledger: Callable[[World], None]
) -> None:
    unadopt(adopted)
    ledger(adopted)

    adopted.run_pass(OrderKind.POST)

    assert [f"/post/{number})" in adopted.comments(1)[at] for at, number in enumerate([2, 3])] == [True, True]


@ON_BOTH
def test_a_pin_that_a_moderator_set_stays(world: World) -> None:
    world.post()
    world.clock.at = SLOT + WEEK + timedelta(hours=1)
    post = world.hand("modlin").create_post(world.community_id, "News of the week")
    world.hand("modlin").feature(post)
    adopt(world)

    unadopt(world)

    assert world.pinned() == [1, 2]


@either
@ON_BOTH
def test_it_stays_so_with_the_ledger_kept_and_lost(adopted: World, ledger: Callable[[World], None]) -> None:
    unadopt(adopted)
    adopted.hand("modlin").remove(2)  # nothing stands in the way of a look
    ledger(adopted)

    adopted.run_pass(OrderKind.REFRESH)

    assert [one.edition for one in adopted.ports().ledger.posts("news")] == ["2026-W47"]


@ON_BOTH
def test_a_second_time_there_is_nothing_to_undo(adopted: World) -> None:
    unadopt(adopted)
    adopted.sandbox.forget_requests()

    answer = unadopt(adopted, id_="shell:3")

    assert answer.outcome is Outcome.NOTHING
    assert adopted.writes() == []


def test_what_was_never_adopted_and_what_is_the_bots_own_are_told_apart(world: World) -> None:
    world.post()
    world.hand("modlin").create_post(world.community_id, "Something else")
    ports = world.ports()
    ports.forum.account()

    never = unadopt(world)
    own = carry_out(ports, Order(OrderKind.UNADOPT, "shell:4", post_id=1), "news")

    assert never.outcome is Outcome.NOTHING
    assert "was not adopted for this thread" in never.said[-1]
    assert own.outcome is Outcome.REFUSED
    assert "is the bot's own post" in own.complaints[0]


@ON_BOTH
def test_it_can_be_adopted_again(adopted: World) -> None:
    unadopt(adopted)

    adopt(adopted)

    assert adopted.pinned() == [2]
    assert [one.edition for one in adopted.ports().ledger.posts("news")] == ["2026-W47", "2026-W48"]


def test_a_release_of_unknown_outcome_is_found_and_the_post_forgotten(adopted: World) -> None:
    ports = adopted.ports()
    ports.forum.account()
    unadopt(adopted)
    (done,) = (one for one in ports.ledger.intents("news") if one.new.kind is IntentKind.RELEASE)
    ports.ledger.resolve_intent(done.id, type(done.state).SENDING, at=adopted.clock.now())

    adopted.run_pass(OrderKind.REFRESH)

    assert [
        intent.state.value for intent in ports.ledger.intents("news") if intent.new.kind is IntentKind.RELEASE
    ] == ["done"]


@ON_BOTH
def test_what_an_adoption_leads_to_is_known_before(world: World) -> None:
    world.post()
    world.clock.at = SLOT + WEEK + timedelta(hours=1)
    world.hand("modlin").create_post(world.community_id, "News of the week")
    ports = world.ports()
    account = ports.forum.account()
    post = ports.forum.post(2)

    later = run_order.adoption_effects(ports, "news", post, "2026-W48", account)

    assert later == Effects(current=URL, pinned=True, unpinned=("https://lemmy.example/post/1",))
    adopt(world)
    assert world.pinned() == [2]


@ON_BOTH
def test_on_lemmy_unadopt_is_said_in_that_thread(world: World) -> None:
    service = at_work(world)
    world.hand("modlin").create_post(world.community_id, "News of the week, by hand")
    say(world, service, "@megabot@lemmy.example adopt 2026-W49", post=2)

    say(world, service, "@megabot@lemmy.example unadopt", post=2)

    assert world.pinned() == [1]
    assert "is no longer edition 2026-W49" in answers(world, post=2)[-1]


@either
def test_an_import_is_undone_whole(years: World, ledger: Callable[[World], None]) -> None:  # noqa: F811
    take(years)
    newest = records(years)[-1].post_id
    ledger(years)
    if ledger is lost:
        years.run_pass(OrderKind.REFRESH)
    ports = years.ports()
    ports.forum.account()
    older, last = import_threads.find_imported(ports, LONG_AGO)

    if ledger is kept:
        answer = import_threads.undo_import(ports, LONG_AGO, older, last, id_="shell:undo")
        assert answer is not None
        assert answer.outcome is Outcome.DONE
        assert (len(older), last and last.post_id) == (3, newest)
    else:  # only the newest is known still, by its comment
        assert (older, last) == ((), None)
        order, name = run_order.release_order(
            ports, f"https://lemmy.example/post/{newest}", id_="shell:undo", thread=None
        )
        carry_out(ports, order, name)

    assert records(years) == []
    assert years.pinned() == [newest]  # a moderator had pinned it


def test_the_edition_of_the_newest_found_thread_shifts_the_others(years: World) -> None:  # noqa: F811
    past = found(years, newest="2026-W48")

    assert [one.edition.key for one in past][-3:] == ["2026-W46", "2026-W47", "2026-W48"]
