"""The proxy: where it listens, which thread serves whom, how it ends; not what is done to requests."""

import socket
import sys
import threading
from collections.abc import Callable, Iterable
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from tests.faultproxy.exchange import Exchange, Surroundings
from tests.faultproxy.faults import Rule
from tests.faultproxy.lines import Lines, reset_when_closed
from tests.faultproxy.record import Record, Seen
from tests.faultproxy.wire import Request

Serve = Callable[[Request, socket.socket], bool]


class FaultProxy:
    """Passes requests on to a server whose address is http://host[:port], but for those that rules choose.

    Of several rules the first that chooses a request has it. What `Delay` and `DelayThenPassOn` hold is let
    go after their time or as soon as `gate` is set; when the proxy ends it is dropped, and passed on no more.
    """

    def __init__(
        self, upstream: str, rules: Iterable[Rule] = (), *, gate: threading.Event | None = None
    ) -> None:
        self._record = Record(rules)
        self._around = Surroundings(
            host=urlsplit(upstream).netloc,
            record=self._record,
            upstream=Lines(),
            gate=gate or threading.Event(),
            ending=threading.Event(),
        )
        self._clients = Lines()
        self._port = 0
        self._listening = threading.Lock()
        self._listener: _Listener | None = None
        self._past: list[_Listener] = []

    @property
    def url(self) -> str:
        """Give the address to ask, the same after `reopen`."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def log(self) -> tuple[Seen, ...]:
        """Copy what is known of every request that was read, the oldest first."""
        return self._record.log()

    def use(self, *rules: Rule) -> None:
        """Take other rules in place of all that there were."""
        self._record.replace_rules(rules)
        self._refuse_if_due()

    def release(self) -> None:
        """Let go what is held, now and from now on."""
        self._around.gate.set()

    def quiet(self, limit: float = 10.0, *, read: int = 0) -> None:
        """Wait until at least so many requests were read and none is held or under way upstream.

        Raises `TimeoutError` after `limit` seconds. A client that gave up may have done so before its
        request was read: with its number, `read`, even that one is waited for.
        """
        if not self._record.wait_for_quiet(limit, read=read):
            raise TimeoutError(f"{len(self.log)} read; open: {[seen for seen in self.log if seen.is_open]}")

    def refuse(self) -> None:
        """Close the port and hang up on all clients; what they asked for still gets upstream."""
        self._stop_listening()

    def reopen(self) -> None:
        """Listen again, at the same port."""
        with self._listening:
            if self._listener is None:
                self._listener = _Listener(self._port, self._clients, self._serve)
                self._port = self._listener.server_address[1]

    def __enter__(self) -> Self:
        self.reopen()
        self._refuse_if_due()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._around.ending.set()  # before the gate, or what is held would still be passed on
        self._around.gate.set()
        self._stop_listening()
        for lines in (self._clients, self._around.upstream):
            lines.close()
        for listener in self._past:
            listener.server_close()  # joins its threads

    def _serve(self, request: Request, client: socket.socket) -> bool:
        """Serve a request and say whether the client's connection is kept."""
        seen = self._record.arrive(request.method, request.path)
        # Before the answer is sent: right after it the client may come again.
        is_last = self._refuse_if_due(but=client)
        keep = seen.fault is None and not is_last
        exchange = Exchange(request, seen.number, client, self._around)
        try:
            if seen.fault is None:
                exchange.pass_through(keep=keep)
            else:
                exchange.play(seen.fault)
        except (OSError, HTTPException):  # the client or upstream has left
            reset_when_closed(client)
            return False
        finally:
            self._record.end(seen.number)
        return keep

    def _refuse_if_due(self, *, but: socket.socket | None = None) -> bool:
        if not self._record.refuses_next():
            return False
        self._stop_listening(but=but)
        return True

    def _stop_listening(self, *, but: socket.socket | None = None) -> None:
        with self._listening:
            if self._listener is not None:
                self._listener.stop()
                self._past.append(self._listener)
                self._listener = None
        self._clients.hang_up(but=but)


class _Listener(ThreadingTCPServer):
    """A port, a thread that accepts, and a thread for each connection."""

    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, port: int, lines: Lines, serve: Serve) -> None:
        self.serve = serve
        self._lines = lines
        super().__init__(("127.0.0.1", port), _Handler)
        self._accepting = threading.Thread(target=self.serve_forever, args=(0.01,), name="faultproxy")
        self._accepting.start()

    def stop(self) -> None:
        """Close the port; connections go on."""
        self.shutdown()
        self._accepting.join()
        self.socket.close()

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection."""
        client, address = super().get_request()
        self._lines.add(client)
        return client, address

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - the type is socketserver's
        """Close a connection, without the polite end that the overridden method puts before a reset."""
        self._lines.forget(request)
        request.close()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - likewise
        """Let a bug end its thread, which pytest notices; a client that left is no bug."""
        if not isinstance(sys.exception(), OSError):
            raise  # noqa: PLE0704 - called by socketserver while it handles the exception


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Listener

    def _take(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:
            raise ConnectionResetError("The client left in the middle of its request.")
        request = Request(
            method=self.command, target=self.path, headers=tuple(self.headers.items()), body=body
        )
        self.close_connection = not self.server.serve(request, self.connection)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _take  # noqa: N815 - http.server looks for these names

    def log_message(self, *_: object) -> None:
        """Stay silent: the proxy keeps its own log."""
