"""What people read: whole sentences that name the next step."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from megabot import storage
from megabot.commands import reply_text, status_text
from megabot.commands.status import NewestCommand, SourceStatus, Status, ThreadStatus, UnknownWrite
from megabot.forum.models import Feature
from megabot.i18n import sentences
from megabot.ledger.records import IntentKind, IntentState
from megabot.reconcile import describe
from megabot.reconcile import describe as reconcile_describe
from megabot.reconcile.actions import (
    Blocked,
    BlockReason,
    Edit,
    LinkOldThread,
    Lock,
    MissingInput,
    Pin,
    Publish,
    RetryPublish,
    Unlock,
    Unpin,
    Write,
)
from megabot.source.problems import Problem
from tests.builders import NOW, SLOT, TEXT, WEEK, a_thread, a_thread_post, an_edition, an_intent

NEWS = a_thread()
URL = "https://lemmy.example/post/47"
STATUS = {"thread": "news", "timezone": "UTC", "next_edition": "2026-W48", "next_slot": SLOT + WEEK}


def status(**found: object) -> str:
    return status_text.status_line(ThreadStatus(**{**STATUS, **found}))  # type: ignore[arg-type]


# -- why something is not done


KNOWN = Blocked(
    reason=BlockReason.THERE,
    until=NOW,
    edition="2026-W47",
    later="2026-W48",
    url=URL,
    other_url=f"{URL}0",
    by="modlin",
    since=NOW,
    host="alpha.example",
    software="Lemmy 0.19.20",
    title="A title",
    why="it says so",
    problems=(Problem("a.md", 1, "bad"),),
    account_settings=("show_nsfw",),
    clock_skew=timedelta(hours=2),
)
"""A hold that knows all that any sentence names."""


@pytest.mark.parametrize("reason", list(BlockReason))
def test_every_reason_has_a_sentence_with_nothing_left_to_fill_in(reason: BlockReason) -> None:
    sentence = reconcile_describe.blocked_sentence(NEWS, replace(KNOWN, reason=reason))

    assert sentence.startswith("news: ")
    assert "{" not in sentence
    assert len(sentence) > len("news: something")


@pytest.mark.parametrize("reason", list(BlockReason))
def test_a_reason_without_facts_is_still_a_sentence(reason: BlockReason) -> None:
    assert reconcile_describe.blocked_sentence(NEWS, Blocked(reason=reason)).startswith("news: ")


@pytest.mark.parametrize(
    ("reason", "next_step"),
    [
        (BlockReason.FIRST_RUN, "megabot post news"),
        (BlockReason.PAST_GRACE, "megabot post news"),
        (BlockReason.SETTINGS_HIDE, "megabot check --online"),
        (BlockReason.HAND_MADE, "megabot post news"),
        (BlockReason.REFUSED_BEFORE, "megabot post news"),
        (BlockReason.NOT_ORDERED, "megabot post news"),
        (BlockReason.REMOVED, "megabot repost news"),
        (BlockReason.BODY_HIDDEN, "megabot repost news"),
        (BlockReason.NOTHING_STANDS, "megabot post news"),
    ],
)
def test_what_a_person_can_order_is_named_with_the_thread(reason: BlockReason, next_step: str) -> None:
    assert next_step in reconcile_describe.blocked_sentence(NEWS, replace(KNOWN, reason=reason))


def test_all_facts_of_a_hold_are_named() -> None:
    blocked = Blocked(
        reason=BlockReason.TEXT_BROKEN, problems=(Problem("a.md", 1, "bad"), Problem("b.md", 2, "worse"))
    )

    assert "a.md:1: bad; b.md:2: worse" in reconcile_describe.blocked_sentence(NEWS, blocked)


def test_braces_in_a_fact_are_left_as_they_are() -> None:
    blocked = Blocked(reason=BlockReason.REFUSED_BEFORE, why="{{ colour }} {0} {until}")

    assert "{{ colour }} {0} {until}" in reconcile_describe.blocked_sentence(NEWS, blocked)


def test_a_hold_that_ends_says_when() -> None:
    assert "Mon 16 Nov 12:05 UTC" in reconcile_describe.blocked_sentence(
        NEWS, Blocked(reason=BlockReason.OUTCOME_UNKNOWN, until=NOW)
    )


def test_a_moment_is_written_so_that_anybody_can_place_it() -> None:
    assert sentences.moment(datetime(2026, 11, 16, 9, 5, tzinfo=UTC)) == "2026-11-16 09:05 UTC"
    assert "before later" in reconcile_describe.blocked_sentence(
        NEWS, Blocked(reason=BlockReason.OUTCOME_UNKNOWN)
    )


# -- what is done

WRITES: list[tuple[Write, str]] = [
    (Publish(edition=an_edition(), copy=1, text=TEXT, after=None), "post edition 2026-W47: News 47"),
    (Publish(edition=an_edition(), copy=2, text=TEXT, after=None), "post edition 2026-W47 (copy 2): News 47"),
    (RetryPublish(intent=an_intent()), "retry posting edition 2026-W47, which certainly did not happen"),
    (Pin(thread_post=a_thread_post(), kind=Feature.COMMUNITY), f"pin {URL}"),
    (Unpin(thread_post=a_thread_post(), kind=Feature.COMMUNITY, current=a_thread_post(48)), f"unpin {URL}"),
    (
        LinkOldThread(thread_post=a_thread_post(), text="Text", current=a_thread_post(48)),
        f"link the new thread in {URL}",
    ),
    (Lock(thread_post=a_thread_post(), current=a_thread_post(48)), f"lock {URL}"),
    (Unlock(thread_post=a_thread_post(), copy=a_thread_post(copy=2)), f"unlock {URL}"),
    (Edit(thread_post=a_thread_post(), text=TEXT, record=None), f"edit {URL}"),
]


@pytest.mark.parametrize(("write", "sentence"), WRITES)
def test_every_write_has_a_line(write: Write, sentence: str) -> None:
    assert describe.write_in_progress(NEWS, write) == describe.action(NEWS, write) == f"news: {sentence}"


@pytest.mark.parametrize("need", list(MissingInput))
def test_what_must_be_known_first_has_a_line_in_a_plan(need: MissingInput) -> None:
    assert describe.action(NEWS, need) == f"news: more must be read first ({need})"


def test_a_hold_in_a_plan_says_why() -> None:
    assert describe.action(NEWS, Blocked(reason=BlockReason.THERE, edition="2026-W47")) == (
        "news: 2026-W47 is already posted"
    )


@pytest.mark.parametrize("kind", list(IntentKind))
@pytest.mark.parametrize("state", list(IntentState))
def test_what_became_of_a_write_is_said_of_each_kind_and_state(kind: IntentKind, state: IntentState) -> None:
    line = describe.resolved_write(an_intent(kind), state)

    assert line == f"news/2026-W47: {describe.kind(kind)}: {describe.state(state)}"


def test_no_two_kinds_and_no_two_states_read_alike() -> None:
    assert len({describe.kind(kind) for kind in IntentKind}) == len(IntentKind)
    assert len({describe.state(state) for state in IntentState}) == len(IntentState)


# -- what stands


@pytest.mark.parametrize(("pinned", "word"), [(True, "(pinned)"), (False, "(not pinned)")])
def test_what_stands_is_said_with_its_address_and_pin(*, pinned: bool, word: str) -> None:
    assert sentences.post_is_up("news/2026-W47", URL, pinned=pinned) == f"news/2026-W47: {URL} {word}"


def test_a_status_without_a_post_names_the_next_slot() -> None:
    assert status() == "news: next Mon 23 Nov 12:00 UTC (2026-W48); nothing posted yet"


@pytest.mark.parametrize(
    ("pinned", "word"), [(True, "pinned: yes"), (False, "pinned: no"), (None, "not pinned by megabot")]
)
def test_a_status_names_the_post_and_its_pin(*, pinned: bool | None, word: str) -> None:
    line = status(edition="2026-W47", url=URL, pinned=pinned)

    assert line == f"news: next Mon 23 Nov 12:00 UTC (2026-W48); 2026-W47 {URL}, {word}"


@pytest.mark.parametrize(("dirty", "words"), [(False, "commit abcdef0"), (True, "abcdef0 with changes")])
def test_a_status_names_the_commit_and_whether_files_differed_from_it(*, dirty: bool, words: str) -> None:
    assert status(url=URL, commit="abcdef0123", dirty=dirty).endswith(words)


def test_a_status_names_where_the_clock_is_the_essay_and_who_commanded_last() -> None:
    command = NewestCommand(by="modlin", verb="repost", at=NOW)

    line = status(timezone="America/New_York", preamble="missing", commanded=command)

    assert line == (
        "news: next Mon 23 Nov 07:00 EST (2026-W48), preamble: missing; nothing posted yet; "
        "last command: repost, by modlin, Mon 16 Nov 07:05 EST"
    )


def test_a_status_tells_how_old_the_token_is_and_what_needs_a_person_of_its_threads() -> None:
    status = Status(
        now=NOW,
        source=SourceStatus(),
        threads=(),
        alerts=(("source", "a fuse blew"), ("film:held", "a reel broke")),
        signed_in=NOW - timedelta(days=3),
    )

    lines = status_text.status_lines(status)
    assert lines == (
        "templates: a plain folder (not in git); signed in 3 days ago",
        "needs attention: a fuse blew",
        "needs attention: a reel broke",
    )
    assert status_text.status_lines(status, ["news"]) == lines[:2]


def test_a_status_names_the_edition_that_has_no_post_and_how_it_gets_one() -> None:
    assert status(empty="2026-W47").endswith(
        "; 2026-W47 has not been posted; to post it: megabot post news --edition 2026-W47"
    )


def test_a_status_names_what_may_have_happened() -> None:
    assert status(
        url=URL, unknown=(UnknownWrite(kind=IntentKind.EDIT, edition="2026-W47", at=NOW),)
    ).endswith("; outcome unknown: edit 2026-W47 since Mon 16 Nov 12:05 UTC")


# -- what is answered


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        (sentences.source_trouble(ValueError("one\ntwo")), "so nothing is changed: one; two"),
        (sentences.ask_repost("news", comments=12, url=URL), f"(12 comments): {URL};"),
        (sentences.ask_repost("news", comments=12, url=URL), "megabot repost news --yes"),
        (
            sentences.run_again(NOW, "Europe/London"),
            "run this command again after Mon 16 Nov 12:05 GMT",
        ),
        (
            sentences.no_such_thread("nwes", ["film", "news"]),
            "no thread nwes; the source has: film, news",
        ),
        (sentences.result_not_confirmed("news"), "see: megabot plan"),
        (sentences.next_due("news", SLOT), "next edition is due 2026-11-16 12:00 UTC"),
        (status_text.edition_shown("2026-W47", 12345), "2026-W47: 12,345 of 49,800 characters"),
        (storage.waiting_for_pass(), "waiting for it to finish"),
        (sentences.no_community("news"), "MEGABOT_COMMUNITY"),
        (sentences.no_such_community("birds"), "community birds does not exist"),
    ],
)
def test_an_answer_names_what_it_is_about(sentence: str, words: str) -> None:
    assert words in sentence


def test_where_a_person_at_the_host_reads_the_plan_a_moderator_reads_the_status() -> None:
    assert reply_text.with_result([sentences.result_not_confirmed("news")]).endswith("see: `status`")


@pytest.mark.parametrize(
    ("editions", "question"),
    [
        (("2026-W48",), "Post news/2026-W48 now, before its time (Mon 23 Nov 12:00 GMT)?"),
        (
            ("2026-W47", "2026-W48"),
            (
                "news: 2026-W47 has not been posted, and 2026-W48 follows Mon 23 Nov 12:00 GMT. "
                "Which one should be posted now?"
            ),
        ),
    ],
)
def test_who_is_asked_for_an_edition_reads_when_each_is_posted(
    editions: tuple[str, ...], question: str
) -> None:
    assert status_text.ask_which("news", editions, "Mon 23 Nov 12:00 GMT") == question


def test_a_thread_is_called_by_its_name() -> None:
    assert reconcile_describe.blocked_sentence(
        a_thread(name="film"), Blocked(reason=BlockReason.THERE)
    ).startswith("film: ")


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Europe/London", "*Added at Mon 16 Nov 23:30 GMT.*"),
        ("Asia/Tokyo", "*Added at Tue 17 Nov 08:30 JST.*"),
    ],
)
def test_when_an_essay_came_is_said_on_the_clock_of_the_threads_zone(zone: str, said: str) -> None:
    assert sentences.late_preamble_line(datetime(2026, 11, 16, 23, 30, tzinfo=UTC), zone) == said
