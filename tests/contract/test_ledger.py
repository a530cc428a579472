"""The contract of the ledger port, held by the one on SQLite and by the fake alike."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from megabot.errors import Busy, LedgerError
from megabot.forum.models import PostDraft
from megabot.ledger.port import RECENT_POSTS, Ledger
from megabot.ledger.records import (
    CommandRecord,
    CommandState,
    Intent,
    IntentKind,
    IntentState,
    KeptText,
    NewIntent,
    PostRecord,
)
from tests.fakes import MONDAY_NOON

LATER = MONDAY_NOON + timedelta(minutes=10)
DRAFT = PostDraft(
    title="Birds of the week 47", body="Zwölf — “so many”\n\n:::", alt_text="a wren", language_id=37
)
PUBLISH = NewIntent(
    kind=IntentKind.PUBLISH,
    thread="birds",
    edition="2026-W47",
    at=MONDAY_NOON,
    draft=DRAFT,
    text="The new thread is here.",
    context='{"number": 47}',
    order="shell 1",
    preamble="Zwölf — “so many”",
)
PIN = NewIntent(kind=IntentKind.PIN, thread="birds", edition="2026-W47", at=MONDAY_NOON, post_id=7)
POST = PostRecord(
    post_id=7,
    thread="birds",
    edition="2026-W47",
    number=47,
    slot=MONDAY_NOON,
    community_id=3,
    url="https://lemmy.example/post/7",
    title="Birds of the week 47",
    commit="0a1b",
    dirty=True,
    sent="hash of ours",
    answered="hash of theirs",
    context="{}",
)
TEXT = KeptText(
    post_id=7,
    body="Zwölf — “so many”\n\n\0",
    preamble="Zwölf",
    published=MONDAY_NOON,
    changed=LATER,
    open=False,
    comments=3,
)

HEARD = CommandRecord(
    key="comment:41",
    at=MONDAY_NOON,
    state=CommandState.ACTING,
    by="modlin",
    actor="https://lemmy.example/u/modlin",
    verb="repost",
    threads=("birds", "moths-2"),
    said="@megabot@lemmy.example repost “now”\n\nplease",
    answer="Done.",
    person_id=4,
    post_id=7,
    comment_id=41,
)
OPEN = [CommandState.ACTING, CommandState.CODE_DUE, CommandState.ANSWER_DUE, CommandState.ANSWERING]


def test_a_begun_intent_is_being_sent_and_comes_back_whole(ledger: Ledger) -> None:
    begun = ledger.begin_intent(PUBLISH)

    assert begun == Intent(id=begun.id, new=PUBLISH, state=IntentState.SENDING, changed=MONDAY_NOON)
    assert ledger.intents("birds") == (begun,)


def test_a_settled_intent_says_how_and_when_it_went(ledger: Ledger) -> None:
    begun = ledger.begin_intent(PUBLISH)
    ledger.resolve_intent(begun.id, IntentState.REFUSED, at=LATER, note="the title is too long")

    settled = replace(begun, state=IntentState.REFUSED, changed=LATER, note="the title is too long")
    assert ledger.intents("birds") == (settled,)


def test_a_post_that_is_forgotten_is_gone_with_its_text(ledger: Ledger) -> None:
    ledger.record_post(POST)
    ledger.record_post(replace(POST, post_id=8, copy=2, withdrawn=True))
    ledger.keep_text(TEXT)

    ledger.forget_post(7)

    assert [(record.post_id, record.withdrawn) for record in ledger.posts("birds")] == [(8, True)]
    assert ledger.text(7) is None


@pytest.mark.parametrize("state", IntentState)
def test_every_state_can_be_written_and_read(ledger: Ledger, state: IntentState) -> None:
    ledger.resolve_intent(ledger.begin_intent(PIN).id, state, at=LATER)

    assert [intent.state for intent in ledger.intents("birds")] == [state]


@pytest.mark.parametrize("kind", IntentKind)
def test_every_kind_can_be_written_and_read(ledger: Ledger, kind: IntentKind) -> None:
    ledger.begin_intent(replace(PIN, kind=kind))

    assert [intent.new.kind for intent in ledger.intents("birds")] == [kind]


def test_an_intent_that_is_not_there_cannot_be_settled(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="intent 12"):
        ledger.resolve_intent(12, IntentState.DONE, at=LATER)


def test_intents_are_of_one_thread_and_oldest_first(ledger: Ledger) -> None:
    first = ledger.begin_intent(PUBLISH)
    ledger.begin_intent(replace(PUBLISH, thread="moths"))
    second = ledger.begin_intent(PIN)

    assert ledger.intents("birds") == (first, second)


@pytest.mark.parametrize("state", [IntentState.SENDING, IntentState.UNKNOWN, IntentState.DONE])
def test_a_copy_that_may_be_there_is_never_begun_again(ledger: Ledger, state: IntentState) -> None:
    ledger.resolve_intent(ledger.begin_intent(PUBLISH).id, state, at=LATER)

    with pytest.raises(LedgerError, match="birds/2026-W47 copy 1 was already sent"):
        ledger.begin_intent(PUBLISH)
    assert len(ledger.intents("birds")) == 1


@pytest.mark.parametrize("state", [IntentState.NOT_SENT, IntentState.REFUSED, IntentState.ABSENT])
def test_a_copy_that_is_certainly_not_there_may_be_begun_again(ledger: Ledger, state: IntentState) -> None:
    ledger.resolve_intent(ledger.begin_intent(PUBLISH).id, state, at=LATER)
    ledger.begin_intent(PUBLISH)

    assert [intent.state for intent in ledger.intents("birds")] == [state, IntentState.SENDING]


def test_another_copy_or_edition_or_thread_is_another_publish(ledger: Ledger) -> None:
    for new in (
        PUBLISH,
        replace(PUBLISH, copy=2),
        replace(PUBLISH, edition="2026-W48"),
        replace(PUBLISH, thread="moths"),
    ):
        ledger.begin_intent(new)

    assert len(ledger.history(10)) == 4


def test_pins_may_be_begun_as_often_as_it_takes(ledger: Ledger) -> None:
    ledger.begin_intent(PIN)
    ledger.begin_intent(PIN)

    assert len(ledger.intents("birds")) == 2


def test_a_recorded_post_comes_back_whole(ledger: Ledger) -> None:
    ledger.record_post(POST)

    assert ledger.posts("birds") == (POST,)


def test_what_is_known_of_a_post_is_replaced(ledger: Ledger) -> None:
    ledger.record_post(POST)
    ledger.record_post(replace(POST, adopted=True, dirty=False))

    assert ledger.posts("birds") == (replace(POST, adopted=True, dirty=False),)


def test_posts_are_of_one_thread_and_by_slot_whatever_their_ids(ledger: Ledger) -> None:
    newer = replace(POST, post_id=5, edition="2026-W48", slot=MONDAY_NOON + timedelta(days=7))
    for record in (newer, POST, replace(POST, post_id=9, thread="moths")):
        ledger.record_post(record)

    assert ledger.posts("birds") == (POST, newer)


def test_history_is_of_all_threads_newest_first_and_no_longer_than_asked_for(ledger: Ledger) -> None:
    ledger.begin_intent(PUBLISH)
    second = ledger.begin_intent(replace(PUBLISH, thread="moths"))
    third = ledger.begin_intent(PIN)

    assert ledger.history(2) == (third, second)


def test_threads_with_records_of_any_kind_are_named_once(ledger: Ledger) -> None:
    ledger.begin_intent(PIN)
    ledger.begin_intent(replace(PIN, thread="moths"))
    ledger.record_post(POST)
    ledger.record_post(replace(POST, post_id=9, thread="bats"))

    assert ledger.threads() == ("bats", "birds", "moths")


def test_a_time_of_any_zone_comes_back_as_the_same_moment_in_utc(ledger: Ledger) -> None:
    autumn_fold = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Berlin"))
    ledger.record_post(replace(POST, slot=autumn_fold.astimezone(UTC)))

    assert ledger.posts("birds")[0].slot == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("naive", [MONDAY_NOON.replace(tzinfo=None)])
def test_a_naive_time_is_a_bug_and_nothing_is_written(ledger: Ledger, naive: datetime) -> None:
    with pytest.raises(ValueError, match="aware"):
        ledger.begin_intent(replace(PIN, at=naive))
    with pytest.raises(ValueError, match="aware"):
        ledger.record_post(replace(POST, slot=naive))
    with pytest.raises(ValueError, match="aware"):
        ledger.keep_command(replace(HEARD, at=naive))

    assert (ledger.threads(), ledger.commands(1)) == ((), ())


def test_what_was_never_heard_is_none(ledger: Ledger) -> None:
    ledger.keep_command(HEARD)

    assert ledger.command("message:41") is None


def test_what_was_heard_comes_back_whole(ledger: Ledger) -> None:
    ledger.keep_command(HEARD)

    assert ledger.command("comment:41") == HEARD


def test_what_nobody_could_command_comes_back_whole(ledger: Ledger) -> None:
    plain = CommandRecord(key="message:1", at=MONDAY_NOON, state=CommandState.IGNORED, by="")
    ledger.keep_command(plain)

    assert ledger.command("message:1") == plain


def test_what_is_known_of_what_was_heard_is_replaced(ledger: Ledger) -> None:
    closed = replace(HEARD, state=CommandState.CLOSED, answer="Done, once more.", threads=(), said="")
    ledger.keep_command(HEARD)
    ledger.keep_command(closed)

    assert ledger.command("comment:41") == closed
    assert ledger.commands(10) == (closed,)


@pytest.mark.parametrize("state", CommandState)
def test_commands_are_open_until_they_are_closed(ledger: Ledger, state: CommandState) -> None:
    record = replace(HEARD, state=state)
    ledger.keep_command(record)

    assert ledger.open_commands() == ((record,) if state in OPEN else ())
    assert ledger.commands(10) == (() if state is CommandState.IGNORED else (record,))


def test_open_commands_are_oldest_first_and_those_of_one_moment_as_they_were_heard(ledger: Ledger) -> None:
    second, third = replace(HEARD, key="message:9"), replace(HEARD, key="comment:3")
    first = replace(HEARD, key="message:8", at=MONDAY_NOON - timedelta(minutes=1))
    for record in (second, third, first, replace(second, state=CommandState.ANSWER_DUE)):
        ledger.keep_command(record)

    assert [record.key for record in ledger.open_commands()] == ["message:8", "message:9", "comment:3"]


def test_the_newest_commands_come_first_and_no_more_than_asked_for(ledger: Ledger) -> None:
    for number in range(5):
        state = CommandState.IGNORED if number == 3 else CommandState.CLOSED
        at = MONDAY_NOON + timedelta(minutes=number)
        ledger.keep_command(replace(HEARD, key=f"comment:{number}", at=at, state=state))

    assert [record.key for record in ledger.commands(2)] == ["comment:4", "comment:2"]


# -- what a pass reads


def posts_of(ledger: Ledger, number: int) -> None:
    """Record one post a week, and one of another thread."""
    for week in range(number):
        slot = MONDAY_NOON + timedelta(weeks=week)
        ledger.record_post(replace(POST, post_id=week + 1, edition=f"week {week + 1}", slot=slot))
    ledger.record_post(replace(POST, post_id=1000, thread="moths", edition="week 1"))


def test_the_recent_posts_are_the_newest_oldest_slot_first(ledger: Ledger) -> None:
    posts_of(ledger, RECENT_POSTS + 5)

    assert [post.post_id for post in ledger.recent_posts("birds")] == list(range(6, RECENT_POSTS + 6))
    assert [post.post_id for post in ledger.recent_posts("moths")] == [1000]
    assert ledger.recent_posts("bats") == ()


def test_older_posts_are_read_by_edition_and_by_id(ledger: Ledger) -> None:
    posts_of(ledger, RECENT_POSTS + 5)
    ledger.record_post(replace(POST, post_id=900, edition="week 1", copy=2, slot=MONDAY_NOON))
    newest = list(range(6, RECENT_POSTS + 6))

    by_edition = ledger.recent_posts("birds", editions={"week 1", "week 24"})
    by_id = ledger.recent_posts("birds", post_ids=[3, 1000, 4000, RECENT_POSTS])
    assert [post.post_id for post in by_edition] == [1, 900, *newest]
    assert [post.post_id for post in by_id] == [3, *newest]


def test_copies_of_one_slot_are_recent_in_the_order_of_their_numbers(ledger: Ledger) -> None:
    for copy in range(1, RECENT_POSTS + 3):
        ledger.record_post(replace(POST, post_id=500 - copy, copy=copy))

    assert [post.copy for post in ledger.recent_posts("birds")] == list(range(3, RECENT_POSTS + 3))


def test_a_post_of_any_thread_is_found_by_its_id(ledger: Ledger) -> None:
    posts_of(ledger, 1)

    found = [ledger.post(1), ledger.post(1000), ledger.post(2)]
    assert [post and post.thread for post in found] == ["birds", "moths", None]


def test_recent_intents_are_those_of_an_order_too(ledger: Ledger) -> None:
    for week in range(1, 4):
        new = replace(PIN, edition=f"week {week}", order=f"order {week}" if week > 1 else "")
        ledger.resolve_intent(ledger.begin_intent(new).id, IntentState.DONE, at=LATER)

    recent = ledger.recent_intents("birds", editions=(), post_ids=(), order="order 2")
    assert [one.new.edition for one in recent] == ["week 2"]
    assert ledger.recent_intents("birds", editions=(), post_ids=(), order="") == ()


def test_recent_intents_are_open_or_of_an_edition_or_of_a_post(ledger: Ledger) -> None:
    for week in range(1, 7):
        for new in (replace(PUBLISH, edition=f"week {week}"), replace(PIN, edition="", post_id=week)):
            ledger.resolve_intent(ledger.begin_intent(new).id, IntentState.DONE, at=LATER)
    open_ones = [ledger.begin_intent(replace(PIN, edition="week 1", post_id=9)).id for _ in range(2)]
    ledger.resolve_intent(open_ones[1], IntentState.UNKNOWN, at=LATER)
    ledger.begin_intent(replace(PIN, thread="moths", edition="week 6", post_id=4))

    assert [intent.id for intent in ledger.recent_intents("birds", editions=(), post_ids=())] == open_ones
    recent = ledger.recent_intents("birds", editions={"week 6", "week 2"}, post_ids=[4])
    assert recent == tuple(one for one in ledger.intents("birds") if one in recent)
    assert [(one.new.edition, one.new.post_id) for one in recent] == [
        ("week 2", 0),
        ("", 4),
        ("week 6", 0),
        ("week 1", 9),
        ("week 1", 9),
    ]


def test_thousands_of_ids_can_be_asked_for(ledger: Ledger) -> None:
    ids = range(100_000)
    ledger.record_post(POST)

    assert ledger.recent_posts("birds", editions=["none"], post_ids=ids) == (POST,)
    assert ledger.recent_intents("birds", editions=["none"], post_ids=ids) == ()


# -- forgetting

YEARS = timedelta(days=800)


def weeks_of(ledger: Ledger, number: int) -> None:
    """Post, pin and record some weekly editions, from 800 days ago on."""
    for week in range(number):
        at, key = MONDAY_NOON - YEARS + timedelta(weeks=week), f"2024-W{week + 10}"
        for new in (replace(PUBLISH, edition=key, at=at), replace(PIN, edition=key, at=at, post_id=week + 1)):
            ledger.resolve_intent(ledger.begin_intent(new).id, IntentState.DONE, at=at)
        ledger.record_post(replace(POST, post_id=week + 1, edition=key, slot=at))


def forget(ledger: Ledger) -> None:
    ledger.prune(MONDAY_NOON - timedelta(days=730), ignored_before=MONDAY_NOON - timedelta(days=90))


def test_old_writes_are_forgotten_but_for_those_of_the_two_newest_editions(ledger: Ledger) -> None:
    weeks_of(ledger, 4)
    forget(ledger)

    assert [one.new.edition for one in ledger.intents("birds")] == ["2024-W12"] * 2 + ["2024-W13"] * 2
    assert len(ledger.history(10)) == 4


def test_copies_of_the_newest_edition_count_as_one_when_old_writes_are_forgotten(ledger: Ledger) -> None:
    weeks_of(ledger, 3)
    newest = ledger.posts("birds")[-1]
    ledger.record_post(replace(newest, post_id=8, copy=2))
    forget(ledger)

    assert [one.new.edition for one in ledger.intents("birds")] == ["2024-W11"] * 2 + ["2024-W12"] * 2
    assert [post.context for post in ledger.posts("birds")] == ["", "{}", "{}", "{}"]


def test_posts_are_kept_for_ever_and_what_old_ones_were_made_from_is_not(ledger: Ledger) -> None:
    weeks_of(ledger, 4)
    forget(ledger)

    assert [post.post_id for post in ledger.posts("birds")] == [1, 2, 3, 4]
    assert [post.context for post in ledger.posts("birds")] == ["", "", "{}", "{}"]


def test_only_the_newest_edit_of_a_post_keeps_its_draft_and_context(ledger: Ledger) -> None:
    first, second = (replace(PUBLISH, kind=IntentKind.EDIT, post_id=7, order=order) for order in "12")
    for new in (PUBLISH, replace(PUBLISH, copy=2), first, second):
        ledger.resolve_intent(ledger.begin_intent(new).id, IntentState.DONE, at=LATER)
    refused = ledger.begin_intent(replace(second, order="3"))
    ledger.resolve_intent(refused.id, IntentState.REFUSED, at=LATER)
    forget(ledger)

    assert [intent.new for intent in ledger.intents("birds")] == [
        PUBLISH,
        replace(PUBLISH, copy=2),
        replace(first, draft=None, context=""),
        second,
        refused.new,
    ]


def test_a_write_that_may_have_happened_is_not_forgotten(ledger: Ledger) -> None:
    unknown = ledger.begin_intent(replace(PIN, edition="2024-W10", at=MONDAY_NOON - YEARS))
    weeks_of(ledger, 4)
    forget(ledger)

    assert unknown.id in {one.id for one in ledger.intents("birds")}


def test_what_is_younger_is_not_forgotten(ledger: Ledger) -> None:
    weeks_of(ledger, 4)
    ledger.prune(MONDAY_NOON - YEARS, ignored_before=MONDAY_NOON - YEARS)

    assert len(ledger.intents("birds")) == 8


def test_of_commands_done_with_long_ago_only_the_words_are_forgotten(ledger: Ledger) -> None:
    old = replace(HEARD, at=MONDAY_NOON - YEARS, state=CommandState.CLOSED)
    for record in (old, replace(old, key="comment:2", state=CommandState.ACTING)):
        ledger.keep_command(record)
    forget(ledger)

    assert ledger.command(HEARD.key) == replace(old, said="", answer="")
    assert [record.said for record in ledger.open_commands()] == [HEARD.said]


def test_what_was_ignored_is_forgotten_and_commands_are_not(ledger: Ledger) -> None:
    for key, state in (("comment:1", CommandState.IGNORED), ("comment:2", CommandState.CLOSED)):
        ledger.keep_command(replace(HEARD, key=key, at=MONDAY_NOON - YEARS, state=state))
    ledger.keep_command(replace(HEARD, key="comment:3", state=CommandState.IGNORED))
    forget(ledger)

    found = [key for key in ("comment:1", "comment:2", "comment:3") if ledger.command(key)]
    assert found == ["comment:2", "comment:3"]


def test_after_forgetting_new_writes_are_begun_and_settled_as_ever(ledger: Ledger) -> None:
    weeks_of(ledger, 4)
    forget(ledger)
    begun = ledger.begin_intent(PUBLISH)
    ledger.resolve_intent(begun.id, IntentState.DONE, at=LATER)

    assert ledger.intents("birds")[-1].state is IntentState.DONE


def test_the_pass_lock_is_for_one_at_a_time(ledger: Ledger) -> None:
    with ledger.pass_lock(), pytest.raises(Busy, match="is still using"), ledger.pass_lock():
        pytest.fail("two hold the pass lock")


def test_the_pass_lock_comes_free_after_an_error(ledger: Ledger) -> None:
    with pytest.raises(ZeroDivisionError), ledger.pass_lock():
        raise ZeroDivisionError

    with ledger.pass_lock():
        ledger.keep_person("still", 1)
    assert ledger.person_id("still") == 1


def test_a_text_comes_back_whole_and_the_last_one_counts(ledger: Ledger) -> None:
    ledger.keep_text(replace(TEXT, body="before"))
    ledger.keep_text(TEXT)

    assert (ledger.text(7), ledger.text(8)) == (TEXT, None)


def test_the_texts_of_a_thread_are_those_of_its_recorded_posts_oldest_first(ledger: Ledger) -> None:
    for post_id, thread, weeks in ((7, "birds", 1), (8, "birds", 0), (9, "moths", 0)):
        record = replace(POST, post_id=post_id, thread=thread, slot=MONDAY_NOON + timedelta(weeks=weeks))
        ledger.record_post(record)
    for post_id in (7, 8, 9, 10):
        ledger.keep_text(replace(TEXT, post_id=post_id))

    assert [text.post_id for text in ledger.texts("birds")] == [8, 7]


def test_the_times_of_a_text_have_to_be_aware(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="aware"):
        ledger.keep_text(replace(TEXT, changed=LATER.replace(tzinfo=None)))
