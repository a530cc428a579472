"""The session against servers that break: what was certainly not sent is told from what may have been."""

import gzip
import logging
import shutil
import socket
import ssl
import struct
import subprocess
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from megabot.errors import ClaimLost, ConfigError, NotLemmy, OutcomeUnknown, Unreachable, Unreadable
from megabot.lemmy.deadlines import SharedConnections
from megabot.lemmy.http import Bearer, LemmySession, Limits
from tests.raw_server import RawServer, Script, answer

QUICK = Limits(connect=0.2, read=0.2, write=0.2, size=100_000)
FINE = answer(b"{}")
CANARY = "canary-token"


@contextmanager
def session(url: str, token: str = CANARY, user_agent: str = "") -> Iterator[LemmySession]:
    with closing(LemmySession(url, token=lambda: token, user_agent=user_agent, limits=QUICK)) as ours:
        yield ours


def read(url: str) -> bytes:
    with session(url) as ours:
        return ours.get(f"{url}/api/v3/site").content


def write(url: str) -> bytes:
    with session(url) as ours:
        return ours.post(f"{url}/api/v3/post", json={"name": "x"}).content


def cut(data: bytes) -> Callable[[socket.socket], None]:
    """Make a script that sends some bytes and hangs up."""
    return lambda peer: peer.sendall(data)


def reset(peer: socket.socket) -> None:
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


# Nothing was sent


