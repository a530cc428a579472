"""The live page's server, for this machine only.

It listens on the loopback address, answers only requests for its own host name (against DNS rebinding),
accepts only GET, and tells browsers to load and run nothing from elsewhere.
"""

import mimetypes
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from megabot.errors import ConfigError, SourceBroken, Stopping, UserError
from megabot.ports import OfflinePorts
from megabot.preview import live_page, style
from megabot.preview.file_watcher import Follower, fingerprint
from megabot.preview.live_view import SLOTS, View, ViewRequest, view
from megabot.preview.preview import Standing
from megabot.schedule.editions import upcoming_or_last

# Seconds between two messages: only writing shows that a browser has closed the connection.
PING = 15.0
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_HTML, _TEXT = "text/html; charset=utf-8", "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """The response to a request."""

    status: HTTPStatus
    kind: str
    body: bytes


class Site:
    """Answers the page's requests; renders again only if something changed."""

    def __init__(
        self,
        look: Callable[[ViewRequest], View],
        picture: Callable[[View, str], bytes | None],
        follower: Follower,
    ) -> None:
        self._look = look
        self._picture = picture
        self.follower = follower
        self._guard = threading.Lock()
        self._kept: dict[ViewRequest, View] = {}
        self._good: dict[ViewRequest, View] = {}
        self._kept_at = -1

    def answer(self, target: str) -> Answer:
        """Answer a GET; `target` is path and query."""
        parts = urlsplit(target)
        texts = {
            "/style.css": ("text/css", style.LIVE_STYLE),
            "/script.js": ("text/javascript", style.LIVE_SCRIPT),
        }
        if parts.path in texts:
            kind, text = texts[parts.path]
            return Answer(HTTPStatus.OK, f"{kind}; charset=utf-8", text.encode())
        try:
            if parts.path in ("/", "/part"):
                view, count = self._view(_wish(parts.query))
                html = live_page.document(view, count=count) if parts.path == "/" else live_page.part(view)
                # Half a character in a template is reported on the page, which must not fail because of it
                # (T05).
                return Answer(HTTPStatus.OK, _HTML, html.encode(errors="replace"))
            if parts.path.startswith("/picture/"):
                return self._shown(unquote(parts.path.removeprefix("/picture/")))
        except UserError as error:
            return Answer(HTTPStatus.INTERNAL_SERVER_ERROR, _TEXT, str(error).encode())
        return Answer(HTTPStatus.NOT_FOUND, _TEXT, b"There is nothing here.")

    def _view(self, wish: ViewRequest) -> tuple[View, int]:
        """Return the requested view, and the count of changes that it includes."""
        with self._guard:
            if self._kept_at != self.follower.count:
                self._kept_at, self._kept = self.follower.count, {}
            if wish not in self._kept:
                seen = self._look(wish)
                if seen.text is not None:
                    self._good[wish] = seen
                self._kept[wish] = seen if seen.text else replace(seen, last=self._good.get(wish))
            return self._kept[wish], self._kept_at

    def _shown(self, path: str) -> Answer:
        picture = self._picture(self._view(ViewRequest())[0], path)
        if picture is None:
            return Answer(HTTPStatus.NOT_FOUND, _TEXT, b"There is no such picture.")
        return Answer(HTTPStatus.OK, mimetypes.guess_type(path)[0] or "application/octet-stream", picture)


