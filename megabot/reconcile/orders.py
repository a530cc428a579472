"""What a person can order a pass to do, as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class OrderKind(StrEnum):
    """What a person can tell the pass to do beyond what is due by itself."""

    POST = "post"
    REPOST = "repost"
    REFRESH = "refresh"
    ADOPT = "adopt"
    UNDO = "undo"
    UNADOPT = "unadopt"


PART = "part:"
"""Begins the id of an order for another part of an edition."""


@dataclass(frozen=True, slots=True)
class Order:
    """A person's word. `id` is the command's own: the same id never makes two posts.

    An order to adopt or to undo that names the post, and the key of the edition; one to post may name an
    edition, or ask for the next one before its slot (`early`). `at` is when it was given, by the server's
    clock; None for one of now: what was done since was done on it. A copy that is to be a part of its edition
    has the number as `part`. A refresh changes the title too if `title` says so.
    """

    kind: OrderKind
    id: str
    post_id: int = 0
    edition: str = ""
    at: datetime | None = None
    part: int = 0
    early: bool = False
    title: bool = False

    def is_older_than(self, deed: datetime) -> bool:
        """Tell whether it was given before something that the server has the moment of."""
        return self.at is not None and self.at < deed
