"""Secrets through every error path, at debug level, in real processes: only the server's sign-in sees them.

The canaries are a password, the seed of two-factor sign-in, each token that the server gave, and the address
of an uptime monitor. A path leaves what was said, what the server was sent, and what is on disk; none of it
holds a canary, save the token in its own file and header, and the password in the sign-in's body.
"""

import json
import os
import shutil
import signal
import sqlite3
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from requests import PreparedRequest, Response

from lemmy_sandbox import Sandbox
from lemmy_sandbox.http.exchange import Answer, Request
from megabot.errors import Unreachable
from megabot.ledger.file import VERSION
from megabot.lemmy.client import LemmyClient
from megabot.lemmy.deadlines import BoundedAdapter
from megabot.lemmy.http import LemmySession
from tests.processes import ROOT, Ended, Machine, ended, machine
from tests.raw_server import RawServer, Script, answer

PASSWORD = "canarypassword_7"  # reads like one of Lemmy's codes: that is the worst case
SEED = "CANARYSEEDCANARYSEEDCANARYSEED27"
PING = "canary-ping"
LOGIN = "/api/v3/user/login"
PIN = "/api/v3/post/feature"
PATIENCE = 30.0

Rule = Callable[[Request], Answer | None]


def told(status: int, error: str, **headers: str) -> Answer:
    """An answer as Lemmy gives it, with an error's code."""
    return Answer(status=status, headers=headers, body=json.dumps({"error": error}).encode())


class Overheard(Sandbox):
    """A sandbox that keeps what it is sent and every token that it gives; `rule` may answer in its place."""

    def __init__(self) -> None:
        super().__init__(lambda: datetime.now(UTC))
        self.heard: list[Request] = []
        self.tokens: set[str] = set()
        self.rule: Rule = lambda _: None

    def _respond(self, request: Request) -> Answer:
        self.heard.append(request)
        given = self.rule(request) or super()._respond(request)
        if request.path == LOGIN and given.status == 200:
            self.tokens.add(json.loads(given.body)["jwt"])
        return given


@dataclass
class Scene:
    """A machine with canaries in its settings, the server, a monitor; and all that its processes said."""

    server: Overheard
    monitor: RawServer
    host: Machine
    said: list[Ended] = field(default_factory=list)

    def run(self, *words: str) -> Ended:
        """Run a verb, as loud as it can be."""
        self.said.append(self.host.run("--verbose", *words))
        return self.said[-1]

    def serve(self, until: Callable[[], bool]) -> None:
        """Run the service until something has happened, then tell it to stop."""
        process = self.host.start("--verbose", "run")
        deadline = time.monotonic() + PATIENCE
        while not until() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        happened = until()
        process.send_signal(signal.SIGTERM)
        self.said.append(ended(process))
        assert happened, self.said[-1]

    def heard(self, path: str) -> bool:
        """Whether the server was asked for something."""
        return any(request.path == path for request in self.server.heard)

    def setting(self, **changed: str) -> None:
        """Change settings of the machine."""
        self.host = replace(self.host, settings={**self.host.settings, **changed})


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with Overheard() as server, RawServer() as monitor:
        for name in ("admin", "modlin"):
            server.add_person(name, admin=name == "admin")
        server.add_person("megabot", PASSWORD, bot=True, totp_secret=SEED)
        server.add_community("news", "News", moderators=["modlin", "megabot"])
        host = machine(
            tmp_path / "host",
            server.url,
            PASSWORD=PASSWORD,
            TOTP_SECRET=SEED,
            LOG_LEVEL="debug",
            TICK="5",
            HEARTBEAT_URL=f"{monitor.url}/{PING}/",  # asked for without the slash: another spelling of it
        )
        yield Scene(server, monitor, host)


class TlsServer(RawServer):
    """A server with a certificate, which is for this machine's own address unless told otherwise."""

    def __init__(self, folder: Path, *scripts: Script, name: str = "IP:127.0.0.1") -> None:
        super().__init__(*scripts)
        self.certificate = folder / "certificate.pem"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, make_certificate(self.certificate, name))
        self._listener = context.wrap_socket(self._listener, server_side=True)

    @property
    def url(self) -> str:
        return super().url.replace("http:", "https:")


