"""A write to the database that fails in the middle: all or nothing is stored, and the next call works."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from psycopg import sql

from megabot.errors import Busy, DatabaseAway, LedgerError
from megabot.ledger.postgres.ledger import PostgresLedger
from megabot.ledger.postgres.shared_database import SharedDatabase
from megabot.ledger.records import CommandState, IntentKind, IntentState, NewIntent
from megabot.ledger.state import ThreadState
from tests.contract.test_ledger import DRAFT, HEARD, POST
from tests.fakes import MONDAY_NOON
from tests.postgres import Cut, Database, PostgresServer, Side, TrafficProxy, Unit
from tests.shared_accounts import ledger_of, stored, where

PUBLISH = NewIntent(kind=IntentKind.PUBLISH, thread="birds", edition="2026-W47", at=MONDAY_NOON, draft=DRAFT)
LOST = "the connection was lost; try again in a moment"
FROZEN = "cannot be used: this process stood still for too long within a change, which was undone; try again"
LATER = MONDAY_NOON + timedelta(days=900)


@pytest.fixture(scope="module")
def tables(postgres: PostgresServer) -> Iterator[Database]:
    """A database with the ledger's tables; each test is another account in it."""
    database = postgres.create_database()
    shared = SharedDatabase(database.url)
    _ = shared.engine
    yield database
    shared.close()
    database.drop()


@pytest.fixture
def shared(tables: Database) -> Iterator[SharedDatabase]:
    shared = SharedDatabase(tables.url)
    yield shared
    shared.close()


# -- a cut at each statement


def begin(ledger: PostgresLedger) -> None:
    ledger.begin_intent(PUBLISH)


def resolve(ledger: PostgresLedger) -> None:
    (intent,) = ledger.intents("fish")
    ledger.resolve_intent(intent.id, IntentState.DONE, at=LATER, note="seen")


def record(ledger: PostgresLedger) -> None:
    ledger.record_post(replace(POST, post_id=99))


def change(ledger: PostgresLedger) -> None:
    ledger.change_account(lambda account: replace(account, override_changes=7))


def prune(ledger: PostgresLedger) -> None:
    ledger.prune(LATER, ignored_before=LATER)


def opt_out(ledger: PostgresLedger) -> None:
    ledger.opt_out("https://lemmy.example/u/sam")


WRITES = (begin, resolve, record, change, prune, opt_out)


