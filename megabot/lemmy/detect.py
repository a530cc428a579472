"""Detect which API a server speaks.

Lemmy 1.0 answers /api/v3/site too, so only a missing v4 proves that a server runs 0.19 (lemmy-api 4).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never
from urllib.parse import urlsplit

from megabot.clock import Clock
from megabot.errors import NotLemmy, Refused, Unreadable
from megabot.lemmy.auth.sign_in import SignIns
from megabot.lemmy.calls import Calls, Dialect
from megabot.lemmy.http import LemmySession
from megabot.lemmy.responses import Call, SiteAnswer, decode
from megabot.lemmy.retry import with_retries

_NOT_FOUND = 404


class ApiKind(StrEnum):
    """A generation of Lemmy's API."""

    V3 = "v3"
    V4 = "v4"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenApi:
    """The API that a server speaks. `answer` is the server's answer when it was detected."""

    kind: ApiKind
    calls: Calls
    answer: SiteAnswer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiFactory:
    """Make calls over either API, for one account on one server."""

    session: LemmySession
    sign_ins: SignIns
    clock: Clock
    new_key: Callable[[], str]

    def known(self, kind: ApiKind) -> SpokenApi:
        """Return an API without asking the server."""
        return SpokenApi(kind=kind, calls=self._calls(kind))

    def detect(self) -> SpokenApi:
        """Ask the server which API it speaks, in one or two requests. Raises `NotLemmy` if neither."""
        answer = with_retries(self._site_over_v4, read=True, sleep=self.clock.sleep)
        if answer is not None:
            return SpokenApi(kind=ApiKind.V4, calls=self._calls(ApiKind.V4), answer=answer)
        calls = self._calls(ApiKind.V3)
        try:
            answer = calls.anyone(calls.dialect.site)
        except (Unreadable, NotLemmy, Refused) as error:
            raise self._not_lemmy(error) from error
        return SpokenApi(kind=ApiKind.V3, calls=calls, answer=answer)

    def _calls(self, kind: ApiKind) -> Calls:
        return Calls(self.sign_ins, self._dialect(kind), sleep=self.clock.sleep)

    def _dialect(self, kind: ApiKind) -> Dialect:
        # Imported when used, because a process seldom meets servers of both generations.
        match kind:
            case ApiKind.V3:
                from megabot.lemmy.v3.dialect import DialectV3

                return DialectV3(self.session)
            case ApiKind.V4:
                from megabot.lemmy.v4.dialect import DialectV4

                return DialectV4(self.session, new_key=self.new_key)
            case _:
                assert_never(kind)

    def _site_over_v4(self) -> SiteAnswer | None:
        """Return the server's description of itself over v4, or None if it does not speak v4."""
        response = self.session.get(f"{self.session.address}/api/v4/site")
        if response.status_code == _NOT_FOUND:
            return None
        from megabot.lemmy.v4.dialect import DialectV4

        try:
            return decode(response.status_code, response.content, call=Call.READ, parse=DialectV4.site.parse)
        except Unreadable as error:
            if response.ok:
                raise self._not_lemmy(error) from error
            raise

    def _not_lemmy(self, error: Exception) -> NotLemmy:
        host = urlsplit(self.session.address).hostname
        return NotLemmy(f"{host} does not answer like a Lemmy server; check MEGABOT_INSTANCE. {error}")
