"""The sandbox's socket: reads requests, writes answers, and dates them by the sandbox's clock."""

import socket
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from lemmy_sandbox.http.exchange import Answer, Request

Respond = Callable[[Request], Answer]


class Server(ThreadingHTTPServer):
    """A server on the loopback address that closes its clients' connections when it stops."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, respond: Respond, clock: Callable[[], datetime]) -> None:
        self.respond = respond
        self.clock = clock
        self.crashes: list[str] = []
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__(("127.0.0.1", port), _Handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection and remember it."""
        connection, peer = super().get_request()
        with self._guard:
            self._open.add(connection)
        return connection, peer

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - the type is socketserver's
        """Close a connection and forget it."""
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Close all kept-alive connections, so that no client keeps talking to a stopped server."""
        with self._guard:
            connections = list(self._open)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # already closed

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - likewise
        """Store the traceback of a bug for the test; a client that disconnects is not a bug."""
        if not isinstance(sys.exception(), OSError):
            self.crashes.append(traceback.format_exc())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16  # so that head and body are sent in one piece
    server: Server

    def _answer(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        path, _, query = self.path.partition("?")
        request = Request(
            method=self.command,
            path=path,
            query=query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
            peer=self.client_address[0],
        )
        self._write(self.server.respond(request))

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _answer  # noqa: N815 - http.server looks for these names

    def _write(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def version_string(self) -> str:
        return "sandbox"

    def date_time_string(self, timestamp: float | None = None) -> str:
        return format_datetime(self.server.clock(), usegmt=True)

    def log_message(self, *_: object) -> None:
        """Do nothing, because the sandbox keeps its own log."""
