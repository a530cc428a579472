"""A database that cannot be used: one line with the next step, and never the password."""

import logging
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import pytest
from psycopg import sql
from pydantic import SecretStr
from sqlalchemy import create_engine

from megabot.errors import ConfigError, DatabaseAway, LedgerError, MegabotError, NewerLedger
from megabot.ledger import schema
from megabot.ledger.postgres.shared_database import OLDEST, SharedDatabase, unsuitable
from megabot.ledger.records import IntentKind, NewIntent
from megabot.settings import Settings
from tests.fakes import MONDAY_NOON
from tests.postgres import Database, PostgresServer, TrafficProxy
from tests.shared_accounts import ADDRESS, given_away, ledger_of, where

CANARY = "c4nary/w:rd@7"
WRITTEN = "c4nary%2Fw%3Ard%407"
SECRETS = (CANARY, WRITTEN, "c4nary", "rd@7", "rd%407")
PUBLISH = NewIntent(kind=IntentKind.PUBLISH, thread="birds", edition="2026-W47", at=MONDAY_NOON)


@pytest.fixture(autouse=True)
def everything_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Log all that the program and its libraries have to say, and search it for the password."""
    caplog.set_level(logging.DEBUG)
    yield
    assert not [secret for secret in SECRETS if secret in caplog.text]


@pytest.fixture(scope="module")
def tables(postgres: PostgresServer) -> Iterator[Database]:
    """A database with the ledger's tables, which a test must leave as they were."""
    database = postgres.create_database()
    shared = SharedDatabase(database.url)
    _ = shared.engine
    shared.close()
    yield database
    database.drop()


@dataclass(frozen=True)
class Role:
    """A role with a password that is no superuser and owns nothing."""

    server: PostgresServer
    name: str

    def url(self, database: Database, password: str = CANARY) -> str:
        return self.server.url(database.name, user=self.name, password=password)


@contextmanager
def role_on(server: PostgresServer, name: str, limit: int = -1) -> Iterator[Role]:
    with server.admin() as admin:
        words = sql.SQL("CREATE ROLE {} LOGIN CONNECTION LIMIT {} PASSWORD {}")
        admin.execute(words.format(sql.Identifier(name), sql.Literal(limit), sql.Literal(CANARY)))
    yield Role(server, name)
    with server.admin() as admin:
        admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


@pytest.fixture
def guest(postgres: PostgresServer) -> Iterator[Role]:
    with role_on(postgres, "guest") as role:
        yield role


def refused(shared: SharedDatabase, kind: type[MegabotError] = LedgerError) -> str:
    """Return why an account's ledger cannot be read, after searching the error for the password."""
    with pytest.raises(kind) as caught:
        ledger_of(shared).account()
    assert type(caught.value) is kind
    assert not [secret for secret in SECRETS if any(secret in word for word in given_away(caught.value))]
    assert "\n" not in str(caught.value)
    shared.close()
    return str(caught.value)


# -- the address

FORM = (
    "MEGABOT_DATABASE_URL: write postgresql://USER:PASSWORD@HOST/DATABASE; an @, / or : in the password is "
    "written as %40, %2F or %3A"
)


@pytest.mark.parametrize(
    "address",
    [
        *("", "megabot", "postgresql://", "postgresql://db.example", "postgresql://db.example/"),
        f"postgresql://megabot:{CANARY}@db.example/megabot",
        "postgresql://megabot:rd@7@db.example/megabot",  # the host would be 7@db.example
        "postgresql://megabot:c4nary/megabot",  # the port would be the password
        "postgresql://megabot:5432/c4nary@db.example/megabot",
        f"postgresql://megabot:{WRITTEN}@db.example:port/megabot",
        f"postgresql://megabot:{WRITTEN}@db.example",
        f"mysql://megabot:{WRITTEN}@db.example/megabot",
        f"postgresql+asyncpg://megabot:{WRITTEN}@db.example/megabot",
        f"sqlite:///{WRITTEN}",
    ],
)
def test_an_address_of_another_form_is_refused_with_the_right_form_and_without_its_words(
    address: str,
) -> None:
    with pytest.raises(ConfigError) as caught:
        SharedDatabase(address)

    assert str(caught.value) == FORM
    assert not [secret for secret in SECRETS if any(secret in word for word in given_away(caught.value))]
    with pytest.raises(ValueError, match="write postgresql://USER:PASSWORD@HOST/DATABASE") as wrong:
        Settings(database_url=SecretStr(address))
    assert not [secret for secret in SECRETS if secret in str(wrong.value)]


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://db.example/megabot",
        "postgres://megabot@db.example:5432/megabot?sslmode=require",
        f"postgresql://megabot:{WRITTEN}@[::1]:5432/megabot",
        "postgresql:///megabot?host=/run/postgresql",
    ],
)
def test_an_address_of_the_right_form_is_accepted_and_never_shown_whole(address: str) -> None:
    shared = SharedDatabase(address)

    assert (
        WRITTEN not in f"{shared!r} {shared.url!r} {shared.url} {Settings(database_url=SecretStr(address))!r}"
    )


