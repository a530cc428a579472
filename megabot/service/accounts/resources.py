"""What many accounts in one process share."""

from dataclasses import dataclass

from megabot.lemmy.deadlines import BoundedAdapter
from megabot.source.child_process import Children


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedResources:
    """Connections to servers and processes for templates. They contain no token."""

    connections: BoundedAdapter
    children: Children
