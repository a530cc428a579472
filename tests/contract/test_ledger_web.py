"""The contract of the ledger about the page for moderators: links, sessions, drafts, expected preambles."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from megabot.ledger.port import Ledger
from megabot.ledger.state import WebAccess, WebAccessKind, WebDraft
from tests.contract.test_ledger import HEARD, LATER
from tests.fakes import MONDAY_NOON

KIM, ROBIN = "https://lemmy.example/u/kim", "https://b.example/u/robin"
LINK = WebAccess(digest="0a" * 32, kind=WebAccessKind.LINK, actor=KIM, name="kim", until=MONDAY_NOON)
SESSION = WebAccess(digest="0b" * 32, kind=WebAccessKind.SESSION, actor=ROBIN, name="Robin", until=LATER)
DRAFT = WebDraft(
    thread="birds",
    edition="2026-W48",
    actor=KIM,
    by="kim",
    at=MONDAY_NOON,
    text="Zwölf — “so many”\r\n\n",
    base="0c" * 32,
)


def test_a_new_ledger_has_no_links_sessions_and_drafts(ledger: Ledger) -> None:
    assert ledger.web_access() == ()
    assert ledger.web_drafts("birds", "2026-W48") == ()


def test_links_and_sessions_come_back_whole_and_in_their_order(ledger: Ledger) -> None:
    ledger.change_web_access(lambda _: (SESSION, LINK))

    assert ledger.web_access() == (SESSION, LINK)


def test_a_change_of_links_and_sessions_starts_from_what_is_stored(ledger: Ledger) -> None:
    ledger.change_web_access(lambda _: (LINK,))
    ledger.change_web_access(lambda stored: (*stored, SESSION))
    ledger.change_web_access(lambda stored: [one for one in stored if one.actor == ROBIN])

    assert ledger.web_access() == (SESSION,)


def test_a_change_of_links_and_sessions_that_fails_changes_nothing(ledger: Ledger) -> None:
    ledger.change_web_access(lambda _: (LINK,))

    with pytest.raises(ZeroDivisionError):
        ledger.change_web_access(lambda _: (SESSION,) * (1 // 0))

    assert ledger.web_access() == (LINK,)


def test_a_draft_comes_back_whole_for_its_edition_alone(ledger: Ledger) -> None:
    ledger.keep_web_draft(DRAFT)

    assert ledger.web_drafts("birds", "2026-W48") == (DRAFT,)
    assert ledger.web_drafts("birds", "2026-W49") == ledger.web_drafts("moths", "2026-W48") == ()


def test_each_author_has_one_draft_for_an_edition_and_the_oldest_comes_first(ledger: Ledger) -> None:
    other = replace(DRAFT, actor=ROBIN, by="robin", at=MONDAY_NOON + timedelta(minutes=1))
    ledger.keep_web_draft(DRAFT)
    ledger.keep_web_draft(other)
    newer = replace(DRAFT, text="", base="", at=LATER)
    ledger.keep_web_draft(newer)

    assert ledger.web_drafts("birds", "2026-W48") == (other, newer)


def test_dropping_a_draft_leaves_those_of_others_and_for_other_editions(ledger: Ledger) -> None:
    others = [
        replace(DRAFT, actor=ROBIN),
        replace(DRAFT, edition="2026-W49"),
        replace(DRAFT, thread="moths"),
    ]
    for draft in (DRAFT, *others):
        ledger.keep_web_draft(draft)

    ledger.drop_web_draft("birds", "2026-W48", KIM)
    ledger.drop_web_draft("birds", "2026-W50", KIM)

    left = [draft for one in others for draft in ledger.web_drafts(one.thread, one.edition)]
    assert left == others


def test_an_order_keeps_the_preamble_that_its_author_saw(ledger: Ledger) -> None:
    ledger.keep_command(HEARD)
    ledger.keep_command(replace(HEARD, key="web:0d", expects="0c" * 32))

    assert [ledger.command(key) for key in (HEARD.key, "web:0d")] == [
        HEARD,
        replace(HEARD, key="web:0d", expects="0c" * 32),
    ]


def test_what_ended_long_ago_is_forgotten(ledger: Ledger) -> None:
    ledger.change_web_access(lambda _: (LINK, SESSION))
    ledger.keep_web_draft(DRAFT)
    ledger.keep_web_draft(replace(DRAFT, actor=ROBIN, at=LATER))

    ledger.prune(LATER, ignored_before=LATER)

    assert ledger.web_access() == (SESSION,)
    assert ledger.web_drafts("birds", "2026-W48") == (replace(DRAFT, actor=ROBIN, at=LATER),)


def test_what_ended_lately_is_kept(ledger: Ledger) -> None:
    ledger.change_web_access(lambda _: (LINK, SESSION))
    ledger.keep_web_draft(DRAFT)

    ledger.prune(LATER, ignored_before=MONDAY_NOON)

    assert ledger.web_access() == (LINK, SESSION)
    assert ledger.web_drafts("birds", "2026-W48") == (DRAFT,)


@pytest.mark.parametrize(
    "write",
    [
        lambda ledger, at: ledger.change_web_access(lambda _: (replace(LINK, until=at),)),
        lambda ledger, at: ledger.keep_web_draft(replace(DRAFT, at=at)),
    ],
)
def test_times_of_the_page_have_to_be_aware(
    ledger: Ledger, write: Callable[[Ledger, datetime], None]
) -> None:
    with pytest.raises(ValueError, match="aware"):
        write(ledger, LATER.replace(tzinfo=None))
