"""Names and addresses as people write them, turned into the one form that the program uses. Pure.

Each function raises `ValueError` with a sentence about what to write instead.
"""

import ipaddress
import re
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

_NAME = re.compile(r"\w{2,255}")
_HOST = re.compile(r"[a-z0-9.-]+(:\d{1,5})?")
_GIT = re.compile(r"\w[\w+.-]*://|[\w.-]+@[\w.-]+:")


def instance(text: str) -> str:
    """Give the root address of a server, whatever page of it was pasted; a missing scheme is https."""
    parts = _split(text, example="https://lemmy.example")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def community(text: str) -> str:
    """Give `name`, or `name@host` for a community of another server; a leading `!` may be there."""
    return _at_host(text.strip().removeprefix("!"), example="name or name@host, as in birds@lemmy.example")


def username(text: str) -> str:
    """Give the bot's own name, which is one of its server and so without a host."""
    name = text.strip().removeprefix("@")
    if not _NAME.fullmatch(name):
        raise ValueError("write the account's name alone, as in megabot, without any @host")
    return name


def person(text: str) -> str:
    """Give `name`, or `name@host` for somebody of another server; a leading `@` may be there."""
    return _at_host(text.strip().removeprefix("@"), example="name or name@host, as in robin@lemmy.example")


def page(text: str) -> str:
    """Give the address of a page as it is, once it is known to be one that may be asked for."""
    _split(text, example="https://monitor.example/ping")
    return text.strip()


def site(text: str) -> str:
    """Give the address of a site of pages, with the slash at its end that links within it need."""
    _split(text, example="https://threads.example/")
    return f"{text.strip().rstrip('/')}/"


def local_post(text: str, *, hosts: Collection[str]) -> int | None:
    """Give the id in the address of a post on one of these hosts, None for any other address."""
    parts = urlsplit(text.strip())
    match = re.fullmatch(r"/post/(\d{1,18})(/\d+)?/?", parts.path)
    return int(match[1]) if match and parts.netloc.lower() in hosts else None


def is_git(text: str) -> bool:
    """Whether this names a repository to be fetched rather than a folder that is there."""
    return _GIT.match(text) is not None


def _split(text: str, *, example: str) -> SplitResult:
    try:
        parts = urlsplit(text.strip() if "://" in text else f"https://{text.strip()}")
        host = parts.hostname or ""
        _ = parts.port  # raises where it is no number
    except ValueError as error:
        raise ValueError(f"this is no address; write one like {example}") from error
    if "@" in parts.netloc:
        raise ValueError(f"an address must not hold a name or password; write one like {example}")
    if not _HOST.fullmatch(parts.netloc.lower()) and not parts.netloc.startswith("["):
        raise ValueError(f"this is no address; write one like {example}")
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)):
        return parts
    raise ValueError(f"write https://, like {example}; http:// is for this machine's own address only")


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
