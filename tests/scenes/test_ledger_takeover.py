"""A ledger that an earlier megabot wrote is taken over whole: every value is there under its new name."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from megabot.forum.home_server import HomePin
from megabot.forum.models import CommunityRef, PostDraft
from megabot.i18n.channels import to_json
from megabot.ledger import schema
from megabot.ledger.file import VERSION, BrokenLedgerMoved
from megabot.ledger.integrity import ACCOUNT_ID, check_rows, has_shape
from megabot.ledger.migrations.facts import typed_rows
from megabot.ledger.migrations.first_tables import STEPS
from megabot.ledger.ownership import Owner
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
from megabot.ledger.sqlite import SqliteLedger
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
from megabot.ledger.tables import ACCOUNTS
from megabot.schedule.overrides import Override, OverrideKind
from tests.fakes import FakeClock
from tests.filled_ledger import assert_usable, write_old_ledger

WRITTEN_BY_0_1_0 = Path(__file__).parents[1] / "ledger" / "written_by_0_1_0.sql"
NOON = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
PEOPLE = "https://lemmy.example/u/"
Open = Callable[[], SqliteLedger]


@pytest.fixture
def told() -> list[BrokenLedgerMoved]:
    return []


@pytest.fixture
def opened(tmp_path: Path, told: list[BrokenLedgerMoved]) -> Iterator[Open]:
    """Give new ledgers on one folder, as new processes would have them."""
    ledgers: list[SqliteLedger] = []

    def new() -> SqliteLedger:
        ledgers.append(
            SqliteLedger(tmp_path, FakeClock(), on_wait=lambda: None, on_set_aside=told.append, patience=0.05)
        )
        return ledgers[-1]

    yield new
    for ledger in ledgers:
        ledger.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the file of a ledger that megabot 0.1.0 wrote."""
    path = tmp_path / "ledger.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(WRITTEN_BY_0_1_0.read_text("utf-8"))
    return path


@pytest.fixture
def ledger(path: Path, opened: Open) -> SqliteLedger:
    """Give that ledger as this megabot opens it."""
    assert path.exists()
    return opened()


def test_the_account_is_taken_over(ledger: SqliteLedger) -> None:
    assert ledger.account() == AccountState(
        owner=Owner(name="threadbot", host="lemmy.example", address="127.0.0.1:8536"),
        api="v3",
        languages={"und": 0, "en": 37, "de": 32},
        started=NOON - 70 * DAY + timedelta(microseconds=250_000),
        inbox_position='{"at": "2026-11-16T13:00:00+00:00", "newest": {"replies": 41, "messages": 7}}',
        override_changes=6,
    )
    assert (ledger.revision(), ledger.claims()) == (0, ())


def test_what_was_known_of_the_threads_is_taken_over(ledger: SqliteLedger) -> None:
    assert ledger.threads() == ("knots", "tea")
    assert ledger.thread("tea") == ThreadState(
        schedule="5e1f",
        known_since=NOON - 70 * DAY,
        current_post_id=103,
        pinned=True,
        note=Note(
            edition="2026-W47", text="The kettle is *hot*.", by="kim", at=NOON + DAY, until=NOON + 2 * DAY
        ),
    )
    assert ledger.thread("knots") == ThreadState(
        schedule="77ab",
        known_since=NOON - 70 * DAY,
        current_post_id=202,
        pinned=False,
        agreed_community=9,
        failing_since=NOON + DAY + 4 * HOUR,
        home=HomeReading(
            post_id=202,
            pin=HomePin.NOT_PINNED,
            first=NOON,
            last=NOON + DAY,
            software="Lemmy 0.19.20",
            refuses=True,
            trouble="it was away",
        ),
        note=Note(edition="2026-W47", text="Mind the bowline.", by="sam", at=NOON + DAY),
    )
    assert ledger.thread("maps") == ThreadState()  # what was known of it had ended


def test_overrides_are_taken_over_in_their_order(ledger: SqliteLedger) -> None:
    held = Override(kind=OverrideKind.HOLD, edition="2026-W48", by="kim", at=NOON + DAY)
    moved = replace(held, kind=OverrideKind.MOVE, at=NOON + DAY + HOUR, slot=NOON + 8 * DAY + 6 * HOUR)
    text = "Two mugs — “one blue”.\n\nSee below."
    words = Override(
        kind=OverrideKind.PREAMBLE, edition="2026-W49", by="sam", at=NOON + DAY + 2 * HOUR, text=text
    )
    skipped = Override(kind=OverrideKind.SKIP, edition="2026-W50", by="sam", at=NOON + DAY + 3 * HOUR)

    assert ledger.overrides("tea") == (held, moved, words)
    assert (ledger.overrides("knots"), ledger.overrides("maps")) == ((skipped,), ())