def make_certificate(path: Path, name: str) -> Path:
    """Write a certificate that is signed by itself, and give the path of its key."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl makes the certificate")
    key = path.with_suffix(".key")
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"]
    whose = ["-subj", "/CN=megabot", "-addext", f"subjectAltName={name}"]
    command = [program, "req", "-x509", *kind, *whose, "-keyout", str(key), "-out", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return key


# -- the paths


def all_goes_well(scene: Scene) -> None:
    assert scene.run("post").code == 0
    assert scene.run("check", "--online").code == 0


def the_password_is_wrong(scene: Scene) -> None:
    scene.server.person("megabot").password = "another password"
    assert scene.run("post").code == 1
    assert scene.run("post").code == 1


def the_seed_is_wrong(scene: Scene) -> None:
    scene.server.person("megabot").totp_secret = SEED[::-1]
    assert "two-factor code" in scene.run("post").err


def the_token_is_dead(scene: Scene) -> None:
    scene.run("post")
    scene.server.revoke_tokens("megabot")
    assert "Too many sign-in attempts" in scene.run("post").err


def echo(request: Request) -> str:
    """All that a careless proxy could write into its error page."""
    return f"{request.headers} {request.body.decode()} {PASSWORD} {SEED}"


def the_server_breaks_and_echoes_the_request(scene: Scene) -> None:
    scene.server.rule = lambda request: told(500, echo(request)) if request.path == PIN else None
    assert scene.run("post").code == 1
    assert scene.run("history").code == 0


def an_error_code_is_the_token(scene: Scene) -> None:
    scene.server.rule = lambda request: told(400, request.token or "") if request.path == PIN else None
    assert "The server answered 400." in scene.run("post").err


def an_error_code_of_the_sign_in_is_the_password(scene: Scene) -> None:
    scene.server.rule = lambda request: told(400, PASSWORD) if request.path == LOGIN else None
    assert "The server answered 400." in scene.run("post").err


def a_write_needs_a_sign_in_that_breaks(scene: Scene) -> None:
    """What goes wrong then is noted in the ledger, with the write."""

    def refuse(request: Request) -> Answer | None:
        if request.path == LOGIN:
            return told(400, PASSWORD)
        return told(401, "incorrect_login") if request.path.endswith(("/feature", "/validate_auth")) else None

    scene.server.rule = lambda request: refuse(request) if scene.heard(PIN) else None
    assert scene.run("post").code == 1
    assert "not_sent" in scene.run("history", "--json").out


def the_sign_in_breaks_and_echoes_the_request(scene: Scene) -> None:
    scene.server.rule = lambda request: told(502, echo(request)) if request.path == LOGIN else None
    assert scene.run("post").code == 1


def the_token_is_not_one(scene: Scene) -> None:
    given = json.dumps({"jwt": "eyJhbGciOiJub25lIn0.canary\r\nx: y"}).encode()
    answered = Answer(status=200, headers={}, body=given)
    scene.server.rule = lambda request: answered if request.path == LOGIN else None
    assert scene.run("post").code == 1


def the_server_redirects(scene: Scene) -> None:
    def elsewhere(request: Request) -> Answer | None:
        where = f"https://megabot:{PASSWORD}@elsewhere.example/{SEED}?auth={request.token}"
        return told(302, "", location=where) if request.path == PIN else None

    scene.server.rule = elsewhere
    assert "redirects to elsewhere.example" in scene.run("post").err


def the_certificate_is_wrong(scene: Scene) -> None:
    with TlsServer(scene.host.home) as server:
        scene.setting(INSTANCE=server.url)
        assert "certificate is not valid" in scene.run("post").err
    assert (server.requests, server.connections) == ([], 0)


def nobody_listens(scene: Scene) -> None:
    scene.run("post")
    scene.server.stop()
    assert "Nothing was sent" in scene.run("post").err


def the_ledger_is_broken(scene: Scene) -> None:
    scene.run("post")
    ledger = scene.host.state / "ledger.db"
    ledger.write_bytes(ledger.read_bytes()[:9000])
    end = scene.run("post")
    assert (end.code, "the ledger was broken" in end.err) == (4, True)  # rebuilt: it is posted already


def the_ledger_is_a_newer_one(scene: Scene) -> None:
    scene.run("post")
    with closing(sqlite3.connect(scene.host.state / "ledger.db")) as ledger, ledger:
        ledger.execute(f"PRAGMA user_version = {VERSION + 1}")
        ledger.execute("UPDATE written_by SET version = '99.0'")
    assert scene.run("post").code == 2


def the_token_file_is_garbled(scene: Scene) -> None:
    scene.run("post")
    path = scene.host.state / "token/token.json"
    path.write_text(path.read_text().replace('"attempts"', "attempts"))
    assert "cannot be parsed" in scene.run("post").err


def write_template(scene: Scene, words: str) -> None:
    template = scene.host.source / "thread.md.j2"
    template.write_text(template.read_text().replace("{{ preamble.text }}", words))


def the_template_is_broken(scene: Scene) -> None:
    write_template(scene, "{{ megabot_password }}")
    assert "thread.md.j2:7" in scene.run("post").err


def the_template_digs_for_secrets(scene: Scene) -> None:
    write_template(scene, "{{ self.__init__.__globals__ }} {{ edition.__class__ }}")
    assert scene.run("post").code == 1


def the_template_prints_all_it_is_given(scene: Scene) -> None:
    names = ("edition", "previous", "preamble", "companions", "data", "source", "community")
    write_template(scene, " ".join(f"{{{{ {name} }}}}" for name in names))
    scene.run("post")


def a_verb_has_a_bug(scene: Scene) -> None:
    with_a_bug(scene)
    end = scene.run("post")
    assert (end.code, "KeyError: (" in end.err) == (3, True)


def the_service_has_a_bug(scene: Scene) -> None:
    with_a_bug(scene)
    scene.monitor.will(answer(b"OK"))
    scene.serve(lambda: bool(scene.monitor.requests))
    assert "KeyError: (" in scene.said[-1].err


def with_a_bug(scene: Scene) -> None:
    """Make the program raise what holds all its secrets, as a careless `KeyError` might."""
    folder = scene.host.home / "bug"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(A_BUG)
    scene.host = replace(scene.host, surroundings={"PYTHONPATH": f"{folder}:{ROOT}"})


A_BUG = f"""
import json, os, pathlib
if "MEGABOT_PASSWORD" in os.environ:
    from {LemmyClient.__module__} import {LemmyClient.__name__} as forum

    def slip(*given, **named):
        secrets = [os.environ["MEGABOT_" + name] for name in ("PASSWORD", "TOTP_SECRET", "HEARTBEAT_URL")]
        file = pathlib.Path(os.environ["MEGABOT_STATE_DIR"], "token", "token.json")
        token = json.loads(file.read_text())["token"]
        raise KeyError(*secrets, "Bearer " + token)

    forum.{LemmyClient.own_content.__name__} = slip
