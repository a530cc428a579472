"""Watches the templates' folder for changes by polling, and notifies everyone who waits."""

import os
import threading
from collections.abc import Callable, Hashable, Iterator
from pathlib import Path

EVERY = 0.05
"""Seconds between two polls. An edit shows at once, and a poll of a hundred files takes a millisecond."""
_MOST = 5_000


def fingerprint(folder: Path) -> Hashable:
    """Return a value that changes with any file in a folder; a file that disappears meanwhile is ignored."""
    return tuple(sorted(_marks(folder)))


def _marks(folder: Path) -> Iterator[tuple[str, int, int, int]]:
    count = 0
    for place, folders, names in os.walk(folder):
        # os.walk enters only what is left in this list. git changes files in .git all the time.
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = os.path.join(place, name)  # noqa: PTH118  a thousand Path objects per poll are slow
            try:
                facts = os.stat(path)  # noqa: PTH116  likewise
            except OSError:
                continue
            yield path, facts.st_mtime_ns, facts.st_size, facts.st_ino
            count += 1
            if count > _MOST:
                return


class Follower:
    """Counts the changes of what `look` returns, in a separate thread; `wait` returns the next count."""

    def __init__(self, look: Callable[[], Hashable], *, every: float = EVERY) -> None:
        self._look = look
        self._every = every
        self._over = threading.Event()
        self._news = threading.Condition()
        self._seen = look()
        self.count = 0
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Stop polling and wake everyone who waits."""
        self._over.set()
        with self._news:
            self._news.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def over(self) -> bool:
        return self._over.is_set()

    def wait(self, known: int, *, seconds: float) -> int:
        """Return the count as soon as it differs from `known`, or after some seconds."""
        with self._news:
            self._news.wait_for(lambda: self.count != known or self.over, timeout=seconds)
            return self.count

    def check(self) -> None:
        seen = self._look()
        if seen != self._seen:
            with self._news:
                self._seen, self.count = seen, self.count + 1
                self._news.notify_all()

    def _run(self) -> None:
        while not self._over.wait(self._every):
            self.check()
