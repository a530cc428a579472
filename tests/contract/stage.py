"""What the contract of a forum is played on: a server with people, and the bot's forum on it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from lemmy_sandbox import Sandbox
from megabot.forum.models import Post, PostDraft
from megabot.forum.port import Forum
from megabot.lemmy.auth.credentials import Credentials
from megabot.lemmy.auth.sign_in import SignIns
from megabot.lemmy.auth.token_file import TokenFile
from megabot.lemmy.client import open_forum
from megabot.lemmy.detect import ApiKind
from megabot.lemmy.http import LemmySession, Limits
from tests.clocks import FakeClock
from tests.simulation.account import AccountForum
from tests.simulation.hands import FakeHand
from tests.simulation.server import Generation, Server

PASSWORD = "canary-password"
LIMITS = Limits(connect=2, read=5, write=5)


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
"""A PNG of one red pixel."""
DRAFT = PostDraft(title="Weekly thread", body="An essay.\n\n[//]: # (megabot:v1:news/2026-W47)")
NO_TIME = timedelta(0)


class Time(Protocol):
    """A clock that can be moved; on a real server moving it waits a moment, so that things have an order."""

    def now(self) -> datetime:
        """Tell the time."""

    def sleep(self, seconds: float) -> None:
        """Wait."""

    def advance(self, **units: float) -> None:
        """Let time pass."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A server with `megabot`, `modlin` (who moderates `news` with it) and `reader`, and the bot's forum.

    `hand` gives a person's hands, `person` their id, `called` the name that the server knows somebody or
    something by. `address` and `version` are the server's own. `slack` is how far its clock may be off.
    """

    forum: Forum
    clock: Time
    news: int
    books: int
    hand: Callable[[str], Any]
    person: Callable[[str], int]
    called: Callable[[str], str] = str
    address: str = "https://lemmy.example/"
    version: str = "0.19.20"
    slack: timedelta = NO_TIME
    takes_images: bool = True

    @property
    def mention(self) -> str:
        """Give what names the bot in a comment."""
        return f"@{self.called('megabot')}@{urlsplit(self.address).netloc}"

    def actor(self, name: str) -> str:
        """Give a person's actor id."""
        return f"{self.address}u/{self.called(name)}"

    def is_now(self, moment: datetime | None) -> bool:
        """Tell whether a time is that of the clock, or as near as the server's clock is."""
        return moment is not None and abs(moment - self.clock.now()) <= self.slack


@dataclass(frozen=True, kw_only=True)
class HttpStage(Stage):
    """One on a sandbox, to which the requests go over HTTP."""

    clock: FakeClock
    sandbox: Sandbox

    def calls(self) -> list[str]:
        """Name the requests of the bot since the last time, without the API's prefix."""
        prefix = f"/api/{self.sandbox.api.value}/"
        made = [f"{r.method} {r.path.removeprefix(prefix)}" for r in self.sandbox.requests]
        self.sandbox.forget_requests()
        return made


@contextmanager
def sandbox_stage(
    folder: Path, *, api: ApiKind = ApiKind.V3, kind: ApiKind | None = ApiKind.V3
) -> Iterator[HttpStage]:
    """Set the stage on a sandbox that speaks an API over HTTP; the forum is told the `kind`, or finds out."""
    clock = FakeClock()
    with Sandbox(clock, api=api.value) as sandbox:
        sandbox.add_person("admin", admin=True)
        sandbox.add_person("megabot", PASSWORD, bot=True)
        for name in ("modlin", "reader"):
            sandbox.add_person(name)
        news = sandbox.add_community("news", "News", ["modlin", "megabot"]).id
        books = sandbox.add_community("books", "Books", ["modlin"]).id
        sign_ins = signing_in(sandbox, folder, clock)
        with closing(LemmySession(sandbox.url, token=lambda: sign_ins.token, limits=LIMITS)) as session:
            forum, _ = open_forum(session, sign_ins, clock, kind=kind)
            yield HttpStage(
                forum=forum,
                clock=clock,
                sandbox=sandbox,
                news=news,
                books=books,
                person=lambda name: sandbox.person(name).id,
                hand=sandbox.user,
                version=sandbox.api.version,
            )
        assert sandbox.unknown_requests == []
        assert sandbox.crashes == []


@contextmanager
def fake_stage(_folder: Path, *, generation: Generation = Generation.V0_19) -> Iterator[Stage]:
    """Set the stage on the server in memory that the simulation uses."""
    clock = FakeClock()
    server = Server(clock.now, generation=generation)
    for name in ("admin", "megabot", "modlin", "reader"):
        server.add_person(name, bot=name == "megabot", admin=name == "admin")
    forum = AccountForum(server, server.people["megabot"])
    yield Stage(
        forum=forum,
        clock=clock,
        news=server.add_community("news", ["modlin", "megabot"]).id,
        books=server.add_community("books", ["modlin"]).id,
        hand=lambda name: FakeHand(server, server.people[name], forum if name == "megabot" else None),
        person=lambda name: server.people[name].id,
        version=generation.value,
    )


SANDBOXES = {kind: partial(sandbox_stage, api=kind, kind=kind) for kind in ApiKind}
"""The port over each API."""

STAGES: dict[str, Callable[[Path], AbstractContextManager[Stage]]] = {
    **{kind.value: stage for kind, stage in SANDBOXES.items()},
    "fake": fake_stage,
    "fake 1.0": partial(fake_stage, generation=Generation.V1_0),
}
"""All implementations of the port."""


def make_posts(stage: Stage, count: int) -> list[Post]:
    """Make posts of the bot's, an hour apart."""
    posts = []
    for _ in range(count):
        stage.clock.advance(hours=1)
        posts.append(stage.forum.create_post(stage.news, DRAFT))
    return posts


def signing_in(sandbox: Sandbox, folder: Path, clock: FakeClock, password: str = PASSWORD) -> SignIns:
    """Make what keeps the bot's token for a sandbox."""
    return SignIns(
        credentials=Credentials(username="megabot", password=password),
        instance=sandbox.url,
        file=TokenFile(folder / "token.json"),
        clock=clock,
    )