"""


def the_monitor_answers_nonsense(scene: Scene) -> None:
    scene.monitor.will(b"HTTP/1.1 404 Gone\r\nContent-Length: 0\r\nno header\r\n\r\n")
    scene.serve(lambda: bool(scene.monitor.requests))
    assert "/[secret]): " in scene.said[-1].err  # urllib3 warns of such headers with the whole address


def the_monitor_is_gone(scene: Scene) -> None:
    with RawServer() as nobody:
        scene.setting(HEARTBEAT_URL=f"{nobody.url}/{PING}")
    scene.serve(lambda: scene.heard("/api/v3/user"))
    assert "the heartbeat could not be sent" in scene.said[-1].err


def a_moderator_is_told(scene: Scene) -> None:
    scene.run("post")
    scene.server.world.posts[1].removed = True
    scene.monitor.will(answer(b"OK"))
    scene.serve(lambda: scene.heard("/api/v3/private_message"))


def settings_are_wrong(scene: Scene) -> None:
    """All at once, and each is told."""
    scene.setting(
        INSTANCE=f"https://megabot:{PASSWORD}@lemmy.example",
        SOURCE=f"https://{PASSWORD}@git.example/source.git",
        TOTP_SECRET=f"{SEED}1!",
        HEARTBEAT_URL=f"ftp://monitor.example/{PING}",
        USERNAME=f"{PASSWORD}@lemmy.example",
        MODERATORS=f"a b {PASSWORD}",
        PASWORD=PASSWORD,
    )
    end = scene.run("post")
    assert (end.code, len(end.err.splitlines())) == (2, 7)


def the_settings_file_is_wrong(scene: Scene) -> None:
    (scene.host.home / ".env").write_text(f"MEGABOT_TICK=5\n'{PASSWORD} {SEED}\n")
    assert ".env:2" in scene.run("post").err


PATHS = (
    all_goes_well,
    the_password_is_wrong,
    the_seed_is_wrong,
    the_token_is_dead,
    the_server_breaks_and_echoes_the_request,
    an_error_code_is_the_token,
    an_error_code_of_the_sign_in_is_the_password,
    a_write_needs_a_sign_in_that_breaks,
    the_sign_in_breaks_and_echoes_the_request,
    the_token_is_not_one,
    the_server_redirects,
    the_certificate_is_wrong,
    nobody_listens,
    the_ledger_is_broken,
    the_ledger_is_a_newer_one,
    the_token_file_is_garbled,
    the_template_is_broken,
    the_template_digs_for_secrets,
    the_template_prints_all_it_is_given,
    the_service_has_a_bug,
    the_monitor_answers_nonsense,
    the_monitor_is_gone,
    a_moderator_is_told,
    settings_are_wrong,
    the_settings_file_is_wrong,
)


@pytest.mark.parametrize("path", [*PATHS, a_verb_has_a_bug])
def test_no_secret_is_found_anywhere_after(scene: Scene, path: Callable[[Scene], None]) -> None:
    """G10, promise 8."""
    path(scene)

    assert {place: found(scene, text) for place, text in left_behind(scene) if found(scene, text)} == {}


def found(scene: Scene, text: str) -> list[str]:
    """Name the canaries in a text."""
    tokens = dict.fromkeys(scene.server.tokens, "token")
    canaries = {PASSWORD: "password", SEED: "seed", PING: "monitor", **tokens}
    return [name for canary, name in canaries.items() if canary in text]


def left_behind(scene: Scene) -> Iterator[tuple[str, str]]:
    """Give everything that a path leaves in the world, and what it is."""
    for end in scene.said:
        yield "stdout", end.out
        yield "stderr", end.err
    for request in scene.server.heard:
        name = f"{request.method} {request.path}"
        heads = {key: value for key, value in request.headers.items() if key != "authorization"}
        yield f"head of {name}", f"{request.path}?{request.query} {heads}"
        yield f"body of {name}", "" if request.path == LOGIN else request.body.decode()
    for ping in scene.monitor.requests:
        yield "the monitor's", ping.decode().replace(f"/{PING}", "", 1)
    world = scene.server.world
    yield "posts, comments, messages", repr([world.posts, world.comments, world.messages])
    yield from on_disk(scene.host.state)


def on_disk(state: Path) -> Iterator[tuple[str, str]]:
    """Give what is in the state folder; of the token's file all but the token."""
    for path in (one for one in state.rglob("*") if one.is_file()):
        text = path.read_bytes().decode("utf-8", "replace")
        if path.name == "token.json":
            text = "".join(line for line in text.splitlines() if '"token"' not in line)
        yield path.name, text
    if (state / "ledger.db").exists():
        with closing(sqlite3.connect(state / "ledger.db")) as ledger:
            yield "the ledger's dump", "\n".join(ledger.iterdump())


