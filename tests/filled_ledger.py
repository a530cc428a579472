"""A ledger on disk with a row in every table, what can be wrong with its file, and whether it is usable."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Table

from megabot.errors import LedgerError
from megabot.ledger.column_types import Moment, OneOf, Words
from megabot.ledger.file import VERSION
from megabot.ledger.integrity import APPLICATION_ID
from megabot.ledger.migrations.first_tables import STEPS
from megabot.ledger.port import Ledger
from megabot.ledger.records import IntentKind, IntentState, NewIntent
from megabot.ledger.sqlite import SqliteLedger
from megabot.ledger.state import Job, JobRun, SentAlert, SentAlertState
from megabot.ledger.tables import METADATA
from tests.contract.test_ledger import DRAFT, HEARD, LATER, POST, TEXT
from tests.contract.test_ledger_state import ACCOUNT, ESSAY, HELD, MOVED, PLACE, THREAD, WAITING
from tests.contract.test_ledger_web import DRAFT as WEB_DRAFT
from tests.contract.test_ledger_web import LINK, SESSION
from tests.fakes import MONDAY_NOON
from tests.site_editions import a_highlight

NOT_USED_IN_A_FILE = (
    "INSERT INTO claims VALUES (1, 'pass', 'a host', 3, '2026-11-16T12:00:00.000000+00:00')",
    "INSERT INTO tokens VALUES (1, '{}')",
    "INSERT INTO hosts VALUES ('a host', '2026-11-16T12:00:00.000000+00:00', 0)",
)
"""Rows for the tables that only PostgreSQL uses."""


def fill(ledger: SqliteLedger, path: Path) -> None:
    """Put rows into every table of the ledger at a path, and close it."""
    ledger.change_account(lambda _: ACCOUNT)
    fill_tables(ledger)
    ledger.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in NOT_USED_IN_A_FILE:
            connection.execute(statement)


def fill_tables(ledger: Ledger) -> None:
    """Put rows into every table except those that only PostgreSQL uses and that of the account."""
    ledger.change_thread("old", lambda _: THREAD)
    ledger.keep_image("key", "", "value")
    for number in range(1, 6):
        edition, body = f"2024-W1{number}", "Body " * 50
        new = NewIntent(
            kind=IntentKind.PUBLISH,
            thread="old",
            edition=edition,
            at=MONDAY_NOON,
            draft=replace(DRAFT, body=body),
        )
        ledger.resolve_intent(ledger.begin_intent(new).id, IntentState.DONE, at=MONDAY_NOON)
        ledger.record_post(replace(POST, thread="old", post_id=number, edition=edition))
        ledger.keep_text(replace(TEXT, post_id=number, body=body))
        ledger.keep_command(replace(HEARD, key=f"message:{number}"))
    keep_the_rest(ledger, "old")


def keep_the_rest(ledger: Ledger, thread: str) -> None:
    """Put a row into each table that is about more than intents, posts and commands."""
    ledger.set_confirmations((WAITING,))
    ledger.set_comment_replies((MONDAY_NOON, LATER))
    ledger.set_overrides(thread, (HELD, MOVED, ESSAY))
    ledger.change_highlights(thread, "2026-W47", lambda _: (a_highlight(),))
    ledger.opt_out("https://lemmy.example/u/sam")
    ledger.raise_alert(f"{thread}:late", "it is late")
    ledger.set_sent_alerts({"a": SentAlert(SentAlertState.SENT, "it is late", LATER)})
    ledger.set_alert_wish(4, on=False)
    ledger.keep_community("news", PLACE)
    ledger.keep_person("kim", 4)
    ledger.change_web_access(lambda _: (LINK, SESSION))
    ledger.keep_web_draft(replace(WEB_DRAFT, thread=thread))
    for job in Job:
        ledger.keep_job(job, JobRun(at=LATER, position=3), thread)


def read_everything(ledger: SqliteLedger) -> None:
    ledger.account(), ledger.claims(), ledger.revision(), ledger.history(100)
    ledger.commands(100), ledger.open_commands(), ledger.confirmations(), ledger.comment_replies()
    ledger.web_access(), ledger.opted_out(), ledger.alerts(), ledger.sent_alerts(), ledger.alert_wishes()
    ledger.community("news"), ledger.person_id("kim"), ledger.image_url("key", "")
    for thread in (*ledger.threads(), "old"):
        ledger.thread(thread), ledger.intents(thread), ledger.posts(thread), ledger.texts(thread)
        ledger.recent_posts(thread), ledger.overrides(thread)
        for edition in ledger.highlighted_editions(thread):
            ledger.highlights(thread, edition)
        ledger.web_drafts(thread, "2026-W48")
        for job in Job:
            ledger.job(job, thread)


def assert_usable(ledger: SqliteLedger) -> None:
    """Read all that there is, write to every table, and read that again."""
    read_everything(ledger)
    new = NewIntent(kind=IntentKind.PUBLISH, thread="new", edition="2026-W47", at=MONDAY_NOON)
    begun = ledger.begin_intent(new)
    with pytest.raises(LedgerError, match="not sent again"):
        ledger.begin_intent(new)
    record, heard = replace(POST, post_id=99, thread="new"), replace(HEARD, key="message:99")
    ledger.record_post(record)
    ledger.keep_text(replace(TEXT, post_id=99))
    ledger.keep_command(heard)
    ledger.keep_image("new", "", "one")
    ledger.change_account(lambda _: ACCOUNT)
    ledger.change_thread("new", lambda _: THREAD)
    keep_the_rest(ledger, "new")
    ledger.close()

    assert ledger.intents("new") == (begun,)
    assert ledger.posts("new") == (record,)
    assert ledger.texts("new") == (replace(TEXT, post_id=99),)
    assert ledger.command("message:99") == heard
    assert ledger.image_url("new", "") == "one"
    assert (ledger.account().api, ledger.thread("new")) == (ACCOUNT.api, THREAD)
    assert ledger.overrides("new") == (HELD, MOVED, ESSAY)
    assert ledger.highlights("new", "2026-W47") == (a_highlight(),)
    assert ledger.alerts()["new:late"] == "it is late"
    assert ledger.web_access() == (LINK, SESSION)
    assert ledger.web_drafts("new", "2026-W48") == (replace(WEB_DRAFT, thread="new"),)
    ledger.close()


def damages() -> Iterator[str]:
    """Yield statements that each leave a filled ledger which this megabot cannot have written."""
    for table in METADATA.sorted_tables:
        yield f"DROP TABLE {table}"
        yield from (
            f"DROP INDEX {index.name}" for index in sorted(table.indexes, key=lambda one: str(one.name))
        )
        yield from _wrong_values(table)
    yield from _WRONG
    for version in {*range(-1, VERSION + 2)} - {VERSION}:
        yield f"PRAGMA user_version = {version}"


def _wrong_values(table: Table) -> Iterator[str]:
    for column in table.columns:
        wrong = {
            Moment: ["'noon'", "''", "'2026-11-16T12:00:00'"],
            OneOf: ["'dance'", "''"],
            # Text that is not UTF-8.
            Words: ["CAST(x'c328' AS TEXT)"],
        }.get(type(column.type), [])
        for value in wrong:
            # In one row, because all rows with one key would not fit into the table.
            yield (
                f"UPDATE {table} SET {column.name} = {value} "  # noqa: S608
                f"WHERE rowid = (SELECT max(rowid) FROM {table})"
            )


_WRONG = (
    "UPDATE accounts SET languages = '['",
    "UPDATE accounts SET languages = '[]'",
    'UPDATE accounts SET languages = \'{"en": "many"}\'',
    "UPDATE accounts SET id = 2",
    "DELETE FROM accounts",
    "INSERT INTO accounts (id, name, host, address, override_changes) VALUES (2, 'a', 'b', 'c', 0)",
    "UPDATE posts SET account_id = 2 WHERE post_id = 3",
    "UPDATE alembic_version SET version_num = '0005'",
    "UPDATE alembic_version SET version_num = '9999'",
    "DELETE FROM alembic_version",
    "DELETE FROM written_by",
    "INSERT INTO written_by VALUES ('0.0.9')",
    "UPDATE threads SET note_at = NULL",
    "UPDATE threads SET home_pin = NULL",
    "UPDATE intents SET draft = '[' WHERE id = 3",
    "UPDATE intents SET draft = '[]' WHERE id = 3",
    "UPDATE intents SET draft = '{\"cake\": 1}' WHERE id = 3",
    f"UPDATE intents SET draft = '{'[' * 100_000}' WHERE id = 3",  # noqa: S608
    "UPDATE alerts SET sentence = '['",
    "UPDATE alerts SET sentence = '[[1, 2, 3]]'",
    "UPDATE sent_alerts SET sentence = '['",
    "UPDATE sent_alerts SET sentence = '[[\"a\"]]'",
    "ALTER TABLE posts DROP COLUMN title",
    "ALTER TABLE posts ADD COLUMN more TEXT",
    "CREATE TABLE more (x TEXT)",
    "CREATE INDEX more ON posts (title)",
    "CREATE VIEW more AS SELECT * FROM posts",
    "CREATE TRIGGER more AFTER INSERT ON posts BEGIN DELETE FROM intents; END",
    "PRAGMA application_id = 1",
    "PRAGMA journal_mode = WAL",
)


def write_old_ledger(path: Path, version: int, *statements: str) -> None:
    """Write an empty ledger of a version from before Alembic, and run statements on it."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for step in STEPS[:version]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {version}")
        for statement in statements:
            connection.execute(statement)
