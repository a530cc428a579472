"""The idempotency key of a write is the same on every host, and another one for each attempt."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from megabot.forum.models import PostDraft
from megabot.ledger.records import Intent, IntentKind, IntentState, NewIntent
from megabot.reconcile.content.idempotency import attempt_number, idempotency_key

NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
POST = NewIntent(kind=IntentKind.PUBLISH, thread="news", edition="2026-W47", at=NOW)


def attempted(new: NewIntent, state: IntentState) -> Intent:
    return Intent(id=1, new=new, state=state, changed=NOW)


def test_the_key_of_a_write_never_changes() -> None:
    """Two hosts may run different versions of megabot, so a change of this value needs a good reason."""
    assert idempotency_key(4, POST, attempt=1) == "c9009b9bcbe0aa426de4e6c2a67d5a13"


def test_text_and_time_have_no_influence() -> None:
    """Each host renders for itself, and one of them a moment later."""
    draft = PostDraft(title="News 3", body="Another essay.")
    other = replace(POST, at=NOW + timedelta(seconds=9), draft=draft, text="x", context="{}", preamble="y")

    assert idempotency_key(4, other, attempt=1) == idempotency_key(4, POST, attempt=1)


def test_whatever_makes_another_write_makes_another_key() -> None:
    others = (
        POST,
        replace(POST, thread="books"),
        replace(POST, edition="2026-W48"),
        replace(POST, copy=2),
        replace(POST, kind=IntentKind.ANNOUNCE),
        replace(POST, kind=IntentKind.ANNOUNCE, post_id=7),
    )
    keys = [
        idempotency_key(account, new, attempt=attempt)
        for new in others
        for account in (4, 5)
        for attempt in (1, 2)
    ]

    assert len(set(keys)) == len(keys) == 24


def test_names_that_read_the_same_in_a_row_have_different_keys() -> None:
    one, other = replace(POST, thread="a", edition="b-c"), replace(POST, thread="a-b", edition="c")

    assert idempotency_key(4, one, attempt=1) != idempotency_key(4, other, attempt=1)


@pytest.mark.parametrize("thread", ["news", "", "n" * 500, "Bücher 📚"])
def test_a_key_is_as_long_as_1_0_looks_and_fits_a_header(thread: str) -> None:
    key = idempotency_key(2**40, replace(POST, thread=thread), attempt=10**6)

    assert len(key) == 32
    assert set(key) <= set("0123456789abcdef")


def test_the_first_attempt_is_number_one() -> None:
    assert attempt_number(POST, ()) == 1


@pytest.mark.parametrize("state", sorted({*IntentState} - {IntentState.ABSENT}))
def test_every_earlier_attempt_that_may_have_used_its_key_up_counts(state: IntentState) -> None:
    """The server stores a key before it does anything else."""
    later = replace(POST, at=NOW + timedelta(minutes=11))

    assert attempt_number(later, [attempted(POST, state)]) == 2
    assert attempt_number(later, [attempted(POST, state)] * 3) == 4


def test_an_attempt_that_was_not_found_keeps_its_key_for_the_next_one() -> None:
    """Its request may still be on a frozen host, and the server then knows the key."""
    absent, refused = attempted(POST, IntentState.ABSENT), attempted(POST, IntentState.REFUSED)

    assert attempt_number(POST, [absent]) == 1
    assert attempt_number(POST, [absent, absent]) == 1
    assert attempt_number(POST, [refused, absent]) == 2
    assert attempt_number(POST, [absent, refused]) == 2


@pytest.mark.parametrize(
    "other",
    [
        replace(POST, edition="2026-W46"),
        replace(POST, copy=2),
        replace(POST, kind=IntentKind.PIN, post_id=7),
        replace(POST, post_id=7),
    ],
)
def test_other_writes_of_the_thread_are_no_attempts(other: NewIntent) -> None:
    assert attempt_number(POST, [attempted(other, IntentState.DONE)]) == 1
