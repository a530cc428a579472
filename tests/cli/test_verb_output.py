"""What status, calendar, plan and history show."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from megabot.cli.verbs import calendar, history, plan, status
from megabot.commands.status import NewestCommand, SourceStatus, Status, ThreadStatus, UnknownWrite
from megabot.i18n.tables import Line, Tone
from megabot.ledger.records import CommandRecord, CommandState, IntentKind, IntentState
from megabot.reconcile.actions import Blocked, BlockReason, Publish
from megabot.schedule.calendar import Calendar
from megabot.schedule.overrides import Override, OverrideKind
from megabot.source.model import Thread
from megabot.source.problems import Problem
from tests.builders import TEXT, a_record, a_thread, an_edition, an_intent

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
URL = "https://lemmy.example/post/9"
HOUR = timedelta(hours=1)
HELD = Override(kind=OverrideKind.HOLD, edition="2026-W49", by="modlin", at=NOW - HOUR)


def text(lines: list[Line]) -> str:
    return "\n".join("".join(span.text for span in line) for line in lines)


def thread_status(**found: object) -> ThreadStatus:
    known: dict[str, object] = {
        "thread": "news",
        "timezone": "America/New_York",
        "next_edition": "2026-W49",
        "next_slot": NOW + 3 * HOUR,
    }
    return ThreadStatus(**(known | found))  # type: ignore[arg-type]


def shown(*threads: ThreadStatus, **found: object) -> str:
    known: dict[str, object] = {"now": NOW, "source": SourceStatus(), "threads": threads, "alerts": ()}
    return text(list(status.lines(Status(**(known | found)), width=80)))  # type: ignore[arg-type]


# -- status


def test_a_status_is_a_paragraph_for_each_thread_and_one_for_the_bot() -> None:
    status = thread_status(
        edition="2026-W48",
        url=URL,
        pinned=True,
        commit="abcdef0123",
        preamble="missing",
        commanded=NewestCommand(by="modlin", verb="repost", at=NOW - 5 * HOUR),
    )

    assert shown(status, signed_in=NOW - timedelta(days=3)) == (
        "news  America/New_York\n"
        f"  current       2026-W48, pinned, commit abcdef0: {URL}\n"
        "  next          2026-W49, Mon 30 Nov 10:00 EST, in 3 h\n"
        "  preamble      missing; add preambles/news/2026-W49.md\n"
        "  last command  repost, by modlin, 5 h ago\n"
        "\n"
        "megabot\n"
        "  templates  a plain folder (not in git)\n"
        "  account    signed in 3 days ago"
    )


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({}, "nothing posted yet"),
        ({"url": URL, "edition": "2026-W48", "pinned": False}, "2026-W48, not pinned: "),
        ({"url": URL, "edition": "2026-W48", "pinned": None}, "2026-W48, not pinned by megabot: "),
        (
            {"empty": "2026-W48"},
            "2026-W48 has not been posted; to post it: megabot post news --edition",
        ),
        ({"missing": ("film", "art")}, "companions: film, art"),
        ({"preamble": "message"}, "preamble  sent by message"),
    ],
)
def test_a_status_says_what_is_missing(found: dict[str, object], words: str) -> None:
    assert words in shown(thread_status(**found))


def test_a_status_names_changes_and_unknown_outcomes() -> None:
    edition = next(Calendar("news", a_thread().schedule).upcoming(NOW))
    unknown = UnknownWrite(kind=IntentKind.EDIT, edition="2026-W48", at=NOW - HOUR)

    said = shown(thread_status(changes=((HELD, edition),), unknown=(unknown,)))

    assert f"{edition.key} on hold by modlin, 1 h ago" in said
    assert "outcome unknown: edit 2026-W48, since Mon 30 Nov 06:00 EST" in said


def test_what_needs_attention_comes_last() -> None:
    assert shown(thread_status(), alerts=(("source", "a fuse blew"),)).endswith(
        "needs attention\n  - a fuse blew"
    )


@pytest.mark.parametrize(
    ("age", "words"),
    [(5 / 60, "fetched 5 min ago"), (26, "fetched 26 h ago; every attempt since then failed")],
)
def test_a_status_says_how_old_fetched_templates_are(age: float, words: str) -> None:
    source = SourceStatus(commit="abcdef0123", fetched=NOW - age * HOUR)

    assert f"commit abcdef0, {words}" in shown(source=source)


# -- calendar


def slots(count: int, *changes: Override) -> list[calendar.Slot]:
    thread = a_thread()
    upcoming = Calendar("news", thread.schedule).upcoming(NOW)
    return [
        calendar.Slot(
            edition=edition,
            timezone=thread.schedule.timezone,
            usual=edition.slot,
            changes=tuple(one for one in changes if one.edition == edition.key),
        )
        for edition, _ in zip(upcoming, range(count), strict=False)
    ]


def test_a_calendar_shows_what_moderators_changed() -> None:
    first, second = slots(2)
    held = replace(first, changes=(replace(HELD, edition=first.edition.key),))
    moved_to = second.edition.slot + 2 * HOUR
    move = Override(kind=OverrideKind.MOVE, edition=second.edition.key, by="kim", at=NOW, slot=moved_to)
    moved = replace(second, edition=replace(second.edition, slot=moved_to), changes=(move,))

    said = text(list(calendar.lines([held, moved], NOW, width=None)))

    assert "on hold by modlin, 1 h ago" in said
    assert "moved from Mon 14 Dec 12:00 UTC by kim, now" in said
    assert [(one["held"], one["slot"] == one["usual_slot"]) for one in calendar.document([held, moved])] == [
        (True, True),
        (False, False),
    ]


def test_a_slot_skipped_in_the_template_says_so() -> None:
    (slot,) = slots(1)
    skipped = replace(slot, edition=replace(slot.edition, skipped=True))

    assert "skipped in its template" in text(list(calendar.lines([skipped], NOW, width=None)))


# -- plan


def planned(*actions: Blocked, failure: str = "", thread: Thread | None = None) -> plan.ThreadPlan:
    one = thread or a_thread()
    coming = next(one.calendar.upcoming(NOW))
    return plan.ThreadPlan(thread=one, actions=actions, failure=failure, coming=coming)


@pytest.mark.parametrize(
    ("made", "word"),
    [
        (planned(Blocked(reason=BlockReason.THERE)), "nothing to do"),
        (planned(Blocked(reason=BlockReason.FIRST_RUN)), "waits"),
        (
            planned(Blocked(reason=BlockReason.TEXT_BROKEN, problems=(Problem("news.md.j2", 1, "a slip"),))),
            "blocked",
        ),
        (planned(failure="the server is away"), "failed"),
    ],
)
def test_a_plan_says_first_whether_something_would_be_done(made: plan.ThreadPlan, word: str) -> None:
    (_, line, *_) = text(list(plan.lines([made], NOW, width=None))).split("\n")

    assert line.strip().startswith(f"{word}  ")
    actions = plan.document([made])[0]["actions"]
    assert isinstance(actions, list)
    assert actions[0]["what"] == word.replace(" ", "_")


def test_what_the_next_pass_would_post_is_due_now() -> None:
    edition = an_edition()
    publishes = replace(planned(), actions=(Publish(edition=edition, copy=1, text=TEXT, after=None),))

    (slot,) = plan.due_now([planned(failure="away"), publishes], NOW)

    assert (slot.thread, slot.edition, slot.at) == ("news", edition.key, NOW)


# -- history


def lines(done: list[history.HistoryEntry], commands: list[CommandRecord]) -> str:
    return text(history.lines(done, commands, timezone="UTC", now=NOW, limit=10, width=None))


def test_history_is_a_table_with_address_commit_and_note() -> None:
    post = a_record(commit="abcdef0123", dirty=True)
    intent = an_intent(copy=2, note="a note")

    (_, row) = lines([history.HistoryEntry(intent, post, by="modlin")], []).split("\n")

    assert row.endswith(
        f"news/2026-W47 (copy 2)  post  {post.url}, ordered by modlin, commit abcdef0+, a note"
    )


def test_history_names_how_a_write_went_unless_it_was_done() -> None:
    failed = replace(an_intent(), state=IntentState.REFUSED)

    assert "post: refused" in lines([history.HistoryEntry(failed)], [])
    assert "done" not in lines([history.HistoryEntry(an_intent())], [])


def test_history_is_newest_first_with_commands_among_the_writes() -> None:
    record = CommandRecord(
        key="shell:1",
        at=an_intent().new.at + HOUR,
        state=CommandState.CLOSED,
        by="modlin",
        verb="hold",
        threads=("news",),
    )

    (_, newest, older) = lines([history.HistoryEntry(an_intent())], [record]).split("\n")

    assert "command: hold" in newest
    assert "post" in older


def test_an_empty_history_says_so() -> None:
    assert lines([], []) == "the bot has done nothing yet"


def test_what_went_well_has_no_alarming_colour() -> None:
    tones = {
        span.tone
        for line in history.lines(
            [history.HistoryEntry(an_intent())], [], timezone="UTC", now=NOW, limit=9, width=None
        )
        for span in line
    }

    assert Tone.BAD not in tones
