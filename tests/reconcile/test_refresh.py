"""Does the standing post follow the source, on a person's word or by itself?"""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from megabot.forum.marker import sign
from megabot.ledger.records import Intent, IntentKind, IntentState, PostRecord
from megabot.reconcile.actions import Action, Blocked, BlockReason, Edit, MissingInput
from megabot.reconcile.content import drafts
from megabot.reconcile.observation import ThreadPost
from megabot.reconcile.orders import Order
from megabot.reconcile.rules.refresh import EDIT_EVERY, decide_refresh
from megabot.rendering import context_json
from megabot.rendering.model import Context, Rendered, RenderProblem
from megabot.source.model import Refresh
from tests.builders import (
    AN_HOUR_AGO,
    BROKEN,
    NOW,
    POST,
    REFRESH,
    REPOST,
    TEXT,
    a_draft,
    a_marker,
    a_pinned_post,
    a_record,
    a_situation,
    a_thread,
    a_thread_post,
    an_edition,
    an_intent,
)

NEW_TEXT = replace(TEXT, body="Another essay.", preamble_digest="new")
EDIT = Edit(thread_post=a_pinned_post(), text=NEW_TEXT, record=None)


def sent(text: Rendered = TEXT, *, preamble_digest: str = "") -> PostRecord:
    """Make what the ledger knows of the standing post: what was sent, and what the server made of it."""
    made = Context(
        edition=context_json.edition_facts(an_edition()), community="news", preamble_digest=preamble_digest
    )
    return a_record(
        sent=drafts.text_digest(text),
        answered=drafts.body_digest(a_pinned_post().post),
        context=context_json.to_json(made),
    )


def refreshed(
    current_post: ThreadPost | None = None,
    *,
    current: Rendered | RenderProblem | None = NEW_TEXT,
    record: PostRecord | None = None,
    order: Order | None = REFRESH,
    **of: object,
) -> tuple[Action, ...]:
    records = () if record is None else (record,)
    return decide_refresh(
        a_situation(
            posts=(current_post or a_pinned_post(),),
            current_text=current,
            records=records,
            order=order,
            **of,  # type: ignore[arg-type]
        )
    )


def by_itself(record: PostRecord | None = None, **of: object) -> tuple[Action, ...]:
    return refreshed(record=record or sent(), order=None, **of)  # type: ignore[arg-type]


def an_edit(state: IntentState, changed: datetime, text: Rendered = TEXT) -> Intent:
    edit = an_intent(IntentKind.EDIT, state, post_id=47, changed=changed)
    draft = replace(a_draft(), body=sign(text.body, a_marker()))
    return replace(edit, new=replace(edit.new, draft=draft), note="invalid_body_field")


# -- on a person's word


def test_a_refresh_of_nothing_says_so() -> None:
    assert refreshed(a_thread_post(removed=True)) == (Blocked(reason=BlockReason.NOTHING_STANDS),)


def test_a_refresh_edits_what_differs_from_what_was_sent() -> None:
    assert refreshed(record=sent()) == (replace(EDIT, record=sent()),)


def test_a_refresh_of_an_unchanged_text_edits_nothing() -> None:
    unchanged = Blocked(reason=BlockReason.UNCHANGED, url=a_pinned_post().post.url)

    assert refreshed(record=sent(NEW_TEXT)) == (unchanged,)


@pytest.mark.parametrize("current", [TEXT, NEW_TEXT])
def test_a_post_edited_by_hand_is_not_overwritten(current: Rendered) -> None:
    edited = a_pinned_post(body="A hand was here.")

    assert refreshed(edited, current=current, record=sent()) == (
        Blocked(reason=BlockReason.EDITED_BY_HAND, url=edited.post.url),
    )


def test_a_post_of_which_no_answer_is_known_may_be_edited() -> None:
    record = replace(sent(), answered="")

    assert refreshed(record=record) == (replace(EDIT, record=record),)


def test_with_the_ledger_lost_a_persons_word_is_enough_to_edit() -> None:
    assert refreshed() == (EDIT,)


def test_another_accounts_post_is_never_edited() -> None:
    adopted = replace(a_pinned_post(), adopted=True)

    assert refreshed(adopted, record=sent()) == (Blocked(reason=BlockReason.ADOPTED, url=adopted.post.url),)


