"""Orders that the page for moderators writes into the ledger, and the service carries out."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from megabot.commands import web_orders
from megabot.commands.model import Command, Verb, Word
from megabot.commands.status_text import channel
from megabot.ledger.records import CommandRecord, CommandState, IntentKind
from megabot.schedule.clock_times import TimeExpression
from megabot.schedule.overrides import OverrideKind, find_override
from megabot.service.service import Service
from tests.scenario import ON_BOTH, answers, at_work, letters, tick, write
from tests.scenes.test_commands_authority import NoCommunities
from tests.world import NEWS, World

NEXT = "2026-W49"


@pytest.fixture
def service(world: World) -> Service:
    return at_work(world)


def actor(world: World, name: str = "modlin") -> str:
    (one, *_) = world.ports().forum.community("news").moderators
    return f"{one.actor.rpartition('/')[0]}/{name}"


def order(world: World, command: Command, *, by: str = "modlin", expects: str = "", key: str = "") -> str:
    """Write an order, as the page does, and return its key."""
    ledger = world.ports().ledger
    key = key or f"web:{len(ledger.commands(100)):032x}"
    record = web_orders.order_record(
        command,
        key=key,
        actor=actor(world, by),
        by=by,
        at=world.clock.now(),
        threads=("news",),
        expects=expects,
    )
    ledger.keep_command(record)
    return key


def kept(world: World, key: str) -> CommandRecord:
    record = world.ports().ledger.command(key)
    assert record is not None
    return record


def preamble(text: str) -> Command:
    return Command(verb=Verb.PREAMBLE, thread="news", edition=NEXT, text=text)


def digest(world: World) -> str:
    """Return the digest of the next edition's preamble, as the page gets it."""
    ports, edition = world.ports(), NEWS.calendar.edition(NEXT)
    assert edition is not None
    return web_orders.preamble_digest(ports.ledger, ports.source.snapshot(), NEWS, edition)


def text_in_effect(world: World) -> str:
    found = find_override(world.ports().ledger.overrides("news"), OverrideKind.PREAMBLE, NEXT)
    return found.text if found else ""


COMMANDS = {
    "hold": Command(verb=Verb.HOLD, thread="news"),
    "skip": Command(verb=Verb.SKIP, thread="news", edition=NEXT),
    "move": Command(verb=Verb.MOVE, thread="news", when=TimeExpression(at=time(18))),
    "resume": Command(verb=Verb.RESUME, thread="news"),
    "post": Command(verb=Verb.POST, thread="news", word=Word.NEXT),
    "repost": Command(verb=Verb.REPOST, thread="news", word=Word.YES),
    "refresh": Command(verb=Verb.REFRESH, thread="news"),
    "undo": Command(verb=Verb.UNDO, thread="news"),
    "note": Command(verb=Verb.NOTE, thread="news", text="Be kind."),
    "unnote": Command(verb=Verb.UNNOTE, thread="news"),
    "preamble": preamble("Words."),
}


@ON_BOTH
@pytest.mark.parametrize("name", COMMANDS)
def test_an_order_is_closed_within_one_tick_and_nobody_gets_a_message(
    world: World, service: Service, name: str
) -> None:
    key = order(world, COMMANDS[name])

    tick(world, service)

    done = kept(world, key)
    assert done.state is CommandState.CLOSED
    assert done.answer
    assert (done.threads, channel(done)) == (("news",), "on the page")
    assert letters(world) == answers(world) == []


@ON_BOTH
def test_what_was_ordered_is_done(world: World, service: Service) -> None:
    order(world, COMMANDS["skip"])
    order(world, preamble("Words."))
    order(world, COMMANDS["repost"])

    tick(world, service)

    assert len(world.posts()) == 2
    (skip, essay) = world.ports().ledger.overrides("news")
    assert (skip.kind, skip.edition, skip.by) == (OverrideKind.SKIP, NEXT, "modlin")
    assert (essay.kind, essay.text) == (OverrideKind.PREAMBLE, "Words.")


@ON_BOTH
def test_an_order_of_someone_who_no_longer_moderates_is_not_carried_out(
    world: World, service: Service
) -> None:
    key = order(world, COMMANDS["repost"])
    world.hand("admin").add_mod(world.community_id, world.sandbox.person("modlin").id, added=False)

    tick(world, service)

    done = kept(world, key)
    assert done.state is CommandState.CLOSED
    assert done.answer == "modlin does not moderate `news` any longer, so nothing was done."
    assert len(world.posts()) == 1


def test_a_moderator_of_another_community_orders_nothing_here(world: World, service: Service) -> None:
    world.sandbox.add_person("stranger")
    world.sandbox.add_community("birds", "Birds", moderators=["stranger"])
    birds = replace(NEWS, name="birds", community="birds", path="birds.md.j2")
    world.pages.all = (NEWS, birds)
    key = order(world, COMMANDS["hold"], by="stranger")

    tick(world, service)

    assert "does not moderate" in kept(world, key).answer
    assert world.ports().ledger.overrides("news") == ()


def test_a_name_of_a_moderator_orders_nothing_without_their_account(world: World, service: Service) -> None:
    key = order(world, COMMANDS["hold"])
    world.ports().ledger.keep_command(replace(kept(world, key), actor="https://evil.example/u/modlin"))

    tick(world, service)

    assert world.ports().ledger.overrides("news") == ()


