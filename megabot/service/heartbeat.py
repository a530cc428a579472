"""Tells an uptime monitor that all is well, or that it is not: one GET, whose answer does not matter.

The address is a secret: whoever knows it can say that all is well. It appears in no log.
"""

import logging
from urllib.parse import urlsplit, urlunsplit

import requests

from megabot.proxy import Proxy

_SECONDS = 10.0
log = logging.getLogger("megabot")


class Heartbeat:
    """The monitor's address; `/fail` behind its path says that something is wrong. Empty for no monitor."""

    def __init__(self, url: str, *, seconds: float = _SECONDS, proxy: Proxy | None = None) -> None:
        parts = urlsplit(url)
        path = parts.path.rstrip("/")
        self._well = urlunsplit(parts._replace(path=path))
        self._fails = urlunsplit(parts._replace(path=f"{path}/fail"))
        self._seconds = seconds
        self._session = requests.Session()
        self._session.trust_env = False
        through = proxy.for_address(url) if proxy else ""
        self._session.proxies = {"https": through, "http": through} if through else {}

    def beat(self, *, well: bool) -> None:
        """Tell it. Whatever goes wrong is logged at most: the threads matter more than their monitor."""
        if not self._well:
            return
        try:
            with self._session.get(
                self._well if well else self._fails,
                timeout=self._seconds,
                allow_redirects=False,
                stream=True,  # nothing of the body is read
            ) as answer:
                code = answer.status_code
        except requests.RequestException as error:
            log.warning("the heartbeat could not be sent: %s", type(error).__name__)
            return
        if code >= requests.codes.multiple_choices:
            log.warning("the heartbeat was answered with %s; check MEGABOT_HEARTBEAT_URL", code)

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()
