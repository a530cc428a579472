"""Read web pages anonymously, at public addresses only, at every redirect, within limits of time and size.

An address can come from anyone, so it must not reach what only this machine can reach: each name is looked
up, the IP address is checked, and the connection goes to the address that was checked. Nothing private is
sent: no cookie, no token, no referrer.
"""

import ipaddress
import re
import socket
import ssl
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from megabot.lemmy.deadlines import BoundedResponse
from megabot.lemmy.link_verdict import Contact, Outcome, Verdict, is_public
from megabot.proxy import Proxy

AT_ONCE = 2  # connections per host
HOPS = 5
_PORTS = {"https": 443, "http": 80}
_MOVED = {301, 302, 303, 307, 308}
_HOST = re.compile(r"[\w.:-]{1,253}", re.ASCII)
_SOMEWHERE = "192.0.2.1"
"""An address reserved for documentation (RFC 5737). The route to it is the route to the internet."""
_NO_NAME = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}

Resolve = Callable[[str, int], list[str]]
Connect = Callable[[str, int, float], socket.socket]


@dataclass(frozen=True, slots=True)
class Page:
    """What came back: the final address after redirects, the status, the start of the body."""

    address: str
    status: int
    body: bytes


class NoPage(Exception):
    """No page to judge; the verdict says why. `final`: asking in another way does not help."""

    def __init__(
        self, outcome: Outcome, why: str, *, contact: Contact = Contact.REACHED, final: bool = False
    ) -> None:
        super().__init__(why)
        self.verdict = Verdict(outcome, why, contact)
        self.final = final


class PublicWeb:
    """Read pages, from several threads at once. `seconds` limits each connection and each response."""

    def __init__(
        self,
        *,
        purpose: str,
        resolve: Resolve | None = None,
        connect: Connect | None = None,
        seconds: float = 10.0,
        proxy: Proxy | None = None,
    ) -> None:
        self._proxy = proxy
        self._headers = {"User-Agent": f"megabot ({purpose})", "Accept": "*/*", "Connection": "close"}
        self._resolve = resolve or _look_up
        self._connect = connect or _connect
        self._seconds = seconds
        self._turns: dict[str, threading.BoundedSemaphore] = defaultdict(
            lambda: threading.BoundedSemaphore(AT_ONCE)
        )
        self._guard = threading.Lock()

    def read(self, method: str, address: str, *, most: int, hops: int = HOPS) -> Page:
        """Return at most `most` bytes of a page, following redirects. Raises `NoPage`."""
        for _ in range(hops + 1):
            try:
                parts = urlsplit(address)
                port = parts.port or _PORTS[parts.scheme]
            except (ValueError, KeyError) as error:
                why = "it leads to something that is not a web address"
                raise NoPage(Outcome.UNSURE, why, final=True) from error
            page, target = self._exchange(method, parts, port, most)
            if target is None:
                return Page(address, page.status, page.body)
            address = urljoin(address, target)
        why = f"it redirects more than {hops} times" if hops else "it redirects to another address"
        raise NoPage(Outcome.UNSURE, why, final=True)

    def _exchange(self, method: str, parts: SplitResult, port: int, most: int) -> tuple[Page, str | None]:
        """Make one request; return the response and the redirect's target, if any."""
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
                raise NoPage(Outcome.UNSURE, "the connection was refused or lost") from error

    def _converse(
        self, method: str, parts: SplitResult, at: tuple[str, str, int], most: int
    ) -> tuple[Page, str | None]:
        host, ip, port = at
        connection = HTTPConnection(host, parts.port)
        connection.response_class = BoundedResponse
        connection.sock = self._way_to(ip, port, tunnel=parts.scheme == "https")
        target_path, headers = _target(parts), self._headers
        try:
            if parts.scheme == "https":
                connection.sock = _tls().wrap_socket(connection.sock, server_hostname=host)
            elif self._proxy is not None:
                place = parts.netloc.rpartition("@")[2]
                target_path, headers = f"http://{place}{target_path}", self._headers | self._proxy.headers
            connection.request(method, target_path, headers=headers)
            response = connection.getresponse()
            if response.status in _MOVED and (location := response.headers.get("Location")):
                return Page("", response.status, b""), location
            return Page("", response.status, _beginning(response, most)), None
        finally:
            connection.close()

    def _way_to(self, ip: str, port: int, *, tunnel: bool) -> socket.socket:
        """Connect to a server, or to the proxy, which opens a tunnel if the connection will be encrypted."""
        if self._proxy is None:
            return self._connected(ip, port)
        sock = self._connected(self._proxy.host, self._proxy.port)
        try:
            if tunnel:
                _open_tunnel(sock, ip, port, self._proxy)
        except BaseException:
            sock.close()
            raise
        return sock

    def _connected(self, ip: str, port: int) -> socket.socket:
        try:
            return self._connect(ip, port, self._seconds)
        except ConnectionRefusedError:
            raise  # by a machine that exists, so the server was reached
        except TimeoutError as error:
            why = "the server did not answer in time"
            raise NoPage(Outcome.UNSURE, why, contact=Contact.SILENT) from error
        except OSError as error:
            raise NoPage(Outcome.UNSURE, "the server cannot be reached", contact=Contact.SILENT) from error

    def _checked(self, host: str, port: int) -> str:
        """Look a name up and return an address that may be connected to.

        With a proxy that is the name itself: names often cannot be looked up behind a proxy, and the proxy
        may have rules for them. An address that is known not to be public is refused all the same.
        """
        try:
            addresses = self._resolve(host, port)
        except socket.gaierror as error:
            if self._proxy is not None:
                return _for_proxy(host)
            if error.errno in _NO_NAME:
                raise _silent(Outcome.DEAD, "there is no server with that name") from error
            raise _silent(Outcome.UNSURE, "its name cannot be looked up now") from error
        except OSError as error:
            raise _silent(Outcome.UNSURE, "its name cannot be looked up") from error
        except ValueError as error:
            why = "its name cannot be looked up"
            raise NoPage(Outcome.UNSURE, why, contact=Contact.UNASKED, final=True) from error
        public = [ip for ip in addresses if is_public(ip)]
        if not public:
            why = "it leads to an address that is not public; such addresses are not checked"
            raise NoPage(Outcome.UNSURE, why, contact=Contact.UNASKED, final=True)
        return public[0] if self._proxy is None else _for_proxy(host)

    def _turn(self, host: str) -> threading.BoundedSemaphore:
        with self._guard:
            return self._turns[host]