def test_an_option_that_postgresql_does_not_know_is_named() -> None:
    assert refused(SharedDatabase(f"postgresql://megabot:{WRITTEN}@127.0.0.1/megabot?cake=1")) == (
        'the database megabot on 127.0.0.1 cannot be used: invalid connection option "cake"; correct '
        "MEGABOT_DATABASE_URL"
    )


def test_the_log_redacts_the_password_in_each_form() -> None:
    settings = Settings(
        database_url=SecretStr(f"postgresql://m:{WRITTEN}@127.0.0.1/m?sslpassword=k%25ey-of-ssl")
    )

    assert settings.secret_texts() == [WRITTEN, CANARY, "k%ey-of-ssl", "k%25ey-of-ssl"]


# -- connecting


def test_a_wrong_password_is_refused(tables: Database, guest: Role) -> None:
    assert refused(SharedDatabase(guest.url(tables, "c4nary/another"))) == (
        f"{where(tables)} cannot be used: it refuses the password; correct it in MEGABOT_DATABASE_URL"
    )


def test_a_missing_password_is_asked_for(tables: Database, guest: Role) -> None:
    assert refused(SharedDatabase(guest.url(tables, ""))) == (
        f"{where(tables)} cannot be used: it asks for a password; write it into MEGABOT_DATABASE_URL"
    )


def test_an_unknown_user_looks_like_a_wrong_password(tables: Database) -> None:
    address = tables.server.url(tables.name, user="nobody", password=CANARY)

    assert refused(SharedDatabase(address)) == (
        f"{where(tables)} cannot be used: it refuses the password; correct it in MEGABOT_DATABASE_URL"
    )


def test_a_database_that_does_not_exist_is_named(postgres: PostgresServer) -> None:
    assert refused(SharedDatabase(postgres.url("cakes"))) == (
        f'the database cakes on {postgres.folder} cannot be used: database "cakes" does not exist; create '
        "it, or correct MEGABOT_DATABASE_URL"
    )


def test_a_server_that_is_away_is_tried_again() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]

    assert refused(SharedDatabase(f"postgresql://m:{WRITTEN}@127.0.0.1:{port}/m"), DatabaseAway) == (
        f'the database m on 127.0.0.1 cannot be reached: connection to server at "127.0.0.1", port '
        f"{port} failed: Connection refused; try again in a moment"
    )


def test_a_host_without_an_address_is_named() -> None:
    assert refused(SharedDatabase(f"postgresql://m:{WRITTEN}@db.invalid/m"), DatabaseAway) == (
        "the database m on db.invalid cannot be reached: failed to resolve host 'db.invalid': [Errno -2] "
        "Name or service not known; try again in a moment"
    )


def test_a_server_that_hangs_up_is_tried_again(tables: Database) -> None:
    with TrafficProxy(tables.server.folder) as proxy:
        proxy.refuse()
        why = refused(SharedDatabase(proxy.url(tables.name)), DatabaseAway)

    assert why.startswith(
        f"the database {tables.name} on 127.0.0.1 cannot be reached: connection to server at "
    )
    assert why.endswith("failed: server closed the connection unexpectedly; try again in a moment")


