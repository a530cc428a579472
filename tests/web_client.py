"""A browser for the page for moderators: keeps cookies, and fills in the token of the page's forms."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie
from itertools import count
from urllib.parse import urlencode

from anyio.from_thread import start_blocking_portal
from starlette.types import ASGIApp, Message

from megabot.lemmy.public_posts import PublicPosts
from megabot.ports import OfflinePorts
from megabot.reconcile.overridden_source import OverriddenSource
from megabot.service.ledger_alerts import LedgerAlerts
from megabot.web.app import application
from megabot.web.console import Console
from tests.world import World

URL = "https://megabot.example"
_NUMBERS = count(1)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    text: str

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name.lower()), "")

    @property
    def words(self) -> str:
        """The text without its tags."""
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", self.text)).split())


def page_of(world: World, *, url: str = URL, away: bool = False) -> ASGIApp:
    """Return the page for moderators of a world, which reads the moderators from its server.

    With `away` it cannot reach the server.
    """

    @contextmanager
    def ports() -> Iterator[OfflinePorts]:
        ledger = world.open_ledger()
        source = OverriddenSource(world.pages, ledger)
        alerts = LedgerAlerts(ledger)
        try:
            yield OfflinePorts(
                clock=world.clock, ledger=ledger, source=source, renderer=world.press, alerts=alerts
            )
        finally:
            ledger.close()

    console = Console(
        web_url=url,
        ports=ports,
        commanders=PublicPosts("http://127.0.0.1:9" if away else world.sandbox.url).moderators,
        draw_token=lambda: f"session-token-number-{next(_NUMBERS)}",
        draw_key=lambda: f"{next(_NUMBERS):032x}",
    )
    return application(console)


@dataclass
class Browser:
    """One browser. `origin` is that of the page whose forms it sends."""

    app: ASGIApp
    origin: str = URL
    host: str = "megabot.example"
    client: str = "192.0.2.1"
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, form: Mapping[str, str], *, csrf: str | None = None) -> Answer:
        """Send a form; its token is that of the overview, or of the sign-in page."""
        if csrf is None:
            shown = self.get("/sign-in" if path == "/sign-in" else "/").text
            found = re.search(r'name="csrf" value="(\w+)"', shown)
            csrf = found[1] if found else ""
        return self.ask("POST", path, urlencode({**form, "csrf": csrf}).encode())

    def follow(self, answer: Answer) -> Answer:
        assert answer.status == 303
        return self.get(answer.header("location"))

    def ask(  # noqa: PLR0913  what can be odd about a request
        self,
        method: str,
        target: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        bug: bool = False,
        chunks: int = 1,
        leaves: bool = False,
    ) -> Answer:
        """Send a request, its body in `chunks`.

        With `bug` the application raises after it has answered. With `leaves` the connection is lost before
        the body is complete; the status 0 stands for no answer.
        """
        path, _, query = target.partition("?")
        given = {"host": self.host, "cookie": "; ".join(f"{key}={one}" for key, one in self.cookies.items())}
        if method == "POST":
            given |= {"origin": self.origin, "content-type": "application/x-www-form-urlencoded"}
        given |= headers or {}
        scope = {
            "type": "http", "method": method, "path": path, "query_string": query.encode(), "root_path": "",
            "headers": [(key.encode(), value.encode()) for key, value in given.items() if value],
            "scheme": "https", "server": ("megabot.example", 443), "http_version": "1.1",
            "client": (self.client, 1234),
        }  # fmt: skip
        sent: list[Message] = []

        size = len(body) // chunks + 1
        parts = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
        messages: list[Message] = [
            {"type": "http.request", "body": part, "more_body": leaves or number < len(parts)}
            for number, part in enumerate(parts, 1)
        ]

        async def receive() -> Message:
            return messages.pop(0) if messages else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)

        # In a thread of its own: Playwright's loop may run in this one.
        with suppress(ValueError) if bug else nullcontext(), start_blocking_portal() as portal:
            portal.call(self.app, scope, receive, send)
        if not sent:
            return Answer(0, [], "")
        start, *rest = sent
        answer = Answer(
            start["status"],
            [(name.decode(), value.decode()) for name, value in start["headers"]],
            b"".join(part["body"] for part in rest).decode(),
        )
        self._keep(answer)
        return answer

    def _keep(self, answer: Answer) -> None:
        for name, value in answer.headers:
            if name == "set-cookie":
                for key, one in SimpleCookie(value).items():
                    self.cookies[key] = one.value
                    if one["max-age"] == "0":
                        del self.cookies[key]
