"""What people write to the bot, as its inbox gives it, and the sign that an answer was given. Pure."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from megabot.forum.models import Person


class Origin(StrEnum):
    """Where a text was written. Only in a comment must the bot be named to be addressed."""

    COMMENT = "comment"
    REPLY = "reply"  # to a comment of the bot's own
    MESSAGE = "message"
    SERVER = "server"  # by nobody who talks to the bot: a moderator's deed, a post that names it (1.0)


_KINDS = {Origin.MESSAGE: "message", Origin.SERVER: "notice"}
_ANSWERS = re.compile(r"^\[//\]: # \(megabot:v1:answer:((?:comment|message):[0-9]+)\)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A comment or private message in the inbox.

    `id` is the notification's own, in the list that it came in. `content_id` is the comment's or message's,
    the notification's own for what the server tells. `published` is when the own server told of it first,
    whatever its author's server says (C12). `post_id` and `community_id` are 0 for a message. `gone` says
    that it was deleted or removed meanwhile, `unread` that nobody marked it as read or answered it.
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
        """What it is known by for ever: one comment can come as several notifications (C08)."""
        return f"{_KINDS.get(self.origin, 'comment')}:{self.content_id}"

    @property
    def speaks(self) -> bool:
        """Whether somebody's words to the bot are still there to be read."""
        return not (self.gone or self.origin is Origin.SERVER)


def answer_marker(key: str) -> str:
    """Write the line that ends an answer: by it an answer is known again with the ledger lost."""
    return f"[//]: # (megabot:v1:answer:{key})"


def answered_by(text: str) -> str:
    """Read from a text of the bot's own which notice it answers, by key; empty for none."""
    found = _ANSWERS.findall(text)
    return str(found[0]) if len(found) == 1 else ""


OVERLAP = timedelta(days=2)
"""How much is listed twice where only time tells what is new: by the ledger it is known not to be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watermark:
    """The newest id of each list of an inbox, by the list's name, and when they were listed.

    Each list counts its ids apart, and a name is of one API alone: an upgrade numbers all anew. `at` is None
    for an inbox that was never listed, of which all is new.
    """

    at: datetime | None = None
    newest: Mapping[str, int] = field(default_factory=dict)

    def is_new_filter(self, name: str, newest: int) -> Callable[[Notice], bool]:
        """Give what tells the new from the old in a list, of which `newest` is the newest id now.

        Without an id of this list time tells; so it does where the id is of the future: the server was put
        back to an older copy, and counts up to it once more.
        """
        mark, at = self.newest.get(name), self.at
        if mark is not None and mark <= newest:
            return lambda notice: notice.id > mark
        return lambda notice: at is None or notice.published > at - OVERLAP

    def text(self) -> str:
        """Write it down, for the ledger."""
        return json.dumps({"at": self.at.isoformat() if self.at else None, "newest": dict(self.newest)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What is new in an inbox, oldest first, and the watermark above it: to be kept once all is heard."""

    notices: tuple[Notice, ...]
    watermark: Watermark


def parse_watermark(text: str | None) -> Watermark:
    """Read what was written down; of nothing, the watermark of an inbox that was never listed."""
    if text is None:
        return Watermark()
    kept = json.loads(text)
    at = datetime.fromisoformat(kept["at"]) if kept["at"] else None
    return Watermark(at=at, newest=kept["newest"])


def read_until_seen(
    above: Watermark, name: str, pages: Iterable[tuple[Notice, ...]]
) -> tuple[list[Notice], int]:
    """Read a list, newest page first, to the page on which something is old: the new, and the newest id."""
    notices: list[Notice] = []
    newest = 0
    is_new: Callable[[Notice], bool] | None = None
    for page in pages:
        newest = max([newest, *(notice.id for notice in page)])
        is_new = is_new or above.is_new_filter(name, newest)
        new = [notice for notice in page if is_new(notice)]
        notices += new
        if len(new) < len(page):
            break
    return notices, newest or above.newest.get(name, 0)
