"""What protects the page for moderators from other sites and from strangers, before a request is understood.

- The name in the Host header must be that of the page (against DNS rebinding).
- Only GET, HEAD and POST; a POST must come from the page itself, by its Origin header.
- A form is at most 256 kB, and carries a token that only a page for the same session has (against CSRF).
- Each response forbids inline code, and everything from elsewhere; nothing is kept in a cache.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest, digest
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from megabot.i18n.translation import _

FORM_LONGEST = 256 * 1024
"""Bytes. A preamble has at most 40,000 characters, each of which can be 12 bytes in a form."""
SIGN_IN = "/sign-in"
_FIELDS = 200
_NEAR = tuple(
    ip_network(text)
    for text in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
)
"""Where a proxy may be: this machine, or a private network (RFC 1918, RFC 4193), as of containers."""
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer, with which browsers send "Origin: null" even to the page itself
    # (https://fetch.spec.whatwg.org/#append-a-request-origin-header).
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Cookies:
    """The names of the cookies. `secure`: browsers send them over HTTPS only."""

    secure: bool

    @property
    def session(self) -> str:
        # With this prefix, no other host of the domain can set it (RFC 6265bis, 4.1.3.2).
        return "__Host-megabot" if self.secure else "megabot"

    @property
    def link(self) -> str:
        return "__Secure-megabot-link" if self.secure else "megabot-link"


def cookies_of(web_url: str) -> Cookies:
    """Return the cookies of a page; only on this machine it may be served without HTTPS."""
    return Cookies(secure=urlsplit(web_url).scheme == "https")


def csrf_of(token: str) -> str:
    """Return the token for the forms of a session, from which the session's own cannot be computed."""
    return digest(token.encode(), b"megabot form", "sha256").hex()


class Attempts:
    """Counts the failed attempts to sign in of each client: at most `most` in a `period`.

    It protects from load: nobody guesses a token. If there are more than `clients`, the one that failed
    longest ago is forgotten, because refusing unknown clients would lock out everyone.
    """

    def __init__(
        self, *, most: int = 10, period: timedelta = timedelta(minutes=15), clients: int = 10_000
    ) -> None:
        self._most = most
        self._period = period
        self._clients = clients
        self._seen: dict[str, list[datetime]] = {}

    def allow(self, client: str, now: datetime) -> bool:
        """Return whether a client may try. `client` is "" if it is not known, and then it always may."""
        return len(self._recent(client, now)) < self._most

    def failed(self, client: str, now: datetime) -> None:
        """Count an attempt that failed."""
        if not client:
            return
        recent = self._recent(client, now)
        # Removed first, because the order of the keys is that of the last attempts.
        self._seen.pop(client, None)
        while len(self._seen) >= self._clients:
            del self._seen[next(iter(self._seen))]
        self._seen[client] = [*recent, now][-self._most :]

    def _recent(self, client: str, now: datetime) -> list[datetime]:
        return [at for at in self._seen.get(client, ()) if at > now - self._period]


def client_of(request: Request) -> str:
    """Return the address of a client, of IPv6 its network; "" if it is not known.

    Behind a proxy on this machine or in its network it is the one that the proxy names. If that proxy names
    none, its own address would stand for everyone, and one guesser would use up everyone's attempts.
    """
    peer = _address(request.client.host) if request.client else None
    if peer is not None and not any(peer in network for network in _NEAR):
        return _network(peer)
    # A proxy may add a line of its own below those of the client.
    forwarded = ",".join(request.headers.getlist("X-Forwarded-For"))
    named = _address(forwarded.rpartition(",")[2].strip())
    return _network(named) if named else ""


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _network(address: IPv4Address | IPv6Address) -> str:
    # Each subscriber has at least a /64 (RFC 6177), so single addresses count nothing.
    single = isinstance(address, IPv4Address)
    return str(address) if single else str(ip_network((address, 64), strict=False))


class Guard:
    """Refuses what did not come from the page itself, and adds the headers to each response."""

    def __init__(self, app: ASGIApp, *, web_url: str) -> None:
        self._app = app
        self._origin = web_url
        self._host = urlsplit(web_url).netloc
        self._cookies = cookies_of(web_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        request = Request(scope)
        refusal = self._refused(request)
        if refusal is None and scope["method"] == "POST":
            body = await _body(receive)
            if body is None:
                return
            refusal = self._refused_form(request, body)
            receive = _again(body)
        await (refusal or self._app)(scope, receive, send_with_headers)

    def _refused(self, request: Request) -> PlainTextResponse | None:
        if request.headers.get("Host", "").lower() != self._host:
            return PlainTextResponse(
                _(
                    "This page has another address. Open the link that the bot has sent you. (For its "
                    "operator: the proxy must pass on the Host header, and MEGABOT_WEB_URL must be that "
                    "address.)"
                ),
                HTTPStatus.MISDIRECTED_REQUEST,
            )
        if request.method not in {"GET", "HEAD", "POST"}:
            return PlainTextResponse(
                _("There is nothing here."), HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "GET, HEAD, POST"}
            )
        if request.method != "POST":
            return None
        if request.headers.get("Origin", "") != self._origin:
            return _forged()
        length = request.headers.get("Content-Length", "0")
        if length.isdecimal() and int(length) > FORM_LONGEST:
            return _too_long()
        kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "application/x-www-form-urlencoded":
            return PlainTextResponse(_("This is not a form."), HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        return None

    def _refused_form(self, request: Request, body: bytes) -> PlainTextResponse | None:
        if len(body) > FORM_LONGEST:
            return _too_long()
        try:
            fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=_FIELDS)
        except ValueError:
            return PlainTextResponse(_("This is not a form."), HTTPStatus.BAD_REQUEST)
        token = self._token(request.cookies, link=request.url.path == SIGN_IN)
        # Without a cookie nobody is signed in, which the endpoint says.
        if token and not compare_digest(fields.get("csrf", [""])[-1].encode(), csrf_of(token).encode()):
            return _forged()
        return None

    def _token(self, cookies: Mapping[str, str], *, link: bool) -> str:
        return cookies.get(self._cookies.link if link else self._cookies.session, "")


async def _body(receive: Receive) -> bytes | None:
    """Read the body of a request, not much further than the limit; None if the client has left.

    Half a form is no form: its essay would replace the whole one.
    """
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if len(body) > FORM_LONGEST or not message.get("more_body"):
            return bytes(body)


def _again(body: bytes) -> Receive:
    """Return what gives a body once more to the application."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else {"type": "http.disconnect"}

    return receive


def _forged() -> PlainTextResponse:
    return PlainTextResponse(
        _("This form is not from this page, or you have signed in again since. Go back and reload the page."),
        HTTPStatus.FORBIDDEN,
    )


def _too_long() -> PlainTextResponse:
    return PlainTextResponse(
        _("This is too long for the page. Go back and shorten it."), HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    )
