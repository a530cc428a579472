"""A pin in a community of another server counts only when that server shows it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from megabot.forum.home_server import HomePin, Reading, Software
from megabot.forum.models import Feature
from megabot.ledger.records import IntentKind, IntentState
from megabot.ledger.state import HomeReading
from megabot.reconcile.actions import Action, Blocked, BlockReason, Pin, Unpin
from megabot.reconcile.rules import remote_pin
from megabot.reconcile.rules.upkeep import decide_upkeep
from megabot.source.model import Pin as PinKind
from tests.builders import (
    NOW,
    a_link_comment,
    a_pinned_post,
    a_situation,
    a_thread,
    a_thread_post,
    an_intent,
    an_observation,
)

HOME = "https://alpha.example/c/news"
OUR_PINS = tuple(an_intent(IntentKind.PIN, edition=f"2026-W{week}", post_id=week) for week in (46, 47))
KNOWN = {
    "posts": (a_pinned_post(47), a_pinned_post(46)),
    "intents": OUR_PINS,
    "comments": (a_link_comment(),),
    "home": HOME,
}
OLD, NEW = Software(name="lemmy", version="0.19.20"), Software(name="lemmy", version="1.0.0-beta.1")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def an_answer(pin: HomePin, **changed: object) -> HomeReading:
    answer = HomeReading(post_id=47, pin=pin, first=NOW, last=NOW, software="Lemmy 1.0.0")
    return replace(answer, **changed)  # type: ignore[arg-type]


def upkeep(answer: HomeReading | None, **of: object) -> tuple[Action, ...]:
    return decide_upkeep(a_situation(**{**KNOWN, "home_answer": answer, **of}))  # type: ignore[arg-type]


def held(reason: BlockReason, *, software: str | None = None, why: str | None = None) -> Blocked:
    return Blocked(
        reason=reason, url=a_thread_post(47).post.url, host="alpha.example", software=software, why=why
    )


# -- what follows from a pin


def test_a_pin_that_the_home_server_shows_lets_the_old_thread_be_unpinned() -> None:
    plan = upkeep(an_answer(HomePin.PINNED))

    assert plan == (Unpin(thread_post=a_pinned_post(46), kind=Feature.COMMUNITY, current=a_pinned_post(47)),)


def test_a_pin_about_which_nobody_was_asked_is_waited_for() -> None:
    assert upkeep(None) == (replace(held(BlockReason.PIN_TRAVELS), until=NOW + remote_pin.FIRST_WAIT),)


@pytest.mark.parametrize("pin", [HomePin.NOT_PINNED, HomePin.NO_POST, HomePin.UNREADABLE])
def test_for_an_hour_a_pin_may_travel(pin: HomePin) -> None:
    assert upkeep(an_answer(pin)) == (
        replace(held(BlockReason.PIN_TRAVELS), until=NOW + remote_pin.FIRST_WAIT),
    )


@pytest.mark.parametrize(
    ("pin", "reason"),
    [
        (HomePin.NOT_PINNED, BlockReason.PIN_NOT_SHOWN),
        (HomePin.NO_POST, BlockReason.POST_NOT_AT_HOME),
        (HomePin.UNREADABLE, BlockReason.HOME_UNREADABLE),
    ],
)
def test_after_an_hour_a_person_is_told_what_the_home_server_shows(pin: HomePin, reason: BlockReason) -> None:
    answer = an_answer(pin, first=NOW - HOUR, trouble="it answers nonsense")

    assert upkeep(answer) == (held(reason, why="it answers nonsense"),)


def test_that_a_0_19_refuses_a_pin_is_told_at_once() -> None:
    answer = an_answer(HomePin.NO_POST, refuses=True, software="Lemmy 0.19.20")

    assert upkeep(answer) == (held(BlockReason.PIN_REFUSED, software="Lemmy 0.19.20"),)


def test_a_pin_that_did_not_arrive_and_that_the_own_server_forgot_is_not_sent_again() -> None:
    answer = an_answer(HomePin.NOT_PINNED, refuses=True, software="Lemmy 0.19.20")

    plan = upkeep(answer, posts=(a_thread_post(47), a_pinned_post(46)))

    assert plan == (held(BlockReason.PIN_REFUSED, software="Lemmy 0.19.20"),)


def test_a_post_that_was_never_pinned_is_pinned_first() -> None:
    plan = upkeep(None, posts=(a_thread_post(47), a_pinned_post(46)), intents=(), created_ids=frozenset({47}))

    assert plan == (Pin(thread_post=a_thread_post(47), kind=Feature.COMMUNITY),)


def test_an_answer_about_another_post_says_nothing() -> None:
    assert upkeep(an_answer(HomePin.PINNED, post_id=46))[0] == replace(
        held(BlockReason.PIN_TRAVELS), until=NOW + remote_pin.FIRST_WAIT
    )


def test_an_answer_from_before_the_post_was_pinned_again_says_nothing() -> None:
    again = an_intent(IntentKind.PIN, post_id=47, changed=NOW + MINUTE)

    assert upkeep(an_answer(HomePin.PINNED), intents=(*OUR_PINS, again))[0] == replace(
        held(BlockReason.PIN_TRAVELS), until=NOW + remote_pin.FIRST_WAIT
    )


@pytest.mark.parametrize("of", [{"home": ""}, {"thread": a_thread(pin=PinKind.LOCAL)}])
def test_a_pin_on_the_own_server_asks_nobody_else(of: dict[str, object]) -> None:
    plan = upkeep(None, **of)

    assert not any(
        isinstance(action, Blocked) and action.reason is BlockReason.PIN_TRAVELS for action in plan
    )


# -- when the home server is asked


def has_to_be_asked(answer: HomeReading | None, *, after: timedelta = timedelta(), **of: object) -> bool:
    observation = an_observation(**{**KNOWN, "home_answer": answer, **of})
    return remote_pin.must_ask_home_server(a_thread(), observation, NOW + after)


def test_a_pin_is_asked_about_when_it_was_never_asked_about() -> None:
    assert has_to_be_asked(None)
    assert not has_to_be_asked(None, posts=(a_thread_post(47), a_pinned_post(46)))
    assert not has_to_be_asked(None, posts=(a_pinned_post(47, federation_pending=True), a_pinned_post(46)))
    assert not has_to_be_asked(None, posts=())
    assert not has_to_be_asked(None, home="")


def test_a_confirmed_pin_is_asked_about_only_when_it_was_pinned_again() -> None:
    confirmed = an_answer(HomePin.PINNED)
    again = an_intent(IntentKind.PIN, post_id=47, changed=NOW + MINUTE)
    unknown = replace(again, state=IntentState.UNKNOWN)

    assert not has_to_be_asked(confirmed, after=365 * DAY)
    assert not has_to_be_asked(confirmed, after=DAY, intents=(*OUR_PINS, unknown))
    assert has_to_be_asked(confirmed, after=DAY, intents=(*OUR_PINS, again))


@pytest.mark.parametrize(
    ("asked_for", "wait"), [(0 * MINUTE, remote_pin.FIRST_WAIT), (16 * MINUTE, 16 * MINUTE), (9 * DAY, DAY)]
)
def test_the_waits_between_two_questions_grow_to_a_day(asked_for: timedelta, wait: timedelta) -> None:
    answer = an_answer(HomePin.NOT_PINNED, first=NOW - asked_for)

    assert not has_to_be_asked(answer, after=wait - timedelta(seconds=1))
    assert has_to_be_asked(answer, after=wait)


def test_a_clock_that_was_set_back_ends_the_wait() -> None:
    assert has_to_be_asked(an_answer(HomePin.NOT_PINNED), after=-HOUR)


# -- what is kept of an answer


def answered(before: HomeReading | None, reading: Reading, software: Software = NEW) -> HomeReading:
    observation = an_observation(**{**KNOWN, "home_answer": before})
    return remote_pin.merge_reading(observation, a_pinned_post(47), reading, software, NOW + HOUR)


def test_an_answer_remembers_since_when_it_was_asked_for() -> None:
    answer = answered(an_answer(HomePin.NO_POST), Reading(HomePin.NOT_PINNED), OLD)

    assert answer == an_answer(HomePin.NOT_PINNED, last=NOW + HOUR, software="Lemmy 0.19.20", refuses=True)


def test_an_answer_that_could_not_be_read_replaces_none_that_could() -> None:
    before = an_answer(HomePin.NOT_PINNED, refuses=True)

    assert answered(before, Reading(HomePin.UNREADABLE, "no")) == replace(before, last=NOW + HOUR)


def test_an_answer_about_a_new_post_starts_anew() -> None:
    assert answered(an_answer(HomePin.NOT_PINNED, post_id=46), Reading(HomePin.NO_POST)).first == NOW + HOUR


# -- what servers run


@pytest.mark.parametrize(
    ("name", "version", "refuses"),
    [
        ("lemmy", "0.19.20", True),
        ("lemmy", "0.18.5-rc.1", True),
        ("lemmy", "1.0.0-beta.1", False),
        ("lemmy", "10.1", False),
        ("lemmy", "unknown version", False),
        ("piefed", "0.9.1", False),
        ("", "", False),
    ],
)
def test_lemmy_before_1_0_takes_no_pins_from_other_servers(name: str, version: str, *, refuses: bool) -> None:
    assert Software(name=name, version=version).refuses_pins is refuses
