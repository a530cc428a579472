"""Which alerts become a message: each once, and once more when it is over."""

from datetime import timedelta

import pytest

from megabot.ledger.state import SentAlert, SentAlertState
from megabot.service.alert_policy import (
    AGAIN,
    AlertDigest,
    due_digest,
    expired_keys,
)
from tests.builders import NOW

KEY, SAID = "news:text_broken", "news: the template is broken"
STANDING = {KEY: SAID}
SECOND = timedelta(seconds=1)


def told(state: SentAlertState, age: timedelta = SECOND) -> dict[str, SentAlert]:
    return {KEY: SentAlert(state, SAID, NOW - age)}


def test_a_new_alert_is_told() -> None:
    assert due_digest(STANDING, {}, NOW) == AlertDigest(new=((KEY, SAID),))


def test_an_alert_that_was_told_is_not_told_again_while_it_stands() -> None:
    assert not due_digest(STANDING, told(SentAlertState.SENT, 30 * AGAIN), NOW)


def test_a_message_of_unknown_outcome_is_not_sent_again_for_a_day() -> None:
    assert not due_digest(STANDING, told(SentAlertState.SENDING, AGAIN - SECOND), NOW)
    assert due_digest(STANDING, told(SentAlertState.SENDING, AGAIN), NOW) == AlertDigest(new=((KEY, SAID),))


@pytest.mark.parametrize("state", [SentAlertState.SENDING, SentAlertState.SENT])
def test_that_it_is_over_is_told_to_those_who_may_know_of_it(state: SentAlertState) -> None:
    assert due_digest({}, told(state), NOW) == AlertDigest(over=((KEY, SAID),))


def test_that_it_is_over_is_told_once() -> None:
    assert not due_digest({}, told(SentAlertState.ENDING), NOW)


def test_what_was_never_told_is_not_said_to_be_over() -> None:
    assert not due_digest({}, {}, NOW)


def test_what_is_over_and_told_is_forgotten() -> None:
    assert expired_keys({}, told(SentAlertState.ENDING)) == (KEY,)
    assert expired_keys({}, told(SentAlertState.SENT)) == ()
    assert expired_keys(STANDING, told(SentAlertState.ENDING)) == ()


def test_an_alert_that_comes_back_while_its_end_is_being_told_is_news_again() -> None:
    assert due_digest(STANDING, told(SentAlertState.ENDING, AGAIN), NOW) == AlertDigest(new=((KEY, SAID),))


def test_a_message_sent_while_the_clock_was_ahead_is_not_waited_for_until_then() -> None:
    """K04."""
    assert due_digest(STANDING, told(SentAlertState.SENDING, timedelta(days=-365)), NOW) == AlertDigest(
        new=((KEY, SAID),)
    )