def test_highlights_and_opt_outs_are_taken_over(ledger: SqliteLedger) -> None:
    first, second = ledger.highlights("tea", "2026-W47")

    assert (first.comment_id, first.author, first.by) == (1, "robin@lemmy.example", "kim")
    assert (first.at, first.since, first.line) == (NOON + HOUR, NOON + DAY + HOUR, "Line “1” of a comment")
    assert second == replace(
        first,
        comment_id=2,
        author="wren@lemmy.example",
        actor=f"{PEOPLE}wren",
        url="https://lemmy.example/comment/2",
        at=NOON + 2 * HOUR,
        since=NOON + DAY + 2 * HOUR,
        line="Line “2” of a comment",
    )
    assert ledger.highlighted_editions("tea") == {"2026-W46", "2026-W47"}
    assert ledger.highlighted_editions("knots") == frozenset()
    assert ledger.opted_out() == {f"{PEOPLE}finch", f"{PEOPLE}heron"}


def test_alerts_are_taken_over_with_the_commands_in_their_sentences(ledger: SqliteLedger) -> None:
    alerts = ledger.alerts()

    assert [*alerts] == ["tea:late", "inbox"]
    assert alerts["tea:late"] == "“tea” is late; to post it, run: megabot post tea"
    assert to_json(alerts["tea:late"]) == [
        "“tea” is late; to post it, run: ",
        ["megabot post tea", "`post tea`"],
    ]
    assert to_json(alerts["inbox"]) == "The inbox cannot be read: “timeout”."


def test_who_was_told_of_alerts_and_who_wants_them_is_taken_over(ledger: SqliteLedger) -> None:
    assert [*ledger.sent_alerts().items()] == [
        ("tea:late", SentAlert(SentAlertState.SENT, "“tea” is late; run megabot post tea", NOON + DAY)),
        ("source", SentAlert(SentAlertState.ENDING, "The templates are broken.", NOON + 2 * DAY)),
        ("links", SentAlert(SentAlertState.SENDING, "A link is dead.", NOON + 2 * DAY + HOUR)),
    ]
    assert to_json(ledger.sent_alerts()["tea:late"].sentence) == [
        "“tea” is late; run ",
        ["megabot post tea", "`post tea`"],
    ]
    assert ledger.alert_wishes() == {4: True, 5: False}


def test_communities_people_and_images_are_taken_over(ledger: SqliteLedger) -> None:
    kitchen = CommunityRef(id=3, name="kitchen", actor="https://lemmy.example/c/kitchen")
    harbour = CommunityRef(
        id=9, name="harbour", actor="https://away.example/c/harbour", local=False, nsfw=True
    )
    assert ledger.community("kitchen") == kitchen
    assert ledger.community("harbour@away.example") == harbour
    assert ledger.community("gone") is None
    assert (ledger.person_id("kim"), ledger.person_id("sam@away.example")) == (4, 5)
    kettle, odd = ("https://lemmy.example/pictrs/image/" + name for name in ("kettle.png", "odd.png"))
    assert ledger.image_url("pictures/kettle.png", "9f2c") == kettle
    assert ledger.image_url("pictures/odd: name.png", "77aa") == odd
    assert ledger.image_url("pictures/failed.png", "01ff") == ""  # its upload failed
    assert ledger.image_url("pictures/kettle.png", "01ff") is None


def test_waiting_commands_and_the_times_of_replies_are_taken_over(ledger: SqliteLedger) -> None:
    assert ledger.confirmations() == (
        PendingConfirmation(digest="0a" * 32, order="message:7", actor=f"{PEOPLE}kim", until=NOON + 2 * DAY),
        PendingConfirmation(
            digest="0b" * 32,
            order="comment:9",
            actor=f"{PEOPLE}sam",
            until=NOON + 3 * DAY,
            used="comment:10",
        ),
    )
    assert ledger.comment_replies() == (NOON + DAY, NOON + DAY + 5 * MINUTE)


def test_jobs_go_on_where_they_stopped(ledger: SqliteLedger) -> None:
    assert ledger.job(Job.LINKS) == JobRun(at=NOON - 3 * DAY)
    assert ledger.job(Job.SITE_SCAN) == JobRun(at=NOON - DAY, position=100)
    assert ledger.job(Job.SITE_HIGHLIGHTS) == JobRun(position=12)
    assert ledger.job(Job.HIGHLIGHTS, "tea") == JobRun(at=NOON + DAY, position=2)
    assert ledger.job(Job.HIGHLIGHTS, "knots") == JobRun()


