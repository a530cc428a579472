"""The only way to the server: a requests session bound to one address, with limits and typed errors.

It knows nothing about Lemmy except that GET reads and everything else writes. It never follows a redirect,
takes a proxy or a .netrc from the environment, keeps a cookie, or logs a body, a query or a token. It uses a
proxy only if one is given.
"""

import io
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from urllib3.exceptions import DecodeError, HTTPError, ReadTimeoutError

from megabot.errors import ConfigError, MegabotError, NotLemmy, OutcomeUnknown, Unreadable
from megabot.forum import addresses
from megabot.lemmy.deadlines import BoundedAdapter
from megabot.proxy import Proxy

log = logging.getLogger(__name__)

_CHUNK = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Time limits in seconds for the connection and the whole response; the maximum size is in bytes.

    A write gets longer, because a server fetches a post's links before it answers (lemmy-api 2.3).
    """

    connect: float = 10.0
    read: float = 30.0
    write: float = 75.0
    size: int = 16 * 1024 * 1024


class TooLarge(Exception):
    """The response is larger than the limit."""


class Bearer(AuthBase):
    """Add the token as the Authorization header, asking for the newest token each time."""

    def __init__(self, token: Callable[[], str]) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Sign one request."""
        token = self._token()
        if token:
            request.headers["Authorization"] = f"Bearer {token}"
        return request

    def __repr__(self) -> str:
        return "Bearer(...)"


class LemmySession(requests.Session):
    """A session with one server. `sent` counts requests; `server_time` is the newest response's `Date`.

    `before_write` is called on the open connection right before each request that changes something; what it
    raises keeps the request from being sent.
    """

    def __init__(
        self,
        address: str,
        *,
        token: Callable[[], str],
        user_agent: str = "",
        limits: Limits | None = None,
        proxy: Proxy | None = None,
        before_write: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        self.address = _safe(address)
        self.sent = 0
        self.server_time: datetime | None = None
        self._limits = limits or Limits()
        self.trust_env = False
        through = proxy.for_address(self.address) if proxy else ""
        self.proxies = {"https": through, "http": through} if through else {}
        self.auth = Bearer(token)
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        self.headers.update({"User-Agent": user_agent or _program(), "Accept-Encoding": "gzip"})
        for scheme in ("https://", "http://"):
            self.mount(scheme, BoundedAdapter(before_write=before_write))

    def send(self, request: requests.PreparedRequest, **_given: object) -> requests.Response:
        """Send one request and read the whole response, or raise a typed error.

        Other arguments are ignored on purpose (plemmy sets a timeout).
        """
        path = self._path(request)
        started = time.monotonic()
        self.sent += 1
        ending = "interrupted"
        try:
            response = self._exchange(request, path)
            ending = str(response.status_code)
        except MegabotError as error:
            ending = type(error).__name__
            raise
        finally:
            log.debug("%s %s %s %.0f ms", request.method, path, ending, (time.monotonic() - started) * 1000)
        return response

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return None, because requests prepares to follow a redirect by reading its body without a limit."""

    def _exchange(self, request: requests.PreparedRequest, path: str) -> requests.Response:
        seconds = self._limits.read if request.method == "GET" else self._limits.write
        try:
            response = super().send(
                request,
                stream=True,
                # There is no setting to switch this off (faults.md N09).
                verify=True,
                timeout=(self._limits.connect, seconds),
                # A redirect could lead to another host, which must not get the token (faults.md N10).
                allow_redirects=False,
            )
            self._note_time(response)
            body = self._body(response, until=time.monotonic() + seconds)
        except (requests.RequestException, HTTPError, OSError, TooLarge) as error:
            raise self._lost(request, path, _reason(error)) from error
        if requests.codes.multiple_choices <= response.status_code < requests.codes.bad_request:
            raise self._moved(request, response)
        response.raw = io.BytesIO(body)
        return response

    def _path(self, request: requests.PreparedRequest) -> str:
        url = request.url or ""
        if not url.startswith(f"{self.address}/"):
            raise ValueError("A request was about to leave for another server than the one it is bound to.")
        return urlsplit(url).path

    def _body(self, response: requests.Response, *, until: float) -> bytes:
        body = bytearray()
        try:
            for chunk in response.raw.stream(_CHUNK, decode_content=True):
                body += chunk
                # Counted after decompression, because a small response can expand to gigabytes (faults.md
                # N12).
                if len(body) > self._limits.size:
                    raise TooLarge
                if time.monotonic() > until:
                    raise TimeoutError
        finally:
            response.raw.close()  # after the last byte the connection is back in the pool and stays open
        return bytes(body)

    def _note_time(self, response: requests.Response) -> None:
        try:
            date = parsedate_to_datetime(response.headers.get("Date", ""))
        except ValueError:
            return
        self.server_time = date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)

    def _lost(self, request: requests.PreparedRequest, path: str, reason: str) -> MegabotError:
        host = urlsplit(self.address).hostname
        if request.method == "GET":
            return Unreadable(f"{host} gave no usable answer to GET {path}: {reason}.")
        return OutcomeUnknown(
            f"The answer of {host} to {request.method} {path} was lost: {reason}. "
            "It is not known whether the request was carried out."
        )

    def _moved(self, request: requests.PreparedRequest, response: requests.Response) -> MegabotError:
        host = urlsplit(self.address).hostname
        try:
            target = urlsplit(response.headers.get("Location", "")).hostname or host
        except ValueError:
            target = "somewhere else"
        sentence = (
            f"{host} redirects to {target}, which megabot does not follow; "
            "set MEGABOT_INSTANCE to the right address."
        )
        if request.method == "GET":
            return NotLemmy(sentence)
        return OutcomeUnknown(f"{sentence} It is not known whether the request was carried out.")


def _safe(address: str) -> str:
    """Check the address here too, because from here a token would be sent unencrypted."""
    try:
        return addresses.instance(address)
    except ValueError as error:
        raise ConfigError(f"The server's address cannot be used: {error}.") from error


def _program() -> str:
    try:
        return f"megabot/{version('megabot')}"
    except PackageNotFoundError:
        return "megabot"  # run from a checkout


def _reason(error: Exception) -> str:
    match error:
        case TooLarge():
            return "it is too large"
        case requests.Timeout() | ReadTimeoutError() | TimeoutError():
            return "it timed out"
        case requests.exceptions.ContentDecodingError() | DecodeError():
            return "it could not be decompressed"
        case _:
            return "the connection was lost"
