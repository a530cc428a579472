"""Judge a link by the server's answer: alive, dead, or cannot tell. No I/O.

A link is dead only if its server says so or its host name no longer exists, because moderators act on the
word.
"""

import ipaddress
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

VERDICT_KEPT = timedelta(days=1)
UNSURE_VERDICT_KEPT = timedelta(hours=1)
_FOUND = range(200, 300)
_GONE = {404, 410}
# These sites answer 200 to anything, or show a sign-in page to anonymous visitors, so their answer proves
# nothing.
_ANSWER_ANYTHING = (
    "facebook.com",
    "instagram.com",
    "linkedin.com",
    "pinterest.com",
    "t.co",
    "threads.net",
    "tiktok.com",
    "twitter.com",
    "x.com",
    "youtu.be",
    "youtube.com",
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_LEMMY_PATH = re.compile(r"/(post|comment)/(\d{1,18})(?:/\d+)?/?")
_GONE_CODES = {"couldnt_find_post", "couldnt_find_comment", "not_found"}


class Outcome(StrEnum):
    """What is known about a link."""

    ALIVE = "alive"
    DEAD = "dead"
    UNSURE = "cannot tell"


class Contact(StrEnum):
    """Whether the server was reached at all."""

    REACHED = "reached"
    SILENT = "silent"
    """Its name could not be looked up or nothing answered; perhaps this machine has no network."""
    UNASKED = "not asked"


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome and its reason, in words that follow the address."""

    outcome: Outcome
    why: str = ""
    contact: Contact = Contact.REACHED


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """An address in a text, and its place in the source; line 0 if unknown."""

    path: str
    line: int
    address: str


def verdict_by_status(status: int, address: str) -> Verdict:
    """Judge a link by the answer's status and by the site."""
    if status in _GONE:
        return Verdict(Outcome.DEAD, f"the server answered {status}")
    if status not in _FOUND:
        return Verdict(Outcome.UNSURE, f"the server answered {status}")
    host = f".{urlsplit(address).hostname or ''}"
    if any(host.endswith(f".{name}") for name in _ANSWER_ANYTHING):
        return Verdict(Outcome.UNSURE, "this site answers 200 to every request")
    return Verdict(Outcome.ALIVE)


def is_public(address: str) -> bool:
    """Return whether an IP address is on the public internet, also if it wraps another address."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        # 6to4, Teredo and NAT64 addresses can lead to a private IPv4 address.
        if ip.sixtofour is not None or ip.teredo is not None or ip in _NAT64:
            return False
    return ip.is_global and not ip.is_multicast


def all_silent(verdicts: Iterable[Verdict]) -> bool:
    """Return whether some servers were asked and not one of them was reached."""
    return {verdict.contact for verdict in verdicts} - {Contact.UNASKED} == {Contact.SILENT}


def host_of(address: str) -> str:
    """Return the host of an address, or "" if the address has none or cannot be parsed."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def lanes(addresses: Iterable[str], *, width: int) -> tuple[tuple[str, ...], ...]:
    """Group addresses into lanes to be checked one after the other, at most `width` lanes per host."""
    by_host: dict[str, list[str]] = {}
    for address in dict.fromkeys(addresses):
        by_host.setdefault(host_of(address), []).append(address)
    rows = (tuple(group[start::width]) for group in by_host.values() for start in range(width))
    return tuple(sorted(filter(None, rows), key=len, reverse=True))


def lemmy_questions(address: str) -> tuple[str, ...]:
    """Return the API addresses to ask about a post or comment, one per API; none for any other link.

    The page of a removed post answers 200; only the API says that it is gone (lemmy-api 1.8). Any server with
    such a path is asked: if it does not run Lemmy, `lemmy_verdict` does not understand its answer.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return ()
    match = _LEMMY_PATH.fullmatch(parts.path)
    if match is None:
        return ()
    root = f"{parts.scheme}://{parts.netloc}/api"
    return tuple(f"{root}/{version}/{match[1]}?id={match[2]}" for version in ("v3", "v4"))


def lemmy_verdict(body: bytes) -> Verdict | None:
    """Judge an API's answer; None if it is not Lemmy's, or from the other API version."""
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    if not isinstance(answer, dict):
        return None
    if answer.get("error") in _GONE_CODES:
        return Verdict(Outcome.DEAD, "Lemmy has no such post or comment")
    for kind in ("post", "comment"):
        view: Any = answer.get(f"{kind}_view")
        if isinstance(view, dict) and isinstance(view.get(kind), dict):
            return _verdict_of(kind, view[kind])
    return None


def _verdict_of(kind: str, shown: dict[str, Any]) -> Verdict:
    for how in ("removed", "deleted"):
        if shown.get(how) is True:
            return Verdict(Outcome.DEAD, f"the {kind} was {how}")
    return Verdict(Outcome.ALIVE)
