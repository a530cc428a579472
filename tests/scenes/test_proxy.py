"""The proxy that a setting names: everything that leaves the machine takes it; its password stays secret."""

import base64
import contextlib
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from megabot import proxy
from megabot.check.link_client import LinkAsker
from megabot.errors import SourceMissing, Unreachable
from megabot.lemmy.http import LemmySession
from megabot.lemmy.link_verdict import Contact, Outcome
from megabot.lemmy.public_posts import PublicPosts
from megabot.lemmy.public_web import reaches_internet
from megabot.proxy import Proxy
from megabot.service.heartbeat import Heartbeat
from megabot.source.git.address import GitAddress
from megabot.source.git.repository import GitSource
from tests.clocks import FakeClock
from tests.e2e.test_secrets import Trusting, make_certificate
from tests.raw_server import RawServer, answer

PASSWORD = "p@ss word_7"
SHOWN = base64.b64encode(f"bot:{PASSWORD}".encode())
NO = answer(b"", status="407 Proxy Authentication Required")
LEMMY = "https://lemmy.example"


def at(server: RawServer) -> Proxy:
    """The proxy that a server plays, with a name and a password."""
    return proxy.parse(server.url.replace("//", "//bot:p%40ss%20word_7@"))


def assert_asked(server: RawServer, line: bytes) -> None:
    """The proxy was asked for this and nothing else, and got its password and no token."""
    assert {request.splitlines()[0].rpartition(b" ")[0] for request in server.requests} == {line}
    assert all(b"Proxy-Authorization: Basic " + SHOWN in request for request in server.requests)
    assert all(b"\r\nAuthorization:" not in request for request in server.requests)


def test_the_lemmy_server_is_reached_through_the_proxy_by_a_tunnel(tmp_path: Path) -> None:
    certificate = tmp_path / "certificate.pem"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, make_certificate(certificate, "DNS:lemmy.example"))
    inside: list[bytes] = []

    def tunnel(peer: socket.socket) -> None:
        peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with context.wrap_socket(peer, server_side=True) as server:
            inside.append(server.recv(65_536))
            server.sendall(answer(b"{}"))

    with (
        RawServer(tunnel) as server,
        LemmySession(LEMMY, token=lambda: "secret", proxy=at(server)) as session,
    ):
        session.mount("https://", Trusting(certificate))
        response = session.get(f"{LEMMY}/api/v3/site")

    assert response.json() == {}
    assert inside[0].startswith(b"GET /api/v3/site HTTP/1.1\r\n")
    assert b"Authorization: Bearer secret" in inside[0]
    assert SHOWN not in inside[0]
    assert_asked(server, b"CONNECT lemmy.example:443")


def test_a_proxy_that_refuses_is_named_with_the_setting_and_nothing_was_sent() -> None:
    with (
        RawServer(NO) as server,
        LemmySession(LEMMY, token=lambda: "secret", proxy=at(server)) as session,
        pytest.raises(Unreachable) as caught,
    ):
        session.post(f"{LEMMY}/api/v3/post", json={})

    assert str(caught.value) == "The proxy 127.0.0.1 answered 407; check MEGABOT_PROXY. Nothing was sent."
    assert_asked(server, b"CONNECT lemmy.example:443")


def test_a_proxy_that_is_away_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    nobody = Proxy(host="127.0.0.1", port=port)
    with (
        LemmySession(LEMMY, token=lambda: "", proxy=nobody) as session,
        pytest.raises(Unreachable, match=r"the proxy 127\.0\.0\.1, could not be reached"),
    ):
        session.get(f"{LEMMY}/api/v3/site")


def test_this_machines_own_server_is_reached_without_it() -> None:
    with (
        RawServer(answer(b"{}")) as lemmy,
        RawServer(NO) as server,
        LemmySession(lemmy.url, token=lambda: "", proxy=at(server)) as session,
    ):
        assert session.get(f"{lemmy.url}/api/v3/site").json() == {}

    assert server.requests == []


@pytest.mark.parametrize(
    "use",
    [
        lambda used: Heartbeat("https://lemmy.example/ping", proxy=used).beat(well=True),
        lambda used: PublicPosts(LEMMY, proxy=used).one(7),
    ],
)
def test_everything_else_over_http_takes_it_too(use: Callable[[Proxy], object]) -> None:
    with RawServer(*[NO] * 4) as server, contextlib.suppress(Unreachable):
        use(at(server))

    assert_asked(server, b"CONNECT lemmy.example:443")


def unknown(_host: str, _port: int) -> list[str]:
    raise socket.gaierror(socket.EAI_NONAME, "behind a proxy nobody knows the names outside")


