"""Copies between a database and files, and accounts that share a database without ever seeing each other."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from megabot.errors import DatabaseAway, ForeignLedger, LedgerError, NewerLedger, WriteFailed
from megabot.ledger.file import NAME, VERSION
from megabot.ledger.ownership import Owner
from megabot.ledger.port import Ledger
from megabot.ledger.postgres.ledger import PostgresLedger
from megabot.ledger.postgres.shared_database import SharedDatabase
from megabot.ledger.records import CommandState, IntentKind, IntentState, NewIntent
from megabot.ledger.sqlite import SqliteLedger
from megabot.ledger.state import AccountState, Job, JobRun, SentAlert, SentAlertState
from megabot.ledger.tables import METADATA, SECRET
from tests.contract.test_ledger import DRAFT, HEARD, LATER, POST, TEXT, weeks_of
from tests.contract.test_ledger_state import ACCOUNT, HELD, PLACE, THREAD
from tests.contract.test_ledger_web import DRAFT as WEB_DRAFT
from tests.contract.test_ledger_web import LINK
from tests.fake_ledger import FakeLedger
from tests.fakes import MONDAY_NOON, FakeClock
from tests.filled_ledger import assert_usable, fill, fill_tables, write_old_ledger
from tests.ledger.test_empty import READS, WRITES, _arguments
from tests.postgres import Cut, Database, PostgresServer, Side, TrafficProxy, Unit
from tests.shared_accounts import ADDRESS, Rows, ledger_of, stored
from tests.site_editions import a_highlight

TOKEN = "token-canary"
WRITTEN_BY_0_1_0 = Path(__file__).parents[1] / "ledger" / "written_by_0_1_0.sql"
PUBLISH = NewIntent(kind=IntentKind.PUBLISH, thread="birds", edition="2026-W47", at=MONDAY_NOON)

OF_ACCOUNTS = {table.name for table in METADATA.sorted_tables if "account_id" in table.c}


@pytest.fixture(scope="module")
def tables(postgres: PostgresServer) -> Iterator[Database]:
    """A database for all tests; each uses other accounts in it."""
    database = postgres.create_database()
    yield database
    database.drop()


@pytest.fixture(scope="module")
def shared(tables: Database) -> Iterator[SharedDatabase]:
    shared = SharedDatabase(tables.url)
    yield shared
    shared.close()


def of(name: str) -> AccountState:
    """Return what is known of an account whose server was asked."""
    return replace(ACCOUNT, owner=Owner(name=name, host=ADDRESS, address=ADDRESS))


def filled(shared: SharedDatabase, name: str) -> PostgresLedger:
    """Fill every table of an account, except that of claims."""
    ledger = ledger_of(shared, name)
    ledger.change_account(lambda _: of(name))
    fill_tables(ledger)
    ledger.keep_token_text(TOKEN)
    return ledger


def in_file(folder: Path) -> SqliteLedger:
    return SqliteLedger(
        folder, FakeClock(), on_wait=lambda: None, on_set_aside=lambda why: pytest.fail(str(why))
    )


def not_secret(rows: Rows) -> Rows:
    """Leave out what is never copied, and by what each database looks up the account."""
    (account,) = rows["accounts"]
    facts = {name: value for name, value in account.items() if name not in {"name", "address"}}
    return {name: found for name, found in rows.items() if name not in SECRET} | {"accounts": [facts]}


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# -- backup


def test_a_backup_is_a_ledger_in_a_file_without_token_and_claims(
    tables: Database, shared: SharedDatabase, tmp_path: Path
) -> None:
    ledger, target = filled(shared, "backed-up"), tmp_path / NAME
    with ledger.service_lock(on_wait=pytest.fail):
        before = stored(tables, "backed-up")
        assert all(before.values())
        ledger.back_up(target)

    assert target.stat().st_mode & 0o777 == 0o600
    assert names_in(tmp_path) == [NAME]
    assert TOKEN.encode() not in target.read_bytes()
    with closing(sqlite3.connect(target)) as connection:
        counts = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in before}  # noqa: S608
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
    assert counts == {name: len(rows) for name, rows in before.items()} | dict.fromkeys(
        OF_ACCOUNTS & SECRET, 0
    )
    assert in_file(tmp_path).account() == ledger.account()
    assert in_file(tmp_path).posts("old") == ledger.posts("old")
    assert_usable(in_file(tmp_path))


def test_a_backup_that_is_restored_is_the_same_account(
    tables: Database, shared: SharedDatabase, database: Database, tmp_path: Path
) -> None:
    filled(shared, "both").back_up(tmp_path / "backup")
    elsewhere = SharedDatabase(database.url)
    ledger_of(elsewhere, "other").begin_intent(PUBLISH)
    ledger = ledger_of(elsewhere, "both")
    ledger.keep_token_text("its own")
    ledger.restore(tmp_path / "backup")

    assert not_secret(stored(database, "both")) == not_secret(stored(tables, "both"))
    assert ledger.token_text() == "its own"
    assert ledger_of(elsewhere, "both").history(1) != ()
    elsewhere.close()


def test_a_backup_never_replaces_a_file(shared: SharedDatabase, tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("mine")

    with pytest.raises(WriteFailed, match="already exists and is not overwritten"):
        filled(shared, "twice").back_up(tmp_path / NAME)
    assert (tmp_path / NAME).read_text() == "mine"


# psycopg cannot close a cursor of a connection that is gone, and warns of that.
@pytest.mark.filterwarnings("ignore:.*ServerCursorMixin.__del__:pytest.PytestUnraisableExceptionWarning")
def test_a_backup_that_is_cut_off_leaves_no_file(
    tables: Database, shared: SharedDatabase, tmp_path: Path
) -> None:
    filled(shared, "cut")
    with TrafficProxy(tables.server.folder) as proxy:
        through = SharedDatabase(proxy.url(tables.name))
        ledger = ledger_of(through, "cut")
        ledger.account()
        for cut in (3, 9, 15):
            proxy.use(Cut(cut, Unit.STATEMENTS, Side.REPLIES))
            with pytest.raises(DatabaseAway, match="the connection was lost; try again in a moment"):
                ledger.back_up(tmp_path / NAME)
            assert names_in(tmp_path) == []
        ledger.back_up(tmp_path / NAME)
        through.close()

    assert in_file(tmp_path).posts("old") == ledger_of(shared, "cut").posts("old")


# -- restore


def test_todays_file_is_restored_whole(tables: Database, shared: SharedDatabase, tmp_path: Path) -> None:
    fill(in_file(tmp_path), tmp_path / NAME)
    ledger = ledger_of(shared)
    ledger.restore(tmp_path / NAME)

    rows = stored(tables, "megabot")
    assert {name for name, found in rows.items() if not found} == OF_ACCOUNTS & SECRET
    assert ledger.account().owner == Owner(name="megabot", host=ADDRESS, address=ADDRESS)
    assert ledger.account().inbox_position == ACCOUNT.inbox_position
    before, after = in_file(tmp_path), ledger_of(shared)  # as another process finds it
    assert after.history(100) == tuple(
        replace(intent, id=after.history(100)[place].id) for place, intent in enumerate(before.history(100))
    )
    assert after.texts("old") == before.texts("old")
    before.close()


AN_INTENT = (
    "INSERT INTO intents (kind, thread, edition, copy, post_id, at, text, context, ordered_by, state, "
    "changed, note) VALUES ('publish', 'birds', '2026-W47', 1, 0, '2026-11-16T12:00:00+00:00', '', '', '', "
    "'done', "
    "'2026-11-16T12:00:00+00:00', '')"
)


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_a_file_of_any_earlier_version_is_restored_and_found_again(
    shared: SharedDatabase, tmp_path: Path, version: int
) -> None:
    write_old_ledger(tmp_path / NAME, version, AN_INTENT)
    ledger_of(shared, f"version-{version}").restore(tmp_path / NAME)

    ledger = ledger_of(shared, f"version-{version}")
    (intent,) = ledger.intents("birds")
    assert intent.state is IntentState.DONE
    with pytest.raises(LedgerError, match="was already sent, or may have been"):
        ledger.begin_intent(intent.new)


def test_a_ledger_of_megabot_0_1_0_is_restored(shared: SharedDatabase, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / NAME)) as connection:
        connection.executescript(WRITTEN_BY_0_1_0.read_text("utf-8"))
    before = in_file(tmp_path)
    ledger_of(shared, "threadbot", "older.example").restore(tmp_path / NAME)
    after = ledger_of(shared, "threadbot", "older.example")

    assert before.threads() != ()
    assert after.threads() == before.threads()
    assert after.alerts() == before.alerts()
    for thread in before.threads():
        assert (after.posts(thread), after.thread(thread)) == (before.posts(thread), before.thread(thread))
    before.close()


def test_an_account_with_a_history_is_never_restored(
    tables: Database, shared: SharedDatabase, tmp_path: Path
) -> None:
    fill(in_file(tmp_path), tmp_path / NAME)
    ledger = ledger_of(shared, "megabot", "used.example")
    ledger.begin_intent(PUBLISH)
    before = stored(tables, "megabot", ids=True)

    with pytest.raises(LedgerError) as caught:
        ledger.restore(tmp_path / NAME)
    assert str(caught.value) == (
        "this account's ledger in the database is in use already, so nothing was restored; to restore all "
        "the same, delete its row in the table accounts first, with the service stopped on every host"
    )
    assert stored(tables, "megabot", ids=True) == before


def test_the_ledger_of_another_account_is_not_restored(
    tables: Database, shared: SharedDatabase, tmp_path: Path
) -> None:
    fill(in_file(tmp_path), tmp_path / NAME)
    ledger = ledger_of(shared, "another")
    ledger.account()
    before = stored(tables, "another", ids=True)

    with pytest.raises(ForeignLedger) as caught:
        ledger.restore(tmp_path / NAME)
    assert str(caught.value) == (
        f"{tmp_path / NAME} is the ledger of megabot, and the settings are for another, so nothing was "
        "restored"
    )
    assert stored(tables, "another", ids=True) == before


def damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:9000])


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
        connection.execute("UPDATE written_by SET version = '99.0'")


def gone(path: Path) -> None:
    path.unlink()


def text_file(path: Path) -> None:
    path.write_text("This is no ledger.")


@pytest.mark.parametrize(
    ("spoil", "kind", "why"),
    [
        (damaged, LedgerError, "{} is not a ledger that can be restored: "),
        (text_file, LedgerError, "{} is not a ledger that can be restored: "),
        (newer, NewerLedger, "the ledger {} was written by a newer megabot ("),
        (gone, LedgerError, "{} cannot be read: No such file or directory"),
    ],
)
def test_a_file_that_cannot_be_restored_is_named_and_nothing_changes(
    tables: Database,
    shared: SharedDatabase,
    tmp_path: Path,
    spoil: Callable[[Path], None],
    kind: type[Exception],
    why: str,
) -> None:
    path, ledger = tmp_path / NAME, ledger_of(shared, f"spoilt-{spoil.__name__}")
    fill(in_file(tmp_path), path)
    spoil(path)
    ledger.account()
    before = stored(tables, f"spoilt-{spoil.__name__}", ids=True)

    with pytest.raises(kind) as caught:
        ledger.restore(path)
    assert str(caught.value).startswith(why.format(path))
    assert stored(tables, f"spoilt-{spoil.__name__}", ids=True) == before


KILLED = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA cache_size = 1")  # so that half of the change reaches the file
connection.execute("BEGIN")
connection.execute("UPDATE texts SET body = body || hex(zeroblob(20000))")
connection.execute("UPDATE posts SET title = 'never committed'")
os._exit(0)
"""


