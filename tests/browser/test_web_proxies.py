"""The page for moderators behind nginx and Caddy, configured as docs/how-to/serve-the-page.md says."""

import http.client
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, expect

from lemmy_sandbox import Sandbox
from megabot.clock import Stop, SystemClock
from megabot.commands import web_access
from megabot.ledger.sqlite import SqliteLedger
from megabot.web.security import FORM_LONGEST, csrf_of
from tests import processes
from tests.processes import Machine
from tests.proxies import NAME, Certificate, Proxy, free_port, new_certificate, program, running

# Not in the group of the other tests with a browser, beside which these can run.
pytestmark = [pytest.mark.xdist_group("proxies"), pytest.mark.slow]
_NUMBERS = count(1)
KINDS = ("nginx", "caddy")


@dataclass(frozen=True, kw_only=True)
class Site:
    """The page behind a web server."""

    machine: Machine
    sandbox: Sandbox
    proxy: Proxy
    certificate: Certificate

    def link_token(self) -> str:
        """Return the token of a link for modlin, as the service sends it."""
        token, now = f"token-of-a-link-{next(_NUMBERS)}", datetime.now(UTC)
        actor = f"https://{self.sandbox.world.hostname}/u/modlin"
        clock = SystemClock(Stop())
        ledger = SqliteLedger(self.machine.state, clock, on_wait=lambda: None, on_set_aside=lambda _: None)
        with closing(ledger):
            ledger.change_web_access(lambda access: web_access.new_link(access, token, actor, "modlin", now))
        return token

    def client(self, address: str = "127.0.0.1") -> "Client":
        return Client(proxy=self.proxy, context=self.certificate.trusted, address=address)


@dataclass(kw_only=True)
class Client:
    """Asks over HTTPS from an address of this machine."""

    proxy: Proxy
    context: ssl.SSLContext
    address: str
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self,
        method: str,
        target: str,
        body: bytes | Iterable[bytes] = b"",
        headers: Iterable[tuple[str, str]] = (),
        *,
        host: str | None = None,
        origin: str | None = None,
    ) -> tuple[int, str]:
        """Return the status and the text. The Host and the Origin header are right if none is given."""
        right = self.proxy.url
        own = {
            "Host": right.removeprefix("https://") if host is None else host,
            "Origin": right if origin is None else origin,
        }
        own["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if method == "POST":
            own["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPSConnection(NAME, self.proxy.port, timeout=20)
        plain = socket.create_connection(("127.0.0.1", self.proxy.port), 20, (self.address, 0))
        connection.sock = self.context.wrap_socket(plain, server_hostname=NAME)
        with closing(connection):
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in (*own.items(), *headers):
                connection.putheader(name, value)
            _send(connection, body)
            answer = connection.getresponse()
            for value in answer.headers.get_all("Set-Cookie", []):
                self.cookies |= {name: one.value for name, one in SimpleCookie(value).items()}
            return answer.status, answer.read().decode()

    def sign_in(self, token: str, headers: Iterable[tuple[str, str]] = ()) -> int:
        """Open a link and press the button."""
        self.ask("GET", f"/sign-in?token={token}")
        form = urlencode({"csrf": csrf_of(token)}).encode()
        return self.ask("POST", "/sign-in", form, headers)[0]

    def order(self, session: str, origin: str | None = None) -> tuple[int, str]:
        form = {"verb": "hold", "thread": "news", "csrf": csrf_of(self.cookies[session])}
        return self.ask("POST", "/orders", urlencode(form).encode(), origin=origin)


def _send(connection: http.client.HTTPConnection, body: bytes | Iterable[bytes]) -> None:
    chunked = not isinstance(body, bytes)
    if isinstance(body, bytes):
        connection.putheader("Content-Length", str(len(body)))
    else:
        connection.putheader("Transfer-Encoding", "chunked")
    # If it is refused before all was sent, the response says why.
    with suppress(BrokenPipeError, ConnectionResetError):
        connection.endheaders(body or None, encode_chunked=chunked)


@contextmanager
def page_process(machine: Machine, proxy_port: int, listen: Path | int) -> Iterator[None]:
    """Run `megabot web`, as the unit does, without a password."""
    environ = machine.environment() | {"MEGABOT_WEB_URL": f"https://{NAME}:{proxy_port}"}
    del environ["MEGABOT_PASSWORD"]
    where = ["--socket", str(listen)] if isinstance(listen, Path) else ["--listen", f"127.0.0.1:{listen}"]
    child = subprocess.Popen(
        [sys.executable, "-m", "megabot", "web", *where], env=environ, stderr=subprocess.PIPE, text=True
    )
    try:
        assert child.stderr is not None
        line = child.stderr.readline()
        assert "listening on" in line, line
        yield
    finally:
        child.terminate()
        child.communicate()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return new_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Machine, Sandbox]]:
    """A bot that has posted its thread."""
    with Sandbox(lambda: datetime.now(UTC)) as sandbox:
        for name in ("admin", "modlin", "megabot"):
            sandbox.add_person(name, admin=name == "admin", bot=name == "megabot")
        sandbox.add_community("news", "News", moderators=["modlin", "megabot"])
        machine = processes.machine(tmp_path_factory.mktemp("bot"), sandbox.url)
        assert machine.run("post").code == 0
        yield machine, sandbox


