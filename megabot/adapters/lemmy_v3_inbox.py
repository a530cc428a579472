"""The inbox of an account on a Lemmy 0.19 server: what is new in it, read or not. Part of `lemmy_v3`.

plemmy's own calls are not used: its list of messages asks for `unread_only=True`, which 0.19 refuses as it
does `none` (recorded: 083). Comments are listed by when they were written, not by when they were told of: one
that names the bot by a late edit is found among the newest 50 mentions.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

import requests

from megabot.adapters import lemmy_wire_v3_inbox as wire
from megabot.adapters.lemmy_answer import Call
from megabot.adapters.lemmy_calls import Calls, Parse
from megabot.adapters.lemmy_pages import LAST_PAGE, PAGE, pages
from megabot.adapters.lemmy_wire import done
from megabot.core.notices import Notice
from megabot.core.watermark import Listing, Watermark, down_to

Query = dict[str, object]
Request = Callable[[str, Query], requests.Response]

FIRST_PAGES = 10
"""The most that is listed of a kind in an inbox that was never listed: nothing in it is obeyed anyway."""

_MESSAGES = "private_message/list"
_NEWEST: Query = {"sort": "New"}  # mentions would come by Hot otherwise (lemmy-api 1.14)

# By their names in the watermark.
_LISTS: dict[str, tuple[str, Query, Parse[tuple[Notice, ...]]]] = {
    "v3 mention": ("user/mention", _NEWEST, wire.mentions),
    "v3 reply": ("user/replies", _NEWEST, wire.replies),
    "v3 message": (_MESSAGES, {}, wire.messages),
}


class Inbox:
    """One account's inbox, asked for through `get` and changed through `post`."""

    def __init__(self, calls: Calls, *, get: Request, post: Request) -> None:
        self._calls = calls
        self._get = get
        self._post = post

    def new(self, above: Watermark, now: datetime, me: int) -> Listing:
        """List what is above a watermark, oldest first, but for what the account `me` wrote itself."""
        found: list[Notice] = []
        newest: dict[str, int] = {}
        for name, (path, query, parse) in _LISTS.items():
            most = LAST_PAGE if above.at else FIRST_PAGES
            new, newest[name] = down_to(above, name, self._pages(path, query, parse, most=most))
            found += [notice for notice in new if notice.author.id != me]
        notices = sorted(_each_once(found), key=lambda notice: (notice.published, notice.content_id))
        return Listing(notices=tuple(notices), watermark=Watermark(at=now, newest=newest))

    def mark_all_read(self) -> None:
        """Take everything out of what is counted."""
        self._calls.signed_in(Call.CHANGE, lambda: self._post("user/mark_all_as_read", {}), done)

    def sent_to(self, person_id: int) -> tuple[str, ...]:
        """List what the account wrote to a person: among the newest messages between the two."""
        query: Query = {"creator_id": person_id, "limit": PAGE}
        return self._calls.signed_in(
            Call.READ,
            lambda: self._get(_MESSAGES, query),
            lambda answer: wire.texts_to(answer, person_id),
        )

    def _pages(
        self, path: str, query: Query, parse: Parse[tuple[Notice, ...]], *, most: int
    ) -> Iterator[tuple[Notice, ...]]:
        wanted = query | {"limit": PAGE}

        def page(number: int) -> tuple[Notice, ...]:
            return self._calls.signed_in(Call.READ, lambda: self._get(path, wanted | {"page": number}), parse)

        return pages(page, ends=lambda page: len(page) < PAGE, most=most)


def _each_once(notices: Iterable[Notice]) -> Iterable[Notice]:
    """Make one of a comment that came as a mention and, behind the mentions, as a reply."""
    once: dict[str, Notice] = {}
    for notice in notices:
        known = once.get(notice.key, notice)
        once[notice.key] = replace(known, unread=known.unread or notice.unread)
    return once.values()
