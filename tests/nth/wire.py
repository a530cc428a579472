"""A fault on the wire at the n-th request of a handover: the real client, HTTP, a real ledger."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from megabot.adapters.lemmy_http import Limits
from megabot.core.threads import Refresh
from megabot.run import Service
from megabot.sandbox import Sandbox
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
    Truncated,
)
from tests.nth.killed import broken
from tests.world import SLOT, WEEK, Clock, World

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
}


@contextmanager
def _scene() -> Iterator[World]:
    clock = Clock(SLOT + timedelta(minutes=1))
    with tempfile.TemporaryDirectory() as folder, Sandbox(clock.true) as sandbox:
        for name in ("modlin", "reader"):
            sandbox.add_person(name)
        sandbox.add_person("admin", admin=True)
        sandbox.add_person("megabot", bot=True)
        community = sandbox.add_community("news", "News", moderators=["modlin", "megabot"])
        state = Path(folder) / "state"
        state.mkdir(mode=0o700)
        world = World(sandbox, clock, state, community.id)
        world.change(refresh=Refresh.NEVER)
        world.post()
        clock.at = SLOT + WEEK + timedelta(minutes=1)
        try:
            yield world
        finally:
            world.close()


def requests() -> int:
    """Count the requests of a handover that nothing disturbs."""
    with _scene() as world, FaultProxy(world.sandbox.url, []) as proxy:
        _tick(world, proxy)
        return len(proxy.log)


def play(fault: Fault, number: int, *, on: bool) -> list[str]:
    """Disturb one request, or all from it on; let the trouble end, and tell what promises broke."""
    rule = Rule(fault=fault, first=number, times=None if on else 1)
    with _scene() as world, FaultProxy(world.sandbox.url, [rule]) as proxy:
        _tick(world, proxy)
        proxy.use()
        proxy.release()  # what was held is done now, long after the client gave up
        proxy.quiet()
        for minutes in (1, 11, 22, 60):
            world.clock.at += timedelta(minutes=minutes)
            _tick(world, proxy)
        return broken(world)


def _tick(world: World, proxy: FaultProxy) -> None:
    ports = world.ports(address=proxy.url, limits=LIMITS)
    Service(replace(ports), tick=timedelta(seconds=30), notify=lambda _: None).tick()
