"""The contract of the ledger about its account, threads, alerts, jobs and what moderators changed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from megabot.forum.home_server import HomePin
from megabot.forum.models import CommunityRef
from megabot.i18n.channels import CommandWords, fill, to_json
from megabot.ledger.ownership import Owner
from megabot.ledger.port import RECENT_POSTS, Ledger
from megabot.ledger.records import IntentKind, IntentState
from megabot.ledger.state import (
    AccountState,
    HomeReading,
    Job,
    JobRun,
    Note,
    PendingConfirmation,
    SentAlert,
    SentAlertState,
    ThreadState,
)
from megabot.schedule.overrides import Override, OverrideKind
from tests.contract.test_ledger import DRAFT, HEARD, LATER, PIN, POST, PUBLISH, TEXT
from tests.fakes import MONDAY_NOON
from tests.site_editions import a_highlight

ACCOUNT = AccountState(
    owner=Owner(name="megabot", host="lemmy.example", address="127.0.0.1:8536"),
    api="v4",
    languages={"en": 37, "de": 25},
    started=MONDAY_NOON,
    inbox_position='{"v4 inbox": 12}',
    override_changes=3,
)
HOME = HomeReading(
    post_id=7,
    pin=HomePin.NOT_PINNED,
    first=MONDAY_NOON,
    last=LATER,
    software="Lemmy 0.19.20",
    refuses=True,
    trouble="it is away",
)
NOTE = Note(edition="2026-W47", text="“Be kind.”", by="modlin", at=MONDAY_NOON, until=LATER)
THREAD = ThreadState(
    schedule="0a1b",
    known_since=MONDAY_NOON,
    current_post_id=7,
    pinned=False,
    agreed_community=4,
    failing_since=LATER,
    home=HOME,
    note=NOTE,
)
PLACE = CommunityRef(id=4, name="news", actor="https://lemmy.example/c/news", local=False, nsfw=True)
WAITING = PendingConfirmation(digest="0a", order="message:1", actor="https://a.example/u/kim", until=LATER)
HELD = Override(kind=OverrideKind.HOLD, edition="2026-W48", by="modlin", at=MONDAY_NOON)
MOVED = replace(HELD, kind=OverrideKind.MOVE, slot=LATER)
ESSAY = replace(HELD, kind=OverrideKind.PREAMBLE, text="Zwölf — “so many”\n")


def naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


# -- the account and its threads


def test_of_a_new_account_and_of_an_unknown_thread_nothing_is_known(ledger: Ledger) -> None:
    assert ledger.account() == AccountState()
    assert ledger.thread("birds") == ThreadState()


def test_what_is_known_of_the_account_comes_back_whole(ledger: Ledger) -> None:
    ledger.change_account(lambda _: ACCOUNT)

    assert ledger.account() == ACCOUNT


def test_a_change_of_the_account_starts_from_what_is_stored(ledger: Ledger) -> None:
    ledger.change_account(lambda _: ACCOUNT)
    ledger.change_account(lambda account: replace(account, api="v3"))
    ledger.change_account(lambda account: account)

    assert ledger.account() == replace(ACCOUNT, api="v3")


@pytest.mark.parametrize("languages", [None, {}])
def test_a_server_without_languages_differs_from_one_that_was_not_asked(
    ledger: Ledger, languages: dict[str, int] | None
) -> None:
    ledger.change_account(lambda account: replace(account, api="v3", languages=languages))

    assert ledger.account().languages == languages


@pytest.mark.parametrize(
    "state",
    [
        THREAD,
        ThreadState(schedule="0a1b", known_since=MONDAY_NOON),
        ThreadState(home=replace(HOME, refuses=False)),
        ThreadState(note=replace(NOTE, until=None)),
        ThreadState(current_post_id=7, pinned=True),
    ],
)
def test_what_is_known_of_a_thread_comes_back_whole(ledger: Ledger, state: ThreadState) -> None:
    ledger.change_thread("birds", lambda _: state)

    assert (ledger.thread("birds"), ledger.thread("moths")) == (state, ThreadState())


@pytest.mark.parametrize("pin", HomePin)
def test_every_reading_of_a_pin_can_be_written_and_read(ledger: Ledger, pin: HomePin) -> None:
    ledger.change_thread("birds", lambda thread: replace(thread, home=replace(HOME, pin=pin)))

    home = ledger.thread("birds").home
    assert home is not None
    assert home.pin is pin


def test_a_change_of_a_thread_starts_from_what_is_stored(ledger: Ledger) -> None:
    ledger.change_thread("birds", lambda _: THREAD)
    ledger.change_thread("birds", lambda thread: replace(thread, note=None, home=None))
    ledger.change_thread("birds", lambda thread: thread)

    assert ledger.thread("birds") == replace(THREAD, note=None, home=None)


def test_a_thread_of_which_only_a_state_is_known_is_not_listed(ledger: Ledger) -> None:
    ledger.change_thread("birds", lambda _: THREAD)
    ledger.record_post(replace(POST, thread="moths"))

    assert ledger.threads() == ("moths",)


def fail(_: object) -> Any:  # noqa: ANN401  it returns nothing
    raise ZeroDivisionError


@pytest.mark.parametrize(
    "change",
    [
        lambda ledger: ledger.change_account(fail),
        lambda ledger: ledger.change_thread("birds", fail),
        lambda ledger: ledger.change_highlights("birds", "2026-W47", fail),
    ],
)
def test_a_change_that_fails_leaves_what_is_stored_as_it_is(
    ledger: Ledger, change: Callable[[Ledger], None]
) -> None:
    ledger.change_account(lambda _: ACCOUNT)
    ledger.change_thread("birds", lambda _: THREAD)
    ledger.change_highlights("birds", "2026-W47", lambda _: (a_highlight(),))

    with pytest.raises(ZeroDivisionError):
        change(ledger)

    assert (ledger.account(), ledger.thread("birds")) == (ACCOUNT, THREAD)
    assert ledger.highlights("birds", "2026-W47") == (a_highlight(),)
    ledger.keep_person("robin", 3)  # the ledger can still be written to
    assert ledger.person_id("robin") == 3


@pytest.mark.parametrize(
    "change",
    [
        lambda ledger: ledger.change_account(lambda _: ACCOUNT),
        lambda ledger: ledger.change_thread("birds", lambda _: THREAD),
        lambda ledger: ledger.begin_intent(PIN),
        lambda ledger: ledger.record_post(POST),
        lambda ledger: ledger.forget_post(8),
        lambda ledger: ledger.keep_text(replace(TEXT, post_id=8, comments=4)),
        lambda ledger: ledger.keep_command(HEARD),
        lambda ledger: ledger.set_overrides("birds", (HELD,)),
        lambda ledger: ledger.change_highlights("birds", "2026-W47", lambda _: (a_highlight(),)),
        lambda ledger: ledger.raise_alert("birds:late", "a sentence"),
        lambda ledger: ledger.keep_job(Job.LINKS, JobRun(at=LATER)),
    ],
)
def test_the_revision_differs_after_a_change_and_only_then(
    ledger: Ledger, change: Callable[[Ledger], object]
) -> None:
    ledger.record_post(replace(POST, post_id=8))
    ledger.keep_text(replace(TEXT, post_id=8))
    before = ledger.revision()
    ledger.intents("birds")
    ledger.posts("birds")
    ledger.threads()
    assert ledger.revision() == before

    change(ledger)

    assert ledger.revision() != before


def test_whoever_holds_the_pass_lock_may_act(ledger: Ledger) -> None:
    with ledger.pass_lock():
        ledger.confirm_claims()


# -- what a pass reads of a thread's past


def test_of_the_intents_those_of_some_editions_or_posts_and_the_open_ones_are_read(ledger: Ledger) -> None:
    old_open = ledger.begin_intent(replace(PIN, edition="2026-W10", post_id=1))
    old = ledger.begin_intent(replace(PIN, edition="2026-W11", post_id=2))
    of_post = ledger.begin_intent(replace(PIN, edition="2026-W12", post_id=3))
    of_edition = ledger.begin_intent(replace(PUBLISH, edition="2026-W47"))
    ledger.begin_intent(replace(PIN, thread="moths"))
    for intent in (old, of_post, of_edition):
        ledger.resolve_intent(intent.id, IntentState.DONE, at=LATER)

    found = ledger.recent_intents("birds", editions={"2026-W47"}, post_ids={3})

    assert [intent.id for intent in found] == [old_open.id, of_post.id, of_edition.id]
    assert [one.id for one in ledger.recent_intents("birds", editions=(), post_ids=())] == [old_open.id]


@pytest.mark.parametrize("state", IntentState)
def test_an_intent_is_read_as_long_as_its_outcome_is_unknown(ledger: Ledger, state: IntentState) -> None:
    begun = ledger.begin_intent(PIN)
    ledger.resolve_intent(begun.id, state, at=LATER)

    found = ledger.recent_intents("birds", editions=(), post_ids=())

    assert len(found) == (state in {IntentState.SENDING, IntentState.UNKNOWN})


def weeks_of_posts(ledger: Ledger, number: int) -> None:
    for week in range(1, number + 1):
        slot = MONDAY_NOON + timedelta(weeks=week)
        ledger.record_post(replace(POST, post_id=week, edition=f"edition {week}", slot=slot))


def test_the_newest_posts_are_read_and_those_that_are_asked_for(ledger: Ledger) -> None:
    weeks_of_posts(ledger, RECENT_POSTS + 6)
    ledger.record_post(replace(POST, post_id=100, thread="moths"))

    found = ledger.recent_posts("birds", editions={"edition 2", "edition 10"}, post_ids={4, 100, 9})

    newest = [*range(7, RECENT_POSTS + 7)]
    assert [record.post_id for record in found] == [2, 4, *newest]
    assert [record.post_id for record in ledger.recent_posts("birds")] == newest


def test_all_copies_of_an_edition_that_is_asked_for_are_read(ledger: Ledger) -> None:
    weeks_of_posts(ledger, RECENT_POSTS)
    for copy in (3, 2, 1):
        old = replace(POST, post_id=200 + copy, edition="old", copy=copy, slot=MONDAY_NOON)
        ledger.record_post(old)

    found = ledger.recent_posts("birds", editions={"old"})

    assert [record.post_id for record in found][:3] == [201, 202, 203]


def test_a_thread_with_few_posts_is_read_whole(ledger: Ledger) -> None:
    weeks_of_posts(ledger, 3)

    assert ledger.recent_posts("birds", editions={"edition 1"}, post_ids={2}) == ledger.posts("birds")
    assert ledger.recent_posts("moths") == ()


def test_a_post_is_found_by_its_id_in_any_thread(ledger: Ledger) -> None:
    ledger.record_post(POST)
    ledger.record_post(replace(POST, post_id=8, thread="moths"))

    assert ledger.post(7) == POST
    assert ledger.post(8) == replace(POST, post_id=8, thread="moths")
    assert ledger.post(9) is None


# -- commands and replies


def test_waiting_commands_come_back_in_their_order_and_are_replaced(ledger: Ledger) -> None:
    assert ledger.confirmations() == ()
    second = replace(WAITING, digest="0b", used="comment:2")
    ledger.set_confirmations((WAITING, second))

    assert ledger.confirmations() == (WAITING, second)
    ledger.set_confirmations((second,))
    assert ledger.confirmations() == (second,)
    ledger.set_confirmations(())
    assert ledger.confirmations() == ()


def test_the_times_of_replies_come_back_and_are_replaced(ledger: Ledger) -> None:
    assert ledger.comment_replies() == ()
    ledger.set_comment_replies((MONDAY_NOON, MONDAY_NOON, LATER))

    assert ledger.comment_replies() == (MONDAY_NOON, MONDAY_NOON, LATER)
    ledger.set_comment_replies((LATER,))
    assert ledger.comment_replies() == (LATER,)


# -- what moderators changed


def test_overrides_come_back_in_their_order_and_are_of_one_thread(ledger: Ledger) -> None:
    ledger.set_overrides("birds", (MOVED, HELD, ESSAY))
    ledger.set_overrides("moths", (HELD,))

    assert ledger.overrides("birds") == (MOVED, HELD, ESSAY)
    assert (ledger.overrides("moths"), ledger.overrides("fish")) == ((HELD,), ())
    ledger.set_overrides("birds", ())
    assert (ledger.overrides("birds"), ledger.overrides("moths")) == ((), (HELD,))


def test_every_change_of_overrides_is_counted_and_nothing_else_of_the_account_changes(
    ledger: Ledger,
) -> None:
    ledger.change_account(lambda _: ACCOUNT)
    ledger.set_overrides("birds", (HELD,))
    ledger.set_overrides("moths", ())

    assert ledger.account() == replace(ACCOUNT, override_changes=5)


@pytest.mark.parametrize("kind", OverrideKind)
def test_every_kind_of_override_can_be_written_and_read(ledger: Ledger, kind: OverrideKind) -> None:
    ledger.set_overrides("birds", (replace(HELD, kind=kind),))

    assert [one.kind for one in ledger.overrides("birds")] == [kind]


def test_highlights_come_back_in_their_order_and_are_of_one_edition(ledger: Ledger) -> None:
    first, second = a_highlight(2, line='with "quotes" — and more'), a_highlight(1)
    ledger.change_highlights("birds", "2026-W47", lambda _: (first, second))
    ledger.change_highlights("birds", "2026-W48", lambda _: [a_highlight(3)])
    ledger.change_highlights("moths", "2026-W47", lambda _: [a_highlight(4)])

    assert ledger.highlights("birds", "2026-W47") == (first, second)
    assert ledger.highlighted_editions("birds") == {"2026-W47", "2026-W48"}
    assert ledger.highlighted_editions("fish") == frozenset()


def test_a_change_of_highlights_starts_from_what_is_stored(ledger: Ledger) -> None:
    ledger.change_highlights("birds", "2026-W47", lambda before: (*before, a_highlight(1)))
    ledger.change_highlights("birds", "2026-W47", lambda before: (a_highlight(2), *before))
    assert ledger.highlights("birds", "2026-W47") == (a_highlight(2), a_highlight(1))

    ledger.change_highlights("birds", "2026-W47", lambda _: ())
    assert ledger.highlights("birds", "2026-W47") == ()
    assert ledger.highlighted_editions("birds") == frozenset()


def test_one_comment_may_be_a_highlight_of_two_threads(ledger: Ledger) -> None:
    for thread in ("birds", "moths"):
        ledger.change_highlights(thread, "2026-W47", lambda _: (a_highlight(1),))

    assert ledger.highlights("birds", "2026-W47") == ledger.highlights("moths", "2026-W47")


def test_who_opts_out_has_no_highlight_left_and_the_others_keep_theirs(ledger: Ledger) -> None:
    wren, robin = "https://lemmy.example/u/wren", "https://lemmy.example/u/robin"
    mixed = (a_highlight(1), a_highlight(2, actor=wren), a_highlight(3))
    for thread, edition in (("birds", "2026-W47"), ("birds", "2026-W48"), ("moths", "2026-W47")):
        ledger.change_highlights(thread, edition, lambda _: mixed)

    ledger.opt_out(robin)
    ledger.opt_out(robin)
    ledger.opt_out("https://b.example/u/robin")

    assert ledger.opted_out() == {robin, "https://b.example/u/robin"}
    assert ledger.highlights("birds", "2026-W47") == (mixed[1],)
    assert ledger.highlights("birds", "2026-W48") == (mixed[1],)
    assert ledger.highlights("moths", "2026-W47") == (mixed[1],)


# -- alerts


def test_alerts_come_oldest_first_and_a_new_sentence_does_not_change_that(ledger: Ledger) -> None:
    for key, sentence in (("b", "first"), ("a", "second"), ("b", "new words")):
        ledger.raise_alert(key, sentence)

    assert list(ledger.alerts().items()) == [("b", "new words"), ("a", "second")]
    ledger.clear_alert("b")
    ledger.clear_alert("b")
    assert ledger.alerts() == {"a": "second"}


def test_a_sentence_keeps_the_commands_in_it(ledger: Ledger) -> None:
    command = CommandWords("megabot post news", "`post news`")
    sentence = fill("to post it: {command} — “now”", command=command)
    ledger.raise_alert("news:late", sentence)
    ledger.set_sent_alerts({"news:late": SentAlert(SentAlertState.SENT, sentence, LATER)})

    (alert,), (sent,) = ledger.alerts().values(), ledger.sent_alerts().values()
    assert to_json(alert) == to_json(sent.sentence) == to_json(sentence)


def test_messages_about_alerts_come_back_in_their_order_and_are_replaced(ledger: Ledger) -> None:
    sent = {
        "b": SentAlert(SentAlertState.SENDING, "one", MONDAY_NOON),
        "a": SentAlert(SentAlertState.ENDING, "two", LATER),
    }
    ledger.set_sent_alerts(sent)
    assert list(ledger.sent_alerts().items()) == list(sent.items())

    ledger.set_sent_alerts({"a": sent["a"]})
    assert ledger.sent_alerts() == {"a": sent["a"]}
    ledger.set_sent_alerts({})
    assert ledger.sent_alerts() == {}


def test_who_wants_alerts_is_changed_for_one_person_at_a_time(ledger: Ledger) -> None:
    assert ledger.alert_wishes() == {}
    ledger.set_alert_wish(3, on=True)
    ledger.set_alert_wish(4, on=True)
    ledger.set_alert_wish(3, on=False)

    assert ledger.alert_wishes() == {3: False, 4: True}


# -- what the server was asked once


def test_a_community_is_known_by_its_name_until_it_is_forgotten(ledger: Ledger) -> None:
    assert ledger.community("birds") is None
    ledger.keep_community("birds", replace(PLACE, id=3))
    ledger.keep_community("birds", PLACE)
    ledger.keep_community("moths@b.example", replace(PLACE, local=True, nsfw=False))

    assert ledger.community("birds") == PLACE
    ledger.keep_community("birds", None)
    ledger.keep_community("birds", None)
    assert ledger.community("birds") is None
    assert ledger.community("moths@b.example") == replace(PLACE, local=True, nsfw=False)


def test_a_person_is_known_by_name(ledger: Ledger) -> None:
    ledger.keep_person("robin", 3)
    ledger.keep_person("robin@b.example", 4)
    ledger.keep_person("robin", 5)

    assert (ledger.person_id("robin"), ledger.person_id("robin@b.example")) == (5, 4)
    assert ledger.person_id("wren") is None


def test_an_image_is_known_by_its_path_and_content_and_so_is_a_failed_upload(ledger: Ledger) -> None:
    ledger.keep_image("images/a:b.png", "0a", "")
    ledger.keep_image("wren.png", "0a", "")
    ledger.keep_image("wren.png", "0b", "https://lemmy.example/wren.png")
    ledger.keep_image("wren.png", "0a", "https://lemmy.example/old.png")

    assert ledger.image_url("images/a:b.png", "0a") == ""
    assert ledger.image_url("wren.png", "0a") == "https://lemmy.example/old.png"
    assert ledger.image_url("wren.png", "0b") == "https://lemmy.example/wren.png"
    assert ledger.image_url("wren.png", "0c") is None


# -- jobs, and what is forgotten


@pytest.mark.parametrize("job", Job)
def test_a_job_that_never_ran_begins_at_the_start_and_each_is_kept_apart(ledger: Ledger, job: Job) -> None:
    assert ledger.job(job) == JobRun()
    ledger.keep_job(job, JobRun(position=2))
    ledger.keep_job(job, JobRun(at=LATER, position=40))
    ledger.keep_job(job, JobRun(at=MONDAY_NOON), "birds")

    assert ledger.job(job) == JobRun(at=LATER, position=40)
    assert (ledger.job(job, "birds"), ledger.job(job, "moths")) == (JobRun(at=MONDAY_NOON), JobRun())
    assert all(ledger.job(other) == JobRun() for other in Job if other is not job)


def test_of_a_posts_edits_only_the_newest_that_was_done_keeps_what_it_sent(ledger: Ledger) -> None:
    edit = replace(PUBLISH, kind=IntentKind.EDIT, post_id=7)
    states = {"first": IntentState.DONE, "second": IntentState.DONE, "third": IntentState.REFUSED}
    published = ledger.begin_intent(PUBLISH)
    ledger.resolve_intent(published.id, IntentState.DONE, at=LATER)
    for words, state in states.items():
        new = replace(edit, draft=replace(DRAFT, body=words), context=f'"{words}"')
        ledger.resolve_intent(ledger.begin_intent(new).id, state, at=LATER)
    other = ledger.begin_intent(replace(edit, copy=2))
    ledger.resolve_intent(other.id, IntentState.DONE, at=LATER)
    ledger.record_post(POST)

    ledger.prune(MONDAY_NOON - timedelta(days=1), ignored_before=MONDAY_NOON)

    kept = [(one.new.draft and one.new.draft.body, one.new.context) for one in ledger.intents("birds")]
    own = (DRAFT.body, PUBLISH.context)
    assert kept == [own, (None, ""), ("second", '"second"'), ("third", '"third"'), own]
    assert [one.new.text for one in ledger.intents("birds")] == [PUBLISH.text] * 5


def test_what_is_known_of_the_account_and_its_threads_is_never_pruned(ledger: Ledger) -> None:
    ledger.change_account(lambda _: ACCOUNT)
    ledger.change_thread("birds", lambda _: THREAD)
    ledger.change_highlights("birds", "2026-W47", lambda _: (a_highlight(),))
    ledger.opt_out("https://lemmy.example/u/wren")
    ledger.raise_alert("birds:late", "a sentence")
    ledger.keep_image("wren.png", "0a", "https://lemmy.example/wren.png")
    ledger.record_post(POST)

    ledger.prune(MONDAY_NOON + timedelta(days=800), ignored_before=MONDAY_NOON + timedelta(days=800))

    assert (ledger.account(), ledger.thread("birds")) == (ACCOUNT, THREAD)
    assert ledger.highlights("birds", "2026-W47") == (a_highlight(),)
    assert ledger.opted_out() == {"https://lemmy.example/u/wren"}
    assert ledger.alerts() == {"birds:late": "a sentence"}
    assert ledger.image_url("wren.png", "0a") == "https://lemmy.example/wren.png"


# -- times


def test_times_of_another_zone_are_the_same_moments(ledger: Ledger) -> None:
    there = MONDAY_NOON.astimezone(ZoneInfo("Pacific/Auckland"))
    ledger.change_account(lambda account: replace(account, started=there))
    ledger.keep_job(Job.LINKS, JobRun(at=there))

    assert ledger.account().started == MONDAY_NOON
    assert ledger.job(Job.LINKS).at == MONDAY_NOON


@pytest.mark.parametrize(
    "write",
    [
        lambda ledger, at: ledger.change_account(lambda account: replace(account, started=at)),
        lambda ledger, at: ledger.change_thread("birds", lambda one: replace(one, failing_since=at)),
        lambda ledger, at: ledger.change_thread("birds", lambda one: replace(one, note=replace(NOTE, at=at))),
        lambda ledger, at: ledger.set_overrides("birds", (replace(HELD, at=at),)),
        lambda ledger, at: ledger.change_highlights("birds", "x", lambda _: (a_highlight(at=at),)),
        lambda ledger, at: ledger.set_confirmations((replace(WAITING, until=at),)),
        lambda ledger, at: ledger.set_comment_replies((at,)),
        lambda ledger, at: ledger.set_sent_alerts({"a": SentAlert(SentAlertState.SENT, "x", at)}),
        lambda ledger, at: ledger.keep_job(Job.LINKS, JobRun(at=at)),
    ],
)
def test_times_have_to_be_aware(ledger: Ledger, write: Callable[[Ledger, datetime], None]) -> None:
    with pytest.raises(ValueError, match="aware"):
        write(ledger, naive(LATER))
