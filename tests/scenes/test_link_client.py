"""Asking about links, over real sockets: names and addresses are the test's, the servers are near."""

import errno
import json
import socket
from collections.abc import Callable

import pytest

from megabot.check.link_client import LinkAsker
from megabot.lemmy.link_verdict import Contact, Outcome, Verdict
from megabot.lemmy.public_web import reaches_internet
from tests.raw_server import RawServer, Script, answer

PUBLIC = "1.2.3.4"
OK, GONE, NO_HEAD = (answer(b"", status=status) for status in ("200 OK", "404 Not Found", "405 No"))
Ask = Callable[..., tuple[Outcome, str]]


def to(address: str) -> bytes:
    return answer(b"", status="302 Found", headers=f"Location: {address}\r\n")


class Net:
    """A little internet: which name leads to which address, and one server behind all public ones."""

    def __init__(self, server: RawServer, **names: str) -> None:
        self.names = {"a.example": PUBLIC, "b.example": "5.6.7.8"} | names
        self.port = int(server.url.rpartition(":")[2])
        self.connected: list[str] = []

    def resolve(self, host: str, _port: int) -> list[str]:
        if host not in self.names:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        if self.names[host] == "later":
            raise socket.gaierror(socket.EAI_AGAIN, "ask later")
        return self.names[host].split()

    def connect(self, ip: str, _port: int, seconds: float) -> socket.socket:
        self.connected.append(ip)
        return socket.create_connection(("127.0.0.1", self.port), timeout=seconds)

    def ask(self, address: str) -> tuple[Outcome, str]:
        verdict = LinkAsker(resolve=self.resolve, connect=self.connect, seconds=0.2).ask(address)
        return verdict.outcome, verdict.why


def asked(server: RawServer) -> list[str]:
    return [request.split(b" HTTP")[0].decode() for request in server.requests]


@pytest.mark.parametrize(
    ("scripts", "outcome", "requests"),
    [
        ([OK], Outcome.ALIVE, ["HEAD /x?y=1"]),
        ([NO_HEAD, OK], Outcome.ALIVE, ["HEAD /x?y=1", "GET /x?y=1"]),
        ([GONE, OK], Outcome.ALIVE, ["HEAD /x?y=1", "GET /x?y=1"]),
        ([GONE, GONE], Outcome.DEAD, ["HEAD /x?y=1", "GET /x?y=1"]),
        ([answer(b"", status="429 No")] * 2, Outcome.UNSURE, ["HEAD /x?y=1", "GET /x?y=1"]),
        ([b"nonsense\r\n\r\n", b"nonsense\r\n\r\n"], Outcome.UNSURE, ["HEAD /x?y=1", "GET /x?y=1"]),
    ],
)
def test_a_page_is_asked_by_head_then_by_get(
    scripts: list[Script], outcome: Outcome, requests: list[str]
) -> None:
    with RawServer(*scripts) as server:
        assert Net(server).ask("http://a.example/x?y=1")[0] is outcome

    assert asked(server) == requests


def test_nothing_of_ours_is_sent() -> None:
    with RawServer(OK) as server:
        Net(server).ask("http://robin:secret@a.example/")

    head = server.requests[0].decode().lower()
    assert "host: a.example\r\n" in head
    assert not any(word in head for word in ("cookie", "authorization", "referer", "secret"))


def test_a_link_that_is_passed_on_is_followed_and_each_hop_is_looked_up() -> None:
    with RawServer(to("http://b.example/new"), OK) as server:
        net = Net(server)

        assert net.ask("http://a.example/old")[0] is Outcome.ALIVE
    assert net.connected == [PUBLIC, "5.6.7.8"]


@pytest.mark.parametrize("inner", ["127.0.0.1", "169.254.169.254", "10.0.0.1", "::1", "fe80::1"])
def test_a_hop_to_an_address_that_is_not_public_is_never_taken(inner: str) -> None:
    with RawServer(to("http://inner.example/admin")) as server:
        net = Net(server, **{"inner.example": inner})

        outcome, why = net.ask("http://a.example/")

    assert (outcome, why) == (
        Outcome.UNSURE,
        "it leads to an address that is not public; such addresses are not checked",
    )
    assert net.connected == [PUBLIC]


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    with RawServer(OK) as server:
        net = Net(server, **{"two.example": "10.0.0.1 5.6.7.8"})
        net.ask("http://two.example/")

    assert net.connected == ["5.6.7.8"]


@pytest.mark.parametrize(
    ("address", "outcome", "why"),
    [
        ("http://nowhere.example/", Outcome.DEAD, "there is no server with that name"),
        ("http://later.example/", Outcome.UNSURE, "its name cannot be looked up now"),
        ("http://nowhere.example/post/7", Outcome.DEAD, "there is no server with that name"),
        ("http://a.example:no/", Outcome.UNSURE, "it leads to something that is not a web address"),
        ("ftp://a.example/", Outcome.UNSURE, "it leads to something that is not a web address"),
    ],
)
def test_what_cannot_be_asked_is_told_without_asking(address: str, outcome: Outcome, why: str) -> None:
    with RawServer() as server:
        net = Net(server, **{"later.example": "later"})

        assert net.ask(address) == (outcome, why)
    assert net.connected == []