def test_what_a_killed_process_left_half_written_is_not_restored(
    shared: SharedDatabase, tmp_path: Path
) -> None:
    fill(in_file(tmp_path), tmp_path / NAME)
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / NAME)], check=True)
    assert (tmp_path / f"{NAME}-journal").stat().st_size > 0
    ledger = ledger_of(shared, "megabot", "killed.example")
    ledger.restore(tmp_path / NAME)

    assert {record.title for record in ledger.posts("old")} == {POST.title}
    assert {text.body for text in ledger.texts("old")} == {"Body " * 50}


def test_a_restore_that_is_cut_off_leaves_an_empty_account(
    tables: Database, shared: SharedDatabase, tmp_path: Path
) -> None:
    fill(in_file(tmp_path), tmp_path / NAME)
    with TrafficProxy(tables.server.folder) as proxy:
        through = SharedDatabase(proxy.url(tables.name))
        ledger = ledger_of(through, "megabot", "cut.example")
        ledger.account()
        for side in Side:
            for cut in (2, 7, 20):
                proxy.use(Cut(cut, Unit.STATEMENTS, side))
                with pytest.raises(DatabaseAway, match="the connection was lost; try again in a moment"):
                    ledger.restore(tmp_path / NAME)
                there = ledger_of(shared, "megabot", "cut.example")
                assert (there.history(9), there.alerts(), there.threads()) == ((), {}, ())
        ledger.restore(tmp_path / NAME)
        through.close()

    assert len(ledger_of(shared, "megabot", "cut.example").posts("old")) == 5


