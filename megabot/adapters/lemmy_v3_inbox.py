"""The inbox of an account on a Lemmy 0.19 server: what waits in it, and taking that out. Part of `lemmy_v3`.

plemmy's own calls are not used: its list of messages asks for `unread_only=True`, which 0.19 refuses as it
does `none` (recorded: 083).
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import requests

from megabot.adapters import lemmy_wire_v3_inbox as wire
from megabot.adapters.lemmy_answer import Call
from megabot.adapters.lemmy_calls import Calls, Parse
from megabot.adapters.lemmy_pages import PAGE, pages
from megabot.adapters.lemmy_wire import done
from megabot.core.commands import Origin
from megabot.core.notices import Notice
from megabot.errors import NotFound

Query = dict[str, object]
Request = Callable[[str, Query], requests.Response]

PAGES = 10
"""The most that is listed of a kind at a time: what is behind waits until these are marked as read."""

_MESSAGES = "private_message/list"


class Inbox:
    """One account's inbox, asked for through `get` and changed through `post`."""

    def __init__(self, calls: Calls, *, get: Request, post: Request) -> None:
        self._calls = calls
        self._get = get
        self._post = post

    def waiting(self) -> tuple[Notice, ...]:
        """List what is unread of all three kinds, oldest first."""
        newest: Query = {"sort": "New"}  # mentions would come by Hot otherwise (lemmy-api 1.14)
        mentions = self._unread("user/mention", newest, wire.mentions)
        replies = self._unread("user/replies", newest, wire.replies)
        found = _each_once([*mentions, *replies, *self._unread(_MESSAGES, {}, wire.messages)])
        return tuple(sorted(found, key=lambda notice: (notice.published, notice.content_id)))

    def mark_read(self, notice: Notice) -> None:
        """Take a notice out, as whatever it came; one that is not there (any more) is out already."""
        for path, name, number in _marks(notice):
            with contextlib.suppress(NotFound):
                self._mark(path, {name: number, "read": True})

    def sent_to(self, person_id: int) -> tuple[str, ...]:
        """List what the account wrote to a person: among the newest messages between the two."""
        query: Query = {"creator_id": person_id, "limit": PAGE}
        return self._calls.signed_in(
            Call.READ,
            lambda: self._get(_MESSAGES, query),
            lambda answer: wire.texts_to(answer, person_id),
        )

    def _unread(self, path: str, query: Query, parse: Parse[tuple[Notice, ...]]) -> Iterator[Notice]:
        wanted = query | {"unread_only": "true", "limit": PAGE}

        def page(number: int) -> tuple[Notice, ...]:
            return self._calls.signed_in(Call.READ, lambda: self._get(path, wanted | {"page": number}), parse)

        for found in pages(page, ends=lambda page: len(page) < PAGE, most=PAGES):
            yield from found

    def _mark(self, path: str, form: Query) -> None:
        self._calls.signed_in(Call.CHANGE, lambda: self._post(f"{path}/mark_as_read", form), done)


def _each_once(notices: Iterable[Notice]) -> Iterable[Notice]:
    """Make one of a comment that waits as a mention and, behind the mentions, as a reply."""
    once: dict[str, Notice] = {}
    for notice in notices:
        once[notice.key] = replace(once.get(notice.key, notice), reply_id=notice.reply_id)
    return once.values()


def _marks(notice: Notice) -> Iterator[tuple[str, str, int]]:
    if notice.id and notice.origin is Origin.MESSAGE:
        yield "private_message", "private_message_id", notice.id
    elif notice.id:
        yield "user/mention", "person_mention_id", notice.id
    if notice.reply_id:
        yield "comment", "comment_reply_id", notice.reply_id
