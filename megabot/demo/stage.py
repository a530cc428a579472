"""The stage of the demo: a sandbox, a simulated clock, people, and the real bot."""

import functools
import http.server
import logging
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from typing_extensions import override

from lemmy_sandbox import Sandbox
from lemmy_sandbox.user_client import User
from megabot.app import App
from megabot.clock import Clock
from megabot.commands.run_order import OrderResult, adoption_order, carry_out
from megabot.ports import OfflinePorts
from megabot.reconcile import describe
from megabot.service.schedulers import next_slot
from megabot.service.service import Service
from megabot.settings_sources import load
from megabot.site.build import publish
from megabot.startup import sample_source

START = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)  # a Sunday
BOT, MODERATOR, READER, LIBRARIAN = "megabot", "modlin", "reader", "librarian"
CONTRIBUTOR = "robin"  # edits the templates and needs no account
COMMUNITY, BOOKS = "news", "books"
PASSWORD = "correct horse"  # noqa: S105  for an account in memory

_STEP = timedelta(days=3)

Tell = Callable[[datetime, str, str], None]


@dataclass
class FakedClock(Clock):
    """A clock that moves only when it is set or somebody waits."""

    at: datetime = START

    @override
    def now(self) -> datetime:
        return self.at

    @override
    def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class Stage:
    """What the scenes act on. `tell` prints a line: when, who, what.

    `unpinned` are the posts that people unpinned; `language` is the settings for the bot's language.
    `web_url` is the address of the page for moderators, "" without one.
    """

    sandbox: Sandbox
    clock: FakedClock
    state: Path
    source: Path
    tell: Tell
    app: App | None = None
    service: Service | None = None
    language: Mapping[str, str] = field(default_factory=dict)
    web_url: str = ""
    community_id: int = 0
    people: dict[str, User] = field(default_factory=dict)
    unpinned: list[int] = field(default_factory=list)

    def say(self, who: str, what: str) -> None:
        self.tell(self.clock.now(), who, what)

    def open_app(self) -> App:
        """Open the bot's app with its state folder, as a new process does."""
        settings = load(
            {
                "MEGABOT_INSTANCE": self.sandbox.url,
                "MEGABOT_USERNAME": BOT,
                "MEGABOT_PASSWORD": PASSWORD,
                "MEGABOT_COMMUNITY": COMMUNITY,
                "MEGABOT_SOURCE": str(self.source),
                "MEGABOT_STATE_DIR": str(self.state),
                "MEGABOT_WEB_URL": self.web_url,
                **self.language,
            },
            env_file=None,
            cwd=self.state.parent,
            system_file=self.state.parent / "no.env",
        )
        return App(settings, self.clock)

    def start_bot(self) -> None:
        """Start the bot with its state folder, as after a reboot."""
        self.app = self.open_app()
        self.service = Service(self.app.ports, tick=self.app.settings.tick, notify=lambda _: None)
        self.say("narrator", "the bot starts")

    def edit_source(self) -> None:
        """Add the reading group as a second thread of the bot, a companion of the news."""
        thread = self.source / "thread.md.j2"
        text = thread.read_text("utf-8")
        by_hand = '{latest_by: librarian, in: books, title: "Reading group*"}'
        thread.write_text(text.replace(by_hand, "{thread: reading-group}"), "utf-8")
        shutil.copy(Path(__file__).parent / "reading-group.md.j2", self.source)

    def stop_bot(self) -> None:
        """Stop the bot; its state folder stays."""
        if self.app is not None:
            self.app.close()
        self.app = self.service = None
        self.say("narrator", "the bot is down")

    def until(self, moment: datetime) -> None:
        """Let time pass. The bot ticks at slots and every three days; the real one every half minute."""
        while self.clock.at < moment:
            reports = self.service.reports if self.service else ()
            next_slots = (next_slot(report.thread, self.clock.at) for report in reports)
            slots = (slot for slot in next_slots if slot is not None)
            self.clock.at = min(moment, self.clock.at + _STEP, *slots)
            self.tick()

    def tick(self) -> None:
        """Run one tick of the service, if it runs, and print what it did."""
        if self.service is None:
            return
        before = self.service.reports
        self.service.tick()
        if self.service.reports is before:
            return
        self.say_what_was_done(self.service, BOT)

    def say_what_was_done(self, service: Service, who: str) -> None:
        """Print what the last pass did."""
        for report in service.reports:
            for action in report.done:
                self.say(who, describe.write_in_progress(report.thread, action))

    def command(self, who: str, words: str, post_id: int, *, to: int | None = None) -> None:
        """Post a command as a comment, in reply to the comment `to` if given, and print the bot's reply.

        It replies at its next tick, or not at all.
        """
        before = {comment["id"] for comment in self._comments()}
        self.people[who].comment(post_id, f"@{BOT}@{self.sandbox.world.hostname} {words}", parent_id=to)
        self.say(who, f"comments in /post/{post_id}: @{BOT} {words}")
        self.clock.sleep(30)
        self.tick()
        for comment in self._comments():
            if comment["id"] not in before and "answer:" in comment["content"]:
                self.say(BOT, f"replies: {comment['content'].partition(chr(10))[0]}")

    def ask_for_link(self) -> str:
        """Ask the bot for a link by private message, as the moderator; return it from the reply."""
        moderator = self.people[MODERATOR]
        moderator.message(self.sandbox.person(BOT).id, "web")
        self.say(MODERATOR, "writes to the bot in a private message: web")
        self.clock.sleep(30)
        self.tick()
        newest = max(self._letters(moderator), key=lambda letter: int(letter["id"]))
        self.say(BOT, "replies with a link that works once, within 15 minutes")
        found = re.search(re.escape(self.web_url) + r"/sign-in\?token=[\w-]+", str(newest["content"]))
        if found is None:
            raise ValueError("the bot sent no link")
        return found[0]

    def go_on(self, wait: Callable[[float], object]) -> None:
        """Keep the bot at work in real time, until this is interrupted."""
        while True:
            wait(1)
            self.clock.sleep(1)
            self.tick()

    def site(self) -> AbstractContextManager[str]:
        return _served_site(self._running().offline_ports, self.state.parent / "site")

    def _letters(self, reader: User) -> list[dict[str, Any]]:
        return [one["private_message"] for one in reader.messages() if one["creator"]["name"] == BOT]

    def _comments(self) -> list[dict[str, Any]]:
        return self.people[READER].comments_by(BOT)

    def newest(self) -> int:
        """Return the id of the community's newest post."""
        posts = self.sandbox.world.posts.values()
        return max(post.id for post in posts if post.community_id == self.community_id)

    def adopt(self, url: str) -> None:
        """Adopt a moderator's thread, like `megabot adopt` on the server's shell."""
        app = self._running()
        order, thread = adoption_order(app.ports, url, id_="shell:adopt", thread=None)
        self._answer(carry_out(app.ports, order, thread, account=app.prove()))

    def _running(self) -> App:
        if self.app is None:
            raise ValueError("the bot is down")
        return self.app

    def _answer(self, answer: OrderResult) -> None:
        for line in (*answer.said, *answer.complaints):
            self.say(BOT, line)


