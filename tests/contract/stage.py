"""What the contract of a forum is played on: a server with people, and the bot's forum on it."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from megabot.adapters.credentials import Credentials
from megabot.adapters.lemmy_detect import ApiKind, open_forum
from megabot.adapters.lemmy_http import LemmySession, Limits
from megabot.adapters.sign_in import SignIns
from megabot.adapters.token_file import TokenFile
from megabot.ports import Forum
from megabot.sandbox import Hand, Sandbox
from tests.clocks import FakeClock

PASSWORD = "canary-password"
LIMITS = Limits(connect=2, read=5, write=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A server with `megabot`, `modlin` (who moderates `news` with it) and `reader`, and the bot's forum."""

    forum: Forum
    clock: FakeClock
    sandbox: Sandbox
    news: int
    hand: Callable[[str], Hand]

    def calls(self) -> list[str]:
        """Name the requests of the bot since the last time, without the API's prefix."""
        made = [f"{r.method} {r.path.removeprefix('/api/v3/')}" for r in self.sandbox.requests]
        self.sandbox.forget_requests()
        return made


@contextmanager
def sandbox_stage(folder: Path, *, kind: ApiKind | None = ApiKind.V3) -> Iterator[Stage]:
    """Set the stage on a sandbox that speaks API v3 over HTTP."""
    clock = FakeClock()
    with Sandbox(clock) as sandbox:
        sandbox.add_person("admin", admin=True)
        sandbox.add_person("megabot", PASSWORD, bot=True)
        for name in ("modlin", "reader"):
            sandbox.add_person(name)
        news = sandbox.add_community("news", "News", ["modlin", "megabot"]).id
        sandbox.add_community("books", "Books", ["modlin"])
        sign_ins = signing_in(sandbox, folder, clock)
        with closing(LemmySession(sandbox.url, token=lambda: sign_ins.token, limits=LIMITS)) as session:
            forum, _ = open_forum(session, sign_ins, clock, kind=kind)
            yield Stage(
                forum=forum,
                clock=clock,
                sandbox=sandbox,
                news=news,
                hand=lambda name: Hand(sandbox.url, name, token=sandbox.token_of(name)),
            )
        assert sandbox.unknown_requests == []
        assert sandbox.crashes == []


def signing_in(sandbox: Sandbox, folder: Path, clock: FakeClock, password: str = PASSWORD) -> SignIns:
    """Make what keeps the bot's token for a sandbox."""
    return SignIns(
        credentials=Credentials(username="megabot", password=password),
        instance=sandbox.url,
        file=TokenFile(folder / "token.json"),
        clock=clock,
    )
