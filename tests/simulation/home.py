"""The community's own server, as its anonymous visitors see it: pins get there later than posts."""

from collections.abc import Callable
from datetime import timedelta

from megabot.forum.home_server import HomePin, Reading, Software
from tests.simulation.server import Server, is_seen


class FakeHomeServers:
    """Shows what `server` has pinned, each pin after its `travel`; for a post's first hours, `away`, none.

    Both are drawn once for each post.
    """

    def __init__(
        self,
        server: Server,
        *,
        travel: Callable[[], timedelta] = timedelta,
        away: Callable[[], timedelta] = timedelta,
    ) -> None:
        self._server = server
        self._draw = (travel, away)
        self._drawn: dict[int, tuple[timedelta, timedelta]] = {}

    def pin(self, community: str, post: str) -> Reading:
        """Show a post; one that is not open or still on its way is not there."""
        assert community
        shown = next((one for one in self._server.posts.values() if one.url == post), None)
        if shown is None or not is_seen(shown):
            return Reading(HomePin.NO_POST)
        travel, away = self._drawn.setdefault(shown.id, (self._draw[0](), self._draw[1]()))
        now = self._server.now()
        if now < shown.published + away:
            return Reading(HomePin.UNREADABLE, "the connection was refused or lost")
        pins = [event.when for event in self._server.pins if event.post_id == shown.id and event.featured]
        arrived = shown.featured_community and bool(pins) and now >= pins[-1] + travel
        return Reading(HomePin.PINNED if arrived else HomePin.NOT_PINNED)

    def software(self, community: str) -> Software:
        """Tell that it is a server that takes pins."""
        assert community
        return Software(name="lemmy", version="1.0.0")