def test_the_text_is_rendered_only_when_it_is_needed() -> None:
    assert refreshed(current=None, record=sent()) == (MissingInput.CURRENT_TEXT,)


def test_a_broken_template_edits_nothing_and_names_the_line() -> None:
    assert refreshed(current=BROKEN, record=sent()) == (
        Blocked(reason=BlockReason.TEXT_BROKEN, problems=BROKEN.problems),
    )


def test_a_persons_word_does_not_wait_for_ten_minutes_to_pass() -> None:
    lately = an_edit(IntentState.DONE, NOW - timedelta(minutes=1))

    assert refreshed(record=sent(), intents=(lately,)) == (replace(EDIT, record=sent()),)


# -- by itself


@pytest.mark.parametrize("order", [None, POST, REPOST])
def test_a_post_follows_the_source_by_itself(order: Order | None) -> None:
    assert refreshed(record=sent(), order=order) == (replace(EDIT, record=sent()),)


def test_where_the_front_matter_says_never_nothing_is_even_rendered() -> None:
    assert by_itself(current=None, thread=a_thread(refresh=Refresh.NEVER)) == ()


def test_an_unchanged_source_edits_nothing_and_says_nothing() -> None:
    assert by_itself(sent(NEW_TEXT)) == ()


@pytest.mark.parametrize(
    "standing",
    [a_thread_post(removed=True), replace(a_pinned_post(), adopted=True)],
    ids=["removed", "adopted"],
)
def test_what_cannot_follow_is_left_without_a_word(standing: ThreadPost) -> None:
    assert refreshed(standing, record=sent(), order=None) == ()


@pytest.mark.parametrize("record", [None, a_record()], ids=["none", "rebuilt"])
def test_with_the_ledger_lost_nothing_is_edited_by_itself(record: PostRecord | None) -> None:
    assert refreshed(record=record, order=None) == ()


def test_an_edit_by_hand_holds_what_would_follow() -> None:
    edited = a_pinned_post(body="A hand was here.")

    assert refreshed(edited, record=sent(), order=None) == (
        Blocked(reason=BlockReason.EDITED_BY_HAND, url=edited.post.url),
    )


def test_there_are_ten_minutes_between_two_edits() -> None:
    lately = an_edit(IntentState.DONE, NOW - EDIT_EVERY + timedelta(seconds=1))

    assert by_itself(intents=(lately,)) == (
        Blocked(reason=BlockReason.EDITED_LATELY, until=NOW + timedelta(seconds=1)),
    )


@pytest.mark.parametrize(
    "before",
    [
        an_edit(IntentState.DONE, NOW - EDIT_EVERY),
        an_edit(IntentState.NOT_SENT, NOW),
        an_edit(IntentState.REFUSED, AN_HOUR_AGO),
    ],
    ids=["long ago", "never sent", "another text refused"],
)
def test_then_the_next_edit_may_come(before: Intent) -> None:
    assert by_itself(intents=(before,)) == (replace(EDIT, record=sent()),)


def test_what_was_refused_is_not_sent_every_hour() -> None:
    refused = an_edit(IntentState.REFUSED, AN_HOUR_AGO, NEW_TEXT)

    assert by_itself(intents=(refused,)) == (
        Blocked(reason=BlockReason.REFUSED_BEFORE, why="invalid_body_field"),
    )


# -- only the essay


ESSAY_ONLY = a_thread(refresh=Refresh.PREAMBLE)


def test_a_new_essay_alone_reaches_a_post_that_follows_its_preamble() -> None:
    record = sent(preamble_digest="old")

    assert by_itself(record, thread=ESSAY_ONLY) == (replace(EDIT, record=record),)


def test_a_changed_template_does_not_reach_a_post_that_follows_its_preamble() -> None:
    assert by_itself(sent(preamble_digest="new"), thread=ESSAY_ONLY) == ()


def test_a_persons_word_refreshes_all_of_it() -> None:
    record = sent(preamble_digest="new")

    assert refreshed(record=record, thread=ESSAY_ONLY) == (replace(EDIT, record=record),)
