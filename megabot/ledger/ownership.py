"""Decide which account a ledger belongs to: one account on one server. No I/O.

An account is its name and its server's own host name, as in its actor URL (decision 29). The address used to
reach the server may differ (a loopback address, another port). The last one is stored too, because it
identifies the account without a request.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlsplit

from megabot.ledger.records import PostRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The account of a ledger. `name` or `host` is empty if an old ledger does not contain it."""

    name: str
    host: str
    address: str

    def __str__(self) -> str:
        return f"{self.name or 'an account'} on {self.host or self.address}"


class Claim(StrEnum):
    """The result of comparing the settings with a ledger's owner."""

    OWN = "own"
    MOVED = "moved"
    """The same name at another address: only the server's own name can decide."""
    FOREIGN = "foreign"


def compare(owner: Owner, *, name: str, instance: str) -> Claim:
    """Compare a ledger's owner with the settings. Settings without an account match any owner."""
    if not name or not instance:
        return Claim.OWN
    if owner.name and owner.name.casefold() != name.casefold():
        return Claim.FOREIGN
    return Claim.OWN if host_of(instance) in {owner.host, owner.address} else Claim.MOVED


def is_same(owner: Owner, *, name: str, host: str) -> bool:
    """Return whether an account named by the server is the owner. What an old ledger lacks matches."""
    return owner.name.casefold() in {"", name.casefold()} and (owner.host or host) == host


def infer(records: Iterable[PostRecord], signed_in: Owner | None) -> Owner | None:
    """Return the owner of a ledger from before owners were recorded, or None if nothing identifies it.

    The URL of an own post gives the server; the token file beside the ledger (`signed_in`) gives the account.
    """
    own = [record for record in records if not record.adopted]
    host = host_of(max(own, key=lambda record: record.slot).url) if own else ""
    if signed_in is not None:
        return replace(signed_in, host=host or signed_in.host)
    return Owner(name="", host=host, address=host) if host else None


def host_of(url: str) -> str:
    """Return the host of an address, with the port if there is one."""
    return urlsplit(url).netloc.lower()