def test_while_the_moderators_cannot_be_read_an_order_waits(world: World, service: Service) -> None:
    key = order(world, COMMANDS["hold"])
    ports = world.ports()
    ports.forum.account()
    deaf = replace(ports, forum=NoCommunities(ports.forum))
    tick(world, Service(deaf, tick=timedelta(seconds=30), notify=lambda _: None))
    assert kept(world, key).state is CommandState.ACTING

    tick(world, service)

    assert kept(world, key).state is CommandState.CLOSED
    assert len(world.ports().ledger.overrides("news")) == 1


def test_an_order_that_waited_for_days_is_not_carried_out(world: World, service: Service) -> None:
    key = order(world, COMMANDS["hold"])
    world.clock.at += timedelta(days=3)

    service.tick()

    assert "more than 2 days" in kept(world, key).answer
    assert world.ports().ledger.overrides("news") == ()


def test_an_order_for_a_thread_that_was_removed_is_closed(world: World, service: Service) -> None:
    key = order(world, COMMANDS["hold"])
    world.pages.all = (replace(NEWS, name="other", path="other.md.j2"),)

    tick(world, service)

    assert kept(world, key).state is CommandState.CLOSED
    assert kept(world, key).answer.startswith("There is no thread “news” here.")


# -- two people who write the same essay


def test_an_essay_replaces_the_one_that_its_author_saw(world: World, service: Service) -> None:
    order(world, preamble("First."), expects=digest(world))
    tick(world, service)
    order(world, preamble("Second."), expects=digest(world))
    tick(world, service)

    assert text_in_effect(world) == "Second."


def test_an_essay_is_not_overwritten_unseen(world: World, service: Service) -> None:
    seen = digest(world)
    write(world, service, f"preamble {NEXT}\nFrom Lemmy.")
    key = order(world, preamble("From the page."), expects=seen)

    tick(world, service)

    assert text_in_effect(world) == "From Lemmy."
    assert "modlin has changed the preamble of news/2026-W49 in the meantime" in kept(world, key).answer


def test_of_two_orders_at_once_the_second_is_refused(world: World, service: Service) -> None:
    seen = digest(world)
    first = order(world, preamble("First."), expects=seen)
    second = order(world, preamble("Second."), expects=seen)

    tick(world, service)

    assert text_in_effect(world) == "First."
    assert "in the meantime" not in kept(world, first).answer
    assert "in the meantime" in kept(world, second).answer


def test_a_file_that_changed_unseen_is_not_overridden(world: World, service: Service) -> None:
    world.pages.files[f"preambles/news/{NEXT}.md"] = "The file."
    key = order(world, preamble("From the page."), expects=digest(world))
    world.pages.files[f"preambles/news/{NEXT}.md"] = "The file, corrected."

    tick(world, service)

    assert text_in_effect(world) == ""
    assert "the file with the preamble of news/2026-W49 has changed" in kept(world, key).answer


def test_an_essay_that_changed_unseen_is_not_cleared(world: World, service: Service) -> None:
    write(world, service, f"preamble {NEXT}\nFirst.")
    seen = digest(world)
    write(world, service, f"preamble {NEXT}\nSecond.")
    clear = Command(verb=Verb.PREAMBLE, thread="news", edition=NEXT, word=Word.CLEAR)
    order(world, clear, expects=seen)
    tick(world, service)
    assert text_in_effect(world) == "Second."

    order(world, clear, expects=digest(world))
    tick(world, service)
    assert text_in_effect(world) == ""


# -- crashes


@pytest.mark.parametrize("name", COMMANDS)
def test_an_order_that_a_crash_cut_off_is_found_done(world: World, service: Service, name: str) -> None:
    """The process ended after the deed and before the order was closed."""
    key = order(world, COMMANDS[name], expects=digest(world))
    tick(world, service)
    ledger = world.ports().ledger
    first, posts = kept(world, key), len(world.posts())
    overrides = [(one.kind, one.edition, one.slot, one.text) for one in ledger.overrides("news")]
    ledger.keep_command(replace(first, state=CommandState.ACTING, answer=""))

    world.clock.at += timedelta(hours=1)
    world.service().tick()

    again = kept(world, key)
    assert again.state is CommandState.CLOSED
    assert "in the meantime" not in again.answer
    assert len(world.posts()) == posts
    assert [(one.kind, one.edition, one.slot, one.text) for one in ledger.overrides("news")] == overrides


def test_a_post_that_was_ordered_names_its_order(world: World, service: Service) -> None:
    key = order(world, COMMANDS["repost"])

    tick(world, service)

    published = [one.new for one in world.ports().ledger.history(20) if one.new.kind is IntentKind.PUBLISH]
    assert published[0].order == key


# -- highlights


@ON_BOTH
def test_a_comment_is_highlighted_and_no_longer(world: World, service: Service) -> None:
    comment = world.hand("reader").comment(1, "A wren at the window.")
    for verb, count in ((Verb.FEATURE, 1), (Verb.UNFEATURE, 0)):
        key = order(world, Command(verb=verb, thread="news"), key=f"web:{verb}")
        world.ports().ledger.keep_command(replace(kept(world, key), comment_id=comment))
        tick(world, service)

        assert kept(world, key).state is CommandState.CLOSED
        assert len(world.ports().ledger.highlights("news", "2026-W48")) == count


def test_without_a_comment_nothing_is_highlighted(world: World, service: Service) -> None:
    key = order(world, Command(verb=Verb.FEATURE, thread="news"))

    tick(world, service)

    assert "That did not work" in kept(world, key).answer
