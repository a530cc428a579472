"""The HTTP proxy in the settings: its address and credentials. Pure."""

import base64
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from megabot.forum.addresses import is_loopback

_EXAMPLE = "write http://HOST:PORT or http://NAME:PASSWORD@HOST:PORT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """An HTTP proxy. `name` and `password` are decoded, "" for none."""

    host: str
    port: int
    name: str = ""
    password: str = field(default="", repr=False)

    @property
    def url(self) -> str:
        """The address including name and password, for libraries that take one."""
        shown = f"{quote(self.name, safe='')}:{quote(self.password, safe='')}@" if self.name else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{shown}{host}:{self.port}"

    @property
    def headers(self) -> dict[str, str]:
        if not self.name:
            return {}
        # The Basic scheme of RFC 7617, which takes the name and password as they are, not percent-encoded as
        # in `url`.
        shown = base64.b64encode(f"{self.name}:{self.password}".encode()).decode()
        return {"Proxy-Authorization": f"Basic {shown}"}

    @property
    def secrets(self) -> tuple[str, ...]:
        """The password in every form in which it could appear in a log."""
        if not self.password:
            return ()
        return self.password, quote(self.password, safe=""), self.headers["Proxy-Authorization"].split()[1]

    def for_address(self, address: str) -> str:
        """Return the proxy's URL for an address, "" for a loopback address, which a proxy cannot reach."""
        return "" if is_loopback(urlsplit(address).hostname or "") else self.url


def parse(text: str) -> Proxy:
    """Read a setting. Raises `ValueError` with what to write; its text never shows the value, a secret."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError as error:
        raise ValueError(_EXAMPLE) from error
    if parts.scheme != "http":
        raise ValueError(
            f"{_EXAMPLE}; only http:// proxies are supported (connections through it are still encrypted)"
        )
    if not parts.hostname or port is None or parts.path.strip("/") or parts.query:
        raise ValueError(_EXAMPLE)
    return Proxy(
        host=parts.hostname,
        port=port,
        name=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )
