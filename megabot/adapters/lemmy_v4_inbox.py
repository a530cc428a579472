"""The inbox of an account on a Lemmy 1.0 server: what waits in it, and taking that out. Part of `lemmy_v4`.

Notifications of all kinds are listed: asked for mentions alone, the server leaves out those in the bot's own
threads (recorded: 100), and what was never listed would be counted as unread for ever.
"""

from megabot.adapters import lemmy_wire_v4_inbox as wire
from megabot.adapters.lemmy_calls import Calls
from megabot.adapters.lemmy_pages import PAGE, Listed, following
from megabot.adapters.lemmy_v4_requests import Form, RequestsV4
from megabot.adapters.lemmy_wire import done
from megabot.adapters.lemmy_wire_v4 import listed
from megabot.core.notices import Notice

PAGES = 30
"""The most that is listed at a time: what is behind waits until these are marked as read."""

_LIST = "account/notification/list"


class Inbox:
    """One account's inbox."""

    def __init__(self, calls: Calls, requests: RequestsV4) -> None:
        self._calls = calls
        self._requests = requests

    def waiting(self) -> tuple[Notice, ...]:
        """List what is unread, oldest first."""
        found = wire.each_once(following(self._unread, most=PAGES))
        return tuple(sorted(found, key=lambda notice: (notice.published, notice.content_id)))

    def mark_read(self, notice: Notice) -> None:
        """Take a notice out, with everything that came of its edits; an id that is nobody's is no error."""
        for number in notice.notifications:
            self._mark(number)

    def sent_to(self, person_id: int) -> tuple[str, ...]:
        """List what the account wrote to a person: among the newest messages between the two."""
        query: Form = {"type_": "private_message", "creator_id": person_id, "limit": PAGE}
        page = self._calls.read(lambda: self._requests.get(_LIST, query), listed(wire.sent))
        own = {number: text for number, to, text in page.items if to == person_id}
        return tuple(own.values())

    def _mark(self, number: int) -> None:
        form: Form = {"notification_id": number, "read": True}
        self._calls.write(lambda: self._requests.post("account/notification/mark_as_read", form), done)

    def _unread(self, after: str) -> Listed[Notice]:
        query: Form = {"unread_only": "true", "limit": PAGE} | ({"page_cursor": after} if after else {})
        return self._calls.read(lambda: self._requests.get(_LIST, query), listed(wire.notice))