def test_a_link_is_asked_through_it_by_name() -> None:
    with RawServer(answer(b""), answer(b"", status="404 Gone"), answer(b"", status="404 Gone")) as server:
        asker = LinkAsker(resolve=unknown, seconds=2, proxy=at(server))
        outcomes = [asker.ask(f"http://{name}.example/x?y=1").outcome for name in ("a", "b")]

    assert outcomes == [Outcome.ALIVE, Outcome.DEAD]
    assert [request.splitlines()[0] for request in server.requests] == [
        b"HEAD http://a.example/x?y=1 HTTP/1.1",
        b"HEAD http://b.example/x?y=1 HTTP/1.1",
        b"GET http://b.example/x?y=1 HTTP/1.1",
    ]
    assert all(b"Proxy-Authorization: Basic " + SHOWN in request for request in server.requests)


def test_an_encrypted_link_is_asked_through_a_tunnel_and_a_refusal_is_told() -> None:
    with RawServer(NO, NO) as server:
        verdict = LinkAsker(resolve=unknown, seconds=2, proxy=at(server)).ask("https://a.example/")

    assert (verdict.outcome, verdict.why) == (Outcome.UNSURE, "the proxy answered 407")
    assert_asked(server, b"CONNECT a.example:443")


@pytest.mark.parametrize("name", ["near", "a b", "x\u2028y"])
def test_what_is_not_public_or_no_name_is_never_asked_of_it(name: str) -> None:
    def resolve(host: str, port: int) -> list[str]:
        return ["10.0.0.1"] if host == "near" else unknown(host, port)

    with RawServer(NO) as server:
        verdict = LinkAsker(resolve=resolve, seconds=2, proxy=at(server)).ask(f"https://{name}/")

    assert (verdict.outcome, verdict.contact) == (Outcome.UNSURE, Contact.UNASKED)
    assert server.requests == []


def test_whether_there_is_a_network_is_asked_of_the_proxy() -> None:
    used = Proxy(host="proxy.example", port=3128)
    asked: list[tuple[str, int]] = []

    def connect(ip: str, port: int, _seconds: float) -> socket.socket:
        asked.append((ip, port))
        return socket.socket()

    assert reaches_internet(LEMMY, resolve=lambda *_: ["1.2.3.4"], connect=connect, proxy=used)
    assert asked == [("1.2.3.4", 3128)]


def test_a_repository_is_fetched_through_it_without_its_password_among_the_arguments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = tmp_path / "arguments"
    (tmp_path / "git").write_text(
        f'#!/bin/sh\necho "$@" >>{arguments}\nPATH=${{PATH#*:}} exec git "$@"\n', encoding="utf-8"
    )
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/local/bin:/usr/bin:/bin")
    (tmp_path / "state").mkdir()
    address = GitAddress(url="https://git.example/threads.git", branch="main", folder="")
    with RawServer(*[NO] * 4) as server, pytest.raises(SourceMissing) as caught:
        GitSource(
            address, key_file=None, state=tmp_path / "state", clock=FakeClock(), proxy=at(server)
        ).snapshot()

    assert server.requests[0].splitlines()[0] == b"CONNECT git.example:443 HTTP/1.1"
    assert "fetch" in arguments.read_text()
    for secret in (PASSWORD, "p%40ss", SHOWN.decode()):
        assert secret not in arguments.read_text() + str(caught.value)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://proxy.example:3128", "http://proxy.example:3128"),
        ("http://proxy.example:3128/", "http://proxy.example:3128"),
        ("http://bot:p%40ss@proxy.example:3128", "http://bot:p%40ss@proxy.example:3128"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_a_proxy_is_taken_as_people_write_it(text: str, url: str) -> None:
    assert proxy.parse(text).url == url


@pytest.mark.parametrize(
    "text",
    [
        "proxy.example:3128",
        "http://proxy.example",
        "http://proxy.example:port",
        "socks5://proxy.example:1080",
        "https://proxy.example:3128",
        "http://proxy.example:3128/path",
        "http://:3128",
    ],
)
def test_anything_else_is_met_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="write http://HOST:PORT or http://NAME:PASSWORD@HOST:PORT"):
        proxy.parse(text)


def test_its_password_is_a_secret_in_each_spelling() -> None:
    used = proxy.parse("http://bot:p%40ss%20word_7@proxy.example:3128")

    assert used.secrets == (PASSWORD, "p%40ss%20word_7", SHOWN.decode())
    assert "p@ss" not in repr(used)
    assert Proxy(host="proxy.example", port=3128).secrets == ()