class LiveServer(ThreadingHTTPServer):
    """The socket. `port` 0 picks a free one; `url` contains it."""

    # A browser keeps its event stream open, and its thread must not keep the process from ending.
    daemon_threads = True
    block_on_close = False

    def __init__(self, site: Site, *, port: int = 0) -> None:
        self.site = site
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"

    @property
    def names(self) -> tuple[str, ...]:
        """The values of the Host header that it accepts."""
        return f"127.0.0.1:{self.server_port}", f"localhost:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Do not log browsers that disconnect."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: LiveServer

    def do_GET(self) -> None:
        # With DNS rebinding a page from elsewhere reaches this address, but under its own name.
        if self.headers.get("Host", "") not in self.server.names:
            self._write(
                Answer(HTTPStatus.MISDIRECTED_REQUEST, _TEXT, b"This is not the name of this server.")
            )
        elif self.path == "/events":
            self._tell_of_changes()
        else:
            self._write(self.server.site.answer(self.path))

    def _write(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in {**_HEADERS, "Content-Type": answer.kind}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def _tell_of_changes(self) -> None:
        """Send the count of changes now and after each one, until the browser or the server closes."""
        # The stream has no length, so only the end of the connection ends it (RFC 9112, section 6.3).
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        for name, value in {**_HEADERS, "Content-Type": "text/event-stream"}.items():
            self.send_header(name, value)
        self.end_headers()
        follower = self.server.site.follower
        known = follower.count
        while not follower.over:
            # retry: the browser reconnects after half a second
            # (https://html.spec.whatwg.org/multipage/server-sent-events.html).
            self.wfile.write(f"retry: 500\ndata: {known}\n\n".encode())
            self.wfile.flush()
            known = follower.wait(known, seconds=PING)

    def version_string(self) -> str:
        return "megabot"

    def log_message(self, *_: object) -> None:
        """Log nothing: the only reader is the user who started the server."""


def _wish(query: str) -> ViewRequest:
    given = parse_qs(query)
    slot = given.get("slot", ["0"])[0]
    return ViewRequest(
        thread=given.get("thread", [""])[0], slot=int(slot) if slot.isdecimal() and slot.isascii() else 0
    )


T = TypeVar("T")
_LOOK_UP = 0.2  # seconds after which `serve` checks whether it should stop


class MainThreadQueue:
    """Run work on the main thread on behalf of the server's threads.

    A SQLite connection belongs to the thread that opened it. `take` waits for its turn; `serve` does the work
    in the thread that calls it.
    """

    def __init__(self) -> None:
        self._asked: SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = SimpleQueue()
        self._over = False

    def take(self, work: Callable[[], T]) -> T:
        """Have work done; return its result or raise its error. Raises `Stopping` after `serve` has ended."""
        if self._over:
            raise Stopping
        turn: Future[T] = Future()
        self._asked.put((turn, work))
        return turn.result()

    def serve(self, *, until: Callable[[], bool]) -> None:
        try:
            while not until():
                try:
                    turn, work = self._asked.get(timeout=_LOOK_UP)
                except Empty:
                    continue
                _do(turn, work)
        finally:
            self._over = True
            # A thread that still waits gets an error; otherwise it would never end.
            while not self._asked.empty():
                self._asked.get()[0].set_exception(Stopping())


def _do(turn: "Future[Any]", work: Callable[[], Any]) -> None:
    try:
        turn.set_result(work())
    except Exception as error:  # noqa: BLE001  `take` raises it in the thread that asked
        turn.set_exception(error)


def view_query(ports: OfflinePorts, thread: str | None, key: str | None) -> str:
    """Return the query for a thread and one of its editions. Raises `ConfigError` if it is not upcoming."""
    if thread is None and key is None:
        return ""
    try:
        threads = ports.source.threads(ports.source.snapshot())
    except SourceBroken:
        return ""  # the page shows the mistakes, and updates when they are fixed
    named = [one for one in threads if thread in (None, one.name)]
    if not named:
        names = ", ".join(one.name for one in threads)
        raise ConfigError(f"there is no thread {thread}; use one of: {names}")
    now = ports.clock.now()
    coming = list(islice(named[0].calendar.upcoming(now), SLOTS))
    keys = [edition.key for edition in coming or [upcoming_or_last(named[0].calendar, now)]]
    if key is not None and key not in keys:
        raise ConfigError(
            f"{named[0].name}: {key} is not one of the next {SLOTS} editions; the first of them is {keys[0]}"
        )
    return "?" + urlencode({"thread": named[0].name, "slot": keys.index(key) if key else 0})


def serve(
    ports: OfflinePorts, *, folder: Path | None, compare: Standing, show: Callable[[str], None]
) -> None:
    """Serve the page until Ctrl-C. `show` gets its address; `folder` is watched unless it is None."""
    ports.source.refresh()
    look: Callable[[], Hashable] = (lambda: None) if folder is None else (lambda: fingerprint(folder))
    turns, follower = MainThreadQueue(), Follower(look)

    def picture(seen: View, path: str) -> bytes | None:
        return turns.take(lambda: ports.source.picture(seen.snapshot, path))

    def looked(wished: ViewRequest) -> View:
        return turns.take(lambda: view(ports, wished, compare=compare))

    server = LiveServer(Site(looked, picture, follower))
    follower.start()
    threading.Thread(target=server.serve_forever, name="server", daemon=True).start()
    try:
        show(server.url)
        turns.serve(until=lambda: False)
    except KeyboardInterrupt:
        pass
    finally:
        # First, because the event streams end only when the follower does.
        follower.close()
        server.shutdown()
        server.server_close()