# -- accounts that share a database

SENT = SentAlert(SentAlertState.SENT, "it is later", LATER)


def begin_next(ledger: Ledger) -> None:
    """Begin to send the next copy of an edition that is done."""
    copies = [intent.new.copy for intent in ledger.intents("old") if intent.new.edition == "2024-W11"]
    ledger.begin_intent(
        NewIntent(
            kind=IntentKind.PUBLISH,
            thread="old",
            edition="2024-W11",
            at=MONDAY_NOON,
            copy=max(copies, default=0) + 1,
        )
    )


CHANGES: dict[str, Callable[[Ledger], None]] = {
    "change_account": lambda ledger: ledger.change_account(lambda one: replace(one, api="v3")),
    "change_thread": lambda ledger: ledger.change_thread("old", lambda _: replace(THREAD, pinned=True)),
    "begin_intent": begin_next,
    "resolve_intent": lambda ledger: ledger.resolve_intent(
        ledger.history(1)[0].id, IntentState.REFUSED, at=LATER, note="no"
    ),
    "record_post": lambda ledger: ledger.record_post(replace(POST, post_id=1, title="Changed")),
    "forget_post": lambda ledger: ledger.forget_post(2),
    "keep_text": lambda ledger: ledger.keep_text(replace(TEXT, post_id=1, body="Changed")),
    "keep_command": lambda ledger: ledger.keep_command(replace(HEARD, key="message:1", answer="Changed")),
    "set_confirmations": lambda ledger: ledger.set_confirmations(()),
    "set_comment_replies": lambda ledger: ledger.set_comment_replies((LATER,)),
    "set_overrides": lambda ledger: ledger.set_overrides("old", (HELD,)),
    "change_highlights": lambda ledger: ledger.change_highlights("old", "2026-W47", lambda _: ()),
    "opt_out": lambda ledger: ledger.opt_out(a_highlight().actor),
    "raise_alert": lambda ledger: ledger.raise_alert("old:late", "it is later"),
    "clear_alert": lambda ledger: ledger.clear_alert("old:late"),
    "set_sent_alerts": lambda ledger: ledger.set_sent_alerts({"b": SENT}),
    "set_alert_wish": lambda ledger: ledger.set_alert_wish(4, on=True),
    "keep_community": lambda ledger: ledger.keep_community("news", replace(PLACE, id=5)),
    "keep_person": lambda ledger: ledger.keep_person("kim", 5),
    "keep_image": lambda ledger: ledger.keep_image("key", "", "changed"),
    "keep_job": lambda ledger: ledger.keep_job(Job.LINKS, JobRun(position=9), "old"),
    "change_web_access": lambda ledger: ledger.change_web_access(lambda _: (replace(LINK, until=LATER),)),
    "keep_web_draft": lambda ledger: ledger.keep_web_draft(replace(WEB_DRAFT, thread="old", text="Changed")),
    "drop_web_draft": lambda ledger: ledger.drop_web_draft("old", WEB_DRAFT.edition, WEB_DRAFT.actor),
    "prune": lambda ledger: ledger.prune(LATER.replace(year=2036), ignored_before=LATER.replace(year=2036)),
}