DRAFT = PostDraft(
    title="Tea of the week 47",
    body="Zwölf — “so many”\n\n:::",
    link="https://lemmy.example/tea",
    thumbnail="https://lemmy.example/t.png",
    alt_text="a mug",
    nsfw=True,
    language_id=37,
    tags=("tea", "mugs"),
)


def test_intents_are_taken_over_with_their_ids_and_states(ledger: SqliteLedger) -> None:
    tea, knots = ledger.intents("tea"), ledger.intents("knots")

    refused = NewIntent(
        kind=IntentKind.PUBLISH,
        thread="tea",
        edition="2026-W46",
        at=NOON - 7 * DAY,
        draft=replace(DRAFT, title="Tea of the week 46"),
    )
    assert tea[0] == Intent(
        id=1,
        new=refused,
        state=IntentState.REFUSED,
        changed=NOON - 7 * DAY + MINUTE,
        note="the title is too long",
    )
    assert tea[3].new == NewIntent(
        kind=IntentKind.PUBLISH,
        thread="tea",
        edition="2026-W47",
        at=NOON,
        draft=DRAFT,
        context='{"number": 47}',
        preamble="One mug.",
    )
    assert [(intent.id, intent.new.kind, intent.state) for intent in tea] == [
        (1, IntentKind.PUBLISH, IntentState.REFUSED),
        (2, IntentKind.PUBLISH, IntentState.DONE),
        (3, IntentKind.PIN, IntentState.DONE),
        (4, IntentKind.PUBLISH, IntentState.DONE),
        (5, IntentKind.UNPIN, IntentState.DONE),
        (6, IntentKind.COMMENT, IntentState.DONE),
        (7, IntentKind.EDIT, IntentState.ABSENT),
        (8, IntentKind.EDIT, IntentState.UNKNOWN),
    ]
    assert [(intent.id, intent.new.copy, intent.new.order, intent.state) for intent in knots] == [
        (9, 1, "message:5", IntentState.NOT_SENT),
        (10, 2, "message:6", IntentState.DONE),
        (11, 2, "", IntentState.SENDING),
    ]
    assert tea[5].new.text == "The new thread: https://lemmy.example/post/103"


def test_the_next_intent_has_the_next_id_and_no_copy_is_sent_again(ledger: SqliteLedger) -> None:
    ledger.begin_intent(NewIntent(kind=IntentKind.PIN, thread="tea", edition="2026-W47", at=NOON))

    assert ledger.history(1)[0].id == 12
    with pytest.raises(Exception, match="not sent again"):
        ledger.begin_intent(NewIntent(kind=IntentKind.PUBLISH, thread="tea", edition="2026-W47", at=NOON))


def test_posts_and_texts_are_taken_over(ledger: SqliteLedger) -> None:
    adopted, before, current = ledger.posts("tea")
    withdrawn, copy = ledger.posts("knots")

    assert before == PostRecord(
        post_id=102,
        thread="tea",
        edition="2026-W46",
        number=46,
        slot=NOON - 7 * DAY,
        community_id=3,
        url="https://lemmy.example/post/102",
        title="tea 46",
        commit="0a1b2c",
        sent="5e",
        answered="7f",
        context='{"number": 46}',
    )
    assert (adopted.post_id, adopted.adopted, current.dirty, before.dirty) == (101, True, True, False)
    assert (withdrawn.withdrawn, copy.withdrawn, copy.copy, copy.community_id) == (True, False, 2, 9)
    assert ledger.text(103) == KeptText(
        post_id=103,
        body="Body — “103”\n\n:::",
        preamble="One mug.",
        published=NOON,
        changed=NOON + DAY,
        comments=13,
    )
    assert [(text.post_id, text.open) for text in ledger.texts("tea")] == [(102, False), (103, True)]


def test_commands_are_taken_over_with_their_states(ledger: SqliteLedger) -> None:
    closed = ledger.command("comment:41")

    assert closed == CommandRecord(
        key="comment:41",
        at=NOON + 2 * HOUR,
        state=CommandState.CLOSED,
        by="kim",
        actor=f"{PEOPLE}kim",
        verb="repost",
        threads=("knots",),
        said="@threadbot repost “now”\n\nplease",
        answer="Done.",
        person_id=4,
        post_id=202,
        comment_id=41,
    )
    assert [(command.key, command.state) for command in ledger.open_commands()] == [
        ("message:7", CommandState.CODE_DUE),
        ("message:8", CommandState.ACTING),
        ("message:9", CommandState.ANSWER_DUE),
        ("shell:1", CommandState.ANSWERING),
    ]
    assert ledger.open_commands()[0].threads == ("tea", "knots")
    ignored = ledger.command("comment:40")
    assert ignored is not None
    assert ignored.state is CommandState.IGNORED


