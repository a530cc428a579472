"""`megabot web` as a real process: what it opens, where it listens, and why it does not start."""

import grp
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from pathlib import Path

import psycopg
import pytest

from lemmy_sandbox import Sandbox
from megabot.clock import Stop, SystemClock
from megabot.commands import web_access
from megabot.commands.web_orders import WEB
from megabot.ledger.ownership import host_of
from megabot.ledger.port import StoredLedger
from megabot.ledger.postgres.ledger import PostgresLedger
from megabot.ledger.postgres.shared_database import SharedDatabase
from megabot.ledger.sqlite import SqliteLedger
from tests.postgres import Database
from tests.processes import Machine

PATIENCE = 30.0
NOTHING_MORE: Mapping[str, str] = {}
POSTGRES_PAGE = Path(__file__).parents[2] / "docs/how-to/use-postgresql.md"


@pytest.fixture
def machine(sandbox: Sandbox, source: Path) -> Machine:
    """A machine on which the bot has posted. What signs in to Lemmy cannot be read any more."""
    machine = Machine(url=sandbox.url, home=source.parent)
    assert machine.run("post").code == 0
    token = machine.state / "token/token.json"
    token.unlink()
    token.mkdir()  # anyone who opens it fails
    return machine


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@contextmanager
def serving(
    machine: Machine, port: int, *words: str, settings: Mapping[str, str] = NOTHING_MORE
) -> Iterator["subprocess.Popen[str]"]:
    environ = machine.environment() | {"MEGABOT_WEB_URL": f"http://localhost:{port}", **settings}
    del environ["MEGABOT_PASSWORD"]
    child = subprocess.Popen(
        [sys.executable, "-m", "megabot", "web", *(words or ("--listen", f"127.0.0.1:{port}"))],
        env=environ,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stderr is not None
        assert "listening on" in child.stderr.readline()
        yield child
    finally:
        child.kill()
        child.communicate()


class UnixConnection(http.client.HTTPConnection):
    """A connection to a Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost")
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(str(self._path))


class Client:
    """Asks the page, and keeps its cookies."""

    def __init__(self, port: int, path: Path | None = None) -> None:
        self._port = port
        self._path = path
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, target: str, body: str = "") -> tuple[int, str]:
        host = f"localhost:{self._port}"
        connection = (
            UnixConnection(self._path)
            if self._path
            else http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        )
        with closing(connection):
            cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            headers: Mapping[str, str] = {"Host": host, "Cookie": cookie, "Origin": f"http://{host}"}
            kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
            connection.request(method, target, body or None, {**headers, **kind})
            answer = connection.getresponse()
            for value in answer.headers.get_all("Set-Cookie", []):
                self.cookies |= {name: one.value for name, one in SimpleCookie(value).items()}
            return answer.status, answer.read().decode()

    def sign_in(self, token: str) -> str:
        assert self.ask("GET", f"/sign-in?token={token}")[0] == 303
        form = re.search(r'name="csrf" value="(\w+)"', self.ask("GET", "/sign-in")[1])
        assert form
        assert self.ask("POST", "/sign-in", f"csrf={form[1]}")[0] == 303
        return self.ask("GET", "/")[1]


def opened_ledger(machine: Machine) -> StoredLedger:
    clock, address = SystemClock(Stop()), machine.settings.get("DATABASE_URL")
    if address is None:
        return SqliteLedger(machine.state, clock, on_wait=lambda: None, on_set_aside=lambda _: None)
    return PostgresLedger(
        SharedDatabase(address), clock, name="megabot", address=host_of(machine.url), on_wait=lambda: None
    )


def sent_link(machine: Machine, sandbox: Sandbox) -> str:
    """Return the token of a link for modlin, as the service sends it."""
    ledger, token = opened_ledger(machine), "t" * 43
    actor = f"https://{sandbox.world.hostname}/u/modlin"
    now = datetime.now(UTC)
    with closing(ledger):
        ledger.change_web_access(lambda access: web_access.new_link(access, token, actor, "modlin", now))
    return token


def test_the_page_works_without_the_token_and_the_password(machine: Machine, sandbox: Sandbox) -> None:
    token, port = sent_link(machine, sandbox), free_port()
    with serving(machine, port) as child:
        overview = Client(port).sign_in(token)

        assert "pinned: yes" in overview
        child.send_signal(signal.SIGTERM)
        assert child.wait(PATIENCE) == -signal.SIGTERM


@pytest.fixture
def of_page(database: Database) -> Iterator[str]:
    """The address of a database for the page's own user, who is created as the documentation says.

    The service must have created the tables before the statements are run.
    """
    yield database.server.url(database.name, user="megabot_web", password="secret")
    with database.server.admin(database.name) as admin:
        admin.execute("DROP OWNED BY megabot_web")
        admin.execute("DROP ROLE megabot_web")


def test_with_the_ledger_in_postgresql_the_page_writes_orders_and_cannot_read_the_token(
    sandbox: Sandbox, source: Path, database: Database, of_page: str
) -> None:
    machine = Machine(url=sandbox.url, home=source.parent, settings={"DATABASE_URL": database.url})
    assert machine.run("post").code == 0
    (statements,) = re.findall(r"^```sql\n(.*?)^```$", POSTGRES_PAGE.read_text(), re.DOTALL | re.MULTILINE)
    with database.server.admin(database.name) as admin:
        admin.execute(statements)
    token, port = sent_link(machine, sandbox), free_port()
    with serving(machine, port, settings={"MEGABOT_DATABASE_URL": of_page}):
        client = Client(port)
        overview = client.sign_in(token)
        form = re.search(r'name="csrf" value="(\w+)"', overview)
        assert form
        order = f"csrf={form[1]}&verb=hold&thread=news"
        assert client.ask("POST", "/orders", order)[0] == 303
        for path in ("/", "/calendar", "/history", "/threads/news"):
            assert client.ask("GET", path)[0] == 200, path
        shown = client.ask("GET", "/calendar")[1]
        essay = re.search(r'href="(/threads/news/editions/[^"]+)"', shown)
        assert essay
        draft = f"csrf={form[1]}&body=Words&base="
        assert [client.ask("POST", f"{essay[1]}/{what}", draft)[0] for what in ("draft", "discard")] == [
            303
        ] * 2
        assert client.ask("POST", "/sign-out", f"csrf={form[1]}&everywhere=1")[0] == 303
    with closing(opened_ledger(machine)) as ledger:
        (record,) = [one for one in ledger.commands(10) if one.key.startswith(WEB)]

    assert "pinned: yes" in overview
    assert (record.said, record.by) == ("hold news", "modlin")
    assert not (machine.state / "ledger.db").exists()
    with psycopg.connect(of_page) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT content FROM tokens")


def test_it_listens_on_a_unix_socket_for_its_group(machine: Machine, sandbox: Sandbox) -> None:
    token, port, path = sent_link(machine, sandbox), free_port(), machine.home / "web/page.sock"
    # As docs/how-to/serve-the-page.md creates it: what is made in it has the group of the folder.
    path.parent.mkdir()
    if os.geteuid() == 0:
        os.chown(path.parent, -1, grp.getgrnam("www-data").gr_gid)
    path.parent.chmod(0o2750)
    for _ in range(2):  # once more with the socket of a process that was killed
        with serving(machine, port, "--socket", str(path)):
            assert path.stat().st_mode & 0o777 == 0o660
            assert path.stat().st_gid == path.parent.stat().st_gid
            assert Client(port, path).ask("GET", "/")[0] == 401
    with serving(machine, port, "--socket", str(path)):
        assert "pinned: yes" in Client(port, path).sign_in(token)


@pytest.mark.parametrize(
    ("settings", "words", "said"),
    [
        ({}, [], "the page for moderators is off; set MEGABOT_WEB_URL"),
        ({"WEB_URL": "http://megabot.example"}, [], "write https://, as in https://megabot.example"),
        ({"WEB_URL": "https://megabot.example"}, ["--listen", "8642"], "write an address and a port"),
        ({"WEB_URL": "https://megabot.example"}, ["--listen", "127.0.0.1:99999"], "write an address and"),
        ({"WEB_URL": "https://megabot.example"}, ["--socket", "/nowhere/page"], "cannot listen on /nowhere"),
        ({"WEB_URL": "http://localhost:1"}, ["--listen", "0.0.0.0:0"], "cross the network unencrypted"),
    ],
)
def test_it_says_why_it_does_not_start(
    machine: Machine, settings: dict[str, str], words: list[str], said: str
) -> None:
    machine.settings.update(settings)

    ended = machine.run("web", *words)

    assert (ended.code, said in ended.err) == (2, True), ended.err
