"""What an answer says about a link: alive, dead, or that it cannot be told. Pure.

A link is called dead only where its server says so, or has no name any more: moderators act on the word.
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
# They answer 200 to anything, or to strangers a page to sign in on: an answer of theirs tells nothing.
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
    """What is known of a link."""

    ALIVE = "alive"
    DEAD = "dead"
    UNSURE = "cannot tell"


class Contact(StrEnum):
    """Whether a server was reached at all."""

    REACHED = "reached"
    SILENT = "silent"
    """Its name could not be looked up, or nothing answered there: perhaps the network is missing."""
    UNASKED = "not asked"


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome and what it was told by, as words that follow the address."""

    outcome: Outcome
    why: str = ""
    contact: Contact = Contact.REACHED


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """An address in a text, and the place in the source that it comes from; line 0 where none is known."""

    path: str
    line: int
    address: str


def verdict_by_status(status: int, address: str) -> Verdict:
    """Judge an answer by its status and by whose it is."""
    if status in _GONE:
        return Verdict(Outcome.DEAD, f"the server answers {status}")
    if status not in _FOUND:
        return Verdict(Outcome.UNSURE, f"the server answers {status}")
    host = f".{urlsplit(address).hostname or ''}"
    if any(host.endswith(f".{name}") for name in _ANSWER_ANYTHING):
        return Verdict(Outcome.UNSURE, "this site answers 200 to anything")
    return Verdict(Outcome.ALIVE)


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the open internet, also behind the forms that hide another."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if found.sixtofour is not None or found.teredo is not None or found in _NAT64:
            return False
    return found.is_global and not found.is_multicast


def all_silent(verdicts: Iterable[Verdict]) -> bool:
    """Return whether some servers were asked and not one of them was reached."""
    return {verdict.contact for verdict in verdicts} - {Contact.UNASKED} == {Contact.SILENT}


def host_of(address: str) -> str:
    """Name the host that an address is asked of, "" where it has none that can be read."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def lanes(addresses: Iterable[str], *, width: int) -> tuple[tuple[str, ...], ...]:
    """Sort addresses into rows, each to be asked one after the other: at most `width` rows for a host."""
    by_host: dict[str, list[str]] = {}
    for address in dict.fromkeys(addresses):
        by_host.setdefault(host_of(address), []).append(address)
    rows = (tuple(some[start::width]) for some in by_host.values() for start in range(width))
    return tuple(sorted(filter(None, rows), key=len, reverse=True))


def lemmy_questions(address: str) -> tuple[str, ...]:
    """Give the addresses to ask about a post or comment, one for each API; none for any other link.

    The page of a removed post answers 200; only the API tells (lemmy-api 1.8). Any server is asked so that
    has such a path: what is no Lemmy gives no answer that `lemmy_verdict` understands.
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
    """Read an API's answer; None where it is none of Lemmy's, or of the other version's."""
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