@pytest.mark.parametrize("call", [read, write])
def test_nobody_listens(call: Callable[[str], bytes]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"

    with pytest.raises(Unreachable, match=r"connection refused.* Nothing was sent"):
        call(url)


@pytest.mark.parametrize("call", [read, write])
def test_the_name_is_not_found(call: Callable[[str], bytes]) -> None:
    with pytest.raises(Unreachable, match=r"lemmy\.invalid could not be reached: its name was not found"):
        call("https://lemmy.invalid")


class Greeter(RawServer):
    def _converse(self, peer: socket.socket) -> None:
        peer.sendall(b"220 mail.example ready\r\n")
        super()._converse(peer)


@pytest.mark.parametrize(("kind", "reason"), [(Greeter, "encrypted connection"), (RawServer, "in time")])
def test_the_server_does_not_speak_tls(kind: type[RawServer], reason: str) -> None:
    with kind(FINE) as server, pytest.raises(Unreachable, match=reason):
        write(server.url.replace("http", "https"))


def make_certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, Path]:
    """Make a certificate for a name; return a server's context with it, and its file."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl makes the certificate")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    ask = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={name}"]
    ask += ["-addext", f"subjectAltName=DNS:{name}"]
    subprocess.run([program, *ask, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context, certificate


def test_a_certificate_that_is_not_trusted_is_refused(tmp_path: Path) -> None:
    context, _ = make_certificate(tmp_path, "localhost")

    with TlsServer(context) as server, pytest.raises(Unreachable, match="certificate is not valid"):
        write(server.url.replace("http", "https"))


@pytest.mark.parametrize(("name", "trusted"), [("localhost", False), ("other.example", True)])
def test_shared_connections_verify_certificates_as_well(tmp_path: Path, name: str, trusted: bool) -> None:  # noqa: FBT001
    context, file = make_certificate(tmp_path, name)
    shared = SharedConnections(servers=2, connections=2, **({"authorities": str(file)} if trusted else {}))

    with (
        TlsServer(context) as server,
        pytest.raises(Unreachable, match=r"certificate is not valid|encrypted"),
    ):
        read_shared(server, shared, token="mine")


def test_sessions_share_connections_and_never_tokens(tmp_path: Path) -> None:
    context, file = make_certificate(tmp_path, "localhost")
    shared = SharedConnections(servers=2, connections=2, authorities=str(file))

    with TlsServer(context, answers=2) as server:
        for token in ("mine", "yours"):
            read_shared(server, shared, token=token)

    assert server.connections == 1
    assert [b"Bearer mine" in server.requests[0], b"Bearer yours" in server.requests[1]] == [True, True]
    assert b"mine" not in server.requests[1]


def read_shared(server: RawServer, shared: SharedConnections, *, token: str) -> None:
    address = server.url.replace("http", "https").replace("127.0.0.1", "localhost")
    with LemmySession(address, token=lambda: token, connections=shared) as session:
        session.get(f"{address}/api")


class TlsServer(RawServer):
    def __init__(self, context: ssl.SSLContext, *, answers: int = 1) -> None:
        super().__init__(*[FINE] * answers)
        self._listener = context.wrap_socket(self._listener, server_side=True)


# Something may have been sent

BOMB = cut(answer(gzip.compress(bytes(50_000_000)), headers="Content-Encoding: gzip\r\n"))
BREAKING: dict[str, Callable[[RawServer], Script]] = {
    "hung up before the answer": lambda _: cut(b""),
    "hung up in the head": lambda _: cut(b"HTTP/1.1 20"),
    "hung up in the body": lambda _: cut(FINE[:-1]),
    "reset": lambda _: reset,
    "not HTTP": lambda _: cut(b"220 mail.example ready\r\n\r\n"),
    "silent": lambda server: server.silence,
    "dripping head": lambda server: server.drip(FINE * 100, every=0.01),
    "dripping body": lambda server: server.drip(answer(b"{" * 1000), every=0.005),
    "endless head": lambda _: cut(b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200_000),
    "too many bytes": lambda _: cut(answer(b"x" * 100_001)),
    "bomb": lambda _: BOMB,
    "not gzip": lambda _: cut(answer(b"plain", headers="Content-Encoding: gzip\r\n")),
    "endless chunks": lambda _: cut(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"ffff\r\n%s\r\n" % (b"x" * 65535) * 3
    ),
}


@pytest.mark.parametrize("breaking", BREAKING)
def test_a_read_whose_answer_breaks_may_be_made_again(breaking: str) -> None:
    server = RawServer()
    server.will(BREAKING[breaking](server))

    with server, pytest.raises(Unreadable, match="gave no usable answer to GET /api/v3/site") as raised:
        read(server.url)

    # All but these are noticed at once, not when the time is over.
    assert ("timed out" in str(raised.value)) is (breaking in {"silent", "dripping head", "dripping body"})


@pytest.mark.parametrize("breaking", BREAKING)
def test_a_write_whose_answer_breaks_is_unknown_and_not_sent_again(breaking: str) -> None:
    server = RawServer()
    server.will(BREAKING[breaking](server), FINE)

    with server, pytest.raises(OutcomeUnknown, match="It is not known whether the request was carried out"):
        write(server.url)

    assert len(server.requests) == 1


def test_a_bomb_does_not_fill_the_memory() -> None:
    """N12."""
    with RawServer(BOMB) as server:
        tracemalloc.start()
        with pytest.raises(Unreadable, match="too large"):
            read(server.url)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert peak < 5_000_000


def test_a_write_on_a_kept_connection_that_was_reset_is_unknown() -> None:
    with RawServer(FINE, reset) as server, session(server.url) as ours:
        ours.get(f"{server.url}/api/v3/site")

        with pytest.raises(OutcomeUnknown):
            ours.post(f"{server.url}/api/v3/post", json={})

    assert (len(server.requests), server.connections) == (2, 1)


def test_a_connection_that_the_server_closed_in_between_is_made_anew() -> None:
    with RawServer(cut(FINE), FINE) as server, session(server.url) as ours:
        ours.get(f"{server.url}/api/v3/site")
        while not server.hung_up:
            time.sleep(0.001)

        assert ours.post(f"{server.url}/api/v3/post", json={}).ok

    assert server.connections == 2


# Whole answers


@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request", "404 Not Found", "502 Bad Gateway"])
def test_a_whole_answer_is_given_whatever_it_says(status: str) -> None:
    with RawServer(answer(b"<html>", status=status)) as server, session(server.url) as ours:
        got = ours.get(f"{server.url}/api/v3/site")

    assert (got.status_code, got.content) == (int(status[:3]), b"<html>")


def test_a_compressed_answer_is_unpacked() -> None:
    body = answer(gzip.compress(b'{"a": 1}'), headers="Content-Encoding: gzip\r\n")

    with RawServer(body) as server:
        assert read(server.url) == b'{"a": 1}'


def test_connections_are_kept_and_requests_are_counted() -> None:
    with RawServer(FINE, FINE, FINE) as server, session(server.url) as ours:
        for _ in range(3):
            ours.get(f"{server.url}/api/v3/site")

    assert (ours.sent, server.connections) == (3, 1)


def test_the_servers_time_is_remembered() -> None:
    dated = answer(b"{}", headers="Date: Mon, 16 Nov 2026 12:00:00 GMT\r\n")

    with (
        RawServer(dated, answer(b"{}", headers="Date: noon\r\n"), FINE) as server,
        session(server.url) as ours,
    ):
        before = ours.server_time
        for _ in range(3):
            ours.get(f"{server.url}/api/v3/site")

    assert before is None
    assert ours.server_time == datetime(2026, 11, 16, 12, tzinfo=UTC)


# Where the token goes


def test_the_token_travels_in_the_header_alone() -> None:
    with RawServer(FINE, FINE) as server, session(server.url) as ours:
        ours.get(f"{server.url}/api/v3/site", params={"limit": 1})
        ours.post(f"{server.url}/api/v3/post", json={"name": "x"})

    for request in server.requests:
        assert request.count(CANARY.encode()) == 1
        assert f"Authorization: Bearer {CANARY}".encode() in request
        assert b"Cookie" not in request


def test_no_session_is_made_that_would_send_the_token_in_the_clear() -> None:
    with pytest.raises(ConfigError, match="https:"):
        LemmySession("http://lemmy.example", token=str)


def test_without_a_token_there_is_no_header() -> None:
    with RawServer(FINE) as server, session(server.url, token="") as ours:
        ours.get(f"{server.url}/api/v3/site")

    assert b"Authorization" not in server.requests[0]


def test_a_redirect_is_named_and_not_followed() -> None:
    """N10."""
    moved = answer(
        b"x" * 10, status="301 Moved", headers="Location: https://u:pw@elsewhere.example/secret\r\n"
    )

    with (
        RawServer(moved) as server,
        pytest.raises(NotLemmy, match="redirects to elsewhere") as caught,
    ):
        read(server.url)

    assert len(server.requests) == 1
    assert "secret" not in str(caught.value)


def test_whether_a_write_that_was_answered_by_a_redirect_was_done_is_not_known() -> None:
    moved = answer(b"", status="303 See Other", headers="Location: /done\r\n")

    with RawServer(moved) as server, pytest.raises(OutcomeUnknown, match="not known"):
        write(server.url)

    assert len(server.requests) == 1


@pytest.mark.parametrize("location", ["", "Location: https://[::1\r\n", "Location: /login\r\n"])
def test_an_odd_redirect_is_not_followed_either(location: str) -> None:
    with RawServer(answer(b"", status="302 Found", headers=location)) as server, pytest.raises(NotLemmy):
        read(server.url)


def test_cookies_are_not_kept() -> None:
    with (
        RawServer(answer(b"{}", headers="Set-Cookie: jwt=other; Path=/\r\n"), FINE) as server,
        session(server.url) as ours,
    ):
        for _ in range(2):
            ours.get(f"{server.url}/api/v3/site")

    assert b"Cookie" not in server.requests[1]


def test_the_environment_has_no_say(monkeypatch: pytest.MonkeyPatch, nobodys_home: Path) -> None:
    (nobodys_home / ".netrc").write_text("machine 127.0.0.1 login a password netrc-canary\n")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    with RawServer(FINE) as server:
        assert read(server.url) == b"{}"

    assert f"Bearer {CANARY}".encode() in server.requests[0]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/api", "https://evil.example/", "http://127.0.0.1:80@evil.example/"]
)
def test_a_request_for_another_server_is_a_bug(url: str) -> None:
    with session("http://127.0.0.1:80") as ours, pytest.raises(ValueError, match="another server"):
        ours.get(url)


def test_who_asks_is_said() -> None:
    with RawServer(FINE) as server, session(server.url, user_agent="megabot/0.1 (+x)") as ours:
        ours.get(f"{server.url}/api")

    assert b"User-Agent: megabot/0.1 (+x)" in server.requests[0]


def test_unless_told_otherwise_megabot_asks() -> None:
    with RawServer(FINE) as server:
        read(server.url)

    assert b"User-Agent: megabot" in server.requests[0]


def test_one_line_is_logged_for_a_request_and_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="megabot")

    with RawServer(FINE, cut(b"")) as server, session(server.url) as ours:
        ours.get(f"{server.url}/api/v3/site", params={"q": "query-canary"})
        with pytest.raises(OutcomeUnknown):
            ours.post(f"{server.url}/api/v3/user/login", json={"password": CANARY})

    lines = [record.message for record in caplog.records if record.name.startswith("megabot")]
    assert [line.rsplit(maxsplit=2)[0] for line in lines] == [
        "GET /api/v3/site 200",
        "POST /api/v3/user/login OutcomeUnknown",
    ]
    assert CANARY not in caplog.text


def test_errors_and_values_are_blind_to_the_token() -> None:
    with session("http://127.0.0.1:1") as ours, pytest.raises(Unreachable) as caught:
        ours.post("http://127.0.0.1:1/api", json={"password": CANARY})

    shown = [repr(caught.value), repr(caught.value.__cause__), repr(ours), repr(ours.auth), str(vars(ours))]
    assert CANARY not in " ".join(shown)
    assert repr(Bearer(lambda: CANARY)) == "Bearer(...)"


# The question right before a write


class Asked:
    """Counts how often a session asked, and refuses if the test wants it."""

    def __init__(self, error: Exception | None = None) -> None:
        self.times = 0
        self._error = error

    def __call__(self) -> None:
        self.times += 1
        if self._error is not None:
            raise self._error


def test_a_session_asks_before_each_write_and_before_no_read() -> None:
    asked = Asked()
    with (
        RawServer(FINE, FINE, FINE) as server,
        closing(LemmySession(server.url, token=lambda: CANARY, limits=QUICK, before_write=asked)) as ours,
    ):
        ours.get(f"{server.url}/api/v3/site")
        assert asked.times == 0
        ours.post(f"{server.url}/api/v3/post", json={})
        ours.put(f"{server.url}/api/v3/post", json={})

    assert asked.times == 2


def test_what_the_question_raises_keeps_the_write_from_being_sent() -> None:
    asked = Asked(ClaimLost("another one acts"))
    with (
        RawServer(FINE) as server,
        closing(LemmySession(server.url, token=lambda: CANARY, limits=QUICK, before_write=asked)) as ours,
    ):
        with pytest.raises(ClaimLost):
            ours.post(f"{server.url}/api/v3/post", json={})
        assert ours.get(f"{server.url}/api/v3/site").content == b"{}"

    assert [request.split(b" ", 1)[0] for request in server.requests] == [b"GET"]


def test_the_question_comes_last_when_the_connection_is_open() -> None:
    """To find the name and connect may take many seconds, in which another host can take over."""
    asked = Asked()
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    ours = LemmySession(url, token=lambda: CANARY, limits=QUICK, before_write=asked)
    with closing(ours), pytest.raises(Unreachable):
        ours.post(f"{url}/api/v3/post", json={})

    assert asked.times == 0
