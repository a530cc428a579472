"""Notices in the bot's inbox, and the marker of a reply to one. No I/O."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from megabot.forum.models import Person


class Origin(StrEnum):
    """Where a text was written. The bot must be named only in a comment."""

    COMMENT = "comment"
    REPLY = "reply"  # to one of the bot's own comments
    MESSAGE = "message"
    SERVER = "server"  # not addressed to the bot: a moderator's action, a post that mentions it (1.0)


_KINDS = {Origin.MESSAGE: "message", Origin.SERVER: "notice"}
_ANSWERS = re.compile(r"^\[//\]: # \(megabot:v1:answer:((?:comment|message):[0-9]+)\)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A comment or private message in the inbox.

    `id` is the notification's own, in its list. `content_id` is the comment's or message's, or the
    notification's own for what the server reports. `published` is when the bot's server first listed it,
    whatever date its author's server claims (C12). `post_id` and `community_id` are 0 for a message. `gone`:
    it was deleted or removed since. `unread`: it has been neither marked as read nor replied to.
    """

    id: int
    origin: Origin
    content_id: int
    author: Person
    text: str
    published: datetime
    post_id: int = 0
    community_id: int = 0
    gone: bool = False
    unread: bool = True

    @property
    def key(self) -> str:
        """Its permanent key: one comment can come as several notifications (C08)."""
        return f"{_KINDS.get(self.origin, 'comment')}:{self.content_id}"

    @property
    def speaks(self) -> bool:
        """Whether someone addressed the bot and the text can still be read."""
        return not (self.gone or self.origin is Origin.SERVER)


def answer_marker(key: str) -> str:
    """Return the last line of a reply, which identifies the reply even if the ledger is lost."""
    return f"[//]: # (megabot:v1:answer:{key})"


def answered_by(text: str) -> str:
    """Return the key of the notice that one of the bot's texts replies to, "" for none."""
    keys = _ANSWERS.findall(text)
    return str(keys[0]) if len(keys) == 1 else ""


OVERLAP = timedelta(days=2)
"""How far back a list is read again if only times tell what is new; the ledger sorts out duplicates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watermark:
    """The newest id of each inbox list, by the list's name, and when they were listed.

    Each list numbers its notices separately, and a list's name belongs to one API, because an upgrade
    renumbers everything. `at` is None for an inbox that was never listed: all of it is new.
    """

    at: datetime | None = None
    newest: Mapping[str, int] = field(default_factory=dict)

    def is_new_filter(self, name: str, newest: int) -> Callable[[Notice], bool]:
        """Return a filter for the new notices of a list whose newest id is now `newest`.

        Without an id for this list, the time decides. It also decides if the stored id is higher than
        `newest`: the server was restored from an older copy and uses those ids again.
        """
        mark, at = self.newest.get(name), self.at
        # By id, never by the read flag (decision 27).
        if mark is not None and mark <= newest:
            return lambda notice: notice.id > mark
        return lambda notice: at is None or notice.published > at - OVERLAP

    def text(self) -> str:
        """Return it as JSON for the ledger."""
        return json.dumps({"at": self.at.isoformat() if self.at else None, "newest": dict(self.newest)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The new notices of an inbox, oldest first, and the watermark to store after all were handled."""

    notices: tuple[Notice, ...]
    watermark: Watermark


def parse_watermark(text: str | None) -> Watermark:
    """Parse a stored watermark; None gives the watermark of an inbox that was never listed."""
    if text is None:
        return Watermark()
    fields = json.loads(text)
    at = datetime.fromisoformat(fields["at"]) if fields["at"] else None
    return Watermark(at=at, newest=fields["newest"])


def read_until_seen(
    above: Watermark, name: str, pages: Iterable[tuple[Notice, ...]]
) -> tuple[list[Notice], int]:
    """Read pages, newest first, until one has an old notice; return the new notices and the newest id."""
    notices: list[Notice] = []
    newest = 0
    is_new: Callable[[Notice], bool] | None = None
    for page in pages:
        newest = max([newest, *(notice.id for notice in page)])
        # Only the first page has the newest id, which decides whether ids or times tell what is new.
        is_new = is_new or above.is_new_filter(name, newest)
        new = [notice for notice in page if is_new(notice)]
        notices += new
        if len(new) < len(page):
            break
    # An empty list must not move the watermark back.
    return notices, newest or above.newest.get(name, 0)
