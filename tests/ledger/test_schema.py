"""A new ledger and one that went through all migrations have the same tables, on each database."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from megabot.ledger import migrations, schema
from megabot.ledger.file import VERSION
from megabot.ledger.integrity import has_shape
from megabot.ledger.migrations.first_tables import STEPS
from tests.postgres import Database, PostgresServer

Change = Callable[[Connection], None]
Described = dict[str, list[tuple[object, ...]]]


@contextmanager
def in_memory() -> Iterator[tuple[sqlite3.Connection, Connection]]:
    with closing(sqlite3.connect(":memory:")) as raw:
        engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
        with engine.connect() as connection:
            yield raw, connection


def on_sqlite(*changes: Change) -> Described:
    """Make a database, and describe every table, column, key and index in it."""
    with in_memory() as (raw, connection):
        for change in changes:
            change(connection)
        assert has_shape(raw, VERSION)
        names = [row[0] for row in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        indexes = "SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = 'index' AND sql <> ''"
        found: Described = {
            "indexes": [(name, table, " ".join(sql.split())) for name, table, sql in raw.execute(indexes)],
            "tables": raw.execute("SELECT name, type, ncol, wr, strict FROM pragma_table_list").fetchall(),
        }
        for name in names:
            found[f"columns of {name}"] = raw.execute(f"PRAGMA table_xinfo({name})").fetchall()
            found[f"foreign keys of {name}"] = raw.execute(f"PRAGMA foreign_key_list({name})").fetchall()
        return {what: sorted(rows, key=repr) for what, rows in found.items()}


ON_POSTGRES = {
    "columns": """
        SELECT table_name, column_name, ordinal_position, data_type, is_nullable, column_default
        FROM information_schema.columns WHERE table_schema = 'public'
    """,
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
    """,
    "sequences": "SELECT sequencename, data_type::text FROM pg_sequences WHERE schemaname = 'public'",
}


def on_postgres(server: PostgresServer, change: Change) -> Described:
    database = server.create_database()
    try:
        engine = create_engine(database.url)
        with engine.begin() as connection:
            change(connection)
            found = {
                what: sorted((tuple(row) for row in connection.exec_driver_sql(query)), key=repr)
                for what, query in ON_POSTGRES.items()
            }
        engine.dispose()
        return found
    finally:
        database.drop()


def take_the_first_steps(connection: Connection) -> None:
    for step in STEPS:
        for statement in step:
            connection.exec_driver_sql(statement)


def test_the_migrations_make_the_tables_of_a_new_ledger_on_sqlite() -> None:
    assert on_sqlite(schema.upgrade) == on_sqlite(schema.create)


def test_an_old_ledger_gets_the_tables_of_a_new_one() -> None:
    assert on_sqlite(take_the_first_steps, schema.upgrade) == on_sqlite(schema.create)


def test_the_migrations_make_the_tables_of_a_new_ledger_on_postgresql(database: Database) -> None:
    migrated, created = (on_postgres(database.server, change) for change in (schema.upgrade, schema.create))

    assert created["columns"]
    assert migrated == created


@pytest.mark.parametrize("change", [schema.create, schema.upgrade])
def test_new_tables_say_their_version_and_who_made_them(change: Change) -> None:
    with in_memory() as (raw, connection):
        change(connection)

        assert raw.execute("SELECT * FROM alembic_version").fetchall() == [(schema.HEAD,)]
        assert raw.execute("SELECT * FROM written_by").fetchall() == [(schema.own_version(),)]


def test_the_newest_migration_is_the_version_of_the_tables() -> None:
    versions = Path(str(migrations.__file__)).parent / "versions"

    numbers = sorted(path.name[1:5] for path in versions.glob("m*.py"))
    assert numbers == [f"{number:04}" for number in range(len(STEPS) + 1, VERSION + 1)]
    assert numbers[-1] == schema.HEAD
