"""The fault proxy as a proxy: which requests its rules choose, what it lets through, how it ends."""

import http.client
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest

from lemmy_sandbox import Sandbox
from tests.clocks import FakeClock
from tests.faultproxy import CutBefore, Delay, DelayThenPassOn, FaultProxy, LoseAnswer, Refuse, Rule
from tests.faultproxy.record import Record
from tests.raw_server import RawServer, answer

LIST = "/api/v3/post/list?limit=1"
FINE = answer(b"{}")
LATE = 0.1  # seconds until a client gives up


@contextmanager
def client(url: str, timeout: float = 5) -> Iterator[http.client.HTTPConnection]:
    with closing(http.client.HTTPConnection(url.removeprefix("http://"), timeout=timeout)) as connection:
        yield connection


def ask(url: str) -> tuple[int, dict[str, str], bytes]:
    with client(url) as connection:
        connection.request("GET", LIST, headers={"Authorization": "Bearer x"})
        got = connection.getresponse()
        headers = {name.lower(): value for name, value in got.getheaders()}
        return got.status, headers, got.read()


def ask_in_haste(url: str) -> None:
    with client(url, LATE) as connection:
        connection.request("GET", LIST)
        with pytest.raises(TimeoutError):
            connection.getresponse()


# Rules


@pytest.mark.parametrize(
    ("rule", "chosen"),
    [
        (Rule(fault=CutBefore()), [1]),
        (Rule(fault=CutBefore(), first=3), [3]),
        (Rule(fault=CutBefore(), first=2, times=2), [2, 3]),
        (Rule(fault=CutBefore(), first=4, times=None), [4, 5, 6]),
        (Rule(fault=CutBefore(), method="POST", times=None), [2, 4, 6]),
        (Rule(fault=CutBefore(), method="POST", first=3), [4]),
        (Rule(fault=CutBefore(), path="*/2*"), [2]),
    ],
)
def test_a_rule_chooses_by_number_kind_and_times(rule: Rule, chosen: list[int]) -> None:
    record = Record([rule])

    seen = [record.arrive("POST" if number % 2 == 0 else "GET", f"/{number}") for number in range(1, 7)]

    assert [one.number for one in seen if one.fault] == chosen


def test_the_first_rule_that_chooses_a_request_has_it() -> None:
    record = Record([Rule(fault=CutBefore()), Rule(fault=LoseAnswer())])

    assert [record.arrive("GET", "/").fault for _ in range(3)] == [CutBefore(), LoseAnswer(), None]


def test_a_refused_request_can_be_chosen_by_its_number_alone() -> None:
    with pytest.raises(ValueError, match="never read"):
        Rule(fault=Refuse(), method="POST")


def test_rules_may_change_while_requests_keep_their_numbers() -> None:
    with RawServer(FINE, FINE) as upstream, FaultProxy(upstream.url) as proxy:
        ask(proxy.url)
        proxy.use(Rule(fault=LoseAnswer()))
        with pytest.raises(ConnectionResetError):
            ask(proxy.url)

        assert [(seen.number, seen.fault) for seen in proxy.log] == [(1, None), (2, LoseAnswer())]


# What it lets through


def test_an_answer_comes_as_it_was_given() -> None:
    with Sandbox(FakeClock()) as sandbox, FaultProxy(sandbox.url) as proxy:
        status, headers, body = ask(proxy.url)

        assert headers.pop("connection") == "keep-alive"
        assert (status, headers, body) == ask(sandbox.url)


def test_upstream_is_asked_by_its_own_name_and_for_the_rest_as_the_client_asked() -> None:
    with RawServer(FINE) as upstream, FaultProxy(upstream.url) as proxy:
        ask(proxy.url)
        own_name = upstream.url.removeprefix("http://")

    head = upstream.requests[0].decode()
    assert head.startswith(f"GET {LIST} HTTP/1.1\r\n")
    assert head.count("Host:") == 1
    assert f"Host: {own_name}\r\n" in head
    assert "Authorization: Bearer x\r\n" in head


def test_a_connection_is_kept_for_the_next_request() -> None:
    with RawServer(FINE, FINE) as upstream, FaultProxy(upstream.url) as proxy, client(proxy.url) as ours:
        used = set()
        for _ in range(2):
            ours.request("GET", LIST)
            ours.getresponse().read()
            used.add(ours.sock)

        assert len(used) == 1


def test_a_cut_connection_is_reset_rather_than_ended() -> None:
    with RawServer(FINE) as upstream, FaultProxy(upstream.url, [Rule(fault=LoseAnswer())]) as proxy:
        with pytest.raises(ConnectionResetError) as caught:
            ask(proxy.url)

        assert not isinstance(caught.value, http.client.RemoteDisconnected)


def test_an_upstream_that_is_gone_is_a_reset() -> None:
    with RawServer() as upstream:
        gone = upstream.url

    with FaultProxy(gone) as proxy:
        with pytest.raises(ConnectionResetError):
            ask(proxy.url)

        assert [seen.reached for seen in proxy.log] == [False]


def test_many_clients_are_served_at_once() -> None:
    with (
        Sandbox(FakeClock()) as sandbox,
        FaultProxy(sandbox.url) as proxy,
        ThreadPoolExecutor(8) as pool,
    ):
        answers = list(pool.map(ask, [proxy.url] * 40))

        assert {status for status, _, _ in answers} == {200}
        assert [seen.number for seen in proxy.log] == list(range(1, 41))


# Waiting and ending


def test_a_gate_of_the_tests_own_lets_go_what_is_held() -> None:
    gate = threading.Event()
    gate.set()

    with RawServer(FINE) as upstream, FaultProxy(upstream.url, [Rule(fault=Delay(60))], gate=gate) as proxy:
        assert ask(proxy.url)[0] == 200


def test_quiet_gives_up_on_what_is_held() -> None:
    with RawServer(FINE) as upstream, FaultProxy(upstream.url, [Rule(fault=Delay(60))]) as proxy:
        ask_in_haste(proxy.url)

        with pytest.raises(TimeoutError, match="/api/v3/post"):
            proxy.quiet(limit=0.05, read=1)


def test_what_is_held_when_the_proxy_ends_is_dropped_and_nothing_is_left() -> None:
    before = set(threading.enumerate())
    with RawServer(FINE) as upstream:
        with FaultProxy(upstream.url, [Rule(fault=DelayThenPassOn(60))]) as proxy:
            ask_in_haste(proxy.url)

        assert upstream.requests == []
    assert set(threading.enumerate()) == before


def test_a_silent_upstream_does_not_hold_the_end_up() -> None:
    upstream = RawServer()
    upstream.will(upstream.silence)

    with upstream:
        with FaultProxy(upstream.url) as proxy:
            ask_in_haste(proxy.url)

        assert not any(seen.is_open for seen in proxy.log)


def test_a_port_that_was_closed_opens_again_at_the_same_place() -> None:
    with RawServer(FINE) as upstream, FaultProxy(upstream.url) as proxy:
        proxy.refuse()
        with pytest.raises(ConnectionRefusedError):
            ask(proxy.url)
        proxy.reopen()

        assert ask(proxy.url)[0] == 200
