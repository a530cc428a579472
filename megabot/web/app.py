"""The page for moderators as a Starlette application. It is built from plain values, and holds no token.

What must change on Lemmy is written into the ledger as an order, which the service carries out.
"""

import logging
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from importlib.resources import files
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from megabot.errors import ForumError, MegabotError, SourceBroken, SourceMissing
from megabot.i18n.translation import _
from megabot.ports import OfflinePorts
from megabot.preview.style import LIVE_STYLE
from megabot.web import edition_routes, orders, sign_in
from megabot.web.console import Console
from megabot.web.edition_routes import Site, Visitor
from megabot.web.orders import OrderMistake
from megabot.web.pages import calendar, history, overview, thread
from megabot.web.security import Guard

log = logging.getLogger("megabot")
Values = Callable[[OfflinePorts, Visitor, str], Mapping[str, object]]


def application(console: Console) -> ASGIApp:
    """Return the application."""
    site = Site(visitor=console.visitor, ports=console.ports, page=console.page, draw_key=console.draw_key)
    pages = _Pages(console)
    app = Starlette(
        routes=[
            Route("/", pages.overview, methods=["GET"]),
            Route("/calendar", pages.calendar, methods=["GET"]),
            Route("/history", pages.history, methods=["GET"]),
            Route("/threads/{thread}", pages.thread, methods=["GET"]),
            *sign_in.routes(console),
            *orders.routes(console),
            *edition_routes.routes(site),
            *_static(),
        ],
        exception_handlers={
            HTTPException: pages.refused,
            OrderMistake: pages.mistaken,
            MegabotError: pages.failed,
        },
    )
    # Each address has one form; another one leads nowhere.
    app.router.redirect_slashes = False
    # Around all of it, so that the response after a bug has the headers too.
    return Guard(app, web_url=console.web_url)


class _Pages:
    """The endpoints that only show, and what is shown instead of them."""

    def __init__(self, console: Console) -> None:
        self._console = console

    async def overview(self, request: Request) -> Response:
        return await self._shown(request, "overview.html", _("Overview"), overview.values)

    async def calendar(self, request: Request) -> Response:
        return await self._shown(request, "calendar.html", _("Calendar"), calendar.values)

    async def history(self, request: Request) -> Response:
        return await self._shown(request, "history.html", _("History"), history.values)

    async def thread(self, request: Request) -> Response:
        name = request.path_params["thread"]
        return await self._shown(request, "thread.html", name, partial(thread.values, name=name))

    async def _shown(self, request: Request, template: str, title: str, values: Values) -> Response:
        visitor = await run_in_threadpool(self._console.visitor, request)
        order = request.query_params.get("order", "")
        found = await run_in_threadpool(self._values, values, visitor, order)
        return self._console.show(request, template, title, found)

    def _values(self, values: Values, visitor: Visitor, order: str) -> Mapping[str, object]:
        with self._console.ports() as ports:
            return values(ports, visitor, order)

    async def refused(self, request: Request, error: Exception) -> Response:
        """Say why there is nothing to see. Strict cookies do not come along from another site."""
        status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.NOT_FOUND
        elsewhere = request.headers.get("Sec-Fetch-Site", "") == "cross-site"
        if status == HTTPStatus.UNAUTHORIZED and elsewhere and request.method == "GET":
            query = f"?{request.url.query}" if request.url.query else ""
            # With two slashes, or a backslash, it would be the address of another site.
            path = f"/{quote(request.scope['path'].lstrip('/'))}"
            page = self._console.bare(request, "continue.html", title=_("Continue"), target=f"{path}{query}")
        elif status == HTTPStatus.UNAUTHORIZED:
            page = self._console.bare(request, "sign_in.html", title=_("Sign in"), link=None, csrf="")
        else:
            words = {
                HTTPStatus.FORBIDDEN: _(
                    "You moderate none of the bot's threads, so you are signed out. Once you moderate one "
                    "again, send the bot the word web."
                ),
                HTTPStatus.NOT_FOUND: _("There is nothing here, or not for you. Go on from the overview."),
                HTTPStatus.METHOD_NOT_ALLOWED: _(
                    "Nothing is shown at this address. Go on from the overview."
                ),
                HTTPStatus.SERVICE_UNAVAILABLE: _templates_broken(),
            }
            detail = error.detail if isinstance(error, HTTPException) else ""
            page = self._console.bare(
                request, "message.html", title="megabot", words=words.get(HTTPStatus(status), detail)
            )
        page.status_code = status
        return page

    async def mistaken(self, request: Request, error: Exception) -> Response:
        return self._message(request, str(error), HTTPStatus.BAD_REQUEST)

    async def failed(self, request: Request, error: Exception) -> Response:
        """Say what is away: the server, whose moderators must be known, the templates, or the ledger.

        The error's own sentence is for the operator: it can name files and addresses of this machine.
        """
        log.warning("the page could not answer: %s", error)
        if isinstance(error, ForumError):
            words = _(
                "The Lemmy server does not answer now, so nobody's rights are known. Try again in a minute."
            )
        elif isinstance(error, SourceBroken | SourceMissing):
            words = _templates_broken()
        else:
            words = _(
                "The bot's records cannot be read now. Try again in a minute, then tell the bot's operator."
            )
        return self._message(request, words, HTTPStatus.SERVICE_UNAVAILABLE)

    def _message(self, request: Request, words: str, status: HTTPStatus) -> Response:
        page = self._console.bare(request, "message.html", title="megabot", words=words)
        page.status_code = status
        return page


def _templates_broken() -> str:
    return _(
        "The bot's templates have a mistake. Drafts stay as they are; tell whoever edits the templates, and "
        "try again once it is fixed."
    )


def _static() -> list[Route]:
    folder = files("megabot.web") / "static"
    style = LIVE_STYLE + (folder / "page.css").read_text("utf-8")
    texts = {
        "page.css": (style, "text/css; charset=utf-8"),
        **{
            name: ((folder / name).read_text("utf-8"), "text/javascript; charset=utf-8")
            for name in ("page.js", "editor.js")
        },
    }
    return [Route(f"/static/{name}", _text(*text), methods=["GET"]) for name, text in texts.items()]


def _text(text: str, kind: str) -> Callable[[Request], Response]:
    def endpoint(_request: Request) -> Response:
        return Response(text, headers={"Content-Type": kind})

    return endpoint
