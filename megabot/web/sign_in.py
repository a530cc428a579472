"""Sign-in by a link from Lemmy, which works once, and sign-out.

GET  /sign-in?token=T   moves the token into a cookie, so that it is in no address any more
GET  /sign-in           a button, so that link previews do not use the link up
POST /sign-in           replaces the link by a session of 8 hours
POST /sign-out          ends this session, or with `everywhere` all of one's sessions

The tokens are nowhere but in these cookies; the ledger has their digests.
"""

import re
from hmac import compare_digest
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from megabot.commands import web_access
from megabot.commands.web_access import LINK_VALID, SESSION_VALID
from megabot.i18n.translation import _
from megabot.ledger.state import WebAccess, WebAccessKind
from megabot.ports import OfflinePorts
from megabot.web.console import Console
from megabot.web.security import SIGN_IN, Attempts, client_of, csrf_of

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,100}")


def routes(console: Console) -> list[Route]:
    """Return the routes for signing in and out."""
    pages = _Pages(console)
    return [
        Route(SIGN_IN, pages.shown, methods=["GET"]),
        Route(SIGN_IN, pages.redeemed, methods=["POST"]),
        Route("/sign-out", pages.signed_out, methods=["POST"]),
    ]


class _Pages:
    """The endpoints."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._attempts = Attempts()

    async def shown(self, request: Request) -> Response:
        token = request.query_params.get("token", "")
        if token:
            response: Response = RedirectResponse(SIGN_IN, HTTPStatus.SEE_OTHER)
            if _TOKEN.fullmatch(token):
                self._set_link(response, token)
            return response
        token = request.cookies.get(self._console.cookies.link, "")
        link = await run_in_threadpool(self._link, token) if token else None
        return self._console.bare(
            request, "sign_in.html", title=_("Sign in"), link=link, csrf=csrf_of(token) if link else ""
        )

    async def redeemed(self, request: Request) -> Response:
        token = request.cookies.get(self._console.cookies.link, "")
        session = self._console.draw_token()
        verdict = await run_in_threadpool(self._redeem, token, session, client_of(request))
        if verdict is not HTTPStatus.SEE_OTHER:
            page = self._console.bare(
                request,
                "sign_in.html",
                title=_("Sign in"),
                link=None,
                csrf="",
                limited=verdict is HTTPStatus.TOO_MANY_REQUESTS,
                used=verdict is HTTPStatus.FORBIDDEN,
            )
            page.status_code = verdict
            return page
        response = RedirectResponse("/", HTTPStatus.SEE_OTHER)
        self._drop_link(response)
        response.set_cookie(
            self._console.cookies.session,
            session,
            max_age=int(SESSION_VALID.total_seconds()),
            secure=self._console.cookies.secure,
            httponly=True,
            samesite="strict",
        )
        return response

    async def signed_out(self, request: Request) -> Response:
        token = request.cookies.get(self._console.cookies.session, "")
        everywhere = (await request.form()).get("everywhere") == "1"
        if token:
            await run_in_threadpool(self._sign_out, token, everywhere=everywhere)
        response = RedirectResponse(SIGN_IN, HTTPStatus.SEE_OTHER)
        response.delete_cookie(
            self._console.cookies.session,
            secure=self._console.cookies.secure,
            httponly=True,
            samesite="strict",
        )
        return response

    def _link(self, token: str) -> WebAccess | None:
        with self._console.ports() as ports:
            wanted, now = web_access.digest(token), ports.clock.now()
            links = [one for one in ports.ledger.web_access() if one.kind is WebAccessKind.LINK]
            found = [one for one in links if compare_digest(one.digest, wanted) and now < one.until]
        return found[0] if found else None

    def _redeem(self, token: str, session: str, client: str) -> HTTPStatus:
        with self._console.ports() as ports:
            now = ports.clock.now()
            if not self._attempts.allow(client, now):
                return HTTPStatus.TOO_MANY_REQUESTS
            signed_in: list[WebAccess] = []

            def change(access: tuple[WebAccess, ...]) -> tuple[WebAccess, ...]:
                left, new = web_access.redeem(access, token, session, now)
                # Once more if the transaction is repeated.
                signed_in[:] = [new] if new else []
                return left

            ports.ledger.change_web_access(change)
        if not signed_in:
            self._attempts.failed(client, now)
        return HTTPStatus.SEE_OTHER if signed_in else HTTPStatus.FORBIDDEN

    def _sign_out(self, token: str, *, everywhere: bool) -> None:
        with self._console.ports() as ports:
            session = session_of(ports, token)
            if everywhere and session:
                ports.ledger.change_web_access(
                    lambda access: web_access.sign_out_everywhere(access, session.actor)
                )
            else:
                ports.ledger.change_web_access(lambda access: web_access.sign_out(access, token))

    def _set_link(self, response: Response, token: str) -> None:
        response.set_cookie(
            self._console.cookies.link,
            token,
            max_age=int(LINK_VALID.total_seconds()),
            path=SIGN_IN,
            secure=self._console.cookies.secure,
            httponly=True,
            # The link is opened from Lemmy, another site; a strict cookie would not come back.
            samesite="lax",
        )

    def _drop_link(self, response: Response) -> None:
        response.delete_cookie(
            self._console.cookies.link,
            path=SIGN_IN,
            secure=self._console.cookies.secure,
            httponly=True,
            samesite="lax",
        )


def session_of(ports: OfflinePorts, token: str) -> WebAccess | None:
    """Return the session with a token, None if it is over."""
    return web_access.session_of(ports.ledger.web_access(), token, ports.clock.now())
