"""The sockets in use, so that another thread can end all of them at once."""

import contextlib
import socket
import struct
import threading


class Lines:
    """Open connections of one side. Once closed, whatever is added is hung up at once."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._open: set[socket.socket] = set()
        self._is_closed = False

    def add(self, line: socket.socket) -> None:
        """Keep in mind a connection that was made."""
        with self._guard:
            self._open.add(line)
            if self._is_closed:
                _hang_up(line)

    def forget(self, line: socket.socket) -> None:
        """Leave a connection to whoever closes it."""
        with self._guard:
            self._open.discard(line)

    def hang_up(self, *, but: socket.socket | None = None) -> None:
        """End all connections but one: a thread that reads from any of the others reads its end."""
        with self._guard:
            for line in self._open - {but}:
                _hang_up(line)

    def close(self) -> None:
        """End all connections and every later one."""
        with self._guard:
            self._is_closed = True
        self.hang_up()


def reset_when_closed(line: socket.socket) -> None:
    """Let closing the connection be a reset, with nothing sent any more."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _hang_up(line: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it may have ended by itself
        line.shutdown(socket.SHUT_RDWR)
