"""Serves the live page on the loopback address with uvicorn, and reads the ledger on the main thread."""

import socket
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from itertools import islice
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar
from urllib.parse import urlencode

import uvicorn

from megabot.errors import ConfigError, SourceBroken, Stopping
from megabot.ports import OfflinePorts
from megabot.preview.file_watcher import Follower, fingerprint
from megabot.preview.live_view import SLOTS, View, ViewRequest, view
from megabot.preview.preview import Standing
from megabot.schedule.editions import upcoming_or_last
from megabot.web.live.app import application
from megabot.web.live.site import Site

# Seconds until requests that still run are abandoned when the server closes.
_LAST_REQUESTS = 1


class LiveServer:
    """The page on a port of this machine, in a thread. `port` 0 picks a free one; `url` contains it."""

    def __init__(self, site: Site, *, port: int = 0) -> None:
        # Bound here, because the page must know its port before it answers anything.
        self._socket = socket.create_server(("127.0.0.1", port))
        self.address: tuple[str, int] = self._socket.getsockname()
        config = uvicorn.Config(
            application(site, names=self.names),
            # Named, because uvicorn would otherwise prefer libraries that happen to be installed.
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            # The only reader is the user who started the server.
            log_config=None,
            log_level="critical",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            headers=[("Server", "megabot")],
            timeout_graceful_shutdown=_LAST_REQUESTS,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, name="server", daemon=True)

    @property
    def port(self) -> int:
        return self.address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def names(self) -> tuple[str, ...]:
        """The values of the Host header that it accepts."""
        return f"127.0.0.1:{self.port}", f"localhost:{self.port}"

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Stop serving. Close the follower first, because the event streams end only when it does."""
        self._server.should_exit = True
        self._thread.join()

    def _serve(self) -> None:
        with self._socket:
            self._server.run(sockets=[self._socket])


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
    server.start()
    try:
        show(server.url)
        turns.serve(until=lambda: False)
    except KeyboardInterrupt:
        pass
    finally:
        follower.close()
        server.close()