@pytest.mark.parametrize(
    ("scripts", "why"),
    [
        ([to("http://a.example/")] * 6, "it redirects more than 5 times"),
        ([to("javascript:x")], "it leads to something that is not a web address"),
    ],
)
def test_going_round_in_circles_and_out_of_the_web_ends(scripts: list[Script], why: str) -> None:
    with RawServer(*scripts) as server:
        assert Net(server).ask("http://a.example/") == (Outcome.UNSURE, why)


def test_a_server_that_says_nothing_is_given_up() -> None:
    with RawServer() as server:
        server.will(server.silence)

        assert Net(server).ask("http://a.example/")[0] is Outcome.UNSURE


def test_a_server_that_drips_is_given_up() -> None:
    with RawServer() as server:
        drip = server.drip(b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 1000, every=0.04)
        server.will(drip, drip)

        assert Net(server).ask("http://a.example/")[0] is Outcome.UNSURE


def test_a_huge_page_is_not_read() -> None:
    huge = b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n" + b"x" * 100_000
    with RawServer(NO_HEAD, huge) as server:
        assert Net(server).ask("http://a.example/")[0] is Outcome.ALIVE


def of_post(**state: bool) -> bytes:
    return answer(json.dumps({"post_view": {"post": state}}).encode())


@pytest.mark.parametrize(
    ("scripts", "outcome"),
    [
        ([of_post(removed=True)], Outcome.DEAD),
        ([of_post(removed=False, deleted=False)], Outcome.ALIVE),
        ([answer(b'{"error":"couldnt_find_post"}', status="400 Bad Request")], Outcome.DEAD),
        ([GONE, of_post(deleted=True)], Outcome.DEAD),
        ([GONE, GONE, OK], Outcome.ALIVE),
    ],
)
def test_a_lemmy_post_is_asked_by_api_and_what_is_no_lemmy_as_a_page(
    scripts: list[Script], outcome: Outcome
) -> None:
    with RawServer(*scripts) as server:
        assert Net(server).ask("http://a.example/post/7")[0] is outcome

    assert asked(server)[0] == "GET /api/v3/post?id=7"


def test_a_server_without_tls_is_no_proof_of_anything() -> None:
    with RawServer(OK, OK) as server:
        assert Net(server).ask("https://a.example/")[0] is Outcome.UNSURE


def test_an_api_that_says_nothing_leaves_the_page_to_be_asked() -> None:
    with RawServer(b"nonsense\r\n\r\n", b"nonsense\r\n\r\n", OK) as server:
        assert Net(server).ask("http://a.example/post/7")[0] is Outcome.ALIVE


def test_by_itself_it_looks_names_up_as_the_machine_does() -> None:
    assert LinkAsker().ask("http://localhost:9/") == Verdict(
        Outcome.UNSURE,
        "it leads to an address that is not public; such addresses are not checked",
        Contact.UNASKED,
    )
    assert LinkAsker().ask("http://nothing.invalid/").outcome is Outcome.DEAD


def test_a_name_that_no_machine_can_look_up_is_told() -> None:
    def resolve(host: str, port: int) -> list[str]:
        raise UnicodeError("too long")

    assert LinkAsker(resolve=resolve).ask("http://a.example/").why == "its name cannot be looked up"


@pytest.mark.parametrize(
    ("error", "contact"),
    [
        (TimeoutError(), Contact.SILENT),
        (OSError(errno.ENETUNREACH, "no route"), Contact.SILENT),
        (ConnectionRefusedError(), Contact.REACHED),
    ],
)
def test_it_is_told_whether_a_server_was_reached(error: OSError, contact: Contact) -> None:
    def connect(_ip: str, _port: int, _seconds: float) -> socket.socket:
        raise error

    asker = LinkAsker(resolve=lambda *_: [PUBLIC], connect=connect, seconds=0.2)

    assert asker.ask("http://a.example/").contact is contact


def test_a_name_that_nobody_knows_was_not_reached_and_a_private_address_not_asked() -> None:
    with RawServer(OK, OK) as server:
        net = Net(server, near="127.0.0.1", busy="later")
        asker = LinkAsker(resolve=net.resolve, connect=net.connect, seconds=0.2)
        contacts = [
            asker.ask(f"http://{host}/").contact for host in ("nosuch.example", "busy", "near", "a.example")
        ]

    assert contacts == [Contact.SILENT, Contact.SILENT, Contact.UNASKED, Contact.REACHED]


@pytest.mark.parametrize(
    ("error", "online"), [(None, True), (ConnectionRefusedError(), True), (TimeoutError(), False)]
)
def test_the_bots_own_server_tells_whether_there_is_a_network(error: OSError | None, online: bool) -> None:  # noqa: FBT001
    def connect(_ip: str, _port: int, _seconds: float) -> socket.socket:
        if error is not None:
            raise error
        return socket.socket()

    assert reaches_internet("https://a.example", resolve=lambda *_: [PUBLIC], connect=connect) is online


def test_a_name_that_cannot_be_looked_up_is_no_network() -> None:
    def resolve(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_AGAIN, "ask later")

    assert not reaches_internet("https://a.example", resolve=resolve)
