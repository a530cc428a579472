"""The page for moderators in the demo: the real one, at a port of this machine, over the demo's ledger."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

from megabot.cli.web_process import opened_server
from megabot.demo.stage import Stage


def bound() -> socket.socket:
    """Return a socket for the page, on this machine's own address, so that plain HTTP is harmless."""
    return socket.create_server(("127.0.0.1", 0))


@contextmanager
def served(stage: Stage, made: socket.socket) -> Iterator[str]:
    """Serve the page in a thread, with an app of its own like another process; yield a sign-in link."""
    # Opened with its own connection, because a connection of SQLite belongs to its thread.
    with closing(stage.open_app()) as app, opened_server(app) as server:
        thread = threading.Thread(target=lambda: server.run(sockets=[made]), name="page", daemon=True)
        thread.start()
        try:
            yield stage.ask_for_link()
        finally:
            server.should_exit = True
            thread.join()
