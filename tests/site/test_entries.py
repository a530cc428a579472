"""What the archive shows of the ledger."""

from dataclasses import replace
from datetime import date, timedelta

from megabot.ledger.records import IntentKind, IntentState
from megabot.site.entries import gather
from tests.builders import an_intent
from tests.fake_ledger import FakeLedger
from tests.site_editions import FIRST, WEEK, a_highlight, entries, post_week


def test_editions_come_oldest_first_thread_by_thread() -> None:
    ledger = FakeLedger()
    for number, thread in ((2, "news"), (1, "news"), (1, "atlas")):
        post_week(ledger, number, thread=thread)

    assert [(one.thread, one.number) for one in gather(ledger)] == [("atlas", 1), ("news", 1), ("news", 2)]


def test_what_was_removed_or_deleted_is_not_shown() -> None:
    ledger = FakeLedger()
    post_week(ledger, 1, open=False)
    post_week(ledger, 2)

    assert [one.number for one in gather(ledger)] == [2]


def test_of_several_copies_the_last_one_that_can_be_opened_is_shown() -> None:
    ledger = FakeLedger()
    post_week(ledger, 1, copy=1, body="first")
    post_week(ledger, 1, copy=2, body="second")
    post_week(ledger, 1, copy=3, body="third", open=False)

    (shown,) = gather(ledger)

    assert shown.body == "second"


def test_a_later_copy_keeps_the_editions_name() -> None:
    ledger = FakeLedger()
    post_week(ledger, 1)
    before = gather(ledger)[0].tag
    post_week(ledger, 1, copy=2)

    assert gather(ledger)[0].tag == before == "tag:lemmy.example,2026-11-16:news/2026-W47"


def test_a_text_that_only_an_intent_has_is_found_there() -> None:
    """A ledger from before texts were kept."""
    ledger = FakeLedger()
    post_week(ledger, 1)
    ledger._texts.clear()
    new = replace(an_intent(IntentKind.PUBLISH).new, edition="2026-W47")
    ledger.resolve_intent(ledger.begin_intent(new).id, IntentState.DONE, at=FIRST)

    assert [one.start for one in gather(ledger)] == [date(2026, 11, 16)]


def test_an_entry_was_updated_when_something_was_put_forward() -> None:
    late = a_highlight(since=FIRST + WEEK)

    assert entries(1, featured=(late,))[0].updated == FIRST + WEEK
    assert entries(1, changed=FIRST + timedelta(hours=2))[0].updated == FIRST + timedelta(hours=2)


def test_the_number_of_comments_alone_leaves_the_digest() -> None:
    (entry,) = entries(1)

    assert replace(entry, comments=9).digest == entry.digest
    assert replace(entry, body="other").digest != entry.digest
