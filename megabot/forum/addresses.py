"""Parse names and addresses as people write them into one normal form. No I/O.

Each function raises `ValueError` with a sentence that says what to write instead.
"""

import ipaddress
import re
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

_NAME = re.compile(r"\w{2,255}")
_HOST = re.compile(r"[a-z0-9.-]+(:\d{1,5})?")
_GIT = re.compile(r"\w[\w+.-]*://|[\w.-]+@[\w.-]+:")


def instance(text: str) -> str:
    """Return the root address of a server from any of its pages; https if there is no scheme."""
    parts = _split(text, example="https://lemmy.example")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def community(text: str) -> str:
    """Return `name`, or `name@host` for a community on another server; a leading `!` is allowed."""
    return _at_host(text.strip().removeprefix("!"), example="name or name@host, as in birds@lemmy.example")


def username(text: str) -> str:
    """Return the bot's own name, without a host because the account is on the bot's server."""
    name = text.strip().removeprefix("@")
    if not _NAME.fullmatch(name):
        raise ValueError("write the account's name alone, without @host, as in megabot")
    return name


def person(text: str) -> str:
    """Return `name`, or `name@host` for a user on another server; a leading `@` is allowed."""
    return _at_host(text.strip().removeprefix("@"), example="name or name@host, as in robin@lemmy.example")


def page(text: str) -> str:
    """Return a page's address unchanged, after checking that megabot may request it."""
    _split(text, example="https://monitor.example/ping")
    return text.strip()


def site(text: str) -> str:
    """Return a site's address with a slash at the end, which relative links on the site need."""
    _split(text, example="https://threads.example/")
    return f"{text.strip().rstrip('/')}/"


def root(text: str) -> str:
    """Return the address of a web site that has a host of its own, without a slash at the end."""
    parts = _split(text, example="https://megabot.example")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("write the address of a host without a path, as in https://megabot.example")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def local_post(text: str, *, hosts: Collection[str]) -> int | None:
    """Return the id in the address of a post on one of these hosts, None for any other address."""
    parts = urlsplit(text.strip())
    match = re.fullmatch(r"/post/(\d{1,18})(/\d+)?/?", parts.path)
    return int(match[1]) if match and parts.netloc.lower() in hosts else None


def is_git(text: str) -> bool:
    """Return whether this is the address of a git repository, not a local folder."""
    return _GIT.match(text) is not None


def _split(text: str, *, example: str) -> SplitResult:
    try:
        parts = urlsplit(text.strip() if "://" in text else f"https://{text.strip()}")
        host = parts.hostname or ""
        _ = parts.port  # raises if it is not a number
    except ValueError as error:
        raise ValueError(f"this is not a web address; write one like {example}") from error
    # Addresses appear in logs and messages, so they must not contain a password (promise 8).
    if "@" in parts.netloc:
        raise ValueError(f"an address must not contain a user name or password; write one like {example}")
    # An IPv6 address is in brackets (RFC 3986, section 3.2.2).
    if not _HOST.fullmatch(parts.netloc.lower()) and not parts.netloc.startswith("["):
        raise ValueError(f"this is not a web address; write one like {example}")
    # Over http, the token would be sent unencrypted; on this machine that is harmless.
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)):
        return parts
    raise ValueError(f"write https://, as in {example}; http:// is only for this machine's own address")


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine's own address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _at_host(text: str, *, example: str) -> str:
    name, at, host = text.partition("@")
    if not _NAME.fullmatch(name) or (at and not _HOST.fullmatch(host.lower())):
        raise ValueError(f"write {example}")
    return f"{name}{at}{host.lower()}"
