"""`megabot ...` with its ledger in PostgreSQL: every verb, a database that refuses, and its password."""

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from lemmy_sandbox import Sandbox
from megabot.log_setup import BLOT, RedactingFormatter
from megabot.settings import Settings
from tests.e2e.conftest import Megabot
from tests.postgres import Database, PostgresServer, TrafficProxy
from tests.processes import Ended, Machine, ended, machine

ROOT = Path(__file__).parents[2]
PASSWORD = "c4nary/w:rd@7"
WRITTEN = "c4nary%2Fw%3Ard%407"
SECRETS = (PASSWORD, WRITTEN, "c4nary")


@dataclass(frozen=True)
class Guarded:
    """A database whose owner needs a password."""

    database: Database
    owner: str

    @property
    def url(self) -> str:
        return self.database.server.url(self.database.name, user=self.owner, password=PASSWORD)

    def through(self, proxy: TrafficProxy, password: str = WRITTEN) -> str:
        """Return its address over TCP."""
        return proxy.url(self.database.name, f"{self.owner}:{password}")

    def tokens(self) -> list[str]:
        with self.database.server.admin(self.database.name) as admin:
            return [str(content) for (content,) in admin.execute("SELECT content FROM tokens").fetchall()]


def role(server: PostgresServer, name: str) -> str:
    """Create a role with a password."""
    words = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
    with server.admin() as admin:
        admin.execute(words.format(sql.Identifier(name), sql.Literal(PASSWORD)))
    return name


@pytest.fixture
def guarded(database: Database) -> Guarded:
    owner = role(database.server, f"owner_of_{database.name}")
    with database.server.admin() as admin:
        given = sql.SQL("ALTER DATABASE {} OWNER TO {}")
        admin.execute(given.format(sql.Identifier(database.name), sql.Identifier(owner)))
        if admin.info.server_version >= 150000:
            with database.server.admin(database.name) as inside:
                inside.execute("ALTER SCHEMA public OWNER TO pg_database_owner")
    return Guarded(database, owner)


def state_files() -> list[str]:
    folder = Path.home() / ".local/state/megabot"
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")


def published(megabot: Megabot, **settings: str) -> int:
    """Return how many posts the history has."""
    entries = json.loads(megabot("history", "--json", **settings)[1])
    return [entry["kind"] for entry in entries].count("publish")


# -- the verbs


def test_a_thread_is_posted_once_and_all_of_it_is_in_the_database(
    megabot: Megabot, sandbox: Sandbox, guarded: Guarded
) -> None:
    assert megabot("post", DATABASE_URL=guarded.url)[0] == 0
    assert megabot("post", DATABASE_URL=guarded.url)[0] == 4
    assert len(sandbox.world.posts) == 1
    assert not {"ledger.db", "token.json"} & set(state_files())

    code, out, _ = megabot("status", "--json", DATABASE_URL=guarded.url)
    status = json.loads(out)
    assert (code, {claim["kind"] for claim in status["claims"]}) == (0, {"pass", "token"})
    ends = [datetime.fromisoformat(claim["until"]) for claim in status["claims"]]
    assert max(ends) <= datetime.now(UTC)  # each was given back
    assert [thread["thread"] for thread in status["threads"]] == ["news"]
    assert published(megabot, DATABASE_URL=guarded.url) == 1
    assert megabot("status", DATABASE_URL=guarded.url)[0] == 0


def test_a_token_in_the_database_is_read_by_its_owner_alone(
    megabot: Megabot, sandbox: Sandbox, guarded: Guarded
) -> None:
    assert megabot("login", DATABASE_URL=guarded.url)[0] == 0
    (content,) = guarded.tokens()
    token = json.loads(content)["token"]
    assert len(token) > 20
    guest = role(guarded.database.server, f"guest_of_{guarded.database.name}")
    address = guarded.database.server.url(guarded.database.name, user=guest, password=PASSWORD)
    for table in ("tokens", "accounts"):
        with (
            psycopg.connect(address) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))

    assert megabot("post", DATABASE_URL=guarded.url, PASSWORD="")[0] == 0
    assert megabot("logout", DATABASE_URL=guarded.url)[0] == 0
    assert [json.loads(content)["token"] for content in guarded.tokens()] == [""]
    assert megabot("logout", DATABASE_URL=guarded.url)[0] == 4
    assert "run `megabot login`" in megabot("repost", "--yes", DATABASE_URL=guarded.url, PASSWORD="")[2]
    assert len(sandbox.world.posts) == 1


def let_a_second_pass() -> None:
    """Two sign-ins in one second would get the same token, and the second one waits (recorded: 011)."""
    second = int(time.time())
    while int(time.time()) == second:
        time.sleep(0.02)


