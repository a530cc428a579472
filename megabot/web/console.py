"""What the pages for moderators share: ports, templates, and who is asking."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from http import HTTPStatus

from jinja2 import Environment
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from megabot.commands import web_access
from megabot.ledger.state import WebAccess
from megabot.ports import OfflinePorts
from megabot.source.usable_threads import usable_threads
from megabot.web import edition_html
from megabot.web.edition_routes import Visitor
from megabot.web.moderators import Moderators
from megabot.web.security import cookies_of, csrf_of


class Console:
    """The parts of the application.

    `ports` opens ports for the thread that calls it. `draw_token` returns a random token for a session,
    `draw_key` a random hexadecimal text for an order. `language` is the code of the page's words.
    """

    def __init__(
        self,
        *,
        web_url: str,
        ports: Callable[[], AbstractContextManager[OfflinePorts]],
        commanders: Callable[[str], frozenset[str]],
        draw_token: Callable[[], str],
        draw_key: Callable[[], str],
        language: str = "en",
    ) -> None:
        self.web_url = web_url
        self.ports = ports
        self.draw_token = draw_token
        self.draw_key = draw_key
        self.cookies = cookies_of(web_url)
        self.templates: Environment = edition_html.environment()
        self._moderators = Moderators(commanders)
        self._language = language

    def visitor(self, request: Request, recent: bool = False) -> Visitor:  # noqa: FBT001, FBT002  as the edition's page calls it
        """Return who asks, from the session's cookie and the server's list of moderators.

        Raises `HTTPException`: 401 for anyone who is not signed in, 403 for someone who no longer moderates
        anything here, whose sessions end with that. Raises what reading the server raises.
        """
        token = request.cookies.get(self.cookies.session, "")
        with self.ports() as ports:
            access, now = ports.ledger.web_access(), ports.clock.now()
            session = web_access.session_of(access, token, now) if token else None
            if session is None:
                raise HTTPException(HTTPStatus.UNAUTHORIZED)
            usable = usable_threads(ports.source, ports.source.snapshot())
            community = ports.community
        # Not while the ledger is open: the server may be slow, and others wait for the ledger.
        allowed = self._moderators.threads_of(
            session.actor, usable.threads, community=community, now=now, recent=recent
        )
        if not allowed and usable.broken is not None:
            # Their thread may be the one whose file has a mistake now, which must not sign them out.
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE)
        if not allowed:
            self._sign_out(session)
            raise HTTPException(HTTPStatus.FORBIDDEN)
        visitor = Visitor(actor=session.actor, name=session.name, threads=allowed, csrf=csrf_of(token))
        request.state.visitor = visitor
        return visitor

    def page(self, request: Request, title: str, html: str) -> Response:
        """Return a page with its navigation around it. The content is HTML."""
        return self._rendered("layout.html", request, {"title": title, "content": html})

    def show(self, request: Request, template: str, title: str, values: Mapping[str, object]) -> Response:
        """Return a page from a template of its content."""
        visitor: Visitor = request.state.visitor
        html = self.templates.get_template(template).render({"csrf": visitor.csrf, **values})
        return self.page(request, title, html)

    def bare(self, request: Request, template: str, **values: object) -> Response:
        """Return a page for someone who is not signed in."""
        return self._rendered(template, request, values)

    def _rendered(self, template: str, request: Request, values: Mapping[str, object]) -> Response:
        visitor = getattr(request.state, "visitor", None)
        known = {
            "language": self._language,
            "path": request.url.path,
            "visitor": visitor,
            **values,
        }
        html = self.templates.get_template(template).render(known)
        # Half a character in someone's text must not keep the page from being shown.
        return HTMLResponse(html.encode(errors="replace"))

    def _sign_out(self, session: WebAccess) -> None:
        with self.ports() as ports:
            ports.ledger.change_web_access(
                lambda access: web_access.sign_out_everywhere(access, session.actor)
            )
