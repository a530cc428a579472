"""Who may see and order what: read from the server at every request, never from the session."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from megabot.source.model import Thread

RECENT = timedelta(seconds=15)
"""How old an answer of the server may be for the live preview, which asks at every pause in typing."""


class Moderators:
    """The accounts that may command the threads of a community.

    `read` asks the server for the actor ids of a community, without an account. It raises what the
    server's failures raise, and then nobody may do anything.
    """

    def __init__(self, read: Callable[[str], frozenset[str]]) -> None:
        self._read = read
        self._kept: dict[str, tuple[datetime, frozenset[str]]] = {}

    def threads_of(
        self, actor: str, threads: Iterable[Thread], *, community: str, now: datetime, recent: bool
    ) -> tuple[str, ...]:
        """Return the names of the threads that an account may command now.

        `community` is the one of threads that name none. With `recent`, an answer of the last 15 s will do.
        """
        allowed: dict[str, bool] = {}
        found = []
        for thread in threads:
            name = thread.community or community
            if name not in allowed:
                allowed[name] = actor in self._of(name, now, recent=recent)
            if allowed[name]:
                found.append(thread.name)
        return tuple(found)

    def _of(self, community: str, now: datetime, *, recent: bool) -> frozenset[str]:
        at, actors = self._kept.get(community, (None, frozenset[str]()))
        if recent and at is not None and timedelta() <= now - at <= RECENT:
            return actors
        actors = self._read(community)
        self._kept[community] = (now, actors)
        return actors