def test_a_backup_is_restored_into_another_database(
    megabot: Megabot, sandbox: Sandbox, guarded: Guarded, postgres: PostgresServer
) -> None:
    other = postgres.create_database()
    megabot("post", DATABASE_URL=guarded.url)
    code, _, err = megabot("backup", "copy.db", DATABASE_URL=guarded.url)
    assert (code, "copy.db" in err) == (0, True)
    (content,) = guarded.tokens()
    assert json.loads(content)["token"].encode() not in Path("copy.db").read_bytes()
    history = megabot("history", "--json", DATABASE_URL=guarded.url)[1]

    assert megabot("restore", "copy.db", DATABASE_URL=other.url)[0] == 0
    assert without_ids(megabot("history", "--json", DATABASE_URL=other.url)[1]) == without_ids(history)
    let_a_second_pass()
    assert megabot("post", DATABASE_URL=other.url)[0] == 4
    assert len(sandbox.world.posts) == 1
    code, out, err = megabot("restore", "copy.db", DATABASE_URL=other.url)
    assert (code, out) == (1, "")
    assert "is in use already, so nothing was restored" in err
    other.drop()


def without_ids(history: str) -> object:
    return [{**entry, "id": 0} for entry in json.loads(history)]


def test_a_ledger_in_a_file_moves_into_a_database(
    megabot: Megabot, sandbox: Sandbox, guarded: Guarded
) -> None:
    assert megabot("post")[0] == 0
    ledger = str(Path.home() / ".local/state/megabot/ledger.db")
    code, _, err = megabot("restore", ledger)
    assert (code, "set MEGABOT_DATABASE_URL first" in err) == (2, True)

    code, out, err = megabot("restore", ledger, DATABASE_URL=guarded.url)
    assert (code, "ledger.db" in out) == (0, True), out
    let_a_second_pass()
    assert megabot("post", DATABASE_URL=guarded.url)[0] == 4
    assert published(megabot, DATABASE_URL=guarded.url) == 1
    assert len(sandbox.world.posts) == 1


def test_the_account_goes_on_when_its_server_has_a_new_address(
    megabot: Megabot, sandbox: Sandbox, guarded: Guarded
) -> None:
    assert megabot("post", DATABASE_URL=guarded.url)[0] == 0
    moved = {"INSTANCE": sandbox.url.replace("127.0.0.1", "localhost"), "DATABASE_URL": guarded.url}
    let_a_second_pass()

    code, _, err = megabot("login", **moved)
    assert (code, "taken over" in err) == (0, False), err
    assert megabot("post", **moved, PASSWORD="")[0] == 4
    assert published(megabot, **moved) == 1
    assert len(sandbox.world.posts) == 1
    with guarded.database.server.admin(guarded.database.name) as admin:
        assert admin.execute("SELECT count(*) FROM accounts").fetchone() == (1,)


def test_a_post_goes_on_when_its_server_has_a_new_address(
    megabot: Megabot, sandbox: Sandbox, guarded: Guarded
) -> None:
    assert megabot("post", DATABASE_URL=guarded.url)[0] == 0
    moved = {"INSTANCE": sandbox.url.replace("127.0.0.1", "localhost"), "DATABASE_URL": guarded.url}
    let_a_second_pass()

    assert [megabot("post", **moved)[0] for _ in range(2)] == [4, 4]
    assert len(sandbox.world.posts) == 1


# -- a database that refuses


@pytest.mark.parametrize("words", ["post", "status", "history", "plan", "backup copy.db", "login", "logout"])
def test_each_verb_says_in_one_line_that_the_database_refuses(
    megabot: Megabot, sandbox: Sandbox, guarded: Guarded, words: str
) -> None:
    database = guarded.database
    wrong = database.server.url(database.name, user=guarded.owner, password=f"{PASSWORD}x")

    code, out, err = megabot("--verbose", *words.split(), DATABASE_URL=wrong)
    assert (code, out) == (1, "")
    (line,) = err.splitlines()
    assert line.endswith(
        f"the database {database.name} on {database.server.folder} cannot be used: it refuses the password; "
        "correct it in MEGABOT_DATABASE_URL"
    )
    assert not Path("copy.db").exists()
    assert sandbox.world.posts == {}


def test_a_wrong_address_is_a_mistake_in_the_settings(megabot: Megabot, source: Path) -> None:
    code, out, err = megabot("status", DATABASE_URL=f"postgresql://megabot:{PASSWORD}@db.example/megabot")

    assert (code, out) == (2, "")
    assert err.strip().endswith(
        "MEGABOT_DATABASE_URL (the environment): write postgresql://USER:PASSWORD@HOST/DATABASE; an @, / "
        "or : in the password is written as %40, %2F or %3A"
    )
    assert not [secret for secret in SECRETS if secret in err]


def test_a_settings_file_with_the_password_must_be_private(megabot: Megabot, nobodys_home: Path) -> None:
    path = nobodys_home / ".env"
    path.write_text(f"MEGABOT_DATABASE_URL=postgresql://megabot:{WRITTEN}@127.0.0.1:1/megabot\n")
    path.chmod(0o644)

    code, _, err = megabot("status")
    assert code == 2
    assert err.strip().endswith("contains a secret and all users can read it; run: chmod o-rwx .env")
    path.write_text("MEGABOT_DATABASE_URL=postgresql:///megabot?host=/nowhere\n")
    assert "cannot be reached" in megabot("status")[2]


