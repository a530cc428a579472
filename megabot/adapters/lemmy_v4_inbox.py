"""The inbox of an account on a Lemmy 1.0 server: what is new in it, read or not. Part of `lemmy_v4`.

Notifications of all kinds are listed: asked for mentions alone, the server leaves out those in the bot's own
threads (recorded: 100), and what was never listed would be counted as unread for ever.
"""

from datetime import datetime

from megabot.adapters import lemmy_wire_v4_inbox as wire
from megabot.adapters.lemmy_calls import Calls
from megabot.adapters.lemmy_pages import LAST_PAGE, PAGE, Listed, followed
from megabot.adapters.lemmy_v4_requests import Form, RequestsV4
from megabot.adapters.lemmy_wire import done
from megabot.adapters.lemmy_wire_v4 import listed
from megabot.core.notices import Notice
from megabot.core.watermark import Listing, Watermark, down_to

FIRST_PAGES = 30
"""The most that is listed of an inbox that was never listed: nothing in it is obeyed anyway."""

_LIST = "account/notification/list"
_NAME = "v4 notification"


class Inbox:
    """One account's inbox."""

    def __init__(self, calls: Calls, requests: RequestsV4) -> None:
        self._calls = calls
        self._requests = requests

    def new(self, above: Watermark, now: datetime) -> Listing:
        """List what is above a watermark, oldest first."""
        most = LAST_PAGE if above.at else FIRST_PAGES
        found, newest = down_to(above, _NAME, followed(self._page, most=most))
        notices = sorted(wire.each_once(found), key=lambda notice: (notice.published, notice.content_id))
        return Listing(notices=tuple(notices), watermark=Watermark(at=now, newest={_NAME: newest}))

    def mark_all_read(self) -> None:
        """Take everything out of what is counted."""
        self._calls.write(lambda: self._requests.post("account/notification/mark_as_read/all", {}), done)

    def sent_to(self, person_id: int) -> tuple[str, ...]:
        """List what the account wrote to a person: among the newest messages between the two."""
        query: Form = {"type_": "private_message", "creator_id": person_id, "limit": PAGE}
        page = self._calls.read(lambda: self._requests.get(_LIST, query), listed(wire.sent))
        own = {number: text for number, to, text in page.items if to == person_id}
        return tuple(own.values())

    def _page(self, after: str) -> Listed[Notice]:
        query: Form = {"limit": PAGE} | ({"page_cursor": after} if after else {})
        return self._calls.read(lambda: self._requests.get(_LIST, query), listed(wire.notice))
