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
from sqlalchemy import Connection

from megabot.errors import Busy, LedgerError, NewerLedger
from megabot.ledger import schema
from megabot.ledger.file import VERSION, BrokenLedgerMoved, mark_of, open_ledger, raw_connection
from megabot.ledger.integrity import APPLICATION_ID
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
from megabot.ledger.tables import METADATA
from tests.fakes import MONDAY_NOON, FakeClock
from tests.filled_ledger import assert_usable, damages, fill, write_old_ledger

ROOT = Path(__file__).parents[2]
PIN = NewIntent(kind=IntentKind.PIN, thread="birds", edition="2026-W47", at=MONDAY_NOON, post_id=7)
HEARD = CommandRecord(key="message:1", at=MONDAY_NOON, state=CommandState.ACTING, by="modlin", verb="repost")
Open = Callable[[], SqliteLedger]

BEGIN_FOR_EVER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from megabot.clock import Stop, SystemClock
from megabot.ledger.records import IntentKind, NewIntent
from megabot.ledger.sqlite import SqliteLedger
ledger = SqliteLedger(Path(sys.argv[1]), SystemClock(Stop()), on_wait=print, on_set_aside=print)
now = datetime.now(UTC)
pin = NewIntent(kind=IntentKind.PIN, thread="birds", edition="2026-W47", at=now, post_id=7)
while True:
    print(ledger.begin_intent(pin).id, flush=True)
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
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_all_tables_are_strict(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        tables = [row[0] for row in connection.execute("SELECT sql FROM sqlite_schema WHERE type = 'table'")]

    assert len(tables) == len(METADATA.tables)
    assert [sql for sql in tables if not sql.rstrip().endswith("STRICT")] == []


def test_every_write_reaches_the_disk(opened: Open) -> None:
    ledger = opened()
    ledger.keep_image("a", "", "b")

    assert raw(ledger).execute("PRAGMA synchronous").fetchone()[0] == 2


def raw(ledger: SqliteLedger) -> sqlite3.Connection:
    """Give the connection of a ledger that is open."""
    connection = ledger._file._connection
    assert connection is not None
    return raw_connection(connection)


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


def test_a_file_that_nobody_touched_is_opened_again_as_it_is(path: Path, opened: Open) -> None:
    ledger = opened()
    ledger.account()
    ledger.close()
    before = mark_of(path)

    assert (ledger.account(), mark_of(path)) == (opened().account(), before)


@pytest.mark.parametrize("harm", [empty, cut, garble, garble_start, be_another_programs])
def test_a_file_that_was_touched_while_it_was_closed_is_checked_again(
    path: Path, opened: Open, told: list[BrokenLedgerMoved], harm: Callable[[Path], None]
) -> None:
    ledger = opened()
    ledger.account()
    ledger.close()
    harm(path)

    ledger.raise_alert("new", "one")
    assert (len(told), list(ledger.alerts())) == (1, ["new"])


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
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
        connection.execute("UPDATE written_by SET version = '99.0'")
    before = path.read_bytes()

    with pytest.raises(NewerLedger, match=r"install megabot 99\.0 or newer"):
        opened().image_url("key 1", "")
    assert path.read_bytes() == before


def test_a_newer_file_whose_tables_are_all_unknown_is_refused_and_left_alone(
    tmp_path: Path, opened: Open
) -> None:
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as connection, connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 4711")
        connection.execute("CREATE TABLE what_nobody_knows_yet (x TEXT)")
    before = (tmp_path / "ledger.db").read_bytes()

    with pytest.raises(NewerLedger, match="install megabot of that version or newer"):
        opened().image_url("key 1", "")
    assert (tmp_path / "ledger.db").read_bytes() == before


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Give the file of a ledger from before Alembic, with a few pages of rows."""
    write_old_ledger(
        path := tmp_path / "ledger.db",
        4,
        *(f"INSERT INTO facts VALUES ('image:key {n}:', '{'value ' * 100}')" for n in range(40)),  # noqa: S608
    )
    return path


def test_an_older_file_is_brought_up_to_date_and_keeps_its_rows(old: Path, opened: Open) -> None:
    """R15."""
    assert opened().image_url("key 39", "") == "value " * 100

    with closing(sqlite3.connect(old)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == VERSION
        assert connection.execute("SELECT count(*) FROM images").fetchone()[0] == 40


def insert_nowhere(connection: Connection) -> None:
    connection.exec_driver_sql("INSERT INTO nowhere VALUES (1)")


def divide(_: Connection) -> None:
    raise ZeroDivisionError("division by zero")


def break_a_rule(connection: Connection) -> None:
    connection.exec_driver_sql("INSERT INTO accounts SELECT * FROM accounts")


def fill_the_disk(connection: Connection) -> None:
    connection.exec_driver_sql("PRAGMA max_page_count = 1")
    connection.exec_driver_sql("INSERT INTO images VALUES (1, 'big', '', hex(randomblob(1000000)))")


def be_read_only(connection: Connection) -> None:
    connection.exec_driver_sql("PRAGMA query_only = ON")
    connection.exec_driver_sql("DELETE FROM images")


def be_interrupted(_: Connection) -> None:
    raise KeyboardInterrupt("by a signal")


@pytest.mark.parametrize(
    ("fail", "error", "why"),
    [
        (insert_nowhere, LedgerError, "cannot be migrated; this is a bug, please report it: no such table"),
        (divide, LedgerError, "cannot be migrated; this is a bug, please report it: division by zero"),
        (break_a_rule, LedgerError, "cannot be used: UNIQUE constraint failed"),
        (fill_the_disk, LedgerError, "the disk is full; free some space"),
        (be_read_only, LedgerError, "it is read-only"),
        (be_interrupted, KeyboardInterrupt, "by a signal"),
    ],
)
def test_a_migration_that_fails_leaves_the_older_file_untouched(
    old: Path, opened: Open, fail: Callable[[Connection], None], error: type[BaseException], why: str
) -> None:
    before = old.read_bytes()

    def upgrade(connection: Connection) -> None:
        schema.upgrade(connection)
        fail(connection)

    with pytest.raises(error, match=why):
        open_ledger(old, patience=0, now=MONDAY_NOON, upgrade=upgrade)
    assert [path.name for path in old.parent.iterdir()] == ["ledger.db"]
    assert old.read_bytes() == before
    assert opened().image_url("key 39", "") == "value " * 100


MIGRATE_UNTIL_KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from megabot.ledger import schema
from megabot.ledger.file import open_ledger, raw_connection

def die(statement):
    if " ".join(statement.split()).startswith(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

def upgrade(connection):
    raw = raw_connection(connection)
    raw.execute("PRAGMA cache_size = 1")  # so that pages of the file are changed before the end
    raw.set_trace_callback(die)
    schema.upgrade(connection)

open_ledger(Path(sys.argv[1]), patience=0, now=datetime.now(UTC), upgrade=upgrade)
print("not killed")
"""


@pytest.mark.parametrize(
    ("statement", "version"),
    [
        ("ALTER TABLE intents RENAME", 4),
        ("CREATE TABLE accounts", 4),
        ("INSERT INTO commands", 4),
        ("DROP TABLE commands_before", 4),
        ("CREATE TABLE claims", 4),
        ("COMMIT", 4),
        ("SELECT accounts", VERSION),  # the check of the rows, after the migration
    ],
)
def test_a_migration_that_is_killed_leaves_the_older_file_or_the_new_one_whole(
    old: Path, opened: Open, told: list[BrokenLedgerMoved], statement: str, version: int
) -> None:
    command = [sys.executable, "-c", MIGRATE_UNTIL_KILLED, str(old), statement]
    assert subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=False).returncode == -9
    with closing(sqlite3.connect(old)) as connection:  # as SQLite recovers it
        assert connection.execute("PRAGMA user_version").fetchone()[0] == version
        table = "facts" if version == 4 else "images"
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 40  # noqa: S608
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"

    ledger = opened()
    assert [ledger.image_url(f"key {n}", "") for n in range(40)] == ["value " * 100] * 40
    assert told == []


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
    raw(ledger).execute(f"PRAGMA {pragma}")

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


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give the file of a ledger with rows in every table."""
    folder = tmp_path_factory.mktemp("filled")
    ledger = SqliteLedger(folder, FakeClock(), on_wait=lambda: None, on_set_aside=lambda _: None)
    fill(ledger, folder / "ledger.db")
    return (folder / "ledger.db").read_bytes()


def test_every_table_of_a_filled_ledger_has_a_row_and_is_usable(
    tmp_path: Path, opened: Open, told: list[BrokenLedgerMoved], filled: bytes
) -> None:
    (tmp_path / "ledger.db").write_bytes(filled)
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as connection:
        queries = [f"SELECT count(*) FROM {table}" for table in METADATA.tables]  # noqa: S608
        assert all(connection.execute(query).fetchone()[0] for query in queries)

    assert_usable(opened())
    assert told == []


@pytest.mark.parametrize("change", [*damages()], ids=lambda change: change[:80])
def test_whatever_keeps_it_from_being_read_sets_it_aside(
    tmp_path: Path, opened: Open, told: list[BrokenLedgerMoved], filled: bytes, change: str
) -> None:
    """S03."""
    (tmp_path / "ledger.db").write_bytes(filled)
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
