"""What a pass reads of a thread's records and writes, however old the thread is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from megabot.ledger.records import Intent, IntentKind, IntentState, PostRecord
from megabot.reconcile.observation import Observation
from megabot.reconcile.orders import Order, OrderKind
from megabot.reconcile.recent_history import merged, with_history
from tests.builders import (
    NOW,
    REPOST,
    a_post,
    a_record,
    a_situation,
    a_thread_post,
    an_edition,
    an_intent,
)
from tests.fake_ledger import FakeLedger

OLDEST, NEWEST = 5, 46
FORMER = 47 - 30
"""A week that is not among the newest 20."""


def ledger_of(*intents: Intent, records: Sequence[PostRecord] = ()) -> FakeLedger:
    """Return a ledger with a post for each week before the due one, and these writes."""
    ledger = FakeLedger()
    for record in (*(a_record(week) for week in range(OLDEST, NEWEST + 1)), *records):
        ledger.record_post(record)
    for intent in intents:
        begun = ledger.begin_intent(intent.new)
        ledger.resolve_intent(begun.id, intent.state, at=intent.changed)
    return ledger


def history(ledger: FakeLedger, order: Order | None = None, **changed: object) -> Observation:
    observed: dict[str, Any] = {"posts": (a_thread_post(46), a_thread_post(45)), **changed}
    return with_history(ledger, a_situation(order=order, **observed))


def weeks_of(observation: Observation) -> list[int]:
    return [record.number for record in observation.records]


def test_the_newest_records_are_read() -> None:
    assert weeks_of(history(ledger_of())) == list(range(27, 47))


def test_the_record_of_an_observed_post_is_read_however_old() -> None:
    seen = history(ledger_of(), posts=(a_thread_post(46), a_thread_post(FORMER)))
    assert seen.record(FORMER) == a_record(FORMER)


def test_every_copy_of_an_old_edition_that_is_to_be_posted_again_is_read() -> None:
    copies = [a_record(FORMER, copy=copy) for copy in range(2, 5)]
    seen = history(ledger_of(records=copies), REPOST, due=an_edition(FORMER))
    assert [one.copy for one in seen.records if one.number == FORMER] == [1, 2, 3, 4]


def test_a_later_edition_that_was_posted_long_before_its_slot_is_read() -> None:
    early = a_record(49, slot=a_record(OLDEST).slot)
    assert 49 in weeks_of(history(ledger_of(records=[early])))


def test_an_open_write_is_read_however_old() -> None:
    for state in (IntentState.SENDING, IntentState.UNKNOWN):
        old = an_intent(IntentKind.LOCK, state, edition=f"2026-W{FORMER}", post_id=FORMER)
        assert [one.state for one in history(ledger_of(old)).intents] == [state]


def test_the_writes_to_an_observed_post_are_read_however_old() -> None:
    for kind in (IntentKind.LOCK, IntentKind.PIN, IntentKind.EDIT):
        old = an_intent(kind, edition=f"2026-W{FORMER}", post_id=FORMER)
        seen = history(ledger_of(old), posts=(a_thread_post(46), a_thread_post(FORMER)))
        assert [one.new for one in seen.intents] == [old.new]
        assert history(ledger_of(old)).intents == ()


def test_the_release_of_the_post_that_an_order_names_is_read_however_old() -> None:
    order = Order(OrderKind.UNADOPT, "shell:9", post_id=FORMER)
    old = an_intent(IntentKind.RELEASE, edition=f"2026-W{FORMER}", post_id=FORMER)
    seen = history(ledger_of(old), order, post_to_adopt=a_post(FORMER))
    assert [one.new for one in seen.intents] == [old.new]


def test_a_refused_publish_of_the_due_edition_is_read_although_it_has_no_record() -> None:
    refused = an_intent(IntentKind.PUBLISH, IntentState.REFUSED)
    assert [one.state for one in history(ledger_of(refused)).intents] == [IntentState.REFUSED]


def test_the_writes_for_the_current_post_are_read_if_all_newer_ones_were_removed() -> None:
    removed = [a_thread_post(week, removed=True) for week in (46, 45, 44)]
    link = an_intent(IntentKind.COMMENT, edition=f"2026-W{FORMER}", post_id=FORMER - 1)
    seen = history(ledger_of(link), posts=(*removed, a_thread_post(FORMER)))
    assert [one.new for one in seen.intents] == [link.new]


def test_the_writes_for_the_newest_observed_post_are_read_although_the_ledger_does_not_know_it() -> None:
    publish = an_intent(edition="2026-W50")
    assert [one.new for one in history(ledger_of(publish), posts=(a_thread_post(50),)).intents] == [
        publish.new
    ]


def test_an_order_that_was_carried_out_for_an_earlier_edition_is_recognized() -> None:
    done = an_intent(IntentKind.WITHDRAW, edition="2026-W35", post_id=35, order=REPOST.id)
    assert [one.new.order for one in history(ledger_of(done), REPOST).intents] == [REPOST.id]
    assert history(ledger_of(done)).intents == ()


def test_writes_of_other_editions_and_threads_are_not_read() -> None:
    old = [an_intent(edition=f"2026-W{week}") for week in range(OLDEST, 44)]
    other = an_intent(thread="group", edition="2026-W46")
    newest = [an_intent(edition=f"2026-W{week}") for week in (44, 45, 46)]
    seen = history(ledger_of(*old, other, *newest))
    assert [one.new for one in seen.intents] == [one.new for one in newest]


def test_a_state_that_a_plan_gave_to_a_write_is_kept() -> None:
    open_, judged = an_intent(state=IntentState.UNKNOWN, id=2), an_intent(state=IntentState.DONE, id=2)
    first, last = an_intent(id=1), an_intent(id=3, changed=NOW + timedelta(0))
    assert merged([judged, last], [first, open_]) == (first, judged, last)
    assert merged([replace(judged, note="seen")], []) == (replace(judged, note="seen"),)
