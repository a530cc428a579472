"""Tell an uptime monitor whether all is well, with one GET whose response is not read.

The URL is a secret, because anyone who knows it can report that all is well. It never appears in the log.
"""

import logging
from urllib.parse import urlsplit, urlunsplit

import requests

from megabot.proxy import Proxy

_SECONDS = 10.0
log = logging.getLogger("megabot")


class Heartbeat:
    """An uptime monitor by its URL, "" for none. The path with `/fail` appended reports a failure."""

    def __init__(self, url: str, *, seconds: float = _SECONDS, proxy: Proxy | None = None) -> None:
        parts = urlsplit(url)
        path = parts.path.rstrip("/")
        self._well = urlunsplit(parts._replace(path=path))
        self._fails = urlunsplit(parts._replace(path=f"{path}/fail"))
        self._seconds = seconds
        through = proxy.for_address(url) if proxy else ""
        self._proxies = {"https": through, "http": through} if through else {}
        self._opened: requests.Session | None = None

    def beat(self, *, well: bool) -> None:
        """Report to the monitor. Failures are only logged: the threads matter more than their monitor."""
        if not self._well:
            return
        try:
            with self._session().get(
                self._well if well else self._fails,
                timeout=self._seconds,
                allow_redirects=False,
                stream=True,  # so that the body is not read
            ) as answer:
                code = answer.status_code
        except requests.RequestException as error:
            # Only the kind of error: its text would contain the URL.
            log.warning("the heartbeat could not be sent: %s", type(error).__name__)
            return
        if code >= requests.codes.multiple_choices:
            log.warning(
                "the uptime monitor rejected the heartbeat (HTTP %s); check MEGABOT_HEARTBEAT_URL", code
            )

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()
        self._opened = None

    def _session(self) -> requests.Session:
        if self._opened is None:
            self._opened = requests.Session()
            self._opened.trust_env = False  # no proxy or .netrc from the environment: settings alone count
            self._opened.proxies = self._proxies
        return self._opened
