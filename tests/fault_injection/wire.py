"""A fault on the wire at the n-th request of a handover: the real client, HTTP, a real ledger."""

import socket
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from megabot.lemmy.http import Limits
from megabot.service.service import Service
from tests.fault_injection.killed import a_week_later, broken
from tests.faultproxy import (
    RATE_LIMITED_V3,
    RATE_LIMITED_V4,
    UNAUTHORIZED_V3,
    Afterwards,
    CutBefore,
    Delay,
    DelayThenPassOn,
    Drip,
    Fault,
    FaultProxy,
    GzipBomb,
    Html,
    Instead,
    LoseAnswer,
    Redirect,
    Refusal,
    Rule,
    Silent,
    Truncated,
)
from tests.faultproxy.wire import Request
from tests.world import World

LIMITS = Limits(connect=0.2, read=0.2, write=0.2, size=1024 * 1024)
LONG = 30.0

FAULTS: dict[str, Fault] = {
    "cut before it is passed on": CutBefore(),
    "answer lost": LoseAnswer(),
    "answer after the client gave up": Delay(LONG),
    "done after the client gave up": DelayThenPassOn(LONG),
    "answer byte by byte": Drip(every=0.05),
    "502 in HTML, not passed on": Instead(Html(502)),
    "504 in HTML, done": Afterwards(Html(504)),
    "200 in HTML, done": Afterwards(Html(200)),
    "half an answer": Truncated(length_matches=True),
    "an error after the deed": Afterwards(Refusal(400, "couldnt_like_post")),
    "a redirect elsewhere": Instead(Redirect("http://127.0.0.1:1/")),
    "a gzip bomb": Afterwards(GzipBomb(64 * 1024 * 1024)),
    "401": Instead(UNAUTHORIZED_V3),
    "rate limit of 0.19": Instead(RATE_LIMITED_V3),
    "rate limit of 1.0": Instead(RATE_LIMITED_V4),
    "404 without a word": Instead(Silent(404)),
    "422 without a word": Instead(Silent(422)),
    "422 without a word, done": Afterwards(Silent(422)),
}


class AfterTheSignIn(Rule):
    """A rule that spares sign-ins: what is said of a password there is true, and a person has to act."""

    def chooses(self, number: int, method: str, path: str) -> bool:
        """Leave out the two addresses of a sign-in."""
        return super().chooses(number, method, path) and not path.endswith("/login")


class UpgradingProxy(FaultProxy):
    """Stands before a server that becomes a 1.0 right before its n-th request, 0 for never."""

    def __init__(self, world: World, rules: Iterable[Rule], *, upgrade: int) -> None:
        super().__init__(world.sandbox.url, rules)
        self._world = world
        self._upgrade = upgrade

    def _serve(self, request: Request, client: socket.socket) -> bool:
        if len(self.log) + 1 == self._upgrade:
            self._world.upgrade()
        return super()._serve(request, client)


def requests(api: str = "v3", *, upgrade: int = 0, database: str = "") -> int:
    """Count the requests of a handover that nothing else disturbs."""
    with _scene(api, database) as world, UpgradingProxy(world, [], upgrade=upgrade) as proxy:
        _tick(world, proxy)
        return len(proxy.log)


def play(
    fault: Fault, number: int, *, on: bool, api: str = "v3", upgrade: int = 0, database: str = ""
) -> list[str]:
    """Disturb one request, or all from it on; let the trouble end, and tell what promises broke."""
    kind = AfterTheSignIn if fault is FAULTS["401"] else Rule
    return _played(api, [kind(fault=fault, first=number, times=None if on else 1)], upgrade, database)


def upgraded(number: int, *, database: str = "") -> list[str]:
    """Have the server upgraded right before one request, and tell what promises broke (A20)."""
    return _played("v3", [], number, database)


def _played(api: str, rules: Iterable[Rule], upgrade: int, database: str) -> list[str]:
    with _scene(api, database) as world, UpgradingProxy(world, rules, upgrade=upgrade) as proxy:
        _tick(world, proxy)
        proxy.use()
        proxy.release()  # what was held is done now, long after the client gave up
        proxy.quiet()
        for minutes in (1, 11, 22, 60):
            world.clock.at += timedelta(minutes=minutes)
            _tick(world, proxy)
        return broken(world)


@contextmanager
def _scene(api: str, database: str) -> Iterator[World]:
    with tempfile.TemporaryDirectory() as folder, a_week_later(Path(folder), api, database) as world:
        yield world


def _tick(world: World, proxy: FaultProxy) -> None:
    ports = world.ports(address=proxy.url, limits=LIMITS)
    Service(ports, tick=timedelta(seconds=30), notify=lambda _: None).tick()
