"""The ledger's file on a real disk: born whole, checked, set aside when broken, never lost in silence."""

import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from megabot.errors import Busy, LedgerError, NewerLedger
from megabot.forum.models import PostDraft
from megabot.ledger import file
from megabot.ledger.file import BrokenLedgerMoved
from megabot.ledger.migrations import APPLICATION_ID, MIGRATIONS
from megabot.ledger.records import (
    CommandRecord,
    CommandState,
    IntentKind,
    IntentState,
    KeptText,
    NewIntent,
    PostRecord,
)
from megabot.ledger.sqlite import SqliteLedger
from tests.fakes import MONDAY_NOON, FakeClock

ROOT = Path(__file__).parents[2]
PIN = NewIntent(kind=IntentKind.PIN, thread="birds", edition="2026-W47", at=MONDAY_NOON, post_id=7)
HEARD = CommandRecord(key="message:1", at=MONDAY_NOON, state=CommandState.ACTING, by="modlin", verb="repost")
Open = Callable[[], SqliteLedger]

BEGIN_FOR_EVER = """
import sys
from pathlib import Path
from megabot.ledger.sqlite import SqliteLedger
from tests.fakes import FakeClock
from tests.scenes.test_ledger_files import PIN
ledger = SqliteLedger(Path(sys.argv[1]), FakeClock(), on_wait=print, on_set_aside=print)
while True:
    print(ledger.begin_intent(PIN).id, flush=True)
"""
BE_BORN = """
import sys
from pathlib import Path
from megabot.ledger.sqlite import SqliteLedger
from megabot.clock import Stop, SystemClock
ledger = SqliteLedger(Path(sys.argv[1]), SystemClock(Stop()), on_wait=print, on_set_aside=print)
sys.stdin.read(1)
ledger.keep_image(sys.argv[2], "", "here")
"""


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
def path(tmp_path: Path, opened: Open) -> Path:
    """Give the file of a ledger that has a few pages of rows and is closed."""
    ledger = opened()
    for number in range(40):
        ledger.keep_image(f"key {number}", "", "value " * 100)
    ledger.close()
    return tmp_path / "ledger.db"


def test_nothing_is_made_before_it_is_needed(opened: Open, tmp_path: Path) -> None:
    opened()

    assert list(tmp_path.iterdir()) == []


