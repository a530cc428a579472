"""Where a handover is measured: a sandbox on which the bot posted and pinned last week's thread."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.processes import ROOT
from lemmy_sandbox import Sandbox
from lemmy_sandbox.records import Post
from megabot.app import App
from megabot.commands.run_order import carry_out
from megabot.demo.stage import FakedClock
from megabot.reconcile.orders import Order, OrderKind
from megabot.settings_sources import load

WEEK = timedelta(weeks=1)
BOT, COMMUNITY, PASSWORD = "megabot", "news", "correct horse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A server with a thread of the week before, a clock at which the next is due, a state folder."""

    sandbox: Sandbox
    clock: FakedClock
    folder: Path

    @property
    def state(self) -> Path:
        """Give the bot's state folder."""
        return self.folder / "state"

    @property
    def environ(self) -> dict[str, str]:
        """Give the settings of a bot for this server, as a process takes them."""
        return {
            "MEGABOT_INSTANCE": self.sandbox.url,
            "MEGABOT_USERNAME": BOT,
            "MEGABOT_PASSWORD": PASSWORD,
            "MEGABOT_COMMUNITY": COMMUNITY,
            "MEGABOT_SOURCE": str(ROOT / "bench" / "source"),
            "MEGABOT_STATE_DIR": str(self.state),
        }

    def app(self) -> App:
        """Compose the bot in this process, on the stage's clock."""
        nowhere = self.folder / "no.env"
        return App(load(self.environ, env_file=None, cwd=self.folder, system_file=nowhere), self.clock)

    def order_post(self) -> None:
        """Let a person order the current edition. Raises `RuntimeError` if it does not stand in the end."""
        app = self.app()
        try:
            answer = carry_out(app.ports, Order(OrderKind.POST, "shell:bench"), None, account=app.prove())
        finally:
            app.close()
        if not answer.done:
            raise RuntimeError("\n".join(answer.complaints))

    def forget_ledger(self) -> None:
        """Leave nothing in the state folder but the token."""
        for path in self.state.iterdir():
            if path.is_file():
                path.unlink()

    def requests(self) -> list[str]:
        """Name what was asked of the server since the stage was set or the log emptied."""
        return [f"{request.method} {request.path}" for request in self.sandbox.requests]

    def bodies(self) -> list[str]:
        """Give the texts of the posts, oldest first."""
        return [post.body or "" for post in self._posts()]

    def check(self) -> None:
        """Raise `RuntimeError` unless there are two threads and only the new one is pinned."""
        pins = [post.featured_community for post in self._posts()]
        if pins != [False, True]:
            raise RuntimeError(f"that was no handover: pinned, by age: {pins}")

    def _posts(self) -> list[Post]:
        with self.sandbox.lock:
            return sorted(self.sandbox.world.posts.values(), key=lambda post: post.id)


@contextmanager
def week_gone(now: datetime | None = None) -> Iterator[Stage]:
    """Set the stage, with the clock at the true time unless told another."""
    now = now or datetime.now(UTC)
    clock = FakedClock(now - WEEK)
    with tempfile.TemporaryDirectory(prefix="megabot-bench-") as folder, Sandbox(clock.now) as sandbox:
        sandbox.add_person("modlin")
        sandbox.add_person(BOT, bot=True)
        sandbox.add_community(COMMUNITY, "News", moderators=["modlin", BOT])
        stage = Stage(sandbox=sandbox, clock=clock, folder=Path(folder))
        stage.order_post()
        clock.at = now
        sandbox.forget_requests()
        yield stage