# -- the child that renders


def test_the_child_that_renders_is_given_no_secret_and_no_open_file(scene: Scene) -> None:
    """G10, S10: neither its environment nor its descriptors; and no secret is in anybody's arguments."""
    process = scene.host.start("post")
    child = stopped_child(process.pid)
    try:
        arguments = [Path(f"/proc/{pid}/cmdline").read_text() for pid in (child, process.pid)]
        environment = Path(f"/proc/{child}/environ").read_text()
        files = {link.name: str(link.readlink()) for link in Path(f"/proc/{child}/fd").iterdir()}
    finally:
        os.kill(child, signal.SIGCONT)
    end = ended(process)

    assert (end.code, environment) == (0, "")
    assert [found(scene, text) for text in arguments] == [[], []]
    given = sorted(name for name, file in files.items() if not is_read_at_the_start_of_python(file))
    assert given == ["0", "1", "2"], files


def is_read_at_the_start_of_python(file: str) -> bool:
    """Tell whether it is a program's own file, which the child may just be reading."""
    # A library may have its version after the suffix, as in libpython3.11.so.1.0.
    return file.startswith("/usr") or not {".py", ".pyc", ".pth", ".so"}.isdisjoint(Path(file).suffixes)


def stopped_child(parent: int) -> int:
    """Find the child as soon as it runs its own program, and stop it."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for pid in told_of(f"{parent}/task/{parent}/children").split():
            if "rendering.child.main" in told_of(f"{pid}/cmdline"):
                os.kill(int(pid), signal.SIGSTOP)
                return int(pid)
    raise AssertionError("nothing was rendered")


def told_of(path: str) -> str:
    """Read what the system tells of a process, nothing of one that is gone."""
    try:
        return Path("/proc", path).read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


# -- certificates, proxies, .netrc


class Trusting(BoundedAdapter):
    """Trusts one certificate beside none else, so that only the name in it can be wrong."""

    def __init__(self, certificate: Path) -> None:
        super().__init__()
        self._certificate = certificate

    def send(self, request: PreparedRequest, **options: Any) -> Response:  # type: ignore[override]  # noqa: ANN401
        return super().send(request, **{**options, "verify": str(self._certificate)})


def ask(server: TlsServer, *, trusted: bool) -> int:
    """Sign in at a server as the program does, with its certificate among the trusted ones or not."""
    with closing(LemmySession(server.url, token=lambda: "canary-token")) as session:
        if trusted:
            session.mount("https://", Trusting(server.certificate))
        return session.post(f"{server.url}{LOGIN}", json={"password": PASSWORD}).status_code


def test_a_certificate_that_is_trusted_and_for_this_host_is_taken(tmp_path: Path) -> None:
    """N09: the other tests of certificates fail for the certificate's sake and for nothing else."""
    with TlsServer(tmp_path, answer(b"{}")) as server:
        assert ask(server, trusted=True) == 200


