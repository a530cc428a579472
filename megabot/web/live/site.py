"""Keeps what the live page shows, and renders again only if something changed."""

import threading
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qs

from megabot.preview.file_watcher import Follower
from megabot.preview.live_view import View, ViewRequest


class Site:
    """The views of the page. Its methods may be called by several threads."""

    def __init__(
        self,
        look: Callable[[ViewRequest], View],
        picture: Callable[[View, str], bytes | None],
        follower: Follower,
    ) -> None:
        self._look = look
        self._picture = picture
        self.follower = follower
        self._guard = threading.Lock()
        self._kept: dict[ViewRequest, View] = {}
        self._good: dict[ViewRequest, View] = {}
        self._kept_at = -1

    def view(self, wish: ViewRequest) -> tuple[View, int]:
        """Return the requested view, and the count of changes that it includes."""
        with self._guard:
            if self._kept_at != self.follower.count:
                self._kept_at, self._kept = self.follower.count, {}
            if wish not in self._kept:
                seen = self._look(wish)
                if seen.text is not None:
                    self._good[wish] = seen
                self._kept[wish] = seen if seen.text else replace(seen, last=self._good.get(wish))
            return self._kept[wish], self._kept_at

    def picture(self, path: str) -> bytes | None:
        """Return a picture of the source; None if it has none at that path."""
        return self._picture(self.view(ViewRequest())[0], path)


def view_request(query: str) -> ViewRequest:
    """Read the query of an address. Anyone can edit it, so a wrong slot counts as the first."""
    given = parse_qs(query)
    slot = given.get("slot", ["0"])[0]
    return ViewRequest(
        thread=given.get("thread", [""])[0], slot=int(slot) if slot.isdecimal() and slot.isascii() else 0
    )
