"""Reads web pages anonymously: public addresses only, at every hop, within bounds of time and size.

An address can come from anyone, so it must not reach what only this machine can reach: each name is looked
up, the IP address is checked, and the connection goes to the address that was checked. Nothing of ours is
sent: no cookie, no token, no name of the page that links.
"""

import socket
import ssl
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from megabot.adapters.bounded_connection import BoundedResponse
from megabot.core.links import Outcome, Verdict, is_public

AT_ONCE = 2  # a host
HOPS = 5
_PORTS = {"https": 443, "http": 80}
_MOVED = {301, 302, 303, 307, 308}
_NO_NAME = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}

Resolve = Callable[[str, int], list[str]]
Connect = Callable[[str, int, float], socket.socket]


@dataclass(frozen=True, slots=True)
class Page:
    """What came back: the address that answered in the end, the status, the beginning of the body."""

    address: str
    status: int
    body: bytes


class NoPage(Exception):
    """Nothing came that could be judged; the verdict says why. `final`: asking in another way is no use."""

    def __init__(self, outcome: Outcome, why: str, *, final: bool = False) -> None:
        super().__init__(why)
        self.verdict = Verdict(outcome, why)
        self.final = final


class PublicWeb:
    """Reads pages, from several threads at once; `seconds` are for each connection and each answer."""

    def __init__(
        self,
        *,
        purpose: str,
        resolve: Resolve | None = None,
        connect: Connect | None = None,
        seconds: float = 10.0,
    ) -> None:
        self._headers = {"User-Agent": f"megabot ({purpose})", "Accept": "*/*", "Connection": "close"}
        self._resolve = resolve or _look_up
        self._connect = connect or _connect
        self._seconds = seconds
        self._tls = ssl.create_default_context()
        self._turns: dict[str, threading.BoundedSemaphore] = defaultdict(
            lambda: threading.BoundedSemaphore(AT_ONCE)
        )
        self._guard = threading.Lock()

    def read(self, method: str, address: str, *, most: int, hops: int = HOPS) -> Page:
        """Read at most `most` bytes of a page, following redirects. Raises `NoPage`."""
        for _ in range(hops + 1):
            try:
                parts = urlsplit(address)
                port = parts.port or _PORTS[parts.scheme]
            except (ValueError, KeyError) as error:
                why = "it leads to what is no address of the web"
                raise NoPage(Outcome.UNSURE, why, final=True) from error
            page, target = self._exchange(method, parts, port, most)
            if target is None:
                return Page(address, page.status, page.body)
            address = urljoin(address, target)
        why = f"it is passed on more than {hops} times" if hops else "it redirects to another address"
        raise NoPage(Outcome.UNSURE, why, final=True)

    def _exchange(self, method: str, parts: SplitResult, port: int, most: int) -> tuple[Page, str | None]:
        """Ask once; give the answer, and where it passes us on to."""
        host = parts.hostname or ""
        ip = self._checked(host, port)
        with self._turn(host):
            try:
                return self._converse(method, parts, (host, ip, port), most)
            except ssl.SSLCertVerificationError as error:
                why = f"its certificate is not valid ({error.verify_message})"
                raise NoPage(Outcome.UNSURE, why) from error
            except TimeoutError as error:
                raise NoPage(Outcome.UNSURE, "the server did not answer in time") from error
            except (OSError, HTTPException, ValueError) as error:
                raise NoPage(Outcome.UNSURE, "the connection was refused or broke") from error

    def _converse(
        self, method: str, parts: SplitResult, at: tuple[str, str, int], most: int
    ) -> tuple[Page, str | None]:
        host, ip, port = at
        connection = HTTPConnection(host, parts.port)
        connection.response_class = BoundedResponse
        connection.sock = self._connect(ip, port, self._seconds)
        try:
            if parts.scheme == "https":
                connection.sock = self._tls.wrap_socket(connection.sock, server_hostname=host)
            connection.request(method, _target(parts), headers=self._headers)
            response = connection.getresponse()
            if response.status in _MOVED and (target := response.headers.get("Location")):
                return Page("", response.status, b""), target
            return Page("", response.status, _beginning(response, most)), None
        finally:
            connection.close()

    def _checked(self, host: str, port: int) -> str:
        """Look a name up and give an address of it that may be connected to."""
        try:
            found = self._resolve(host, port)
        except socket.gaierror as error:
            if error.errno in _NO_NAME:
                raise NoPage(Outcome.DEAD, "there is no server of that name", final=True) from error
            raise NoPage(Outcome.UNSURE, "its name cannot be looked up now", final=True) from error
        except (OSError, ValueError) as error:
            raise NoPage(Outcome.UNSURE, "its name cannot be looked up", final=True) from error
        public = [ip for ip in found if is_public(ip)]
        if not public:
            why = "it leads to an address that is not public, which is never asked"
            raise NoPage(Outcome.UNSURE, why, final=True)
        return public[0]

    def _turn(self, host: str) -> threading.BoundedSemaphore:
        with self._guard:
            return self._turns[host]


def _beginning(response: HTTPResponse, most: int) -> bytes:
    return response.read(most) if most else b""


def _target(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
    return f"{path}?{quote(parts.query, safe='/%:@!$&()*+,;=~?')}" if parts.query else path


def _look_up(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def _connect(ip: str, port: int, seconds: float) -> socket.socket:
    return socket.create_connection((ip, port), timeout=seconds)
