"""Since when the ledger's database has been away from a service that waits to act. Pure."""

from datetime import datetime
from enum import Enum, auto


class Seen(Enum):
    """What a service met while it waited for its account."""

    DATABASE_AWAY = auto()
    OTHER_HOST = auto()
    """Another host acts for the account, or took it over."""
    SERVING = auto()
    """This one acts, and was told of the outage."""


def outage_since(since: datetime | None, seen: Seen, now: datetime) -> datetime | None:
    """Return since when nothing could be posted because the database was away, None if something could.

    `since` is what this returned for what was seen before. The first failure of an outage counts.
    """
    match seen:
        case Seen.DATABASE_AWAY:
            return since or now
        case Seen.OTHER_HOST | Seen.SERVING:
            return None