def test_the_file_is_nobody_elses_and_says_whose_it_is(path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_all_tables_are_strict(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        tables = [row[0] for row in connection.execute("SELECT sql FROM sqlite_schema WHERE type = 'table'")]

    assert len(tables) == 5
    assert [sql for sql in tables if not sql.rstrip().endswith("STRICT")] == []


def test_every_write_reaches_the_disk(opened: Open) -> None:
    ledger = opened()
    ledger.keep_image("a", "", "b")

    assert ledger._connection is not None
    assert ledger._connection.execute("PRAGMA synchronous").fetchone()[0] == 2


OLD_POST = PostRecord(
    post_id=1,
    thread="old",
    edition="2024-W10",
    number=1,
    slot=MONDAY_NOON,
    community_id=3,
    url="https://lemmy.example/post/1",
    title="Week 0",
)


def test_what_was_written_is_there_for_the_next_process(opened: Open) -> None:
    intent = opened().begin_intent(PIN)

    assert opened().intents("birds") == (intent,)


def test_what_was_heard_is_known_to_the_next_process(opened: Open) -> None:
    opened().keep_command(HEARD)

    assert opened().command("message:1") == HEARD
    assert opened().open_commands() == (HEARD,)


def test_a_row_that_cannot_be_read_is_told_and_then_set_aside(
    path: Path, opened: Open, told: list[BrokenLedgerMoved]
) -> None:
    ledger = opened()
    ledger.keep_command(HEARD)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE commands SET state = 'dreaming'")

    with pytest.raises(LedgerError, match=r"a row that cannot be read .* the next start sets it aside"):
        ledger.open_commands()
    assert ledger.open_commands() == ()
    assert [one.why for one in told] == [
        "commands has a row that cannot be read: 'dreaming' is not a valid CommandState"
    ]


def test_a_ledger_from_before_there_were_commands_takes_them(tmp_path: Path, opened: Open) -> None:
    path = tmp_path / "ledger.db"
    before, _ = file.open_ledger(path, patience=0, now=MONDAY_NOON, migrations=MIGRATIONS[:1])
    with closing(before):
        before.execute("INSERT INTO facts VALUES ('a', 'b')")

    opened().keep_command(HEARD)

    assert (opened().image_url("a", ""), opened().command("message:1")) == ("b", HEARD)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def garble(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[8192:12288] = random.Random(1).randbytes(4096)
    path.write_bytes(data)


def garble_start(path: Path) -> None:
    path.write_bytes(random.Random(2).randbytes(4096) + path.read_bytes()[4096:])


def be_another_programs(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE cookies (name TEXT)")


@pytest.mark.parametrize("harm", [empty, cut, garble, garble_start, be_another_programs])
def test_a_broken_file_is_kept_and_a_new_one_begun(
    path: Path, opened: Open, told: list[BrokenLedgerMoved], harm: Callable[[Path], None]
) -> None:
    harm(path)
    broken = path.read_bytes()
    ledger = opened()
    ledger.keep_image("new", "", "one")

    (set_aside,) = told
    assert set_aside.path == path.with_name("ledger.db.broken-20261116T120000Z")
    assert set_aside.path.read_bytes() == broken
    assert "was moved to" in str(set_aside)
    assert (ledger.image_url("new", ""), ledger.image_url("key 1", "")) == ("one", None)


def test_a_second_broken_file_does_not_take_the_first_ones_name(
    path: Path, opened: Open, told: list[BrokenLedgerMoved]
) -> None:
    for _ in range(2):
        empty(path)
        opened().keep_image("new", "", "one")

    assert [one.path.name for one in told] == [
        "ledger.db.broken-20261116T120000Z",
        "ledger.db.broken-20261116T120000Z-2",
    ]


def test_damage_that_is_met_later_is_found_at_the_next_call(
    path: Path, opened: Open, told: list[BrokenLedgerMoved]
) -> None:
    ledger = opened()
    ledger.image_url("key 1", "")
    garble_start(path)

    with pytest.raises(LedgerError, match="the next start sets it aside"):
        ledger.keep_image("new", "", "one")
    ledger.keep_image("new", "", "two")
    assert (len(told), ledger.image_url("new", "")) == (1, "two")


def test_a_journal_without_its_file_is_not_played_into_the_new_one(path: Path, opened: Open) -> None:
    path.rename(path.with_name("elsewhere"))
    path.with_name("ledger.db-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + b"\0" * 600)
    opened().keep_image("new", "", "one")

    assert opened().image_url("new", "") == "one"
    assert path.with_name("ledger.db.broken-20261116T120000Z-journal").exists()


def test_a_file_that_was_replaced_under_a_running_service_is_opened_anew(path: Path, opened: Open) -> None:
    service = opened()
    service.keep_image("before", "", "yes")
    path.unlink()
    service.keep_image("after", "", "yes")

    assert (opened().image_url("before", ""), opened().image_url("after", "")) == (None, "yes")


def test_a_file_of_a_newer_version_is_refused_and_left_alone(path: Path, opened: Open) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
        connection.execute("UPDATE facts SET value = '99.0' WHERE key = 'written by'")
    before = path.read_bytes()

    with pytest.raises(NewerLedger, match=r"install megabot 99\.0 or newer"):
        opened().image_url("key 1", "")
    assert path.read_bytes() == before


def test_an_older_file_is_brought_up_to_date_and_keeps_its_rows(path: Path) -> None:
    """R15."""
    later = (*MIGRATIONS, ("CREATE TABLE later (x TEXT NOT NULL) STRICT", "INSERT INTO later VALUES ('a')"))
    connection, _ = file.open_ledger(path, patience=0, now=MONDAY_NOON, migrations=later)

    with closing(connection):
        assert connection.execute("PRAGMA user_version").fetchone()[0] == len(later)
        assert connection.execute("SELECT count(*) FROM facts WHERE key LIKE 'key %'").fetchone()[0] == 40


def test_a_step_that_fails_leaves_the_older_version(path: Path) -> None:
    later = (*MIGRATIONS, ("CREATE TABLE later (x TEXT) STRICT", "INSERT INTO nowhere VALUES (1)"))

    with pytest.raises(LedgerError, match="no such table"):
        file.open_ledger(path, patience=0, now=MONDAY_NOON, migrations=later)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)
        assert connection.execute("SELECT name FROM sqlite_schema WHERE name = 'later'").fetchall() == []


def test_another_programs_transaction_is_waited_for_and_then_named(path: Path, opened: Open) -> None:
    """S07."""
    ledger = opened()
    ledger.image_url("key 1", "")
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Busy, match="another program is using the ledger"):
            ledger.begin_intent(PIN)
        other.rollback()

    assert ledger.begin_intent(PIN).state is IntentState.SENDING


@pytest.mark.parametrize(
    ("pragma", "next_step"),
    [("max_page_count = 1", "the disk is full; free some space"), ("query_only = ON", "it is read-only")],
)
def test_a_write_that_the_disk_refuses_is_told_with_a_next_step(
    path: Path, opened: Open, pragma: str, next_step: str
) -> None:
    """S06."""
    ledger = opened()
    ledger.image_url("key 1", "")
    assert ledger._connection is not None
    ledger._connection.execute(f"PRAGMA {pragma}")

    with pytest.raises(LedgerError, match=next_step):
        ledger.keep_image("big", "", "x" * 1_000_000)
    assert opened().image_url("big", "") is None


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_what_is_no_file_is_set_aside(
    tmp_path: Path, opened: Open, told: list[BrokenLedgerMoved], make: Callable[[Path], None]
) -> None:
    make(tmp_path / "ledger.db")
    opened().keep_image("new", "", "one")

    assert opened().image_url("new", "") == "one"
    assert [one.why for one in told] == ["it is not a regular file"]


def test_a_state_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path / "gone", FakeClock(), on_wait=lambda: None, on_set_aside=lambda _: None)

    with pytest.raises(LedgerError, match="No such file or directory"):
        ledger.image_url("a", "")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE intents SET kind = 'dance'",
        "UPDATE intents SET at = 'noon'",
        "UPDATE intents SET draft = '[' WHERE kind = 'publish'",
        "UPDATE intents SET draft = '{\"cake\": 1}' WHERE kind = 'publish'",
        "UPDATE posts SET slot = ''",
        "UPDATE texts SET changed = 'x'",
        "UPDATE commands SET at = 'x'",
        "UPDATE facts SET value = CAST(x'ff' AS TEXT)",
        "UPDATE posts SET title = CAST(x'c328' AS TEXT)",
        "PRAGMA user_version = 2",
        f"PRAGMA user_version = {len(MIGRATIONS) + 1}",
        "PRAGMA user_version = -1",
        "PRAGMA journal_mode = WAL",
        "DROP TABLE texts",
        "DROP INDEX one_publish_a_copy",
        "DROP INDEX posts_by_thread",
        "ALTER TABLE posts DROP COLUMN title",
        "CREATE TABLE more (x TEXT)",
    ],
)
def test_whatever_keeps_it_from_being_read_sets_it_aside(
    tmp_path: Path, opened: Open, told: list[BrokenLedgerMoved], change: str
) -> None:
    """S03."""
    fill(opened())
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as connection, connection:
        connection.execute(change)

    assert_usable(opened())
    assert len(told) == 1
    assert [path.name for path in tmp_path.glob("ledger.db-*")] == []