def test_each_write_of_the_ledger_is_among_the_changes() -> None:
    assert set(CHANGES) == WRITES


def test_no_write_of_one_account_changes_a_row_of_another(tables: Database, shared: SharedDatabase) -> None:
    mine, others = filled(shared, "mine"), filled(shared, "others")
    with mine.service_lock(on_wait=pytest.fail), others.service_lock(on_wait=pytest.fail):
        before = stored(tables, "others", ids=True)
        assert set(before) == {table.name for table in METADATA.sorted_tables if "account_id" in table.c} | {
            "accounts"
        }
        assert all(before.values())
        for name, change in CHANGES.items():
            own = stored(tables, "mine")
            change(mine)
            assert stored(tables, "mine") != own, name
            assert without_ends(stored(tables, "others", ids=True)) == without_ends(before), name
        mine.keep_token_text("changed")
        assert others.token_text() == TOKEN


def without_ends(rows: Rows) -> Rows:
    """Leave out until when claims last, which the background puts off."""
    return rows | {"claims": [{**row, "until": None} for row in rows["claims"]]}


def test_an_account_reads_nothing_of_another(shared: SharedDatabase) -> None:
    filled(shared, "full")
    empty, fake = ledger_of(shared, "empty"), FakeLedger()

    for name in READS - {"pass_lock", "revision"}:
        arguments = _arguments(getattr(Ledger, name))
        assert getattr(empty, name)(**arguments) == getattr(fake, name)(**arguments), name
    assert empty.token_text() is None


