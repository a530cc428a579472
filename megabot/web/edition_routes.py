"""The addresses of an edition's page, for the application of the page for moderators.

    GET  /threads/{thread}/editions/{key}          the editor beside the thread; `?order=ID` shows that order
    POST /threads/{thread}/editions/{key}/live     keeps the draft, and returns the thread with it
    POST /threads/{thread}/editions/{key}/draft    keeps the draft without the script
    POST /threads/{thread}/editions/{key}/use      keeps the draft, and orders the service to use it
    POST /threads/{thread}/editions/{key}/discard  deletes the draft
    GET  /picture/{path}                           a picture of the source, for the thread

The application signs visitors in, checks CSRF tokens and limits bodies before a request comes here.
"""

import mimetypes
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from megabot.commands.model import ParseFailureReason
from megabot.commands.web_orders import WEB, UnwritableOrderError, order_record
from megabot.errors import SourceBroken
from megabot.i18n.translation import _
from megabot.ledger.records import CommandState
from megabot.ports import OfflinePorts
from megabot.web import edition, edition_html
from megabot.web.edition import Desk, Typed
from megabot.web.edition_html import OrderState, Shown, waiting_words

_ADDRESS = "/threads/{thread}/editions/{key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A signed-in moderator. `threads` are those that they may command now, `csrf` their session's token."""

    actor: str
    name: str
    threads: tuple[str, ...]
    csrf: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the application gives these pages.

    `visitor` returns who asks, and raises `HTTPException` or redirects for anyone else; with True its
    answer may be 15 s old. `ports` opens ports for the thread that calls it. `page` wraps a title and content
    into a page. `draw_key` returns a new random hexadecimal text for each order.
    """

    visitor: Callable[[Request, bool], Visitor]
    ports: Callable[[], AbstractContextManager[OfflinePorts]]
    page: Callable[[Request, str, str], Response]
    draw_key: Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A request as plain values, for the thread that opens the ledger."""

    visitor: Visitor
    thread: str
    key: str
    form: Mapping[str, str]
    order: str = ""

    @property
    def address(self) -> str:
        return f"/threads/{quote(self.thread)}/editions/{quote(self.key)}"


def routes(site: Site) -> list[Route]:
    """Return the routes of an edition's page."""
    pages = _Pages(site)
    posts = {"live": pages.live, "draft": pages.draft, "use": pages.use, "discard": pages.discard}
    return [
        Route(_ADDRESS, pages.shown, methods=["GET"]),
        Route("/picture/{path:path}", pages.picture, methods=["GET"]),
        *(Route(f"{_ADDRESS}/{name}", endpoint, methods=["POST"]) for name, endpoint in posts.items()),
    ]


