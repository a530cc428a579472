"""The budget of sign-ins and the waits of buckets."""

from datetime import UTC, datetime, timedelta

import pytest

from megabot.lemmy.auth.budget import Asker, Attempt, Bucket, Outcome, next_sign_in, recent, refill_seconds

NOW = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)


def ago(outcome: Outcome = Outcome.FAILED, *, at_once: bool = False, **units: float) -> Attempt:
    return Attempt(at=NOW - timedelta(**units), outcome=outcome, at_once=at_once)


def wait(*attempts: Attempt, asker: Asker = Asker.SERVICE) -> timedelta:
    return next_sign_in(attempts, now=NOW, asker=asker) - NOW


def test_the_first_sign_in_may_be_tried_at_once() -> None:
    assert wait() == timedelta()


def test_two_sign_ins_are_two_seconds_apart() -> None:
    assert wait(ago(seconds=0)) == timedelta(seconds=2)
    assert wait(ago(seconds=0, at_once=True), asker=Asker.AT_ONCE) == timedelta(seconds=2)


def test_after_one_failure_a_second_attempt_is_left() -> None:
    assert wait(ago(minutes=1)) == timedelta()


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.UNKNOWN])
def test_after_two_attempts_the_older_one_must_be_an_hour_past(outcome: Outcome) -> None:
    assert wait(ago(outcome, minutes=50), ago(outcome, minutes=10)) == timedelta(minutes=10)


def test_of_more_attempts_than_allowed_the_newest_two_count() -> None:
    assert wait(*(ago(minutes=m) for m in (50, 40, 30))) == timedelta(minutes=20)


def test_a_success_bars_the_next_automatic_sign_in_for_25_minutes() -> None:
    assert wait(ago(Outcome.SUCCEEDED, minutes=5)) == timedelta(minutes=20)


def test_a_success_does_not_bar_a_login() -> None:
    assert wait(ago(Outcome.SUCCEEDED, minutes=5), asker=Asker.AT_ONCE) == timedelta()


def test_an_empty_bucket_is_left_alone_for_an_hour() -> None:
    assert wait(ago(Outcome.LIMITED, minutes=15)) == timedelta(minutes=45)


def test_a_login_without_a_terminal_may_try_three_times_an_hour() -> None:
    tried = [ago(at_once=True, minutes=m) for m in (45, 30, 15)]

    assert wait(*tried[:2], asker=Asker.AT_ONCE) == timedelta()
    assert wait(*tried, asker=Asker.AT_ONCE) == timedelta(minutes=15)


@pytest.mark.parametrize("outcome", Outcome)
def test_a_person_at_a_terminal_is_held_up_by_the_server_alone(outcome: Outcome) -> None:
    tried = [ago(outcome, at_once=True, minutes=m) for m in (4, 3, 2, 1)]

    assert wait(*tried, asker=Asker.PERSON) == timedelta()
    assert wait(ago(outcome, at_once=True, seconds=0), asker=Asker.PERSON) == timedelta(seconds=2)


def test_automatic_attempts_take_nothing_from_a_person() -> None:
    assert wait(*(ago(minutes=m) for m in (50, 40, 30)), asker=Asker.AT_ONCE) == timedelta()


def test_a_persons_attempts_count_for_the_automatic_budget() -> None:
    assert wait(*(ago(at_once=True, minutes=m) for m in (50, 40))) == timedelta(minutes=10)


def test_attempts_under_a_clock_that_ran_ahead_are_left_out() -> None:
    assert wait(ago(Outcome.SUCCEEDED, days=-365)) == timedelta()


def test_attempts_that_count_are_those_of_the_last_hour_oldest_first() -> None:
    young, old, gone = ago(minutes=1), ago(minutes=59), ago(minutes=60)

    assert recent([young, gone, old], now=NOW) == [old, young]


@pytest.mark.parametrize("bucket", Bucket)
def test_every_bucket_has_a_wait(bucket: Bucket) -> None:
    assert refill_seconds(bucket) > 0


def test_the_sign_in_bucket_is_waited_out_whole() -> None:
    assert refill_seconds(Bucket.REGISTER) == 3600
