"""A proxy on loopback in front of a PostgreSQL server, which cuts or freezes connections at a chosen place.

It counts bytes, messages and statements of PostgreSQL's protocol 3 over all its connections since the fault
was set. A client ends a statement with the message Query or Sync, a server its reply with ReadyForQuery.
Connecting counts as one, because a server ends that with ReadyForQuery, too. Terminate, the last message, is
passed on uncounted: nobody waits for it, so a test could not know whether it was before or after its fault.
"""

import contextlib
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from types import TracebackType
from typing import Self

_ENCRYPTION_REQUESTS = {80877103, 80877104}
"""The codes of SSLRequest and GSSENCRequest, which a client sends before anything else."""
_TERMINATE = b"X"
_LAST_OF_STATEMENT = {b"Q", b"S"}  # Query, Sync
_LAST_OF_REPLY = {b"Z"}  # ReadyForQuery


class Side(Enum):
    """Who sent what is counted: with REQUESTS the server never sees the rest, with REPLIES the client."""

    REQUESTS = auto()
    REPLIES = auto()


class Unit(Enum):
    """What is counted."""

    BYTES = auto()
    MESSAGES = auto()
    STATEMENTS = auto()


@dataclass(frozen=True, slots=True)
class Cut:
    """Pass on `after` units of a side, then close the connection that brings the next one. Happens once."""

    after: int
    unit: Unit
    side: Side


@dataclass(frozen=True, slots=True)
class Freeze:
    """Pass on `after` units of a side, then nothing of any connection until `thaw`; all stay open."""

    after: int
    unit: Unit
    side: Side


Fault = Cut | Freeze


class TrafficProxy:
    """Listens while it is entered."""

    def __init__(self, server: Path, port: int = 5432) -> None:
        """`server` is the folder of the server's Unix socket."""
        self._upstream = str(server / f".s.PGSQL.{port}")
        self._guard = threading.Lock()
        self._fault: Fault | None = None
        self._counts: Counter[tuple[Side, Unit]] = Counter()
        self._flowing = threading.Event()
        self._flowing.set()
        self._is_refusing = False
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))

    def url(self, database: str, user: str = "megabot") -> str:
        return f"postgresql://{user}@127.0.0.1:{self._listener.getsockname()[1]}/{database}"

    def use(self, fault: Fault | None) -> None:
        """Set the next fault, or none, and count from 0."""
        with self._guard:
            self._fault = fault
            self._counts.clear()

    def count(self, side: Side, unit: Unit) -> int:
        """Return how much was passed on since `use`, without what a fault withheld."""
        with self._guard:
            return self._counts[side, unit]

    @property
    def happened(self) -> bool:
        """Whether the fault that was set has happened."""
        with self._guard:
            return self._fault is None

    def cut(self) -> None:
        """Close all connections now; new ones are accepted."""
        with self._guard:
            for line in self._open:
                _hang_up(line)

    def freeze(self) -> None:
        """Pass nothing on from now on; what arrives meanwhile waits for `thaw`."""
        self._flowing.clear()

    def thaw(self) -> None:
        self._flowing.set()

    def refuse(self) -> None:
        """Close all connections, and every new one at once."""
        with self._guard:
            self._is_refusing = True
        self.cut()

    def accept(self) -> None:
        self._is_refusing = False

    def __enter__(self) -> Self:
        self._start(self._listen)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)  # ends accept; close would not
        self._threads[0].join()
        self._listener.close()
        self.refuse()
        self.thaw()
        for thread in self._threads:
            thread.join()

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, name="postgres-proxy", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._start(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        """Connect to the server, pass on requests in this thread and replies in another one."""
        # Replies come message by message; otherwise each would wait 40 ms for the client's acknowledgement.
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with client, socket.socket(socket.AF_UNIX) as server:
            if not _connected(server, self._upstream):
                return
            with self._guard:
                if self._is_refusing:
                    return
                self._open |= {client, server}
            replies = threading.Thread(target=self._pass_on, args=(server, client, Side.REPLIES), daemon=True)
            replies.start()
            self._pass_on(client, server, Side.REQUESTS)
            replies.join()
            with self._guard:
                self._open -= {client, server}

    def _pass_on(self, source: socket.socket, target: socket.socket, side: Side) -> None:
        """Pass on what one side sends until it hangs up or is cut off, then hang up on both."""
        with contextlib.suppress(OSError):
            for message in _messages(source, side):
                if not self._send(message, target, side):
                    break
        _hang_up(source)
        _hang_up(target)

    def _send(self, message: bytes, target: socket.socket, side: Side) -> bool:
        """Send a message or its first bytes; return whether the connection goes on."""
        self._flowing.wait()
        if side is Side.REQUESTS and message[:1] == _TERMINATE:
            target.sendall(message)
            return True
        with self._guard:
            fault = self._fault if self._fault is not None and self._fault.side is side else None
            now = len(message) if fault is None else self._allowed(message, fault)
            is_whole = now == len(message)
            self._counts[side, Unit.BYTES] += now
            if is_whole:
                self._counts[side, Unit.MESSAGES] += 1
                self._counts[side, Unit.STATEMENTS] += _ends_statement(message, side)
            else:
                self._fault = None
                if isinstance(fault, Freeze):
                    self._flowing.clear()
        target.sendall(message[:now])
        if isinstance(fault, Freeze) and not is_whole:
            self._flowing.wait()
            target.sendall(message[now:])
            return True
        return is_whole

    def _allowed(self, message: bytes, fault: Fault) -> int:
        """Return how many bytes of a message come before the fault."""
        left = fault.after - self._counts[fault.side, fault.unit]
        if fault.unit is Unit.BYTES:
            return min(len(message), left)
        return len(message) if left > 0 else 0


def _messages(source: socket.socket, side: Side) -> Iterator[bytes]:
    """Read message by message. A client's first one has no type; a request to encrypt is refused here."""
    with source.makefile("rb") as stream:
        while side is Side.REQUESTS:
            length = stream.read(4)
            body = stream.read(_length(length) - 4) if len(length) == 4 else b""
            if len(body) < 4:
                return
            if struct.unpack("!i", body[:4])[0] not in _ENCRYPTION_REQUESTS:
                yield length + body
                break
            source.sendall(b"N")
        while len(head := stream.read(5)) == 5:
            yield head + stream.read(_length(head[1:]) - 4)


def _length(four: bytes) -> int:
    return int(struct.unpack("!i", four)[0])


def _ends_statement(message: bytes, side: Side) -> bool:
    if side is Side.REPLIES:
        return message[:1] in _LAST_OF_REPLY
    # The first message has no type but a length below 2 ** 24, so its first byte is 0.
    return message[:1] in _LAST_OF_STATEMENT or message[:1] == b"\0"


def _connected(server: socket.socket, upstream: str) -> bool:
    try:
        server.connect(upstream)
    except OSError:  # the server is stopped
        return False
    return True


def _hang_up(line: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it may be over
        line.shutdown(socket.SHUT_RDWR)