@pytest.fixture(scope="module", params=["nginx", "nginx with a socket", "caddy", "caddy with a socket"])
def site(
    request: pytest.FixtureRequest,
    bot: tuple[Machine, Sandbox],
    certificate: Certificate,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    machine, sandbox = bot
    folder, port = tmp_path_factory.mktemp("web"), free_port()
    kind, _, how = request.param.partition(" ")
    listen = folder / "page.sock" if how else free_port()
    with ExitStack() as stack:
        stack.enter_context(page_process(machine, port, listen))
        proxy = stack.enter_context(running(kind, folder / kind, certificate, port, listen))
        yield Site(machine=machine, sandbox=sandbox, proxy=proxy, certificate=certificate)


def test_a_moderator_signs_in_and_gives_an_order(site: Site, browser: Browser) -> None:
    context = browser.new_context(ignore_https_errors=True)
    page = context.new_page()
    page.goto(f"{site.proxy.url}/sign-in?token={site.link_token()}")
    assert page.url == f"{site.proxy.url}/sign-in"
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_title("Overview - megabot")
    page.get_by_role("button", name="Hold").click()
    expect(page.get_by_text("Ordered.").first).to_be_visible()

    cookies = {str(one.get("name")): one for one in context.cookies()}
    assert cookies.keys() == {"__Host-megabot"}
    assert all(one.get("secure") and one.get("httpOnly") for one in cookies.values())
    context.close()


def test_without_https_there_is_no_page(site: Site) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", site.proxy.port, timeout=20)
    with closing(connection):
        connection.request("GET", "/sign-in", headers={"Host": site.proxy.url.removeprefix("https://")})
        answer = connection.getresponse()

        assert answer.status == 400
        assert "Sign in" not in answer.read().decode()


def test_another_host_or_origin_gets_nowhere(site: Site) -> None:
    client = site.client("127.0.0.2")
    assert client.sign_in(site.link_token()) == 303
    (session,) = [name for name in client.cookies if name.startswith("__Host-")]

    for host in ("evil.example", f"evil.example:{site.proxy.port}", "127.0.0.1"):
        status, text = client.ask("GET", "/", host=host)
        # Caddy itself answers names that it does not know, with nothing.
        assert status == 421 or not text, (host, text)
        assert client.ask("GET", "/sign-in?token=x", host=host)[0] != 303
    for origin in ("https://evil.example", f"https://{NAME}", "null", ""):
        assert client.order(session, origin)[0] == 403, origin
    assert client.order(session)[0] == 303


FORGED: tuple[tuple[tuple[str, str], ...], ...] = (
    (("X-Forwarded-For", "198.51.100.{}"),),
    (("X-Forwarded-For", "198.51.100.{}, 203.0.113.{}"), ("X-Forwarded-For", "192.0.2.{}")),
    (("X-Real-IP", "198.51.100.{}"), ("Forwarded", "for=198.51.100.{}")),
)


def test_the_address_of_a_client_cannot_be_forged(site: Site) -> None:
    client = site.client("127.0.0.10")
    guesses = []
    for guess in range(11):
        client.cookies.clear()
        ways = FORGED[guess % len(FORGED)]
        forged = [(name, value.replace("{}", str(guess))) for name, value in ways]
        guesses.append(client.sign_in(f"guess-{guess}", forged))
    assert guesses == [403] * 10 + [429]

    # Another client behind the same web server is not limited.
    assert site.client("127.0.0.11").sign_in(site.link_token()) == 303


@pytest.mark.parametrize("chunked", [False, True], ids=["with its length", "in chunks"])
def test_a_form_that_is_too_long_is_refused(site: Site, *, chunked: bool) -> None:
    piece = b"x" * 1024
    pieces = [b"csrf=", *[piece] * (FORM_LONGEST // len(piece))]
    body = (one for one in pieces) if chunked else b"".join(pieces)

    assert site.client("127.0.0.3").ask("POST", "/orders", body)[0] == 413


def test_the_token_of_a_link_is_in_no_log(site: Site) -> None:
    token = site.link_token()
    assert site.client("127.0.0.4").sign_in(token) == 303

    assert token not in site.proxy.logs()


@pytest.mark.parametrize("kind", KINDS)
def test_even_if_the_page_does_not_run_no_log_has_a_token(
    tmp_path: Path, certificate: Certificate, kind: str
) -> None:
    port = free_port()
    with running(kind, tmp_path / kind, certificate, port, free_port()) as proxy:
        client = Client(proxy=proxy, context=certificate.trusted, address="127.0.0.1")

        assert client.ask("GET", "/sign-in?token=secret-token")[0] == 502
        assert client.ask("GET", "/calendar")[0] == 502
    logs = proxy.logs()
    assert "/calendar" in logs
    assert "secret-token" not in logs


def test_a_missing_program_fails_the_test_with_one_line() -> None:
    with pytest.raises(
        pytest.fail.Exception, match=r"^these tests need nowhere; install it: apt-get install nowhere$"
    ):
        program("nowhere")
