"""The ports: what megabot needs from outside, as Protocols that adapters and the tests' fakes implement."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NoReturn, Protocol

from megabot.clock import Clock
from megabot.errors import Bug
from megabot.forum.port import Forum, HomeServers, NoHomeServers
from megabot.ledger.port import Ledger
from megabot.rendering.port import Renderer
from megabot.source.port import Source


class Alerts(Protocol):
    """Tells moderators and the operator about problems."""

    def raise_alert(self, key: str, sentence: str) -> None:
        """Report a problem once per key, and again if the sentence changes, until it is cleared."""

    def clear_alert(self, key: str) -> None:
        """Report that a problem is resolved, if it was reported."""

    def active_alerts(self) -> Iterator[tuple[str, str]]:
        """Yield the key and sentence of each problem that is not cleared."""


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


def _no_token() -> NoReturn:
    raise Bug("a link to the page for moderators was asked for, and there is no page")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports(OfflinePorts):
    """Everything a pass acts through.

    `moderators` are the recipients of alerts; if empty, alerts go to the communities' own moderators.
    `admins`: whether the server's admins may command the bot too. `draw_code` returns a random code of 4 to
    12 letters and digits. `web_url` is the address of the page for moderators without a slash at the end, ""
    if there is none, and `draw_token` returns a random token that cannot be guessed, for a link to it.
    """

    forum: Forum
    draw_code: Callable[[], str]
    moderators: tuple[str, ...] = ()
    admins: bool = False
    web_url: str = ""
    draw_token: Callable[[], str] = _no_token
    home_servers: HomeServers = field(default_factory=NoHomeServers)
