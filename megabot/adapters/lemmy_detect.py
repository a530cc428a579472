"""Finding out which API a server speaks.

Lemmy 1.0 answers /api/v3/site too, so that only v4 not being there proves a 0.19 (lemmy-api 4).
"""

from enum import StrEnum
from urllib.parse import urlsplit

from megabot.adapters import lemmy_wire_v4 as wire
from megabot.adapters.lemmy_answer import Call, decode
from megabot.adapters.lemmy_http import LemmySession
from megabot.adapters.retries import patiently
from megabot.core.posts import Site
from megabot.errors import NotLemmy, Unreadable
from megabot.ports import Clock

_NOT_FOUND = 404


class ApiKind(StrEnum):
    """The two generations of Lemmy's API."""

    V3 = "v3"
    V4 = "v4"


def site_over_v4(session: LemmySession, clock: Clock) -> Site | None:
    """Read the server's own facts over v4, None where it does not speak it."""

    def once() -> Site | None:
        response = session.get(f"{session.address}/api/v4/site")
        if response.status_code == _NOT_FOUND:
            return None
        try:
            return decode(response.status_code, response.content, call=Call.READ, parse=wire.site)
        except Unreadable as error:
            if response.ok:
                raise not_lemmy(session, error) from error
            raise

    return patiently(once, read=True, sleep=clock.sleep)


def not_lemmy(session: LemmySession, error: Exception) -> NotLemmy:
    """Say that something else than Lemmy answers."""
    host = urlsplit(session.address).hostname
    return NotLemmy(f"{host} answers, but not as a Lemmy server does; check MEGABOT_INSTANCE. {error}")
