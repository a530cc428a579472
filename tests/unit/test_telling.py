"""Which alerts become a message: each once, and once more when it is over."""

from datetime import timedelta

import pytest

from megabot.core.telling import AGAIN, Letter, Told, ToldState, forgotten, letter
from tests.making import NOW

KEY, SAID = "news:text_broken", "news: the template is broken"
STANDING = {KEY: SAID}
SECOND = timedelta(seconds=1)


def told(state: ToldState, age: timedelta = SECOND) -> dict[str, Told]:
    return {KEY: Told(state, SAID, NOW - age)}


def test_a_new_alert_is_told() -> None:
    assert letter(STANDING, {}, NOW) == Letter(new=((KEY, SAID),))


def test_an_alert_that_was_told_is_not_told_again_while_it_stands() -> None:
    assert not letter(STANDING, told(ToldState.SENT, 30 * AGAIN), NOW)


def test_a_message_of_unknown_outcome_is_not_sent_again_for_a_day() -> None:
    assert not letter(STANDING, told(ToldState.SENDING, AGAIN - SECOND), NOW)
    assert letter(STANDING, told(ToldState.SENDING, AGAIN), NOW) == Letter(new=((KEY, SAID),))


@pytest.mark.parametrize("state", [ToldState.SENDING, ToldState.SENT])
def test_that_it_is_over_is_told_to_those_who_may_know_of_it(state: ToldState) -> None:
    assert letter({}, told(state), NOW) == Letter(over=((KEY, SAID),))


def test_that_it_is_over_is_told_once() -> None:
    assert not letter({}, told(ToldState.ENDING), NOW)


def test_what_was_never_told_is_not_said_to_be_over() -> None:
    assert not letter({}, {}, NOW)


def test_what_is_over_and_told_is_forgotten() -> None:
    assert forgotten({}, told(ToldState.ENDING)) == (KEY,)
    assert forgotten({}, told(ToldState.SENT)) == ()
    assert forgotten(STANDING, told(ToldState.ENDING)) == ()


def test_an_alert_that_comes_back_while_its_end_is_being_told_is_news_again() -> None:
    assert letter(STANDING, told(ToldState.ENDING, AGAIN), NOW) == Letter(new=((KEY, SAID),))


def test_a_message_sent_while_the_clock_was_ahead_is_not_waited_for_until_then() -> None:
    """K04."""
    assert letter(STANDING, told(ToldState.SENDING, timedelta(days=-365)), NOW) == Letter(new=((KEY, SAID),))
