"""What people write to the bot, as its inbox gives it, and the sign that an answer was given. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime

from megabot.core.commands import Origin
from megabot.core.posts import Person

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
