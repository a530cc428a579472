"""Finding out which API a server speaks, and making the forum for it.

Lemmy 1.0 answers /api/v3/site too, so that only v4 not being there proves a 0.19 (lemmy-api 4).
"""

from enum import StrEnum
from urllib.parse import urlsplit

from megabot.adapters import lemmy_wire as wire
from megabot.adapters.lemmy_answer import Call, decode
from megabot.adapters.lemmy_http import LemmySession
from megabot.adapters.lemmy_v3 import LemmyV3
from megabot.adapters.retries import patiently
from megabot.adapters.sign_in import SignIns
from megabot.errors import NeedsPerson, NotLemmy, Refused, Unreadable
from megabot.ports import Clock, Forum

_NOT_FOUND = 404


class ApiKind(StrEnum):
    """The two generations of Lemmy's API."""

    V3 = "v3"
    V4 = "v4"


def open_forum(
    session: LemmySession, sign_ins: SignIns, clock: Clock, *, kind: ApiKind | None = None
) -> tuple[Forum, ApiKind]:
    """Make the forum: no request where the kind is known, else two, the second of which is a greeting."""
    if kind is None and _speaks_v4(session, clock):
        kind = ApiKind.V4
    if kind is ApiKind.V4:
        raise NeedsPerson("Lemmy 1.0 (API v4) is not supported yet by this version of megabot.")
    forum = LemmyV3(session, sign_ins, clock)
    if kind is None:
        _greet(forum, session)
    return forum, ApiKind.V3


def _greet(forum: LemmyV3, session: LemmySession) -> None:
    try:
        forum.greet()
    except (Unreadable, NotLemmy, Refused) as error:
        raise _not_lemmy(session, error) from error


def _speaks_v4(session: LemmySession, clock: Clock) -> bool:
    def once() -> bool:
        response = session.get(f"{session.address}/api/v4/site")
        if response.status_code == _NOT_FOUND:
            return False
        try:
            decode(response.status_code, response.content, call=Call.READ, parse=wire.version)
        except Unreadable as error:
            if response.ok:
                raise _not_lemmy(session, error) from error
            raise
        return True

    return patiently(once, read=True, sleep=clock.sleep)


def _not_lemmy(session: LemmySession, error: Exception) -> NotLemmy:
    host = urlsplit(session.address).hostname
    return NotLemmy(f"{host} answers, but not as a Lemmy server does; check MEGABOT_INSTANCE. {error}")
