"""How far something has come, on stderr, once it takes longer than people wait without asking."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

PATIENCE = 2.0


@contextmanager
def shown(
    what: str,
    total: int,
    *,
    stream: TextIO | None = None,
    now: Callable[[], float] = time.monotonic,
) -> Iterator[Callable[[], None]]:
    """Count steps, from any thread; after two seconds a terminal shows a bar, anything else gets one line.

    `total` is 0 where nobody knows it.
    """
    bar = _Bar(what, total, stream or sys.stderr, now)
    try:
        yield bar.step
    finally:
        bar.end()


class _Bar:
    def __init__(self, what: str, total: int, stream: TextIO, now: Callable[[], float]) -> None:
        self._what, self._total, self._stream, self._now = what, total, stream, now
        self._began = now()
        self._done = 0
        self._said = False
        self._guard = threading.Lock()
        self._end: Callable[[], None] = lambda: None
        self._draw: Callable[[int], None] = lambda _: None

    def step(self) -> None:
        """Count one more."""
        with self._guard:
            self._done += 1
            if not self._said and self._now() - self._began > PATIENCE:
                self._said = True
                self._begin()
            self._draw(self._done)

    def end(self) -> None:
        """Take the bar away."""
        with self._guard:
            self._end()

    def _begin(self) -> None:
        if not self._stream.isatty():
            of = f" of {self._total}" if self._total else ""
            self._stream.write(f"megabot: {self._done}{of} {self._what}, going on\n")
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            console=Console(file=self._stream),
            transient=True,
        )
        task = bar.add_task(self._what, total=self._total or None)
        bar.start()
        self._draw = lambda done: bar.update(task, completed=done)
        self._end = bar.stop
