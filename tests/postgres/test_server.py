"""The tests' own PostgreSQL server: what it promises to other tests."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from tests.postgres import INSTALL, Database, PostgresMissing, PostgresServer, find_programs

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0  # seconds

# Prints the server's folder and process, then waits to be killed.
OWNER = """
import signal
from tests.postgres import PostgresServer
with PostgresServer() as server:
    pid = (server.folder / "data/postmaster.pid").read_text().split()[0]
    print(server.folder, pid, server.keeper, flush=True)
    signal.pause()
"""


def programs(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (folder / name).touch(mode=0o755)
    return folder


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"  # an orphan stays as a zombie if nothing collects it, as in some containers


def wait_until_gone(pid: int, folder: Path | None = None) -> None:
    end = time.monotonic() + PATIENCE
    while (is_alive(pid) or (folder is not None and folder.exists())) and time.monotonic() < end:
        time.sleep(0.02)


def process_of(server: PostgresServer) -> int:
    return int((server.folder / "data/postmaster.pid").read_text().split()[0])


def own_environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def test_a_database_is_empty_and_belongs_to_a_role_that_is_no_superuser(database: Database) -> None:
    with psycopg.connect(database.url) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        role = connection.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")

        assert tables == (0,)
        assert role.fetchone() == ("megabot", False)
        connection.execute("CREATE TABLE threads (name text)")


def test_a_database_speaks_utf_8(database: Database) -> None:
    with psycopg.connect(database.url) as connection:
        assert connection.execute("SELECT 'über 🧵'").fetchone() == ("über 🧵",)


def test_two_databases_are_separate(database: Database, postgres: PostgresServer) -> None:
    other = postgres.create_database()
    with psycopg.connect(database.url) as connection:
        connection.execute("CREATE TABLE threads (name text)")

    with psycopg.connect(other.url) as connection, pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute("SELECT * FROM threads")
    other.drop()


def test_it_listens_on_no_port_and_its_folder_is_private(postgres: PostgresServer) -> None:
    with postgres.admin() as admin:
        assert admin.execute("SHOW listen_addresses").fetchone() == ("",)
    assert postgres.folder.stat().st_mode & 0o077 == 0


def test_a_role_that_a_test_creates_needs_its_password(database: Database, postgres: PostgresServer) -> None:
    with postgres.admin() as admin:
        admin.execute("CREATE ROLE reader LOGIN PASSWORD 'right/word'")
    try:
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(postgres.url(database.name, user="reader", password="wrong"))
        psycopg.connect(postgres.url(database.name, user="reader", password="right/word")).close()
    finally:
        with postgres.admin() as admin:
            admin.execute("DROP ROLE reader")


def test_terminated_connections_end_and_new_ones_are_made(database: Database) -> None:
    with psycopg.connect(database.url, autocommit=True) as connection:
        assert database.terminate_connections() == 1
        with pytest.raises(psycopg.errors.AdminShutdown):
            connection.execute("SELECT 1")

    psycopg.connect(database.url).close()


def test_a_read_only_database_refuses_writes_until_it_is_writable_again(database: Database) -> None:
    database.make_read_only()
    with psycopg.connect(database.url) as connection, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        connection.execute("CREATE TABLE threads (name text)")

    database.make_writable()
    with psycopg.connect(database.url) as connection:
        connection.execute("CREATE TABLE threads (name text)")


def test_a_database_that_refuses_connections_accepts_them_again(database: Database) -> None:
    database.refuse_connections()
    with pytest.raises(psycopg.OperationalError, match="not currently accepting connections"):
        psycopg.connect(database.url)

    database.accept_connections()
    psycopg.connect(database.url).close()


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_what_was_committed_is_there_after_an_end_and_a_start(
    database: Database, postgres: PostgresServer, end: str
) -> None:
    with psycopg.connect(database.url) as connection:
        connection.execute("CREATE TABLE threads AS SELECT 'news' AS name")
    with postgres.admin() as admin:
        admin.execute("CHECKPOINT")

    getattr(postgres, end)()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(database.url)
    postgres.start()

    with psycopg.connect(database.url) as connection:
        assert connection.execute("SELECT name FROM threads").fetchone() == ("news",)


def test_a_frozen_server_answers_after_it_is_thawed(database: Database, postgres: PostgresServer) -> None:
    with psycopg.connect(database.url, autocommit=True) as connection:
        postgres.freeze()
        connection.pgconn.send_query(b"SELECT 1")
        time.sleep(0.05)
        connection.pgconn.consume_input()
        assert connection.pgconn.is_busy()

        postgres.thaw()
        result = connection.pgconn.get_result()
        assert result is not None
        assert result.get_value(0, 0) == b"1"
        assert connection.pgconn.get_result() is None


def test_a_replica_can_be_read_only(database: Database, postgres: PostgresServer) -> None:
    postgres.become_replica()

    with psycopg.connect(database.url) as connection:
        assert connection.execute("SELECT pg_is_in_recovery()").fetchone() == (True,)
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("CREATE TABLE threads (name text)")


@pytest.mark.parametrize("fault", ["stop", "kill", "freeze", "become_replica"])
def test_restoring_undoes_what_a_test_did_to_the_server(postgres: PostgresServer, fault: str) -> None:
    getattr(postgres, fault)()

    postgres.restore()

    postgres.create_database().drop()


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["restore", "kill", "freeze"])
def test_after_any_fault_nothing_is_left(fault: str) -> None:
    with PostgresServer() as server:
        pid = process_of(server)
        getattr(server, fault)()

    assert not server.folder.exists()
    assert not is_alive(pid)
    assert not is_alive(server.keeper)


@pytest.mark.slow
@pytest.mark.parametrize("state", ["running", "frozen"])
def test_the_server_dies_with_its_owner_and_leaves_nothing(state: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER], env=own_environment(), stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        folder, pid, keeper = owner.stdout.readline().split()
        assert is_alive(int(pid))
        if state == "frozen":
            os.kill(int(pid), signal.SIGSTOP)
        owner.kill()

    wait_until_gone(int(keeper), Path(folder))

    assert not is_alive(int(pid))
    assert not is_alive(int(keeper))
    assert not Path(folder).exists()


@pytest.mark.slow
def test_the_server_dies_even_if_its_keeper_is_killed() -> None:
    with PostgresServer() as server:
        pid = process_of(server)
        os.kill(server.keeper, signal.SIGKILL)
        wait_until_gone(pid)

        assert not is_alive(pid)
        with pytest.raises(OSError, match="keeper is gone"):
            server.start()

    assert not server.folder.exists()


def test_a_server_that_does_not_start_says_why() -> None:
    with tempfile.TemporaryDirectory() as place:
        broken = programs(Path(place, "bin"))
        Path(place).chmod(0o755)  # if root runs the tests, another account must reach it
        (broken / "initdb").write_text("#!/bin/sh\necho no room >&2; exit 1\n")

        with pytest.raises(OSError, match="no room"), PostgresServer(broken):
            pass


def test_the_newest_version_is_chosen(tmp_path: Path) -> None:
    for version in ("9.6", "15", "17"):
        programs(tmp_path / version / "bin")
    (tmp_path / "18" / "bin").mkdir(parents=True)  # a client without a server

    assert find_programs("", tmp_path) == tmp_path / "17" / "bin"


def test_a_wish_for_a_version_is_heeded(tmp_path: Path) -> None:
    wish = programs(tmp_path / "14" / "bin")
    programs(tmp_path / "17" / "bin")

    assert find_programs(str(wish), tmp_path) == wish


def test_a_wish_that_cannot_be_fulfilled_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PostgresMissing, match="has no initdb and postgres"):
        find_programs(str(tmp_path), tmp_path)


def test_without_programs_the_error_names_debians_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(PostgresMissing, match="apt install postgresql"):
        find_programs("", tmp_path)


def test_make_test_says_so_in_one_line(tmp_path: Path) -> None:
    environment = {**own_environment(), "MEGABOT_TEST_POSTGRES": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "tests.postgres"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.startswith("make: MEGABOT_TEST_POSTGRES=")
    assert done.stderr.count("\n") == 1
    assert "\n" not in INSTALL
