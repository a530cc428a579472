"""The sandbox's interface for tests, benchmarks and the demo: start, stop, set up, read the log."""

import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from types import TracebackType
from typing import NamedTuple, Self

from lemmy_sandbox.federation import Network
from lemmy_sandbox.http import exchange
from lemmy_sandbox.http.exchange import Answer, Request
from lemmy_sandbox.http.server import Server
from lemmy_sandbox.records import Community, Generation, ImageService, Person, RemotePage
from lemmy_sandbox.rules import accounts, communities, upgrade
from lemmy_sandbox.rules.limits import USUAL, Limit
from lemmy_sandbox.user_client import User, UserV4
from lemmy_sandbox.world import World


class LoggedRequest(NamedTuple):
    """A request that was answered. `person` is None without a token or with a dead one."""

    method: str
    path: str
    person: str | None
    status: int


class Sandbox:
    """A Lemmy server in memory on a loopback port: 0.19.20 (`api="v3"`) or 1.0.0-beta.1 (`api="v4"`).

    Its name may differ from its address. With `hostname=""` they are the same, so a browser can open all its
    links.

    The clock must return aware times in UTC. Changes through `world` take effect at once; hold `lock` for
    them while the server runs and other threads use it. The image service runs by default.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        hostname: str = "lemmy.example",
        port: int = 0,
        *,
        images: ImageService = ImageService.RUNNING,
        api: Generation | str = Generation.LEMMY_0,
    ) -> None:
        self.world = World(lambda: clock().astimezone(UTC), hostname, Generation(api))
        self.world.images = images
        self.lock = threading.RLock()
        self.network: Network | None = None
        self._port = port
        self._server: Server | None = None
        self._thread: threading.Thread | None = None
        self._requests: list[LoggedRequest] = []
        self._unknown: list[str] = []

    def start(self) -> str:
        """Start listening and return the address."""
        self._server = Server(self._port, self._respond, self.world.clock)
        self._port = self._server.server_port  # so that a restarted server has the same address
        self.world.hostname = self.world.hostname or f"127.0.0.1:{self._port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, name="sandbox", daemon=True
        )
        self._thread.start()
        return self.url

    def stop(self) -> None:
        """Stop listening and close connections. All state except call counts stays, for another start."""
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join()
        self._thread = None
        with self.lock:
            self.world.forget_what_is_in_memory()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The address it listens at, without a slash at the end."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def api(self) -> Generation:
        """The server's generation, which `upgrade` changes."""
        return self.world.generation

    def upgrade(self) -> None:
        """Turn a running 0.19 into a 1.0: all state stays, but older tokens become invalid."""
        with self.lock:
            upgrade.upgrade(self.world)

    def user(self, name: str = "") -> User:
        """Return a client for a user, or an anonymous one without a name, over the server's API.

        Get a new client after an upgrade: an old one's token is invalid, and half its calls no longer exist.
        """
        kind = UserV4 if self.world.is_lemmy_1 else User
        return kind(self.url, name, token=self.token_of(name) if name else None)

    def federate(self, *others: "Sandbox") -> Network:
        """Connect this server with others. From then on they share one lock."""
        servers = (self, *others)
        network = Network([sandbox.world for sandbox in servers])
        for sandbox in servers:
            sandbox.lock, sandbox.network = self.lock, network
        return network

    @property
    def requests(self) -> list[LoggedRequest]:
        """A copy of the log of all requests."""
        with self.lock:
            return list(self._requests)

    @property
    def unknown_requests(self) -> list[str]:
        """A copy of the log of unsupported requests; a test that finds any must fail."""
        with self.lock:
            return list(self._unknown)

    @property
    def crashes(self) -> list[str]:
        """The tracebacks of bugs in the sandbox itself; a test that finds any must fail."""
        return list(self._server.crashes) if self._server else []

    def forget_requests(self) -> None:
        """Empty the log of requests, for example before counting them."""
        with self.lock:
            self._requests.clear()

    def add_person(
        self,
        name: str,
        password: str = "correct horse",  # noqa: S107 - of a made-up account
        *,
        admin: bool = False,
        bot: bool = False,
        totp_secret: str | None = None,
        **settings: object,
    ) -> Person:
        """Add an account. `settings` are fields of `records.Settings`; `show_nsfw` is on by default here."""
        with self.lock:
            person = accounts.add(self.world, name, password, admin=admin)
            person.bot_account = bot
            person.totp_secret = totp_secret
            person.settings = accounts.make_settings({"show_nsfw": True, **settings})
            return person

    def add_community(self, name: str, title: str = "", moderators: Iterable[str] = ()) -> Community:
        """Add a community; `moderators` are names, the most senior first."""
        with self.lock:
            people = [self.person(moderator) for moderator in moderators]
            return communities.add(self.world, name, title or name.capitalize(), people)

    def add_page(
        self, url: str, content_type: str, content: bytes = b"", *, preview_image: str | None = None
    ) -> None:
        """Add a page on another server; all other addresses elsewhere do not answer."""
        page = RemotePage(content_type=content_type, content=content, preview_image=preview_image)
        with self.lock:
            self.world.elsewhere[url] = page

    def use_images(self, images: ImageService) -> None:
        """Start or stop the image service, or remove it from the server's settings."""
        with self.lock:
            self.world.images = images

    def person(self, name: str) -> Person:
        """Return the account with this name. Raises KeyError if there is none."""
        person = self.world.person_named(name)
        if person is None:
            raise KeyError(name)
        return person

    def community(self, name: str) -> Community:
        """Return the community with this name. Raises KeyError if there is none."""
        community = self.world.community_named(name)
        if community is None:
            raise KeyError(name)
        return community

    def token_of(self, name: str) -> str:
        """Return a valid token of the account, an existing one if possible."""
        with self.lock:
            person = self.person(name)
            alive = (token for token in self.world.tokens if self.world.owner_of(token) is person)
            return next(alive, None) or accounts.new_token(self.world, person, stays=True)

    def revoke_tokens(self, name: str) -> None:
        """Make all tokens of the account invalid."""
        with self.lock:
            accounts.forget_tokens(self.world, self.person(name))

    def limit(self, bucket: str, size: int, seconds: int) -> None:
        """Set one rate limit, as an admin would."""
        with self.lock:
            self.world.site.limits[bucket] = Limit(size, seconds)

    def use_usual_limits(self) -> None:
        """Set the rate limits of a new server."""
        with self.lock:
            self.world.site.limits = dict(USUAL)

    def _settle(self) -> None:
        if self.network is not None:
            self.network.settle()

    def _respond(self, request: Request) -> Answer:
        with self.lock:
            self._settle()
            caller = exchange.caller_of(self.world, request)
            answer = exchange.answer(self.world, request)
            self._settle()
            name = caller.name if caller else None
            self._requests.append(LoggedRequest(request.method, request.path, name, int(answer.status)))
            if answer.is_unknown:
                self._unknown.append(f"{request.method} {request.path}")
            return answer