def _open_tunnel(sock: socket.socket, host: str, port: int, proxy: Proxy) -> None:
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}"]
    lines += [f"{name}: {value}" for name, value in proxy.headers.items()]
    sock.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode())
    response = BoundedResponse(sock, method="CONNECT")
    response.begin()
    if response.status != HTTPStatus.OK:
        raise NoPage(Outcome.UNSURE, f"the proxy answered {response.status}")


def _for_proxy(host: str) -> str:
    """Return a host's name in the form that a proxy expects."""
    try:
        name = host if ":" in host else host.encode("idna").decode("ascii")
    except UnicodeError:
        name = ""
    if not _HOST.fullmatch(name):
        why = "it leads to something that is not a web address"
        raise NoPage(Outcome.UNSURE, why, contact=Contact.UNASKED, final=True)
    return name


def _silent(outcome: Outcome, why: str) -> NoPage:
    return NoPage(outcome, why, contact=Contact.SILENT, final=True)


def reaches_internet(
    instance: str,
    *,
    resolve: Resolve | None = None,
    connect: Connect | None = None,
    proxy: Proxy | None = None,
) -> bool:
    """Return whether there is a network: connect to the bot's server, or look for a route if it is local."""
    parts = urlsplit(proxy.url if proxy else instance)
    host = parts.hostname or "localhost"
    try:
        port = parts.port or _PORTS.get(parts.scheme, 443)
        ip = (resolve or _look_up)(host, port)[0]
        if ipaddress.ip_address(ip).is_loopback:
            return has_route()
        (connect or _connect)(ip, port, 10.0).close()
    except ConnectionRefusedError:
        return True
    except OSError:
        return False
    return True


def has_route() -> bool:
    """Return whether this machine has a route to the internet. Sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        return probe.connect_ex((_SOMEWHERE, 9)) == 0


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    """Return the context for all connections: its certificates take 1 MB and 20 ms to load."""
    return ssl.create_default_context()


def _beginning(response: HTTPResponse, most: int) -> bytes:
    return response.read(most) if most else b""


def _target(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
    return f"{path}?{quote(parts.query, safe='/%:@!$&()*+,;=~?')}" if parts.query else path


def _look_up(host: str, port: int) -> list[str]:
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in addresses]


def _connect(ip: str, port: int, seconds: float) -> socket.socket:
    return socket.create_connection((ip, port), timeout=seconds)