def with_a_past(shared: SharedDatabase, name: str) -> PostgresLedger:
    """Give an account an open intent, and rows that `prune` deletes or shortens."""
    ledger = ledger_of(shared, name)
    ledger.begin_intent(replace(PUBLISH, thread="fish"))
    done = ledger.begin_intent(replace(PUBLISH, kind=IntentKind.PIN, thread="old"))
    ledger.resolve_intent(done.id, IntentState.DONE, at=MONDAY_NOON)
    ledger.keep_command(replace(HEARD, state=CommandState.IGNORED))
    return ledger


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.__name__)
def test_a_connection_cut_at_any_statement_leaves_all_or_nothing(
    tables: Database,
    shared: SharedDatabase,
    write: Callable[[PostgresLedger], None],
    side: Side,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    name = f"{write.__name__}-{side.name}"
    write(with_a_past(shared, f"{name}-whole"))
    done, sentences, cuts = stored(tables, f"{name}-whole"), set(), 0
    with TrafficProxy(tables.server.folder) as proxy:
        through = SharedDatabase(proxy.url(tables.name))
        ledger_of(through, f"{name}-first").account()
        for cuts in range(100):
            account = f"{name}-{cuts}"
            with_a_past(shared, account)
            before, ledger = stored(tables, account), ledger_of(through, account)
            ledger.revision()
            proxy.use(Cut(cuts, Unit.STATEMENTS, side))
            try:
                write(ledger)
            except DatabaseAway as error:
                sentences.add(str(error))
                after = stored(tables, account)
                assert name_of(after, account) in (
                    name_of(before, account),
                    name_of(done, account, f"{name}-whole"),
                )
                assert_goes_on(ledger, write)
            else:
                assert name_of(stored(tables, account), account) == name_of(done, account, f"{name}-whole")
            if not proxy.happened:
                break
        proxy.use(None)
        through.close()

    assert cuts > 3
    assert sentences == {f"the database {tables.name} on 127.0.0.1 cannot be used: " + LOST}
    assert not [record for record in caplog.records if record.levelno > logging.INFO]


def name_of(rows: object, account: str, other: str = "") -> str:
    """Return rows as text, with the account's name in place of another one."""
    return repr(rows).replace(repr(other or account), repr(account))


def assert_goes_on(ledger: PostgresLedger, write: Callable[[PostgresLedger], None]) -> None:
    """Write again, without a restart: a copy that may have been sent is never begun a second time."""
    if write is not begin:
        write(ledger)
        return
    known = ledger.intents("birds")
    if known:
        with pytest.raises(LedgerError, match="was already sent, or may have been"):
            write(ledger)
    else:
        write(ledger)
    (intent,) = ledger.intents("birds")
    assert (intent.state, intent.new) == (IntentState.SENDING, PUBLISH)


def test_a_begin_whose_commit_gets_no_reply_is_found_open(tables: Database, shared: SharedDatabase) -> None:
    with TrafficProxy(tables.server.folder) as proxy:
        through = SharedDatabase(proxy.url(tables.name))
        ledger = ledger_of(through, "commit")
        ledger.revision()
        proxy.use(None)
        ledger.begin_intent(replace(PUBLISH, thread="count"))
        statements = proxy.count(Side.REPLIES, Unit.STATEMENTS)
        proxy.use(Cut(statements - 1, Unit.STATEMENTS, Side.REPLIES))
        with pytest.raises(DatabaseAway):
            ledger.begin_intent(PUBLISH)

        assert [intent.state for intent in ledger.intents("birds")] == [IntentState.SENDING]
        with pytest.raises(LedgerError, match="it is not sent again"):
            ledger.begin_intent(PUBLISH)
        through.close()


@pytest.mark.parametrize("side", Side)
def test_a_first_start_that_is_cut_off_leaves_all_tables_or_none(database: Database, side: Side) -> None:
    sentences = set()
    with TrafficProxy(database.server.folder) as proxy:
        for cut in (*range(0, 12, 2), *range(12, 100, 9)):
            through = SharedDatabase(proxy.url(database.name))
            proxy.use(Cut(cut, Unit.STATEMENTS, side))
            try:
                ledger_of(through).account()
            except DatabaseAway as error:
                sentences.add(str(error).rpartition("; ")[2])
            proxy.use(None)
            through.close()
            if tables_in(database):
                break

    assert sentences == {"try again in a moment"}
    after = SharedDatabase(database.url)
    ledger_of(after).begin_intent(PUBLISH)
    assert len(ledger_of(after).intents("birds")) == 1
    after.close()


def tables_in(database: Database) -> int:
    with database.server.admin(database.name) as admin:
        found = admin.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert found is not None
    return int(found[0])


@contextmanager
def inserts_fail(database: Database, code: str, message: str) -> Iterator[None]:
    """Make each new intent fail with an error of PostgreSQL's; a disk cannot be filled on every machine."""
    with database.server.admin(database.name) as admin:
        raised = sql.SQL(
            "CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION USING ERRCODE = {}, MESSAGE = {}; END $$"
        )
        admin.execute(raised.format(sql.Literal(code), sql.Literal(message)))
        admin.execute("CREATE TRIGGER fails BEFORE INSERT ON intents EXECUTE FUNCTION fails()")
        yield
        admin.execute("DROP FUNCTION fails CASCADE")


@pytest.mark.parametrize(
    ("code", "kind", "why"),
    [
        ("53100", DatabaseAway, "cannot be used: its disk is full; free some space there and try again"),
        ("53200", LedgerError, "cannot be used: no more (error 53200); see the server's log"),
        ("57014", Busy, "is busy: it takes too long to answer; try again in a moment"),
        ("55P03", Busy, "is busy: another transaction holds a row for too long; try again in a moment"),
        ("40001", Busy, "is busy: another transaction was in the way; try again in a moment"),
        ("40P01", Busy, "is busy: another transaction was in the way; try again in a moment"),
        ("XX001", LedgerError, "cannot be used: no more (error XX001); see the server's log"),
        ("25P03", DatabaseAway, FROZEN),
    ],
)
def test_a_write_that_fails_says_why_and_leaves_nothing(
    tables: Database, code: str, kind: type[LedgerError], why: str
) -> None:
    shared = SharedDatabase(tables.url)
    ledger = ledger_of(shared, code)
    ledger.revision()
    before = stored(tables, code, ids=True)

    with inserts_fail(tables, code, "no more"), pytest.raises(kind) as caught:
        ledger.begin_intent(PUBLISH)

    assert str(caught.value) == f"{where(tables)} {why}"
    assert stored(tables, code, ids=True) == before
    ledger.resolve_intent(ledger.begin_intent(PUBLISH).id, IntentState.DONE, at=MONDAY_NOON)
    shared.close()


def test_a_token_is_in_no_error_of_a_write_that_fails(
    tables: Database, caplog: pytest.LogCaptureFixture
) -> None:
    shared = SharedDatabase(tables.url)
    ledger = ledger_of(shared, "token")
    caplog.set_level(logging.INFO)  # a library at debug level also logs what it reads

    with tables.server.admin(tables.name) as admin:
        admin.execute("ALTER TABLE tokens ADD CONSTRAINT short CHECK (length(content) < 9)")
        with pytest.raises(LedgerError, match="violates check constraint") as caught:
            ledger.keep_token_text("token-canary")
        admin.execute("ALTER TABLE tokens DROP CONSTRAINT short")

    assert "token-canary" not in f"{caught.value} {caught.value!r} {caplog.text}"
    assert ledger.token_text() is None
    shared.close()


def test_a_connection_that_an_admin_ends_is_lost_and_the_next_one_works(tables: Database) -> None:
    shared = SharedDatabase(tables.url)
    ledger = ledger_of(shared, "ended")
    ledger.revision()
    before = stored(tables, "ended", ids=True)

    def change(thread: ThreadState) -> ThreadState:
        tables.terminate_connections()
        return replace(thread, pinned=True)

    with pytest.raises(DatabaseAway) as caught:
        ledger.change_thread("birds", change)

    assert str(caught.value) == (
        f"{where(tables)} cannot be used: it is starting or stopping; try again in a moment"
    )
    assert stored(tables, "ended", ids=True) == before
    ledger.begin_intent(PUBLISH)
    shared.close()


@pytest.mark.parametrize("ending", ["stop", "kill"])
def test_a_server_that_comes_back_is_used_again_without_a_restart(database: Database, ending: str) -> None:
    shared = SharedDatabase(database.url)
    ledger = ledger_of(shared)
    first = ledger.begin_intent(PUBLISH)
    with database.server.admin() as admin:
        admin.execute("CHECKPOINT")  # the tests' server writes nothing to disk at once
    getattr(database.server, ending)()

    with pytest.raises(DatabaseAway, match=r"cannot be reached: .*; try again in a moment"):
        ledger.resolve_intent(first.id, IntentState.DONE, at=MONDAY_NOON)
    database.server.start()
    ledger.resolve_intent(first.id, IntentState.DONE, at=MONDAY_NOON)
    assert [intent.state for intent in ledger.intents("birds")] == [IntentState.DONE]
    shared.close()
