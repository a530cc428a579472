"""Asking another server what it shows and what it runs, over real sockets."""

import json
import socket
import threading
from collections.abc import Iterator

import pytest

from megabot.forum.home_server import HomePin, Reading, Software
from megabot.lemmy.home_servers import PURPOSE, LemmyHomeServers, reader
from megabot.lemmy.link_verdict import Outcome
from megabot.lemmy.public_web import NoPage, PublicWeb
from tests.raw_server import RawServer, Script, answer

COMMUNITY, POST = "https://alpha.example/c/news", "https://beta.example/post/7"
UNREADABLE = Reading(HomePin.UNREADABLE, "it does not answer like a Lemmy server")
NOT_FOUND = answer(b"", status="404 Not Found")


def shown(*, pinned: object = True, ap_id: str = POST, deeper: bool = True) -> bytes:
    post = {"id": 3, "ap_id": ap_id, "featured_community": pinned}
    return json.dumps({"post": {"post": post} if deeper else post}).encode()


def asking(*bodies: bytes) -> tuple[LemmyHomeServers, list[str]]:
    """A way to other servers that gives these bodies, one after the other."""
    left, asked = list(bodies), []

    def read(address: str) -> bytes:
        asked.append(address)
        return left.pop(0)

    return LemmyHomeServers(read), asked


@pytest.mark.parametrize(
    ("bodies", "reading"),
    [
        ([shown()], Reading(HomePin.PINNED)),
        ([shown(pinned=False)], Reading(HomePin.NOT_PINNED)),
        ([shown(pinned="yes")], Reading(HomePin.NOT_PINNED)),
        ([b"", shown(deeper=False)], Reading(HomePin.PINNED)),
        ([b'{"error": "couldnt_find_object"}'], Reading(HomePin.NO_POST)),
        ([b'{"error": "resolve_object_failed"}'], Reading(HomePin.NO_POST)),
        ([shown(ap_id="https://evil.example/post/7")] * 2, UNREADABLE),
        ([b"<html>"] * 2, UNREADABLE),
        ([b"[" * 100_000] * 2, UNREADABLE),
        ([b'{"post": {"post": 7}}'] * 2, UNREADABLE),
        ([b'{"error": ["couldnt_find_object"]}', b'{"error": {}}'], UNREADABLE),
        (
            [b'{"error": "instance_is_private"}'] * 2,
            Reading(HomePin.UNREADABLE, "it answered instance_is_private"),
        ),
        ([b'{"error": "no @mods@evil.example [x](http://evil.example)"}'] * 2, UNREADABLE),
    ],
)
def test_what_a_server_shows_of_a_post(bodies: list[bytes], reading: Reading) -> None:
    servers, _ = asking(*bodies)

    assert servers.pin(COMMUNITY, POST) == reading


def test_the_communitys_server_is_asked_over_https_and_over_v4_only_without_v3() -> None:
    servers, asked = asking(b"", shown(deeper=False))

    servers.pin("http://alpha.example:8443/c/news", POST)

    assert asked == [
        f"https://alpha.example:8443/api/{version}/resolve_object?q=https%3A%2F%2Fbeta.example%2Fpost%2F7"
        for version in ("v3", "v4")
    ]


def nodeinfo(href: str = "https://alpha.example/nodeinfo/2.1") -> bytes:
    links = [{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.1", "href": href}]
    return json.dumps({"links": links}).encode()


@pytest.mark.parametrize(
    ("bodies", "software"),
    [
        (
            [nodeinfo(), b'{"software": {"name": "lemmy", "version": "0.19.20"}}'],
            Software(name="lemmy", version="0.19.20"),
        ),
        ([nodeinfo("https://inner.example/nodeinfo/2.1")], Software()),
        ([nodeinfo("https://alpha.example.evil/nodeinfo")], Software()),
        ([b'{"links": 7}'], Software()),
        ([b'{"links": [7]}'], Software()),
        ([b"nonsense"], Software()),
        ([nodeinfo(), b'{"software": 7}'], Software()),
        ([nodeinfo(), b'{"software": {"name": 7}}'], Software()),
        (
            [nodeinfo(), b'{"software": {"name": "@lemmy@evil", "version": "1.0 [x](y)"}}'],
            Software(name="lemmyevil", version="1.0xy"),
        ),
    ],
)
def test_what_a_server_says_it_runs(bodies: list[bytes], software: Software) -> None:
    servers, _ = asking(*bodies)

    assert servers.software(COMMUNITY) == software


def test_what_cannot_be_read_is_an_answer_too() -> None:
    def read(_: str) -> bytes:
        raise NoPage(Outcome.UNSURE, "its name cannot be looked up now")

    servers = LemmyHomeServers(read)

    assert servers.pin(COMMUNITY, POST) == Reading(HomePin.UNREADABLE, "its name cannot be looked up now")
    assert servers.software(COMMUNITY) == Software()


@pytest.fixture
def for_ever() -> Iterator[threading.Event]:
    """Something that hangs until the test is over."""
    over = threading.Event()
    yield over
    over.set()


def test_a_question_that_hangs_is_given_up(for_ever: threading.Event) -> None:
    def read(_: str) -> bytes:
        for_ever.wait()
        return b""

    servers = LemmyHomeServers(read, seconds=0.05)

    assert servers.pin(COMMUNITY, POST) == Reading(HomePin.UNREADABLE, "the server did not answer in time")
    assert servers.software(COMMUNITY) == Software()


# -- on the wire


def web(server: RawServer, ip: str = "1.2.3.4") -> PublicWeb:
    port = int(server.url.rpartition(":")[2])

    def connect(_ip: str, _port: int, seconds: float) -> socket.socket:
        return socket.create_connection(("127.0.0.1", port), timeout=seconds)

    return PublicWeb(purpose=PURPOSE, resolve=lambda *_: [ip], connect=connect, seconds=0.5)


def over(server: RawServer, ip: str = "1.2.3.4") -> LemmyHomeServers:
    """A way to other servers over a socket, without its encryption, which needs a certificate."""
    read = reader(web(server, ip))
    return LemmyHomeServers(lambda address: read(address.replace("https", "http", 1)))


def test_no_token_no_cookie_and_no_name_of_ours_leaves() -> None:
    with RawServer(answer(shown())) as server:
        assert over(server).pin(COMMUNITY, POST) == Reading(HomePin.PINNED)

    head = server.requests[0].decode().lower()
    assert "host: alpha.example\r\n" in head
    assert "user-agent: megabot (pin check)\r\n" in head
    assert not any(word in head for word in ("authorization", "cookie", "referer"))


@pytest.mark.parametrize("ip", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:192.168.0.1"])
def test_a_name_that_leads_to_an_inner_address_is_never_asked(ip: str) -> None:
    with RawServer() as server:
        reading = over(server, ip).pin(COMMUNITY, POST)

    assert reading == Reading(
        HomePin.UNREADABLE, "it leads to an address that is not public; such addresses are not checked"
    )
    assert server.requests == []


@pytest.mark.parametrize(
    ("script", "trouble"),
    [
        (
            answer(b"", status="302 Found", headers="Location: http://inner.example/\r\n"),
            "it redirects to another address",
        ),
        (answer(b" " * 1_100_000 + shown()), "it does not answer like a Lemmy server"),
    ],
)
def test_an_answer_that_leads_elsewhere_or_is_too_large_is_none(script: Script, trouble: str) -> None:
    with RawServer(script, NOT_FOUND) as server:
        assert over(server).pin(COMMUNITY, POST) == Reading(HomePin.UNREADABLE, trouble)
