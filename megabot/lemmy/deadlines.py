"""Connections that obey a deadline, and that report with certainty when nothing was sent.

A socket's timeout starts again with every byte, so a slow server could hold a call forever. And requests
raises the same exceptions for a failed handshake and for a broken response. Both are solved here, below
requests: a response is read against one deadline, and every failure before the connection is open is
`Unreachable`.
"""

import io
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http.client import HTTPResponse
from typing import Any

from requests.adapters import DEFAULT_CA_BUNDLE_PATH, DEFAULT_POOLSIZE, HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError, NewConnectionError
from urllib3.util.ssl_ import create_urllib3_context

from megabot.errors import Unreachable

_before_write: ContextVar[Callable[[], None]] = ContextVar("before_write", default=lambda: None)


@contextmanager
def asked_before_writes(ask: Callable[[], None]) -> Iterator[None]:
    """Call `ask` right before the first byte of each request of this thread that is not a GET.

    On an open connection, because looking up the name and connecting may take many seconds.
    """
    token = _before_write.set(ask)
    try:
        yield
    finally:
        _before_write.reset(token)


class BoundedAdapter(HTTPAdapter):
    """Make requests use the connections of this module, and never send anything twice."""

    def __init__(self, *, servers: int = DEFAULT_POOLSIZE, connections: int = DEFAULT_POOLSIZE) -> None:
        super().__init__(max_retries=0, pool_connections=servers, pool_maxsize=connections)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **options: object) -> PoolManager:
        """Use these connections through a proxy, too."""
        manager: PoolManager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = _POOLS
        return manager


class SharedConnections(BoundedAdapter):
    """Connections that the sessions of many accounts share. They carry no token: each request has its own.

    `servers`: to how many servers connections stay open; `connections`: how many to each. `authorities` is a
    file with the certificates that servers are verified with.
    """

    def __init__(self, *, servers: int, connections: int, authorities: str = DEFAULT_CA_BUNDLE_PATH) -> None:
        # One context for all connections: the certificates in it take 1 MB and 20 ms to load.
        self._tls = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
        self._tls.load_verify_locations(authorities)
        super().__init__(servers=servers, connections=connections)

    def init_poolmanager(self, *given: Any, **named: Any) -> None:  # noqa: ANN401  the library's own arguments
        """Use the context."""
        super().init_poolmanager(*given, **named, ssl_context=self._tls)

    def proxy_manager_for(self, proxy: str, **options: object) -> PoolManager:
        """Use the context through a proxy, too."""
        return super().proxy_manager_for(proxy, **options, ssl_context=self._tls)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:  # noqa: ANN401  as above
        """Let the context verify, which has the certificates already."""
        conn.cert_reqs = "CERT_REQUIRED"

    def close(self) -> None:
        """Do nothing: a session that ends must not close the connections of the others."""


class _UntilDeadline(io.RawIOBase):
    """Read from the socket's file, each time with the time left until the deadline."""

    def __init__(self, plain: io.BufferedReader, sock: socket.socket) -> None:
        super().__init__()
        self._plain = plain
        self._sock = sock
        # urllib3 has just set the read timeout, which is the time allowed for the whole response.
        self._deadline = time.monotonic() + (sock.gettimeout() or 0.0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int]") -> int | None:  # type: ignore[override]
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._sock.settimeout(left)
        return self._plain.raw.readinto(buffer)

    def close(self) -> None:
        self._plain.close()
        super().close()


class BoundedResponse(HTTPResponse):
    """A response that is read against one deadline: the socket's timeout when the response begins."""

    def __init__(self, sock: socket.socket, debuglevel: int = 0, method: str | None = None) -> None:
        super().__init__(sock, debuglevel, method)
        self.fp = io.BufferedReader(_UntilDeadline(self.fp, sock))


class _PlainConnection(HTTPConnection):
    response_class = BoundedResponse

    def connect(self) -> None:
        try:
            super().connect()
        except (OSError, HTTPError) as error:
            raise _unreachable(self, error) from error

    # http.client sends nothing before `endheaders`: the request line and the headers wait for it.
    def putrequest(self, method: str, *given: Any, **named: Any) -> None:  # noqa: ANN401  passed on
        self._asked = method
        super().putrequest(method, *given, **named)

    def endheaders(self, *given: Any, **named: Any) -> None:  # noqa: ANN401  passed on
        _connect_and_ask(self, self._asked)
        super().endheaders(*given, **named)


class _TlsConnection(HTTPSConnection):
    response_class = BoundedResponse

    def connect(self) -> None:
        try:
            super().connect()
        except (OSError, HTTPError) as error:
            raise _unreachable(self, error) from error

    def putrequest(self, method: str, *given: Any, **named: Any) -> None:  # noqa: ANN401  passed on
        self._asked = method
        super().putrequest(method, *given, **named)

    def endheaders(self, *given: Any, **named: Any) -> None:  # noqa: ANN401  passed on
        _connect_and_ask(self, self._asked)
        super().endheaders(*given, **named)


def _connect_and_ask(connection: HTTPConnection, method: str) -> None:
    if connection.sock is None:
        connection.connect()
    if method != "GET":
        _before_write.get()()


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


_POOLS: dict[str, type[HTTPConnectionPool]] = {"http": _PlainPool, "https": _TlsPool}


def _unreachable(connection: HTTPConnection, error: Exception) -> Unreachable:
    host = connection.host
    if connection.proxy is not None:
        refused = re.search(r"Tunnel connection failed: (\d{3})", str(error))
        if refused:
            return Unreachable(
                f"The proxy {host} answered {refused[1]}; check MEGABOT_PROXY. Nothing was sent."
            )
        host = f"The server, or the proxy {host},"
    return Unreachable(f"{host} could not be reached: {_reason(error)}. Nothing was sent.")


def _reason(error: Exception) -> str:
    match error:
        case NameResolutionError():
            return "its name was not found"
        case NewConnectionError():  # a kind of ConnectTimeoutError to urllib3, so it comes first
            return "connection refused, or no route to the host"
        case ConnectTimeoutError() | TimeoutError():
            return "it did not answer in time"
        case ssl.SSLCertVerificationError():
            return f"its certificate is not valid ({error.verify_message})"
        case _:
            return "the encrypted connection could not be set up"