def test_a_database_that_accepts_no_connections_is_tried_again(database: Database) -> None:
    database.refuse_connections()

    assert refused(SharedDatabase(database.url), DatabaseAway) == (
        f'{where(database)} cannot be used: database "{database.name}" is '
        "not currently accepting connections; see the database server's log, or try again in a moment"
    )
    database.accept_connections()


def test_too_many_connections_are_reported(tables: Database) -> None:
    with role_on(tables.server, "crowd", limit=0) as role:
        why = refused(SharedDatabase(role.url(tables)), DatabaseAway)

    assert why == (
        f"{where(tables)} cannot be used: it has too many connections; raise "
        "max_connections or stop other programs"
    )


@contextmanager
def server_that_says(message: str) -> Iterator[int]:
    """Listen on a port, and end each connection with an error as PostgreSQL ends those it cannot serve."""
    listener = socket.create_server(("127.0.0.1", 0))
    fields = f"SFATAL\0VFATAL\0C57P03\0M{message}\0\0".encode()

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client:
                # A request to encrypt has eight bytes and is declined; what follows names the user.
                while (
                    len(client.recv(8)) == 8
                    and client.recv(1000, socket.MSG_DONTWAIT | socket.MSG_PEEK) == b""
                ):
                    client.sendall(b"N")
                client.sendall(b"E" + struct.pack("!i", len(fields) + 4) + fields)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


@pytest.mark.parametrize("state", ["starting up", "shutting down"])
def test_a_server_that_starts_or_stops_is_tried_again(state: str) -> None:
    with server_that_says(f"the database system is {state}") as port:
        address = f"postgresql://m:{WRITTEN}@127.0.0.1:{port}/m?sslmode=disable&gssencmode=disable"
        why = refused(SharedDatabase(address), DatabaseAway)

    assert why == (
        "the database m on 127.0.0.1 cannot be used: it is starting or stopping; try again in a moment"
    )


def test_a_refusal_in_another_language_is_quoted() -> None:
    with server_that_says("das Datenbanksystem startet") as port:
        address = f"postgresql://m:{WRITTEN}@127.0.0.1:{port}/m?sslmode=disable&gssencmode=disable"
        why = refused(SharedDatabase(address), DatabaseAway)

    assert why == (
        "the database m on 127.0.0.1 cannot be used: das Datenbanksystem startet; see the database server's "
        "log, or try again in a moment"
    )


# -- what is in it


@pytest.mark.parametrize(
    ("number", "encoding", "why"),
    [
        (90624, "UTF8", "runs PostgreSQL 9, and megabot needs 14 or newer; upgrade the server"),
        (130022, "UTF8", "runs PostgreSQL 13, and megabot needs 14 or newer; upgrade the server"),
        (140000, "UTF8", ""),
        (180001, "UTF8", ""),
    ],
)
def test_a_server_older_than_14_is_refused(number: int, encoding: str, why: str) -> None:
    assert unsuitable(number, encoding) == why
    assert OLDEST == 14


def test_a_database_that_cannot_store_every_character_is_refused(postgres: PostgresServer) -> None:
    with postgres.admin() as admin:
        admin.execute(
            "CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
        )

    assert refused(SharedDatabase(postgres.url("latin")), ConfigError) == (
        f"the database latin on {postgres.folder} stores text as LATIN1, which lacks characters that threads "
        "contain; create a database for megabot with: createdb --owner=megabot --encoding=UTF8 "
        "--template=template0 megabot"
    )
    with postgres.admin() as admin:
        admin.execute("DROP DATABASE latin WITH (FORCE)")


def test_a_database_of_another_program_is_refused_and_stays_as_it_was(database: Database) -> None:
    with database.server.admin(database.name) as admin:
        for name in ("cakes", "accounts", "alembic_version"):
            admin.execute(f"CREATE TABLE {name} (x int)")

    assert refused(SharedDatabase(database.url), ConfigError) == (
        f"{where(database)} contains the tables of another program "
        "(accounts, alembic_version, cakes); create a database for megabot alone, for example with: createdb "
        "--owner=megabot megabot"
    )
    assert tables_of(database) == {"cakes", "accounts", "alembic_version"}


def tables_of(database: Database) -> set[str]:
    with database.server.admin(database.name) as admin:
        found = admin.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return {str(name) for (name,) in found}


