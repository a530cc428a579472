"""Progress on stderr, once a step takes longer than two seconds."""

import itertools
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TextIO

import click

PATIENCE = 2.0


@contextmanager
def show_progress(
    what: str,
    total: int,
    *,
    stream: TextIO | None = None,
    now: Callable[[], float] = time.monotonic,
) -> Iterator[Callable[[], None]]:
    """Count steps, from any thread. After two seconds a terminal shows a bar; a file or pipe gets one line.

    `total` is 0 if it is not known.
    """
    file, began, done, guard = stream or sys.stderr, now(), 0, threading.Lock()
    hidden = not file.isatty()
    # click needs an iterable if the length is not known; only `step` moves the bar.
    bar = click.progressbar(
        itertools.count(), total or None, what, hidden, show_eta=False, show_pos=True, file=file
    )
    with ExitStack() as shows:
        is_shown = False

        def step() -> None:
            nonlocal done, is_shown
            # `check --links` calls this from several threads.
            with guard:
                done += 1
                if is_shown:
                    bar.update(1)
                elif now() - began > PATIENCE:
                    is_shown = True
                    # click draws a bar as soon as it is entered.
                    shows.enter_context(bar)
                    bar.update(done)
                    if hidden:
                        of = f" of {total}" if total else ""
                        file.write(f"megabot: {done}{of} {what} so far\n")

        yield step