def test_an_intent_of_another_account_cannot_be_resolved(shared: SharedDatabase) -> None:
    theirs = ledger_of(shared, "theirs").begin_intent(PUBLISH)

    with pytest.raises(LedgerError, match="is gone"):
        ledger_of(shared, "not-theirs").resolve_intent(theirs.id, IntentState.DONE, at=LATER)
    assert ledger_of(shared, "theirs").intents("birds") == (theirs,)


def test_what_is_forgotten_of_one_account_is_kept_of_another(
    tables: Database, shared: SharedDatabase
) -> None:
    mine, theirs = ledger_of(shared, "forgets"), ledger_of(shared, "remembers")
    edit = replace(PUBLISH, kind=IntentKind.EDIT, post_id=7, draft=DRAFT)
    for ledger in (mine, theirs):
        weeks_of(ledger, 4)
        for _ in range(2):
            ledger.resolve_intent(ledger.begin_intent(edit).id, IntentState.DONE, at=LATER)
        for state in (CommandState.CLOSED, CommandState.IGNORED):
            ledger.keep_command(replace(HEARD, key=state.value, state=state))
    whole = stored(tables, "remembers")
    assert stored(tables, "forgets")["intents"] == whole["intents"]

    mine.prune(LATER, ignored_before=LATER)

    assert stored(tables, "remembers") == whole
    forgotten = stored(tables, "forgets")
    assert {name for name in ("intents", "posts", "commands") if forgotten[name] == whole[name]} == set()


def test_only_edits_of_the_same_account_make_one_superseded(shared: SharedDatabase) -> None:
    edit = replace(PUBLISH, kind=IntentKind.EDIT, post_id=7, draft=DRAFT)
    first, second = ledger_of(shared, "edits-first"), ledger_of(shared, "edits-second")
    for ledger in (first, second):
        ledger.resolve_intent(ledger.begin_intent(edit).id, IntentState.DONE, at=LATER)

    first.prune(LATER, ignored_before=LATER)

    assert [intent.new.draft for intent in first.intents("birds")] == [DRAFT]


