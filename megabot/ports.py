"""What megabot needs of the world, as Protocols with their contracts. Adapters implement them, fakes too."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from megabot.clock import Clock
from megabot.forum.port import Forum, HomeServers, NoHomeServers
from megabot.ledger.port import Ledger
from megabot.rendering.port import Renderer
from megabot.source.port import Source


class Alerts(Protocol):
    """Tells people what needs them."""

    def raise_alert(self, key: str, sentence: str) -> None:
        """Say it once for a key, until it is taken back, and again where the sentence changed."""

    def clear_alert(self, key: str) -> None:
        """Say that it is over, if it was ever said."""

    def active_alerts(self) -> Iterator[tuple[str, str]]:
        """Give what was said and not taken back, key and sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflinePorts:
    """What works without a server.

    `community` is the default for threads that name none. `signed_in` tells since when there
    is a token.
    """

    clock: Clock
    ledger: Ledger
    source: Source
    renderer: Renderer
    alerts: Alerts
    community: str = ""
    signed_in: Callable[[], datetime | None] = lambda: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports(OfflinePorts):
    """Everything a pass acts through.

    `moderators` names whom alerts go to, none for the communities' own; `admins` says whether the server's
    admins may command too. `draw_code` draws a code that nobody can guess, 4 to 12 letters and digits.
    """

    forum: Forum
    draw_code: Callable[[], str]
    moderators: tuple[str, ...] = ()
    admins: bool = False
    home_servers: HomeServers = field(default_factory=NoHomeServers)
