"""`refresh --title`: a posted title is changed on a person's word, with the whole post, never by itself."""

import pytest

from megabot.commands.run_order import OrderResult, carry_out
from megabot.i18n.tables import Outcome
from megabot.ledger.records import IntentKind, IntentState
from megabot.reconcile.orders import Order, OrderKind
from megabot.rendering.model import Context, Rendered
from megabot.source.model import Snapshot, Thread
from tests.scenario import ON_BOTH, at_work, say
from tests.world import Press, World


class Titled(Press):
    """A renderer with a title that a test sets."""

    title = ""

    def _text(self, snapshot: Snapshot, thread: Thread, context: Context) -> Rendered:
        text = super()._text(snapshot, thread, context)
        return Rendered(
            **{**{name: getattr(text, name) for name in text.__slots__}, "title": self.title or text.title}
        )


@pytest.fixture
def misspelt(world: World) -> World:
    """A thread that went up with a wrong title, which its template has right by now."""
    world.press = Titled(thumbnail="https://pictures.example/kite.png")
    world.press.title = "Newz 2"
    world.post()
    world.press.title = "News of the week 2"
    world.pages.commit = "b" * 40
    return world


def refresh(world: World, *, title: bool, id_: str = "shell:1") -> OrderResult:
    ports = world.ports()
    account = ports.forum.account()
    return carry_out(ports, Order(OrderKind.REFRESH, id_, title=title), "news", account=account)


def titles(world: World) -> list[object]:
    return [post["name"] for post in world.posts()]


@ON_BOTH
def test_the_title_is_changed_and_all_else_stays(misspelt: World) -> None:
    before = misspelt.ports().forum.post(1)

    answer = refresh(misspelt, title=True)

    after = misspelt.ports().forum.post(1)
    assert answer.outcome is Outcome.DONE
    assert titles(misspelt) == ["News of the week 2"]
    assert (after.body, after.thumbnail, after.featured) == (before.body, before.thumbnail, True)
    assert [one.title for one in misspelt.ports().ledger.posts("news")] == ["News of the week 2"]


@ON_BOTH
def test_a_refresh_without_it_leaves_the_title_and_says_how_to_change_it(misspelt: World) -> None:
    misspelt.run_pass()

    answer = refresh(misspelt, title=False)

    assert titles(misspelt) == ["Newz 2"]
    assert answer.outcome is Outcome.NOTHING
    assert answer.said[-1].endswith('to change it to "News of the week 2": megabot refresh news --title')


def test_it_stays_changed_and_a_second_time_there_is_nothing_to_do(misspelt: World) -> None:
    refresh(misspelt, title=True)
    misspelt.sandbox.forget_requests()

    misspelt.run_pass()
    answer = refresh(misspelt, title=True, id_="shell:2")

    assert (titles(misspelt), misspelt.writes()) == (["News of the week 2"], [])
    assert answer.outcome is Outcome.NOTHING


def test_with_the_ledger_lost_the_title_is_changed_too(misspelt: World) -> None:
    (misspelt.state / "ledger.db").unlink()

    refresh(misspelt, title=True)

    assert titles(misspelt) == ["News of the week 2"]


def test_a_change_of_title_of_unknown_outcome_is_known_by_the_title(misspelt: World) -> None:
    ports = misspelt.ports()
    record = ports.ledger.posts("news")[0]
    refresh(misspelt, title=True)
    ports.ledger.record_post(record)  # as it was before the answer came
    (edit,) = (one for one in ports.ledger.intents("news") if one.new.kind is IntentKind.EDIT)
    ports.ledger.resolve_intent(edit.id, IntentState.SENDING, at=misspelt.clock.now())

    misspelt.run_pass()

    assert ports.ledger.intents("news")[-1].state is IntentState.DONE
    assert ports.ledger.posts("news")[0].title == "News of the week 2"


@ON_BOTH
def test_a_moderator_says_refresh_title_on_lemmy(world: World) -> None:
    world.press = Titled()
    service = at_work(world)
    world.press.title = "News of the week"

    say(world, service, "@megabot@lemmy.example refresh title")

    assert titles(world) == ["News of the week"]
