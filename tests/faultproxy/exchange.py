"""One request on its way: what its fault makes of it."""

import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import assert_never

from tests.faultproxy.faults import (
    Afterwards,
    Cut,
    CutBefore,
    Delay,
    DelayThenPassOn,
    Drip,
    Instead,
    LoseAnswer,
    Played,
    Slow,
    Truncated,
    Wrong,
)
from tests.faultproxy.lines import Lines, reset_when_closed
from tests.faultproxy.record import Record
from tests.faultproxy.wire import Answer, Request, forge, halved, spelled

_PATIENCE = 30.0  # seconds for an upstream that says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What all exchanges of a proxy share. `gate` lets go what is held, `ending` says that it is over."""

    host: str
    record: Record
    upstream: Lines
    gate: threading.Event
    ending: threading.Event


class Exchange:
    """A request from a client, known to the record by its number. Broken connections raise `OSError`."""

    def __init__(self, request: Request, number: int, client: socket.socket, around: Surroundings) -> None:
        self._request = request
        self._number = number
        self._client = client
        self._around = around

    def pass_through(self, *, keep: bool) -> None:
        """Do nothing to it; `keep` the client's connection."""
        self._send([spelled(self._upstreams_answer(self._request), keep=keep)])

    def play(self, fault: Played) -> None:
        """Do to it what is wanted."""
        match fault:
            case CutBefore() | LoseAnswer():
                self._cut(fault)
            case Delay() | DelayThenPassOn() | Drip():
                self._slow(fault)
            case Truncated() | Instead() | Afterwards():
                self._answer_wrongly(fault)
            case _:
                assert_never(fault)

    def _cut(self, fault: Cut) -> None:
        if isinstance(fault, LoseAnswer):
            self._upstreams_answer(self._request)
        reset_when_closed(self._client)

    def _slow(self, fault: Slow) -> None:
        match fault:
            case Delay(seconds):
                answer = self._upstreams_answer(self._request)
                self._hold(seconds)
                self._send([spelled(answer)])
            case DelayThenPassOn(seconds):
                self._hold(seconds)
                self.pass_through(keep=False)
            case Drip(every):
                self._send(self._drops(spelled(self._upstreams_answer(self._request)), every))
            case _:
                assert_never(fault)

    def _answer_wrongly(self, fault: Wrong) -> None:
        match fault:
            case Truncated(length_matches):
                # Half of a compressed answer would be broken compression, not broken JSON.
                answer = self._upstreams_answer(self._request.without("accept-encoding"))
                self._send([halved(answer, length_matches=length_matches)])
            case Instead(answer):
                self._send(forge(answer))
            case Afterwards(answer):
                self._upstreams_answer(self._request)
                self._send(forge(answer))
            case _:
                assert_never(fault)

    def _upstreams_answer(self, request: Request) -> Answer:
        with closing(HTTPConnection(self._around.host, timeout=_PATIENCE)) as connection:
            connection.connect()
            line: socket.socket = connection.sock
            self._around.upstream.add(line)
            try:
                return self._asked(connection, request)
            finally:
                self._around.upstream.forget(line)

    def _asked(self, connection: HTTPConnection, request: Request) -> Answer:
        # Without a Host of its own, http.client names the upstream, which is whom it wants to be asked for.
        connection.putrequest(request.method, request.target, skip_accept_encoding=True)
        for name, value in request.without("host").without("connection").headers:
            connection.putheader(name, value)
        connection.putheader("Connection", "close")
        connection.endheaders(request.body or None)
        self._around.record.reach(self._number)
        response = connection.getresponse()
        headers = tuple(response.getheaders())
        return Answer(status=response.status, headers=headers, body=response.read())

    def _hold(self, seconds: float) -> None:
        self._around.gate.wait(seconds)
        if self._around.ending.is_set():
            raise ConnectionAbortedError("The proxy ends, and what it held with it.")

    def _drops(self, data: bytes, every: float) -> Iterator[bytes]:
        for place in range(len(data)):
            yield data[place : place + 1]
            if self._around.ending.wait(every):
                return

    def _send(self, pieces: Iterable[bytes]) -> None:
        for piece in pieces:
            self._client.sendall(piece)
            self._around.record.send(self._number, len(piece))
