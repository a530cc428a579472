"""A server that responds with exactly the bytes, delays and disconnects that a test wants."""

import contextlib
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

Script = bytes | Callable[[socket.socket], None]


def answer(body: bytes, *, status: str = "200 OK", headers: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    return head.encode() + body


class RawServer:
    """Uses one script for each request: bytes are sent, a function gets the socket.

    The connection is kept open after bytes and closed after a function. `requests` has what was read.
    """

    def __init__(self, *scripts: Script) -> None:
        self._scripts = list(scripts)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._peer: socket.socket | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.requests: list[bytes] = []
        self.connections = 0
        self.hung_up = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def will(self, *scripts: Script) -> None:
        self._scripts += scripts

    def drip(self, data: bytes, *, every: float) -> Callable[[socket.socket], None]:
        """Return a script that sends one byte at a time, until the test ends."""

        def send(peer: socket.socket) -> None:
            for number in range(len(data)):
                peer.sendall(data[number : number + 1])
                if self._closing.wait(every):
                    return

        return send

    def silence(self, _peer: socket.socket) -> None:
        """Send nothing until the test ends."""
        self._closing.wait(5)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        for waiting in (self._listener, self._peer):
            if waiting is not None:
                with contextlib.suppress(OSError):
                    waiting.shutdown(socket.SHUT_RDWR)  # this ends accept and recv; close would not
        self._thread.join(timeout=5)
        self._listener.close()

    def _serve(self) -> None:
        while not self._closing.is_set():
            try:
                self._peer, _ = self._listener.accept()
            except OSError:
                continue
            self.connections += 1
            with self._peer, contextlib.suppress(OSError):
                self._converse(self._peer)
            self.hung_up += 1

    def _converse(self, peer: socket.socket) -> None:
        while self._scripts:
            request = _read_request(peer)
            if not request:
                return
            self.requests.append(request)
            script = self._scripts.pop(0)
            if not isinstance(script, bytes):
                script(peer)
                return
            peer.sendall(script)


def _read_request(peer: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = peer.recv(65536)
        if not piece:
            return b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        body += peer.recv(65536)
    return head + b"\r\n\r\n" + body
