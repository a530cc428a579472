"""The other side of the soak: a server in a process of its own, with people, and with bad days."""

import multiprocessing
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized
from random import Random

from bench.stage import BOT, COMMUNITY
from lemmy_sandbox import Sandbox
from lemmy_sandbox.http.exchange import Answer, Request
from lemmy_sandbox.user_client import ApiError, Json, User

READERS = tuple(f"reader{number}" for number in range(5))
COMMENTS_A_WEEK = 5
_HURT = 0.01
"""How often an answer is broken, of all."""
_OUTAGE = 0.1
"""In how many weeks the server is away, for up to two days."""
_UNPINNED, _REMOVED = 0.02, 0.01
"""In how many weeks a moderator does so to the thread by hand."""
_SIGNED_OUT = 0.05
"""In how many weeks the server forgets the bot's token."""
_LOGIN = "/api/v3/user/login"

Clock = Callable[[], datetime]


class Tired(ConnectionError):
    """The server hangs up without an answer."""


@dataclass
class People:
    """Readers who comment, a moderator who commands, and what moderators' hands do now and then."""

    url: str
    random: Random
    hands: dict[str, User] = field(default_factory=dict)

    def live_a_week(self) -> None:
        """Comment in the thread that is pinned, order something, and in some weeks interfere."""
        try:
            pinned = [post["id"] for post in self._posts() if post["featured_community"]]
            for post_id in pinned[:1]:
                for number in range(COMMENTS_A_WEEK):
                    self._hand(READERS[number % len(READERS)]).comment(post_id, f"I read this, {number}.")
                self._hand("modlin").comment(post_id, f"@{BOT}@lemmy.example status")
                self._interfere(post_id)
        except ApiError:
            return  # people meet the server's bad days too

    def _interfere(self, post_id: int) -> None:
        modlin, drawn = self._hand("modlin"), self.random.random()
        if drawn < _UNPINNED:
            modlin.feature(post_id, featured=False)
        elif drawn < _UNPINNED + _REMOVED:
            modlin.remove(post_id)

    def _posts(self) -> list[Json]:
        views = self._hand("modlin").get("post/list", community_name=COMMUNITY, sort="New", limit=20)
        return [view["post"] for view in views["posts"]]

    def _hand(self, name: str) -> User:
        return self.hands.setdefault(name, User(self.url, name))


@dataclass
class Weather:
    """Which answers are broken, by a seed: some at any time, all of them for days in some weeks."""

    random: Random
    clock: Clock
    away: tuple[datetime, datetime] = (datetime.min.replace(tzinfo=UTC),) * 2

    def begin_a_week(self, now: datetime) -> None:
        """Draw whether the server will be away in it, and when."""
        if self.random.random() < _OUTAGE:
            start = now + timedelta(hours=self.random.uniform(0, 72))
            self.away = (start, start + timedelta(hours=self.random.uniform(1, 48)))

    def answer(self, request: Request, respond: Callable[[Request], Answer]) -> Answer:
        """Answer, or fail before or after what was asked is done."""
        if self.away[0] <= self.clock() < self.away[1]:
            return Answer(status=503, headers={}, body=b"<html>away</html>")
        drawn = self.random.random()
        if request.path == _LOGIN or drawn > _HURT:
            return respond(request)
        if drawn > _HURT * 0.7:
            return Answer(status=400, headers={}, body=b'{"error":"rate_limit_error"}')
        if drawn > _HURT * 0.4:
            respond(request)
        if drawn > _HURT * 0.2:
            return Answer(status=502, headers={}, body=b"<html>bad gateway</html>")
        raise Tired


def start(now: "Synchronized[float]", seed: int) -> tuple[multiprocessing.Process, Connection]:
    """Start the server in a process whose clock is the shared number, in seconds since 1970.

    What comes through the connection first is its address; each week it is sent the word to live it, and
    answers with how many requests the bot has made since it was last asked.
    """
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_serve, args=(theirs, now, seed), daemon=True)
    process.start()
    return process, ours


def _serve(line: Connection, now: "Synchronized[float]", seed: int) -> None:
    def clock() -> datetime:
        return datetime.fromtimestamp(now.value, UTC)

    weather, counted = Weather(Random(seed), clock), [0]  # noqa: S311  chance of a play
    with Sandbox(clock) as sandbox:
        _furnish(sandbox)
        server = sandbox._server  # noqa: SLF001  a stage looks behind the scenes
        if server is None:
            raise RuntimeError("the server does not listen")
        respond = server.respond

        def hurt(request: Request) -> Answer:
            if not request.headers.get("user-agent", "").startswith("megabot"):
                return respond(request)
            counted[0] += 1
            return weather.answer(request, respond)

        server.respond = hurt
        people, chance = People(sandbox.url, Random(seed + 1)), Random(seed + 2)  # noqa: S311
        line.send(sandbox.url)
        while line.recv():
            weather.begin_a_week(clock())
            people.live_a_week()
            if chance.random() < _SIGNED_OUT:
                sandbox.revoke_tokens(BOT)
            sandbox.forget_requests()
            line.send(counted[0])
            counted[0] = 0
        line.send([(post.name, post.removed) for post in sandbox.world.posts.values()])


def _furnish(sandbox: Sandbox) -> None:
    for name in ("modlin", *READERS):
        sandbox.add_person(name)
    sandbox.add_person(BOT, bot=True)
    sandbox.add_community(COMMUNITY, "News", moderators=["modlin", BOT])
