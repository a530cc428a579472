"""Links and sessions of the page for moderators: who is signed in, and until when. Pure.

Only the digests of tokens are stored, so that nobody signs in with what they read in the ledger.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest

from megabot.ledger.state import WebAccess, WebAccessKind

LINK_VALID = timedelta(minutes=15)
SESSION_VALID = timedelta(hours=8)


def digest(token: str) -> str:
    """Return the digest by which a token is stored, 64 hexadecimal digits."""
    return sha256(token.encode()).hexdigest()


def new_link(
    access: Iterable[WebAccess], token: str, actor: str, name: str, now: datetime
) -> tuple[WebAccess, ...]:
    """Add a link for a moderator. It replaces their earlier one, and what has expired is dropped."""
    link = WebAccess(
        digest=digest(token), kind=WebAccessKind.LINK, actor=actor, name=name, until=now + LINK_VALID
    )
    return (*(one for one in access if now < one.until and not _is_link_of(one, actor)), link)


def redeem(
    access: Iterable[WebAccess], link_token: str, session_token: str, now: datetime
) -> tuple[tuple[WebAccess, ...], WebAccess | None]:
    """Replace a link by a session, and drop what has expired.

    Returns what is left, and the session; None if there is no such link, because it was used or has expired.
    """
    valid = tuple(one for one in access if now < one.until)
    link = _find(valid, link_token, WebAccessKind.LINK)
    if link is None:
        return valid, None
    session = replace(
        link, digest=digest(session_token), kind=WebAccessKind.SESSION, until=now + SESSION_VALID
    )
    return (*(one for one in valid if one != link), session), session


def session_of(access: Iterable[WebAccess], token: str, now: datetime) -> WebAccess | None:
    """Return the session with a token, None if there is none or it has expired."""
    return _find((one for one in access if now < one.until), token, WebAccessKind.SESSION)


def sign_out(access: Iterable[WebAccess], token: str) -> tuple[WebAccess, ...]:
    """End the session with a token."""
    wanted = digest(token)
    return tuple(one for one in access if not compare_digest(one.digest, wanted))


def sign_out_everywhere(access: Iterable[WebAccess], actor: str) -> tuple[WebAccess, ...]:
    """End all sessions of a moderator, and their link."""
    return tuple(one for one in access if one.actor != actor)


def _find(access: Iterable[WebAccess], token: str, kind: WebAccessKind) -> WebAccess | None:
    wanted = digest(token)
    # All are compared, so that the time that it takes tells nothing about the digests.
    found = [one for one in access if compare_digest(one.digest, wanted) and one.kind is kind]
    return next(iter(found), None)


def _is_link_of(access: WebAccess, actor: str) -> bool:
    return access.kind is WebAccessKind.LINK and access.actor == actor