@contextmanager
def _only_errors_logged() -> Iterator[None]:
    log = logging.getLogger("megabot")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)


@contextmanager
def set_stage(
    tell: Tell, *, api: str = "v3", language: Mapping[str, str] | None = None, web_url: str = ""
) -> Iterator[Stage]:
    """Build the stage: a server (v3: Lemmy 0.19, v4: 1.0), two communities, people and the bot's account.

    `language` has settings like `MEGABOT_LANGUAGE`; `web_url` is the address of the page for moderators.
    """
    clock = FakedClock()
    with (
        _only_errors_logged(),
        tempfile.TemporaryDirectory(prefix="megabot-demo-") as folder,
        Sandbox(clock.now, hostname="", api=api) as sandbox,
    ):
        sandbox.add_person("admin", admin=True)
        sandbox.add_person(MODERATOR)
        sandbox.add_person(READER)
        sandbox.add_person(BOT, bot=True)
        place = sandbox.add_community(COMMUNITY, "News", moderators=[MODERATOR, BOT])
        sandbox.add_person(LIBRARIAN)
        books = sandbox.add_community(BOOKS, "Reading group", moderators=[LIBRARIAN, BOT])
        source = shutil.copytree(sample_source(), Path(folder) / "source")
        stage = Stage(
            sandbox,
            clock,
            Path(folder) / "state",
            source,
            tell,
            language=language or {},
            web_url=web_url,
            community_id=place.id,
        )
        for name in (MODERATOR, READER, LIBRARIAN):
            stage.people[name] = sandbox.user(name)
        stage.people[LIBRARIAN].create_post(books.id, "Reading group: the second chapter")
        yield stage
        if stage.app is not None:
            stage.app.close()


@contextmanager
def _served_site(ports: OfflinePorts, folder: Path) -> Iterator[str]:
    """Build the site, serve it and yield its address."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        address = f"http://127.0.0.1:{server.server_port}/"
        publish(ports, folder, address=address)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield address
        finally:
            server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files without logging."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name in the library
        pass