def test_old_writes_are_kept_however_many_newer_posts_another_account_has(shared: SharedDatabase) -> None:
    busy, quiet = ledger_of(shared, "busy"), ledger_of(shared, "quiet")
    for number in (1, 2, 3):
        busy.record_post(replace(POST, post_id=number, slot=LATER.replace(year=2030 + number)))
    quiet.resolve_intent(quiet.begin_intent(PUBLISH).id, IntentState.DONE, at=LATER)
    quiet.record_post(POST)

    quiet.prune(LATER.replace(year=2040), ignored_before=LATER)

    assert len(quiet.intents("birds")) == 1
    assert quiet.posts("birds") == (POST,)


def test_the_texts_of_a_thread_are_those_of_the_accounts_own_posts(shared: SharedDatabase) -> None:
    mine, theirs = ledger_of(shared, "my-texts"), ledger_of(shared, "their-texts")
    theirs.record_post(POST)
    for ledger in (mine, theirs):
        ledger.keep_text(TEXT)

    assert (mine.texts("birds"), theirs.texts("birds")) == ((), (TEXT,))


@pytest.mark.parametrize("seed", range(3))
def test_accounts_that_change_at_random_are_each_as_if_alone(
    tables: Database, shared: SharedDatabase, seed: int
) -> None:
    random, names = Random(seed), [f"random-{seed}-{letter}" for letter in "ab"]
    ledgers = {name: filled(shared, name) for name in names}
    done: dict[str, list[str]] = {name: [] for name in names}
    for _ in range(30):
        name, change = random.choice(names), random.choice(sorted(CHANGES))
        CHANGES[change](ledgers[name])
        done[name].append(change)

    for name in names:
        alone = filled(shared, f"{name}-alone")
        for change in done[name]:
            CHANGES[change](alone)
        assert not_secret(stored(tables, f"{name}-alone")) == not_secret(stored(tables, name))


# -- a server at a new address


def moved_to(address: str, name: str) -> AccountState:
    return replace(ACCOUNT, owner=Owner(name=name, host=ADDRESS, address=address))


def test_an_account_goes_on_with_its_rows_and_its_new_token_at_a_new_address(
    tables: Database, shared: SharedDatabase
) -> None:
    old = filled(shared, "moving")
    rows = stored(tables, "moving")
    moved = ledger_of(shared, "moving", "new.example")
    assert moved.threads() == ()
    moved.keep_token_text("token of the new address")
    moved.change_account(lambda _: moved_to("new.example", "moving"))

    assert moved.posts("old") == old.posts("old")
    after = stored(tables, "moving")
    assert [row["address"] for row in after["accounts"]] == ["new.example"]
    assert after["tokens"] == [{"content": "token of the new address"}]
    assert {**not_secret(after), "accounts": []} == {**not_secret(rows), "accounts": []}
    assert ledger_of(shared, "moving", "new.example").posts("old") == old.posts("old")


def test_a_new_address_without_a_sign_in_leaves_the_token_as_it_is(
    tables: Database, shared: SharedDatabase
) -> None:
    filled(shared, "quiet")
    moved = ledger_of(shared, "quiet", "new.example")
    moved.change_account(lambda _: moved_to("new.example", "quiet"))

    assert moved.token_text() == TOKEN
    assert len(stored(tables, "quiet")["accounts"]) == 1


def test_two_histories_are_never_joined(tables: Database, shared: SharedDatabase) -> None:
    filled(shared, "apart")
    other = ledger_of(shared, "apart", "new.example")
    other.begin_intent(PUBLISH)
    other.change_account(lambda _: moved_to("new.example", "apart"))

    assert other.threads() == ("birds",)
    assert len(stored(tables, "apart")["accounts"]) == 2
