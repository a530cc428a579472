"""Work that must be done in one thread, asked for from others: a ledger is for the thread that opened it."""

from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from megabot.errors import Stopping

T = TypeVar("T")
_LOOK_UP = 0.2  # seconds between two looks whether it is over


class MainThreadQueue:
    """A queue of work: `take` waits for its turn, `serve` does it in the thread that calls it."""

    def __init__(self) -> None:
        self._asked: SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = SimpleQueue()
        self._over = False

    def take(self, work: Callable[[], T]) -> T:
        """Have something done; give or raise what comes of it. Raises `Stopping` when all is over."""
        if self._over:
            raise Stopping
        turn: Future[T] = Future()
        self._asked.put((turn, work))
        return turn.result()

    def serve(self, *, until: Callable[[], bool]) -> None:
        """Do one after the other."""
        try:
            while not until():
                try:
                    turn, work = self._asked.get(timeout=_LOOK_UP)
                except Empty:
                    continue
                _do(turn, work)
        finally:
            self._over = True
            while not self._asked.empty():
                self._asked.get()[0].set_exception(Stopping())


def _do(turn: "Future[Any]", work: Callable[[], Any]) -> None:
    try:
        turn.set_result(work())
    except Exception as error:  # noqa: BLE001  it is for whoever asked
        turn.set_exception(error)
