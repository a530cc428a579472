"""The address of a Lemmy server as people write it, made the one that is used. Pure."""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from megabot.errors import ConfigError


def instance_address(text: str) -> str:
    """Give `https://host[:port]`, or raise `ConfigError` with what to write instead.

    A missing scheme is https and a closing slash is dropped; everything else is for a person to correct.
    What was given is not repeated: a password may stand in it.
    """
    parts = _split(text.strip())
    host = parts.hostname
    if parts.username is not None or parts.password is not None:
        raise ConfigError("The server's address must not hold a name or password: write https://HOST.")
    if not host or parts.scheme not in {"https", "http"}:
        raise ConfigError(
            "The server's address is not understood: write https://HOST, like https://lemmy.example."
        )
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ConfigError(f"The server's address holds more than the server: write https://{host}.")
    if parts.scheme == "http" and not _loopback(host):
        raise ConfigError(f"The server's address is http where https is meant: write https://{host}.")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        _ = parts.port  # looked at so that a port that is no number is found here
    except ValueError as error:
        raise ConfigError("The server's address is not understood: write https://HOST.") from error
    if any(character.isspace() for character in text):
        raise ConfigError("The server's address has a space in it: write https://HOST.")
    return parts


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