def test_a_ledger_that_was_taken_over_passes_every_check_and_so_does_its_backup(
    ledger: SqliteLedger, tmp_path: Path, opened: Open, told: list[BrokenLedgerMoved]
) -> None:
    account = ledger.account()
    ledger.back_up(tmp_path / "copy.db")
    ledger.close()
    for path in (tmp_path / "ledger.db", tmp_path / "copy.db"):
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
            assert has_shape(connection, VERSION)

    assert opened().account() == account
    (tmp_path / "copy.db").replace(tmp_path / "ledger.db")
    assert opened().account() == account
    assert_usable(opened())
    assert told == []


A_POST = (
    "INSERT INTO posts (post_id, thread, edition, number, slot, community_id, url, title, copy, "
    "source_commit, dirty, sent, answered, context, adopted) VALUES (7, 'tea', '2026-W47', 47, "
    "'2026-11-16T12:00:00.000000+00:00', 3, 'https://lemmy.example/post/7', 'Tea', 1, '', 0, '', '', '', 0)"
)
AN_INTENT = (
    "INSERT INTO intents (kind, thread, edition, copy, post_id, at, draft, text, context, ordered_by, "
    "state, changed, note) VALUES ('publish', 'tea', '2026-W47', 1, 0, '2026-11-16T12:00:00.000000+00:00', "
    "'{\"title\": \"Tea\", \"body\": \"Hot\"}', '', '', '', 'done', "
    "'2026-11-16T12:01:00.000000+00:00', '')"
)


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_a_ledger_of_any_earlier_version_is_taken_over(
    tmp_path: Path, opened: Open, told: list[BrokenLedgerMoved], version: int
) -> None:
    write_old_ledger(
        tmp_path / "ledger.db", version, A_POST, AN_INTENT, "INSERT INTO facts VALUES ('api', 'v4')"
    )
    ledger = opened()

    assert ledger.account() == AccountState(api="v4")
    (post,), (intent,) = ledger.posts("tea"), ledger.intents("tea")
    assert (post.post_id, post.slot, post.withdrawn) == (7, NOON, False)
    assert (intent.new.draft, intent.new.preamble) == (PostDraft(title="Tea", body="Hot"), "")
    assert (ledger.texts("tea"), ledger.commands(9)) == ((), ())
    ledger.close()
    assert_usable(opened())
    assert told == []


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_an_empty_ledger_of_any_earlier_version_is_like_a_new_one(
    tmp_path: Path, opened: Open, told: list[BrokenLedgerMoved], version: int
) -> None:
    write_old_ledger(tmp_path / "ledger.db", version)

    assert (opened().account(), opened().threads()) == (AccountState(), ())
    assert_usable(opened())
    assert told == []


def connected(raw: sqlite3.Connection) -> Connection:
    """Give SQLAlchemy's connection to an open database."""
    return create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool).connect()


def test_a_ledger_of_the_first_typed_version_gets_the_later_tables(
    tmp_path: Path, opened: Open, told: list[BrokenLedgerMoved]
) -> None:
    write_old_ledger(path := tmp_path / "ledger.db", 4, "INSERT INTO facts VALUES ('api', 'v4')")
    with closing(sqlite3.connect(path)) as raw, connected(raw) as connection:
        schema.upgrade(connection, "0005")
        connection.exec_driver_sql("INSERT INTO written_by VALUES ('0.2.0')")
        connection.exec_driver_sql("PRAGMA user_version = 5")
        connection.commit()

    assert (opened().account(), opened().claims()) == (AccountState(api="v4"), ())
    assert_usable(opened())
    assert told == []


# -- facts that cannot be read


def test_facts_that_are_not_utf_8_are_left_out_and_the_others_taken_over(
    tmp_path: Path, opened: Open, told: list[BrokenLedgerMoved]
) -> None:
    write_old_ledger(
        tmp_path / "ledger.db",
        4,
        "INSERT INTO facts VALUES ('person:kim', CAST(x'ff' AS TEXT))",
        "INSERT INTO facts VALUES (CAST(x'706572736f6e3aff' AS TEXT), '5')",
        "INSERT INTO facts VALUES ('person:sam', '4')",
    )

    assert (opened().person_id("kim"), opened().person_id("sam")) == (None, 4)
    assert told == []