def test_a_ledger_of_a_newer_megabot_is_refused(database: Database) -> None:
    with database.server.admin(database.name) as admin:
        shared = SharedDatabase(database.url)
        _ = shared.engine
        shared.close()
        admin.execute("UPDATE alembic_version SET version_num = '9999'")
        admin.execute("UPDATE written_by SET version = '99.0'")

    assert refused(SharedDatabase(database.url), NewerLedger) == (
        f"the ledger in {where(database)} was written by a newer megabot "
        f"(its tables have version 9999, this megabot knows version {schema.HEAD}): install megabot 99.0 or "
        "newer"
    )


def test_a_ledger_of_an_earlier_version_is_migrated_with_its_rows(database: Database) -> None:
    engine = create_engine(database.url)
    with engine.begin() as connection:
        schema.upgrade(connection, "0005")
        connection.exec_driver_sql(
            "INSERT INTO accounts (id, name, host, address, override_changes) "
            "VALUES (7, 'megabot', %(host)s, %(host)s, 3)",
            {"host": ADDRESS},
        )
        connection.exec_driver_sql("INSERT INTO people VALUES (7, 'kim', 4)")
    engine.dispose()
    shared = SharedDatabase(database.url)
    ledger = ledger_of(shared)

    assert (ledger.account().override_changes, ledger.person_id("kim")) == (3, 4)
    ledger.begin_intent(PUBLISH)
    shared.close()
    with database.server.admin(database.name) as admin:
        assert admin.execute("SELECT version_num FROM alembic_version").fetchall() == [(schema.HEAD,)]
        assert admin.execute("SELECT version FROM written_by").fetchall() == [(schema.own_version(),)]


# -- rights


def test_a_role_without_rights_to_the_tables_is_told_to_own_them(tables: Database, guest: Role) -> None:
    assert refused(SharedDatabase(guest.url(tables))) == (
        f"{where(tables)} cannot be used: this user has no rights to the "
        "tables; make it the owner of the database"
    )


def test_a_role_that_may_create_nothing_is_told_to_own_the_database(database: Database, guest: Role) -> None:
    with database.server.admin(database.name) as admin:
        admin.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")  # as PostgreSQL 15 and newer

    assert refused(SharedDatabase(guest.url(database))) == (
        f"{where(database)} cannot be used: this user has no rights to the "
        "tables; make it the owner of the database"
    )
    assert tables_of(database) == set()


def test_a_new_database_in_read_only_mode_is_refused(database: Database) -> None:
    database.make_read_only()

    assert refused(SharedDatabase(database.url)) == read_only(database)
    assert tables_of(database) == set()


def read_only(database: Database) -> str:
    return (
        f"{where(database)} cannot be used: it is read-only; set "
        "MEGABOT_DATABASE_URL to the primary server, or make it writable again"
    )


def test_a_ledger_that_turns_read_only_can_be_read_and_written_again_later(database: Database) -> None:
    shared = SharedDatabase(database.url)
    ledger = ledger_of(shared)
    ledger.keep_person("kim", 4)
    database.make_read_only()
    database.terminate_connections()

    assert ledger.person_id("kim") == 4
    with pytest.raises(LedgerError) as caught:
        ledger.begin_intent(PUBLISH)
    assert str(caught.value) == read_only(database)
    database.make_writable()
    database.terminate_connections()
    ledger.begin_intent(PUBLISH)
    assert len(ledger.intents("birds")) == 1
    shared.close()


def test_a_read_only_replica_is_refused(database: Database) -> None:
    shared = SharedDatabase(database.url)
    ledger = ledger_of(shared)
    ledger.keep_person("kim", 4)
    database.server.become_replica()

    assert refused(SharedDatabase(database.url), ConfigError) == (
        f"{where(database)} is a read-only copy; set MEGABOT_DATABASE_URL to the primary server"
    )
    with pytest.raises(LedgerError) as caught:
        ledger.keep_person("kim", 5)
    assert str(caught.value) == read_only(database)
    database.server.become_primary()
    ledger.keep_person("kim", 6)
    assert ledger.person_id("kim") == 6
    shared.close()