class _Pages:
    """The endpoints."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._templates = edition_html.environment()
        # A warm renderer does one thing at a time.
        self._rendering = threading.Lock()

    async def shown(self, request: Request) -> Response:
        asked = await self._asked(request)
        title, html = await run_in_threadpool(self._page, asked)
        return self._site.page(request, title, html)

    async def live(self, request: Request) -> Response:
        return await run_in_threadpool(self._live, await self._asked(request, recent=True))

    async def draft(self, request: Request) -> Response:
        return await run_in_threadpool(self._draft, await self._asked(request))

    async def discard(self, request: Request) -> Response:
        return await run_in_threadpool(self._discard, await self._asked(request))

    async def use(self, request: Request) -> Response:
        asked = await self._asked(request)
        answer = await run_in_threadpool(self._use, asked)
        if isinstance(answer, Response):
            return answer
        response = self._site.page(request, *answer)
        response.status_code = HTTPStatus.CONFLICT
        return response

    async def picture(self, request: Request) -> Response:
        await run_in_threadpool(self._site.visitor, request, True)
        return await run_in_threadpool(self._picture, request.path_params["path"])

    async def _asked(self, request: Request, *, recent: bool = False) -> _Asked:
        visitor = await run_in_threadpool(self._site.visitor, request, recent)
        thread, key = request.path_params["thread"], request.path_params["key"]
        if thread not in visitor.threads:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        form: dict[str, str] = {}
        if request.method == "POST":
            form = {name: text for name, text in (await request.form()).items() if isinstance(text, str)}
        order = request.query_params.get("order", "")
        return _Asked(visitor=visitor, thread=thread, key=key, form=form, order=order)

    # -- what needs the ledger or the source, in a worker thread

    def _picture(self, path: str) -> Response:
        with self._site.ports() as ports:
            picture = ports.source.picture(ports.source.snapshot(), path)
        if picture is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        return Response(picture, headers={"Content-Type": kind})

    def _page(self, asked: _Asked) -> tuple[str, str]:
        with self._site.ports() as ports:
            return self._whole(ports, asked, _desk(ports, asked), _order_state(ports, asked))

    def _live(self, asked: _Asked) -> Response:
        with self._site.ports() as ports:
            desk, _sent = _kept(ports, asked)
            return HTMLResponse(edition_html.part(self._templates, self._shown(ports, asked, desk)))

    def _draft(self, asked: _Asked) -> Response:
        with self._site.ports() as ports:
            _kept(ports, asked)
        return _see(asked.address)

    def _discard(self, asked: _Asked) -> Response:
        with self._site.ports() as ports:
            ports.ledger.drop_web_draft(asked.thread, asked.key, asked.visitor.actor)
        return _see(asked.address)

    def _use(self, asked: _Asked) -> Response | tuple[str, str]:
        """Order the service to use the text; show the page again with the reason if it cannot be ordered."""
        with self._site.ports() as ports:
            desk, sent = _kept(ports, asked)
            expects, command = edition.expected(desk, sent), edition.order(desk)
            if command is None:
                words = _("The text is empty, or it is already in effect.")
                return self._whole(ports, asked, desk, OrderState(pending=False, words=words))
            if expects is None:
                return self._whole(ports, asked, desk)
            # What they have seen is what they start from now.
            desk = replace(desk, base=expects)
            edition.keep(ports, desk, actor=asked.visitor.actor, by=asked.visitor.name)
            key = self._site.draw_key()
            try:
                record = order_record(
                    command,
                    key=f"{WEB}{key}",
                    actor=asked.visitor.actor,
                    by=asked.visitor.name,
                    at=ports.clock.now(),
                    threads=asked.visitor.threads,
                    expects=expects,
                )
            except UnwritableOrderError as error:
                return self._whole(ports, asked, desk, OrderState(pending=False, words=_unwritable(error)))
            ports.ledger.keep_command(record)
        return _see(f"{asked.address}?order={quote(key)}")

    def _whole(
        self, ports: OfflinePorts, asked: _Asked, desk: Desk, order: OrderState | None = None
    ) -> tuple[str, str]:
        shown = self._shown(ports, asked, desk, order)
        return desk.edition.id, edition_html.page(self._templates, shown)

    def _shown(
        self, ports: OfflinePorts, asked: _Asked, desk: Desk, order: OrderState | None = None
    ) -> Shown:
        with self._rendering:
            view = edition.view(ports, desk)
        return Shown(desk=desk, view=view, address=asked.address, csrf=asked.visitor.csrf, order=order)


def _desk(ports: OfflinePorts, asked: _Asked) -> Desk:
    try:
        desk = edition.find(ports, asked.thread, asked.key, actor=asked.visitor.actor)
    except SourceBroken as error:
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, str(error)) from error
    if desk is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return desk


def _kept(ports: OfflinePorts, asked: _Asked) -> tuple[Desk, Typed]:
    """Keep what was typed as the visitor's draft."""
    sent = edition.typed(asked.form)
    desk = edition.with_typed(_desk(ports, asked), sent)
    edition.keep(ports, desk, actor=asked.visitor.actor, by=asked.visitor.name)
    return desk, sent


def _order_state(ports: OfflinePorts, asked: _Asked) -> OrderState | None:
    """Return what became of the visitor's own order; None if there is none with that name."""
    # A key is never anything else, and not every database takes any character.
    record = ports.ledger.command(f"{WEB}{asked.order}") if asked.order.isalnum() else None
    if record is None or record.actor != asked.visitor.actor:
        return None
    if record.state is CommandState.CLOSED:
        return OrderState(pending=False, words=record.answer)
    return OrderState(pending=True, words=waiting_words(record.at, ports.clock.now()))


def _unwritable(error: UnwritableOrderError) -> str:
    failure = error.failure
    if failure is not None and failure.reason is ParseFailureReason.TOO_LONG:
        return _("The text is too long: the limit is {longest} characters.").format(longest=failure.longest)
    return _("This text cannot be used as a preamble.")


def _see(address: str) -> Response:
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)
