"""The process of the page for moderators: opens the ledger and the templates, never the token."""

import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path

import uvicorn

from megabot import clock
from megabot.app import App
from megabot.cli.anonymous import public_posts, warm_renderer
from megabot.errors import ConfigError
from megabot.forum.addresses import is_loopback
from megabot.lemmy.public_posts import PublicPosts
from megabot.ports import OfflinePorts
from megabot.rendering.port import Renderer
from megabot.web.app import application
from megabot.web.console import Console

# Seconds until requests that still run are abandoned when the process stops.
_LAST_REQUESTS = 5
# An edition is rendered by one process at a time, so more would only wait.
_REQUESTS = 64
_QUEUE = 128


def serve(app: App, *, listen: tuple[str, int] | Path, show: Callable[[str], None]) -> None:
    """Serve the page until a signal stops the process. `show` gets the address on which it listens.

    Raises `ConfigError` if the page is off or the address cannot be used.
    """
    web_url = app.settings.web_url
    if not web_url:
        raise ConfigError(
            "the page for moderators is off; set MEGABOT_WEB_URL to its public address "
            "(docs/reference/settings.md)"
        )
    if not isinstance(listen, Path) and web_url.startswith("http://") and not is_loopback(listen[0]):
        raise ConfigError(
            f"MEGABOT_WEB_URL is {web_url}, so sessions would cross the network unencrypted; "
            "listen on 127.0.0.1, or serve the page over HTTPS"
        )
    app.settings.require_online(needs_community=False)
    app.require_own_ledger()
    with opened_server(app) as server, closing(_socket(listen)) as made:
        show(web_url if isinstance(listen, Path) else "http://{}:{}".format(*made.getsockname()[:2]))
        server.run(sockets=[made])


@contextmanager
def opened_server(app: App) -> Iterator[uvicorn.Server]:
    """Yield the server of the page at the app's `web_url`; the caller runs it on a socket of its own."""
    # What this thread opened, another one cannot use.
    app.rest()
    with ExitStack() as stack:
        renderer = stack.enter_context(closing(warm_renderer()))
        posts = stack.enter_context(public_posts(app.settings.instance, used=app.settings.proxy_used()))
        console = Console(
            web_url=app.settings.web_url,
            ports=Opener(app, renderer).ports,
            commanders=_commanders(posts, admins=app.settings.admins),
            draw_token=clock.new_token,
            draw_key=lambda: uuid.uuid4().hex,
            language=app.settings.language,
        )
        config = uvicorn.Config(
            application(console),
            # Named, because uvicorn would otherwise prefer libraries that happen to be installed.
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            # The address of a sign-in contains its token, so no address is logged.
            access_log=False,
            proxy_headers=False,
            server_header=False,
            headers=[("Server", "megabot")],
            limit_concurrency=_REQUESTS,
            timeout_graceful_shutdown=_LAST_REQUESTS,
        )
        yield uvicorn.Server(config)


class Opener:
    """Opens the ledger for one request at a time, because a connection of SQLite belongs to its thread."""

    def __init__(self, app: App, renderer: Renderer) -> None:
        self._app = app
        self._renderer = renderer
        self._turn = threading.Lock()

    @contextmanager
    def ports(self) -> Iterator[OfflinePorts]:
        """Yield ports for the thread that calls this; others wait until they are given back."""
        with self._turn:
            try:
                # Since when there is a token would be read from the token.
                yield replace(self._app.writing_ports, renderer=self._renderer, signed_in=lambda: None)
            finally:
                self._app.rest()


def _commanders(posts: PublicPosts, *, admins: bool) -> Callable[[str], frozenset[str]]:
    """Return what reads who may command the threads of a community, without an account."""
    return lambda community: posts.moderators(community) | (posts.admins() if admins else frozenset())


def _socket(listen: tuple[str, int] | Path) -> socket.socket:
    try:
        if not isinstance(listen, Path):
            family = socket.AF_INET6 if ":" in listen[0] else socket.AF_INET
            return socket.create_server(listen, family=family, backlog=_QUEUE)
        # The socket of a process that was killed is still there.
        if listen.is_socket():
            listen.unlink()
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        made.bind(str(listen))
        # The proxy is in the group of the folder; the service's umask would keep it out.
        listen.chmod(0o660)
        made.listen(_QUEUE)
    except OSError as error:
        where = listen if isinstance(listen, Path) else "{}:{}".format(*listen)
        raise ConfigError(
            f"cannot listen on {where}: {error.strerror}; choose another --listen or --socket"
        ) from error
    return made
