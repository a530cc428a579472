"""The parent's side of reading front matter: a child process parses it and returns only plain values.

The service reads the threads in every pass, so the result for an unchanged source is cached.
"""

import json
from collections.abc import Callable
from functools import lru_cache

from megabot.source.child_process import COLD, CPU_SECONDS, Children, ChildResult
from megabot.source.front_matter.fence import front_of
from megabot.source.model import Snapshot, Thread, is_thread_file
from megabot.source.plain_values import plain, read
from megabot.source.problems import Problem

_ANSWER_LARGEST = 32 * 1024 * 1024  # for at most 20 MB of source files
_KEPT = 16
"""How many sources are remembered: more than there are passes at once in a process with many accounts."""
_Ask = Callable[..., ChildResult | None]
_Found = tuple[tuple[Thread, ...], tuple[Problem, ...]]


class _UnreadError(Exception):
    """The child gave no answer. An exception, so that `lru_cache` does not store it."""


def threads(snapshot: Snapshot, *, cpu_seconds: int = CPU_SECONDS, children: Children = COLD) -> _Found:
    """Read all threads of a source, and the problems of all files."""
    # Only the front matter is sent, so that another body does not start a child again.
    fronts = {path: front_of(text) for path, text in snapshot.files.items() if is_thread_file(path)}
    try:
        return _by_child(tuple(fronts.items()), snapshot.problems, cpu_seconds, children.ask)
    except _UnreadError as error:
        return (), (*snapshot.problems, Problem(".", 0, str(error), "make the front matter shorter"))


@lru_cache(maxsize=_KEPT)
def _by_child(
    fronts: tuple[tuple[str, str], ...], problems: tuple[Problem, ...], cpu_seconds: int, ask: _Ask
) -> _Found:
    request = {"files": dict(fronts), "problems": plain(problems), "cpu_seconds": cpu_seconds}
    result = ask("source.child", json.dumps(request).encode(), most=_ANSWER_LARGEST)
    if result is None:
        raise _UnreadError("the front matter of the threads takes too long to read")
    try:
        answer = json.loads(result.answer)
        return (
            tuple(read(Thread, one) for one in answer["threads"]),
            tuple(read(Problem, one) for one in answer["problems"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _UnreadError("the front matter of the threads cannot be read") from error
