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
from collections.abc import Callable
from http.client import HTTPResponse
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError, NewConnectionError

from megabot.errors import Unreachable


class BoundedAdapter(HTTPAdapter):
    """Make requests use the connections of this module, and never send anything twice.

    `before_write` is called right before the first byte of each request that is not a GET, on an open
    connection, because looking up the name and connecting may take many seconds.
    """

    def __init__(self, *, before_write: Callable[[], None] = lambda: None) -> None:
        super().__init__(max_retries=0)
        self._pools = _pools(before_write)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **options: object) -> PoolManager:
        """Use these connections through a proxy, too."""
        manager: PoolManager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = self._pools
        return manager


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


class _TlsConnection(HTTPSConnection):
    response_class = BoundedResponse

    def connect(self) -> None:
        try:
            super().connect()
        except (OSError, HTTPError) as error:
            raise _unreachable(self, error) from error


def _pools(before_write: Callable[[], None]) -> dict[str, type[HTTPConnectionPool]]:
    """Return the pools whose connections call `before_write`, by scheme."""

    def connect_and_ask(connection: HTTPConnection, method: str) -> None:
        if connection.sock is None:
            connection.connect()
        if method != "GET":
            before_write()

    # http.client sends nothing before `endheaders`: the request line and the headers wait for it.
    class Plain(_PlainConnection):
        def putrequest(self, method: str, *given: Any, **named: Any) -> None:  # noqa: ANN401  passed on
            self._asked = method
            super().putrequest(method, *given, **named)

        def endheaders(self, *given: Any, **named: Any) -> None:  # noqa: ANN401  passed on
            connect_and_ask(self, self._asked)
            super().endheaders(*given, **named)

    class Tls(_TlsConnection):
        def putrequest(self, method: str, *given: Any, **named: Any) -> None:  # noqa: ANN401  passed on
            self._asked = method
            super().putrequest(method, *given, **named)

        def endheaders(self, *given: Any, **named: Any) -> None:  # noqa: ANN401  passed on
            connect_and_ask(self, self._asked)
            super().endheaders(*given, **named)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = Tls

    return {"http": PlainPool, "https": TlsPool}


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