# -- without psycopg

BLOCKED = """
import sys
from importlib.abc import MetaPathFinder
class Missing(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0].startswith("psycopg"):
            raise {error}("no module named " + name, name=name)
sys.meta_path.insert(0, Missing())
from megabot.__main__ import main
raise SystemExit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("error", ["ModuleNotFoundError", "ImportError"])
@pytest.mark.parametrize("verb", ["status", "post"])
def test_without_psycopg_one_line_says_what_to_install(source: Path, verb: str, error: str) -> None:
    environ = {
        "MEGABOT_INSTANCE": "https://lemmy.invalid",
        "MEGABOT_USERNAME": "megabot",
        "MEGABOT_PASSWORD": "correct horse",
        "MEGABOT_COMMUNITY": "news",
        "MEGABOT_SOURCE": str(source),
        "MEGABOT_DATABASE_URL": f"postgresql://megabot:{WRITTEN}@127.0.0.1:1/megabot",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED.format(error=error), verb],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.endswith(
        "a ledger on PostgreSQL needs psycopg; run: sudo make install POSTGRES=1, or, if megabot was "
        "installed with pip: pip install 'psycopg[binary]>=3.2'"
    )


# -- the password, in real processes


@pytest.fixture
def proxy(database: Database) -> Iterator[TrafficProxy]:
    with TrafficProxy(database.server.folder) as proxy:
        yield proxy


@pytest.fixture
def host(tmp_path: Path, sandbox: Sandbox, guarded: Guarded, proxy: TrafficProxy) -> Machine:
    return machine(
        tmp_path / "host", sandbox.url, DATABASE_URL=guarded.through(proxy), LOG_LEVEL="debug", TICK="5"
    )


def assert_no_secret(host: Machine, *ends: Ended) -> None:
    said = [text for end in ends for text in (end.out, end.err)]
    files = [path.read_bytes().decode("utf-8", "replace") for path in host.state.rglob("*") if path.is_file()]
    assert not [secret for secret in SECRETS for text in (*said, *files) if secret in text]


def test_no_verb_gives_the_password_away_whatever_happens_to_the_database(
    host: Machine, guarded: Guarded, proxy: TrafficProxy, sandbox: Sandbox
) -> None:
    ends = [host.run("--verbose", "post"), host.run("--verbose", "status", "--json")]
    assert [end.code for end in ends] == [0, 0]
    proxy.refuse()
    ends.append(host.run("--verbose", "post"))
    proxy.accept()
    wrong = replace(host, settings={**host.settings, "DATABASE_URL": guarded.through(proxy, f"{WRITTEN}x")})
    ends.append(wrong.run("--verbose", "post"))
    with guarded.database.server.admin(guarded.database.name) as admin:
        admin.execute("DROP TABLE texts CASCADE")
    ends.append(host.run("--verbose", "post"))

    assert [end.code for end in ends[2:]] == [1, 1, 1]
    assert "cannot be reached" in ends[2].err
    assert "it refuses the password" in ends[3].err
    assert "Traceback" not in "".join(end.err for end in ends)
    assert_no_secret(host, *ends)
    assert len(sandbox.world.posts) == 1


def test_no_process_has_the_password_among_its_arguments(host: Machine, sandbox: Sandbox) -> None:
    seen: set[str] = set()
    process = host.start("--verbose", "post")
    while process.poll() is None:
        seen |= arguments_of(process.pid)
        time.sleep(0.002)
    finished = ended(process)

    assert (finished.code, len(sandbox.world.posts)) == (0, 1), finished.err
    assert any("rendering.child.main" in words for words in seen)
    assert not [secret for secret in SECRETS for words in seen if secret in words]
    assert_no_secret(host, finished)


def arguments_of(pid: int) -> set[str]:
    """Return the arguments of a process and its children, and the environment that its children have."""
    found = {read(f"{pid}/cmdline")}
    for child in read(f"{pid}/task/{pid}/children").split():
        words = read(f"{child}/cmdline")
        # Before a child runs its own program, it is a copy of its parent.
        found |= {words, read(f"{child}/environ") if "child.main" in words else ""}
    return found


def read(path: str) -> str:
    try:
        return Path("/proc", path).read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def test_the_log_blots_the_password_out_of_what_a_library_says() -> None:
    settings = Settings.model_validate({"database_url": f"postgresql://megabot:{WRITTEN}@db.example/megabot"})
    formatter = RedactingFormatter("%(message)s", settings.secret_texts())
    record = logging.LogRecord(
        "library", logging.ERROR, "", 0, "%s %s at megabot", (f"postgresql://m:{WRITTEN}@h/d", PASSWORD), None
    )

    assert formatter.format(record) == f"postgresql://m:{BLOT}@h/d {BLOT} at megabot"