@pytest.mark.parametrize("round_", range(5))
def test_a_killed_process_leaves_every_intent_that_it_was_told_of(
    tmp_path: Path, opened: Open, told: list[BrokenLedgerMoved], round_: int
) -> None:
    command = [sys.executable, "-c", BEGIN_FOR_EVER, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        last = [int(process.stdout.readline()) for _ in range(20 + round_)][-1]
        process.kill()

    found = [intent.id for intent in opened().intents("birds")]
    assert (found, told) == (list(range(1, len(found) + 1)), [])
    assert len(found) >= last


def test_processes_that_start_together_share_one_file(tmp_path: Path, opened: Open) -> None:
    command = [sys.executable, "-c", BE_BORN, str(tmp_path)]
    processes = [
        subprocess.Popen([*command, f"key {n}"], cwd=ROOT, stdin=subprocess.PIPE, text=True) for n in range(4)
    ]
    for process in processes:
        process.communicate("go", timeout=30)

    assert [process.returncode for process in processes] == [0] * 4
    assert [opened().image_url(f"key {n}", "") for n in range(4)] == ["here"] * 4


def test_the_texts_of_old_editions_stay_when_their_writes_are_let_go(opened: Open) -> None:
    ledger, long_ago = opened(), MONDAY_NOON - timedelta(days=800)
    for week in range(3):
        at = long_ago + timedelta(weeks=week)
        edition = f"2024-W{week + 10}"
        new = NewIntent(kind=IntentKind.PUBLISH, thread="old", edition=edition, at=at)
        ledger.resolve_intent(ledger.begin_intent(new).id, IntentState.DONE, at=at)
        ledger.record_post(replace(OLD_POST, post_id=week + 1, edition=edition, slot=at))
        ledger.keep_text(KeptText(post_id=week + 1, body=f"Week {week}", published=at, changed=at))
    ledger.prune(MONDAY_NOON, ignored_before=MONDAY_NOON)

    assert [one.new.edition for one in ledger.intents("old")] == ["2024-W11", "2024-W12"]
    assert [text.body for text in ledger.texts("old")] == ["Week 0", "Week 1", "Week 2"]


def fill(ledger: SqliteLedger) -> None:
    """Put rows into every table."""
    ledger.keep_image("key", "", "value")
    for number in range(1, 6):
        draft = PostDraft(title=f"Week {number}", body="Body " * 50)
        new = NewIntent(
            kind=IntentKind.PUBLISH, thread="old", edition=f"2024-W1{number}", at=MONDAY_NOON, draft=draft
        )
        ledger.resolve_intent(ledger.begin_intent(new).id, IntentState.DONE, at=MONDAY_NOON)
        ledger.record_post(replace(OLD_POST, post_id=number, edition=f"2024-W1{number}"))
        ledger.keep_text(
            KeptText(post_id=number, body="Body " * 50, published=MONDAY_NOON, changed=MONDAY_NOON)
        )
        ledger.keep_command(replace(HEARD, key=f"message:{number}"))
    ledger.close()


def assert_usable(ledger: SqliteLedger) -> None:
    """Read all that there is, write to every table, and read that again."""
    ledger.history(100), ledger.commands(100), ledger.open_commands()
    for thread in ledger.threads():
        ledger.intents(thread), ledger.posts(thread), ledger.texts(thread)
    new = NewIntent(kind=IntentKind.PUBLISH, thread="new", edition="2026-W47", at=MONDAY_NOON)
    begun = ledger.begin_intent(new)
    with pytest.raises(LedgerError, match="not sent again"):
        ledger.begin_intent(new)
    record = replace(OLD_POST, post_id=99, thread="new")
    ledger.record_post(record)
    ledger.keep_text(KeptText(post_id=99, body="Body", published=MONDAY_NOON, changed=MONDAY_NOON))
    ledger.keep_command(replace(HEARD, key="message:99"))
    ledger.keep_image("new", "", "one")
    ledger.close()

    assert ledger.intents("new") == (begun,)
    assert ledger.posts("new") == (record,)
    assert [text.body for text in ledger.texts("new")] == ["Body"]
    assert ledger.command("message:99") == replace(HEARD, key="message:99")
    assert ledger.image_url("new", "") == "one"
    ledger.close()
