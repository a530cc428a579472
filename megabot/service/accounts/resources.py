"""What many accounts in one process share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from megabot.lemmy.deadlines import BoundedAdapter
from megabot.source.child_process import Children

if TYPE_CHECKING:
    from megabot.ledger.postgres.shared_database import SharedDatabase


def open_database(address: str) -> "SharedDatabase":
    """Return the database at an address, the same one for all accounts of the process."""
    # Imported here, because SQLAlchemy takes memory and time that most commands do not need.
    from megabot.ledger.postgres.shared_database import database_at

    return database_at(address)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedResources:
    """Connections to servers and databases, and processes for templates. They contain no token."""

    connections: BoundedAdapter
    children: Children
    database: Callable[[str], "SharedDatabase"] = open_database
