"""The live page as a Starlette application, for this machine only.

It answers only requests for its own host name (against DNS rebinding), accepts only GET, and tells browsers
to load and run nothing from elsewhere.
"""

import math
import mimetypes
from collections.abc import AsyncIterator, Collection
from functools import partial
from http import HTTPStatus

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from megabot.errors import Stopping, UserError
from megabot.preview import live_page, style
from megabot.preview.file_watcher import Follower
from megabot.web.live.site import Site, view_request

# Seconds between two messages of the event stream.
PING = 15.0
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_HTML = "text/html; charset=utf-8"


def application(site: Site, *, names: Collection[str]) -> Starlette:
    """Return the application. `names` are the values of the Host header that it accepts."""
    pages = _Pages(site)
    app = Starlette(
        routes=[
            Route("/", pages.document),
            Route("/part", pages.part),
            Route("/style.css", partial(_text, style.LIVE_STYLE, "text/css; charset=utf-8")),
            Route("/script.js", partial(_text, style.LIVE_SCRIPT, "text/javascript; charset=utf-8")),
            Route("/picture/{path:path}", pages.picture),
            Route("/events", pages.events),
        ],
        middleware=[Middleware(_Guard, names=names)],
        exception_handlers={HTTPException: _nothing, UserError: _failed, Stopping: _stopped},
    )
    # Each address has one form; another one leads nowhere.
    app.router.redirect_slashes = False
    return app


class _Pages:
    """The endpoints. Those that render are ordinary functions, so Starlette calls them in a worker thread."""

    def __init__(self, site: Site) -> None:
        self._site = site
        # Each open page waits in a thread for changes; they must not use up the threads of the endpoints.
        self._waiting = CapacityLimiter(math.inf)

    def document(self, request: Request) -> Response:
        view, count = self._site.view(view_request(request.url.query))
        return _html(live_page.document(view, count=count))

    def part(self, request: Request) -> Response:
        return _html(live_page.part(self._site.view(view_request(request.url.query))[0]))

    def picture(self, request: Request) -> Response:
        path = request.path_params["path"]
        picture = self._site.picture(path)
        if picture is None:
            return PlainTextResponse("There is no such picture.", HTTPStatus.NOT_FOUND)
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        return Response(picture, headers={"Content-Type": kind})

    async def events(self, _: Request) -> Response:
        changes = _changes(self._site.follower, self._waiting)
        return StreamingResponse(changes, headers={"Content-Type": "text/event-stream"})


async def _changes(follower: Follower, waiting: CapacityLimiter) -> AsyncIterator[str]:
    """Send the count of changes now and after each one, until the browser or the server closes."""
    known = follower.count
    while not follower.over:
        # retry: the browser reconnects after half a second
        # (https://html.spec.whatwg.org/multipage/server-sent-events.html).
        yield f"retry: 500\ndata: {known}\n\n"
        wait = partial(follower.wait, known, seconds=PING)
        known = await to_thread.run_sync(wait, abandon_on_cancel=True, limiter=waiting)


def _text(text: str, kind: str, _: Request) -> Response:
    return Response(text, headers={"Content-Type": kind})


def _html(html: str) -> Response:
    # Half a character in a template is reported on the page, which must not fail because of it (T05).
    return Response(html.encode(errors="replace"), headers={"Content-Type": _HTML})


def _nothing(_: Request, __: Exception) -> Response:
    return PlainTextResponse("There is nothing here.", HTTPStatus.NOT_FOUND)


def _failed(_: Request, error: Exception) -> Response:
    return PlainTextResponse(str(error), HTTPStatus.INTERNAL_SERVER_ERROR)


def _stopped(_: Request, __: Exception) -> Response:
    return PlainTextResponse("megabot preview has stopped.", HTTPStatus.SERVICE_UNAVAILABLE)


class _Guard:
    """Refuses other host names and everything but GET, and adds the headers to each response."""

    def __init__(self, app: ASGIApp, *, names: Collection[str]) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        await self._allowed(scope)(scope, receive, send_with_headers)

    def _allowed(self, scope: Scope) -> ASGIApp:
        # With DNS rebinding a page from elsewhere reaches this address, but under its own name.
        if Request(scope).headers.get("Host", "") not in self._names:
            return PlainTextResponse("This is not the name of this server.", HTTPStatus.MISDIRECTED_REQUEST)
        if scope["method"] != "GET":
            return PlainTextResponse("This page can only be read.", HTTPStatus.NOT_IMPLEMENTED)
        return self._app