def facts_of_0_1_0() -> dict[str, str]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(WRITTEN_BY_0_1_0.read_text("utf-8"))
        return dict(connection.execute("SELECT key, value FROM facts"))


FACTS = facts_of_0_1_0()
READ = sorted(key for key in FACTS if FACTS[key] not in {"", "[]"} and key != "written by")
WRONG = [
    *("", " ", "x", "[", "{}", "[]", "null", "true", "5", '"x"', "[[]]", "[5]", '[{"at": 5}]', '{"x": {}}'),
    *('{"x": []}', '{"id": null}', '{"id": "x"}', "9" * 30, "9" * 5000, "-" + "9" * 30, "1.5", "²", "NaN"),
    *("\n", "a\nb", "a\nb\nc", "5e1f\n2026-11-16T12:00:00", "2026-11-16T12:00:00", "[" * 100_000, "\0"),
    *("0001-01-01T00:00:00+14:00", '["0001-01-01T00:00:00+14:00", 1]', '["\\ud800"]', '{"\\ud800": "x"}'),
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: repr(wrong[:30]))
def test_a_fact_that_cannot_be_read_is_left_out_and_harms_no_other(wrong: str) -> None:
    whole = typed_rows(FACTS)
    for key in READ:
        rows = typed_rows(FACTS | {key: wrong})
        for name, found in rows.items():
            missing = [row for row in whole[name] if row not in found]
            changed = [row for row in found if row not in whole[name]]
            assert len(changed) <= 1, (key, name)
            assert not missing or of_fact(name, missing, key), (key, name)


def of_fact(table: str, rows: list[dict[str, Any]], key: str) -> bool:
    """Return whether rows of a table come from a fact."""
    name = key.partition(":")[2]
    tables = {
        "amendments": ["overrides"],
        "featured": ["highlights"],
        "optout": ["opt_outs"],
        "alerts": ["alerts", "alert_wishes"],
        "told": ["sent_alerts"],
        "community": ["communities"],
        "person": ["people"],
        "image": ["images"],
        "confirmations": ["confirmations"],
        "answers": ["comment_replies"],
        "links": ["jobs"],
        "site": ["jobs"],
        "highlights": ["jobs"],
    }.get(key.partition(":")[0], ["accounts", "threads"])
    of_thread = all(row.get("thread", name.partition("/")[0]) in {name.partition("/")[0], ""} for row in rows)
    return table in tables and of_thread


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=9,
)
KEYS = [*FACTS, "", ":", "image:x", "image::x", "alerts:", "highlights:", "featured:tea", "note:", "move:x:y"]


@st.composite
def nearly(draw: st.DrawFn) -> str:
    """Draw a fact with one value inside of it replaced."""
    text = draw(st.sampled_from(sorted(FACTS.values())))
    try:
        whole = json.loads(text)
    except ValueError:
        return text
    places = [*_places(whole)]
    if not places:
        return text
    inside, key = draw(st.sampled_from(places))
    inside[key] = draw(JSON | st.sampled_from(["2026-11-16T12:00:00", "dance", 2**63, -(2**63) - 1]))
    return json.dumps(whole)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401  any JSON
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield value, key
        yield from _places(inner)


VALUES = nearly() | JSON.map(json.dumps) | st.text(max_size=20) | st.sampled_from(WRONG)
SOME_FACTS = st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=20), VALUES, max_size=12)


@given(SOME_FACTS)
@settings(max_examples=400)
def test_no_facts_stop_the_takeover(facts: dict[str, str]) -> None:
    rows = typed_rows(facts)

    assert len(rows["accounts"]) == 1
    assert all(row["account_id"] == ACCOUNT_ID for name in rows if name != "accounts" for row in rows[name])


@given(st.lists(SOME_FACTS, min_size=8, max_size=8))
@settings(max_examples=15)
def test_whatever_the_facts_are_the_new_ledger_can_be_read(many: list[dict[str, str]]) -> None:
    facts = {key: value for some in many for key, value in some.items()}
    with closing(sqlite3.connect(":memory:")) as raw:
        for step in STEPS:
            for statement in step:
                raw.execute(statement)
        raw.executemany("INSERT INTO facts VALUES (?, ?)", facts.items())
        with connected(raw) as connection:
            schema.upgrade(connection)
            check_rows(connection)
            assert connection.execute(ACCOUNTS.select()).one().id == ACCOUNT_ID
