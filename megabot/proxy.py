"""The proxy that a setting names: where it is, and what it is shown. Pure."""

import base64
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from megabot.forum.addresses import is_loopback

_EXAMPLE = "write http://HOST:PORT or http://NAME:PASSWORD@HOST:PORT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """An HTTP proxy. `name` and `password` are as they are sent, "" for none."""

    host: str
    port: int
    name: str = ""
    password: str = field(default="", repr=False)

    @property
    def url(self) -> str:
        """The address with name and password in it, for libraries that take one."""
        shown = f"{quote(self.name, safe='')}:{quote(self.password, safe='')}@" if self.name else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{shown}{host}:{self.port}"

    @property
    def headers(self) -> dict[str, str]:
        """What a request to the proxy has to carry."""
        if not self.name:
            return {}
        shown = base64.b64encode(f"{self.name}:{self.password}".encode()).decode()
        return {"Proxy-Authorization": f"Basic {shown}"}

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything that must not be shown: the password in its spellings."""
        if not self.password:
            return ()
        return self.password, quote(self.password, safe=""), self.headers["Proxy-Authorization"].split()[1]

    def for_address(self, address: str) -> str:
        """Return the proxy's URL for an address, "" for this machine's own, which no proxy reaches."""
        return "" if is_loopback(urlsplit(address).hostname or "") else self.url


def parse(text: str) -> Proxy:
    """Read a setting. Raises `ValueError` with what to write; shows nothing of it."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError as error:
        raise ValueError(_EXAMPLE) from error
    if parts.scheme != "http":
        raise ValueError(
            f"{_EXAMPLE}; only http:// proxies are supported (what passes is encrypted all the same)"
        )
    if not parts.hostname or port is None or parts.path.strip("/") or parts.query:
        raise ValueError(_EXAMPLE)
    return Proxy(
        host=parts.hostname,
        port=port,
        name=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )
