"""Scenes with two servers: the community lives on alpha.example, the bot's account on beta.example."""

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from lemmy_sandbox import Sandbox
from lemmy_sandbox.federation import Network
from lemmy_sandbox.user_client import Json
from megabot.lemmy.home_servers import LemmyHomeServers
from megabot.lemmy.link_verdict import Outcome
from megabot.lemmy.public_web import NoPage
from tests.world import NEWS, SLOT, Clock, Pages, World

HOME, OWN = "alpha.example", "beta.example"
COMMUNITY = f"news@{HOME}"


@dataclass
class Abroad:
    """What a scene acts on: `world` is the bot and its own server, `home` the community's server."""

    home: Sandbox
    world: World
    network: Network
    asked: list[str] = field(default_factory=list)

    def read(self, address: str) -> bytes:
        """Read a page of the community's server as an anonymous visitor."""
        parts = urlsplit(address)
        assert (parts.scheme, parts.netloc) == ("https", HOME)
        self.asked.append(f"{parts.path}?{parts.query}".rstrip("?"))
        connection = http.client.HTTPConnection(urlsplit(self.home.url).netloc, timeout=5)
        try:
            connection.request("GET", self.asked[-1])
            return connection.getresponse().read()
        except OSError as error:
            raise NoPage(Outcome.UNSURE, "the connection was refused or lost") from error
        finally:
            connection.close()

    def shown_at_home(self, post: int) -> Json:
        """Return a post by the bot as the community's own server shows it."""
        view = self.home.user().get("resolve_object", q=f"https://{OWN}/post/{post}")["post"]
        return dict(view.get("post", view))

    def pinned_at_home(self) -> list[str]:
        """Return the URLs of the posts that readers of the community's own server see pinned."""
        posts = self.home.world.posts.values()
        return [post.ap_id or self.home.world.address("post", post.id) for post in posts if _is_pinned(post)]

    def appoint(self) -> None:
        """Have the community's moderator appoint the bot, on the community's own server."""
        with self.home.lock:
            bot = self.home.world.person_called(f"megabot@{OWN}", fetches=True)
        assert bot is not None
        self.home.user("modlin").add_mod(self.home.community("news").id, bot.id)


def _is_pinned(post: object) -> bool:
    return bool(getattr(post, "featured_community", False))


@contextmanager
def two_servers(state: Path, *, home: str, own: str) -> Iterator[Abroad]:
    """Run two servers that federate; the bot follows the community and moderates it."""
    clock = Clock(SLOT + timedelta(minutes=1))
    state.mkdir(mode=0o700)
    alpha, beta = Sandbox(clock.true, HOME, api=home), Sandbox(clock.true, OWN, api=own)
    with alpha, beta:
        for server in (alpha, beta):
            server.add_person("admin", admin=True)
            server.add_person("reader")
        alpha.add_person("modlin")
        alpha.add_community("news", "News", moderators=["modlin"])
        beta.add_person("megabot", bot=True)
        network = alpha.federate(beta)
        hand = beta.user("megabot")
        found = hand.get("community", name=COMMUNITY)["community_view"]["community"]
        hand.post("community/follow", community_id=found["id"], follow=True)
        pages = Pages((replace(NEWS, community=COMMUNITY),))
        scene = Abroad(alpha, World(beta, clock, state, found["id"], pages), network)
        scene.world.home_servers = LemmyHomeServers(scene.read, seconds=5)
        scene.appoint()
        yield scene
        scene.world.close()
        for server in (alpha, beta):
            assert server.crashes == []
            assert server.unknown_requests == []
