"""A ledger from before the page for moderators gets its tables, and keeps its commands."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool, StaticPool

from megabot.ledger import schema
from megabot.ledger.port import Ledger
from megabot.ledger.postgres.shared_database import SharedDatabase
from megabot.ledger.sqlite import SqliteLedger
from megabot.ledger.tables import COMMANDS
from tests.contract.test_ledger import HEARD
from tests.contract.test_ledger_web import DRAFT, LINK, SESSION
from tests.fakes import FakeClock
from tests.filled_ledger import assert_usable, write_old_ledger
from tests.postgres import Database
from tests.shared_accounts import ADDRESS, ledger_of

BEFORE = "0006"
COLUMNS = [column.name for column in COMMANDS.columns if column.name not in {"id", "expects"}]
VALUES = {
    "account_id": "1",
    "key": f"'{HEARD.key}'",
    "at": f"'{HEARD.at.isoformat(timespec='microseconds')}'",
    "state": f"'{HEARD.state}'",
    "author": f"'{HEARD.by}'",
    "actor": f"'{HEARD.actor}'",
    "verb": f"'{HEARD.verb}'",
    "threads": f"'{' '.join(HEARD.threads)}'",
    "said": "''",
    "answer": "''",
    "person_id": str(HEARD.person_id),
    "post_id": str(HEARD.post_id),
    "comment_id": str(HEARD.comment_id),
}
# As a megabot of that version writes it, which may still run on another host after the migration.
INSERT = f"INSERT INTO commands ({', '.join(COLUMNS)}) VALUES ({', '.join(VALUES[name] for name in COLUMNS)})"  # noqa: S608
KEPT = replace(HEARD, said="", answer="")


def assert_migrated(ledger: Ledger) -> None:
    assert ledger.command(HEARD.key) == KEPT
    assert (ledger.web_access(), ledger.web_drafts("birds", "2026-W48")) == ((), ())
    ledger.change_web_access(lambda _: (LINK, SESSION))
    ledger.keep_web_draft(DRAFT)
    ledger.keep_command(replace(KEPT, expects="0c"))
    assert ledger.web_access() == (LINK, SESSION)
    assert ledger.web_drafts("birds", "2026-W48") == (DRAFT,)
    assert ledger.command(HEARD.key) == replace(KEPT, expects="0c")


@contextmanager
def connected(raw: sqlite3.Connection) -> Iterator[Connection]:
    with create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool).begin() as connection:
        yield connection


def test_on_sqlite(tmp_path: Path) -> None:
    write_old_ledger(path := tmp_path / "ledger.db", 4)
    with closing(sqlite3.connect(path)) as raw, connected(raw) as connection:
        schema.upgrade(connection, BEFORE)
        connection.exec_driver_sql("INSERT INTO written_by VALUES ('0.3.0')")
        connection.exec_driver_sql(INSERT)
        connection.exec_driver_sql(f"PRAGMA user_version = {int(BEFORE)}")
    ledger = SqliteLedger(
        tmp_path, FakeClock(), on_wait=lambda: None, on_set_aside=lambda why: pytest.fail(str(why))
    )

    assert_migrated(ledger)
    assert_usable(ledger)


def test_on_postgresql_also_while_a_host_of_the_earlier_version_writes(database: Database) -> None:
    engine = create_engine(database.url, poolclass=NullPool)
    with engine.begin() as connection:
        schema.upgrade(connection, BEFORE)
        connection.exec_driver_sql("INSERT INTO written_by VALUES ('0.3.0')")
        columns, values = "id, name, host, address, override_changes", f"1, 'megabot', '', '{ADDRESS}', 0"
        connection.exec_driver_sql(f"INSERT INTO accounts ({columns}) VALUES ({values})")  # noqa: S608
    shared = SharedDatabase(database.url)
    ledger = ledger_of(shared)
    assert ledger.web_access() == ()
    with engine.begin() as connection:
        connection.exec_driver_sql(INSERT)

    assert_migrated(ledger)
    shared.close()
