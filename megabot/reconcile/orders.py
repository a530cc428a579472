"""What moderators and the operator can order a pass to do, as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class OrderKind(StrEnum):
    """What a pass can be ordered to do beyond what it does automatically."""

    POST = "post"
    REPOST = "repost"
    REFRESH = "refresh"
    ADOPT = "adopt"
    UNDO = "undo"
    UNADOPT = "unadopt"


PART = "part:"
"""The prefix of the id of an order for another part of an edition."""


@dataclass(frozen=True, slots=True)
class Order:
    """One order. `id` is that of its command: the same id never makes two posts.

    `post_id` and `edition` are the post and the edition key of an order to adopt or unadopt. A `POST` order
    may name an `edition`, or ask for the next one before its slot (`early`). `part` is the number of another
    part of the edition, 0 for a plain repost. `title`: a refresh changes the title too.

    `at` is when the order was given, by the server's clock; None means just now. What is newer than the
    order may be its result.
    """

    kind: OrderKind
    id: str
    post_id: int = 0
    edition: str = ""
    at: datetime | None = None
    part: int = 0
    early: bool = False
    title: bool = False

    def is_older_than(self, moment: datetime) -> bool:
        return self.at is not None and self.at < moment
