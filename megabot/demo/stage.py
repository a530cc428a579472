"""The stage of the demo: a sandbox, a clock that the play moves, people, and the bot as it really runs."""

import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from megabot import texts
from megabot.app import App, sample_source
from megabot.config import load
from megabot.core.seen import Order
from megabot.orders import Answer, carry_out
from megabot.run import Service
from megabot.sandbox import Sandbox
from megabot.sandbox.hands import Hand

START = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)  # a Sunday
BOT, MODERATOR, READER, LIBRARIAN = "megabot", "modlin", "reader", "librarian"
COMMUNITY = "news"
PASSWORD = "correct horse"  # noqa: S105  of an account in memory

_STEP = timedelta(hours=6)

Tell = Callable[[datetime, str, str], None]


@dataclass
class FakedClock:
    """A clock that stands until it is moved; waiting moves it."""

    at: datetime = START

    def now(self) -> datetime:
        """Give the play's time."""
        return self.at

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)


@dataclass
class Stage:
    """What the scenes act on. `say` writes a line of the play: when, who, what."""

    sandbox: Sandbox
    clock: FakedClock
    state: Path
    tell: Tell
    app: App | None = None
    service: Service | None = None
    orders: int = 0
    community_id: int = 0
    people: dict[str, Hand] = field(default_factory=dict)

    def say(self, who: str, what: str) -> None:
        """Write a line of the play."""
        self.tell(self.clock.now(), who, what)

    def start_bot(self) -> None:
        """Start the bot on its state folder, as after a boot."""
        settings = load(
            {
                "MEGABOT_INSTANCE": self.sandbox.url,
                "MEGABOT_USERNAME": BOT,
                "MEGABOT_PASSWORD": PASSWORD,
                "MEGABOT_COMMUNITY": COMMUNITY,
                "MEGABOT_SOURCE": str(sample_source()),
                "MEGABOT_STATE_DIR": str(self.state),
            },
            env_file=None,
            cwd=self.state.parent,
            system_file=self.state.parent / "no.env",
        )
        self.app = App(settings, self.clock)
        self.service = Service(self.app.ports, tick=settings.tick, notify=lambda _: None)
        self.say("host", "the bot is started")

    def stop_bot(self) -> None:
        """Stop the bot; its state folder stays."""
        if self.app is not None:
            self.app.close()
        self.app = self.service = None
        self.say("host", "the bot is down")

    def until(self, moment: datetime) -> None:
        """Let time pass, the bot ticking now and then as it does every half minute."""
        while self.clock.at < moment:
            self.clock.at = min(moment, self.clock.at + _STEP)
            self.tick()

    def tick(self) -> None:
        """One tick of the service, if it runs; say what it did."""
        if self.service is None:
            return
        before = self.service.reports
        self.service.tick()
        if self.service.reports is before:
            return
        for report in self.service.reports:
            for action in report.done:
                self.say(BOT, texts.doing(report.thread, action))

    def order(self, order: Order, thread: str) -> Answer:
        """Let a person at the host give an order from the shell, beside the running service."""
        if self.app is None:
            raise ValueError("the bot is down")
        return carry_out(self.app.ports, order, thread, account=self.app.prove())


@contextmanager
def set_stage(tell: Tell) -> Iterator[Stage]:
    """Build the stage: a server, a community with a moderator, a reader, and the bot appointed."""
    clock = FakedClock()
    logging.getLogger("megabot").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="megabot-demo-") as folder, Sandbox(clock.now) as sandbox:
        sandbox.add_person("admin", admin=True)
        sandbox.add_person(MODERATOR)
        sandbox.add_person(READER)
        sandbox.add_person(BOT, bot=True)
        place = sandbox.add_community(COMMUNITY, "News", moderators=[MODERATOR, BOT])
        sandbox.add_person(LIBRARIAN)
        books = sandbox.add_community("books", "Reading group", moderators=[LIBRARIAN])
        stage = Stage(sandbox, clock, Path(folder) / "state", tell, community_id=place.id)
        for name in (MODERATOR, READER, LIBRARIAN):
            stage.people[name] = Hand(sandbox.url, name, PASSWORD)
        stage.people[LIBRARIAN].create_post(books.id, "Reading group: the second chapter")
        yield stage
        if stage.app is not None:
            stage.app.close()