@pytest.mark.parametrize(
    ("name", "trusted", "why"),
    [
        ("IP:127.0.0.1", False, "self-signed certificate"),
        ("DNS:elsewhere.example", True, "IP address mismatch"),
        ("IP:127.0.0.2", True, "IP address mismatch"),
    ],
)
def test_a_certificate_of_nobodys_or_of_another_host_is_refused_and_nothing_sent(
    tmp_path: Path, name: str, why: str, *, trusted: bool
) -> None:
    """N09."""
    with (
        TlsServer(tmp_path, answer(b"{}"), name=name) as server,
        pytest.raises(Unreachable, match=rf"certificate is not valid .*{why}.* Nothing was sent"),
    ):
        ask(server, trusted=trusted)

    assert server.requests == []


def test_what_the_environment_says_of_certificates_and_proxies_is_not_heard(scene: Scene) -> None:
    """N09, N10: no variable turns the check off, trusts more, or leads the way through somebody else."""
    with TlsServer(scene.host.home, answer(b"{}")) as server, RawServer(answer(b"{}")) as proxy:
        scene.host = replace(scene.host, surroundings=misleading(scene.host, server.certificate, proxy.url))
        assert scene.run("post").code == 0
        scene.setting(INSTANCE=server.url)
        assert "certificate is not valid" in scene.run("post").err

    assert (server.requests, proxy.connections) == ([], 0)
    assert "netrc" not in repr(scene.server.heard)


def test_the_monitor_is_reached_without_a_proxy_too(scene: Scene) -> None:
    """N10: its address would be told to somebody else."""
    scene.monitor.will(answer(b"OK"))
    with RawServer(answer(b"{}")) as proxy:
        scene.host = replace(scene.host, surroundings=misleading(scene.host, Path("/"), proxy.url))
        scene.serve(lambda: bool(scene.monitor.requests))

    assert proxy.connections == 0
    assert b"netrc" not in b"".join(scene.monitor.requests)


def misleading(host: Machine, certificate: Path, proxy: str) -> dict[str, str]:
    """Make an environment, and a .netrc, that lead astray whoever follows them."""
    netrc = host.home / ".netrc"
    netrc.write_text("machine 127.0.0.1 login netrc password netrc\n")
    netrc.chmod(0o600)
    names = [f"{scheme}_proxy" for scheme in ("http", "https", "all")]
    proxies = {spelt: proxy for name in names for spelt in (name, name.upper())}
    bundles = dict.fromkeys(["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"], str(certificate))
    return {**proxies, **bundles, "CURL_CA_BUNDLE": "", "NETRC": str(netrc), "PYTHONHTTPSVERIFY": "0"}
