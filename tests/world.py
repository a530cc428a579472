"""A world for scenes: a sandbox server, a clock that the test moves, and the real pass over HTTP and SQLite.

The sandbox can be of either generation; `upgrade` makes it a 1.0. The renderer and the source are fakes
whose output the test sets.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from typing_extensions import override

from lemmy_sandbox import Sandbox
from lemmy_sandbox.records import Generation
from lemmy_sandbox.user_client import User
from megabot import clock
from megabot.errors import SourceBroken
from megabot.forum.port import HomeServers, NoHomeServers
from megabot.ledger.ownership import host_of
from megabot.ledger.port import StoredLedger
from megabot.ledger.postgres.ledger import PostgresLedger
from megabot.ledger.postgres.shared_database import database_at
from megabot.ledger.sqlite import SqliteLedger
from megabot.lemmy.auth.credentials import Credentials
from megabot.lemmy.auth.sign_in import SignIns
from megabot.lemmy.auth.token_file import TokenFile
from megabot.lemmy.client import open_forum
from megabot.lemmy.detect import ApiKind
from megabot.lemmy.http import LemmySession, Limits
from megabot.ports import Ports
from megabot.reconcile.loop import run_pass
from megabot.reconcile.orders import Order, OrderKind
from megabot.reconcile.overridden_source import OverriddenSource
from megabot.reconcile.report import Report
from megabot.rendering.model import EDITION_URL, Context, Rendered, RenderProblem
from megabot.rendering.port import Renderer
from megabot.schedule.calendar import Every, Schedule
from megabot.service.ledger_alerts import LedgerAlerts
from megabot.service.service import Service
from megabot.source import limits
from megabot.source.model import Previous, Revision, Snapshot, Thread
from megabot.source.port import Source
from megabot.source.preambles import BY_MESSAGE
from megabot.source.problems import Problem
from tests.fakes import FakeCodes

SLOT = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)  # Monday of 2026-W47
WEEK = timedelta(weeks=1)

WEEKLY = Schedule(
    every=Every.WEEK,
    weekdays=(0,),
    at=time(12, 0),
    timezone="Europe/London",
    first=date(2026, 11, 9),
)
NEWS = Thread(
    name="news",
    path="thread.md.j2",
    title="News {{ edition.number }}",
    schedule=WEEKLY,
    community="news",
    previous=Previous(comment="The new thread is [here]({{ edition.url }})."),
)


@dataclass
class Clock(clock.Clock):
    """A clock that moves only by waiting or by the test. The bot's may be `ahead` of the server's."""

    at: datetime
    ahead: timedelta = timedelta(0)

    @override
    def now(self) -> datetime:
        return self.at + self.ahead

    def true(self) -> datetime:
        """Return the server's time."""
        return self.at

    @override
    def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class Pages(Source):
    """A source whose threads are given as values; with `broken` reading them fails."""

    all: tuple[Thread, ...] = (NEWS,)
    broken: str = ""
    commit: str = "a" * 40
    pictures: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    history: dict[str, dict[str, str]] = field(default_factory=dict)

    @override
    def snapshot(self) -> Snapshot:
        marks = {path: str(len(content)) for path, content in self.pictures.items()}
        return Snapshot(files=self.files, pictures=marks, revision=Revision(commit=self.commit))

    @override
    def picture(self, snapshot: Snapshot, path: str) -> bytes | None:
        return self.pictures.get(path)

    @override
    def sections_at(self, commit: str) -> dict[str, str] | None:
        return self.history.get(commit)

    @override
    def refresh(self) -> None:
        pass  # nothing is fetched from elsewhere

    @override
    def threads(self, snapshot: Snapshot) -> tuple[Thread, ...]:
        if self.broken:
            raise SourceBroken([self.broken])
        return self.all


def _flawed(context: Context) -> RenderProblem | None:
    """Check a preamble sent by message as the real renderer does."""
    flaws = limits.flaws(context.preamble or "", mentions=True)
    problems = tuple(Problem(BY_MESSAGE, one.line, one.what, one.hint) for one in flaws)
    return RenderProblem(problems) if problems else None


@dataclass
class Press(Renderer):
    """A renderer that produces text without a template, and counts its calls in `asked`."""

    words: str = "An essay."
    essay: str = ""
    image: str = ""
    thumbnail: str = ""
    problem: RenderProblem | None = None
    asked: int = 0

    @override
    def render(
        self, snapshot: Snapshot, jobs: Sequence[tuple[Thread, Context]]
    ) -> tuple[Rendered | RenderProblem, ...]:
        self.asked += 1
        return tuple(
            self.problem or _flawed(context) or self._text(snapshot, thread, context)
            for thread, context in jobs
        )

    def _text(self, snapshot: Snapshot, thread: Thread, context: Context) -> Rendered:
        previous = f"Last: {context.previous.url}" if context.previous else "The first."
        file = f"preambles/{thread.name}/{context.edition.key}.md"
        words, origin = snapshot.files.get(file, self.words), file if file in snapshot.files else ""
        if context.preamble is not None:
            words, origin = context.preamble, "message"
        before = context.previous or context.replaced
        links = [f"{name}: {facts.url}" for name, facts in (context.companions or {}).items() if facts]
        return Rendered(
            title=f"{thread.name.capitalize()} {context.edition.number}",
            body="\n\n".join(filter(None, [words, context.added, previous, *links])),
            comment=thread.previous.comment.replace("{{ edition.url }}", EDITION_URL) if before else "",
            first_comment=thread.first_comment.replace("{{ edition.url }}", EDITION_URL),
            preamble_path=origin,
            preamble_text=words,
            preamble_digest=self.essay,
            url=self.image,
            thumbnail=self.thumbnail,
            alt_text="A kite." if self.image else "",
        )


@dataclass
class World:
    """What a scene acts on. Each `ports()` is a new process, which knows only what is on disk.

    `kind` is the API that the bot believes the server has, as the ledger would record it. The ledger is a
    file, or in PostgreSQL if `database` is an address.
    """

    sandbox: Sandbox
    clock: Clock
    state: Path
    community_id: int
    pages: Pages = field(default_factory=Pages)
    press: Press = field(default_factory=Press)
    bot_name: str = "megabot"
    kind: ApiKind | None = None
    database: str = ""
    home_servers: HomeServers = field(default_factory=NoHomeServers)
    web_url: str = ""
    tokens: FakeCodes = field(default_factory=FakeCodes)
    _hands: dict[str, User] = field(default_factory=dict)
    _open: list[Callable[[], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Know the API from the start, as after a first run."""
        self.kind = self.kind or ApiKind(self.sandbox.api.value)

    def hand(self, name: str) -> User:
        """Return a client that acts as an account on the server."""
        if name not in self._hands:
            self._hands[name] = self.sandbox.user(name)
        return self._hands[name]

    def upgrade(self) -> None:
        """Upgrade the server to 1.0; all accounts have to sign in again."""
        self.sandbox.upgrade()
        self._hands.clear()

    def ports(
        self,
        *,
        password: str = "correct horse",
        address: str = "",
        limits: Limits | None = None,
    ) -> Ports:
        """Build the ports of a new process; `address` is another URL for the same server."""
        ledger = self.open_ledger()
        sign_ins = SignIns(
            credentials=Credentials(username=self.bot_name, password=password),
            instance=self.sandbox.url,
            file=TokenFile(self.state / "token.json"),
            clock=self.clock,
        )
        session = LemmySession(address or self.sandbox.url, token=lambda: sign_ins.token, limits=limits)
        forum, _ = open_forum(session, sign_ins, self.clock, kind=self.kind, on_kind=self._found)
        self._open += [ledger.close, session.close]
        return Ports(
            clock=self.clock,
            draw_code=FakeCodes(),
            forum=forum,
            ledger=ledger,
            source=OverriddenSource(self.pages, ledger),
            renderer=self.press,
            alerts=LedgerAlerts(ledger),
            home_servers=self.home_servers,
            web_url=self.web_url,
            draw_token=self.tokens,
        )

    def open_ledger(self) -> StoredLedger:
        """Open the ledger; the caller closes it."""
        if not self.database:
            return SqliteLedger(self.state, self.clock, on_wait=lambda: None, on_set_aside=lambda _: None)
        address = host_of(self.sandbox.url)
        server = database_at(self.database)
        return PostgresLedger(server, self.clock, name=self.bot_name, address=address, on_wait=lambda: None)

    def _found(self, kind: ApiKind) -> None:
        self.kind = kind

    def service(self) -> Service:
        """Return a service that the test ticks."""
        return Service(self.ports(), tick=timedelta(seconds=30), notify=lambda _: None)

    def run_pass(self, kind: OrderKind | None = None, *, order: str = "test:1") -> Report:
        """Run one pass in a new process, with an order on the first thread if `kind` is given."""
        orders = {} if kind is None else {self.pages.all[0].name: Order(kind, order)}
        ports = self.ports()
        return run_pass(ports, orders=orders, authenticated=True, account=ports.forum.account())[0]

    def post(self) -> Report:
        """Do what `megabot post` does."""
        return self.run_pass(OrderKind.POST)

    def change(self, **fields: object) -> None:
        """Change fields of the first thread."""
        first, *rest = self.pages.all
        self.pages.all = (replace(first, **fields), *rest)  # type: ignore[arg-type]

    def close(self) -> None:
        """Close everything that was opened."""
        for close in self._open:
            close()

    # -- the result, as a reader and a moderator see it

    def posts(self) -> list[dict[str, object]]:
        """Return the bot's posts, oldest first, including removed and deleted ones."""
        admin = self.hand("admin")
        if self.sandbox.api is Generation.LEMMY_1:
            query: dict[str, object] = {"username": self.bot_name, "type_": "posts", "limit": 50}
            views = admin.get("person/content", **query)["items"]
        else:
            views = admin.get("user", username=self.bot_name, sort="New", limit=50)["posts"]
        return sorted((dict(view["post"]) for view in views), key=lambda post: int(post["id"]))

    def pinned(self) -> list[int]:
        """Return the ids of the pinned posts of the community."""
        new = self.sandbox.api is Generation.LEMMY_1
        query: dict[str, object] = {
            "sort": "hot" if new else "New",
            "community_id": self.community_id,
            "limit": 50,
        }
        found = self.hand("reader").get("post/list", **query)["items" if new else "posts"]
        return sorted(view["post"]["id"] for view in found if view["post"]["featured_community"])

    def comments(self, post_id: int) -> list[str]:
        """Return the bot's comments in a post, oldest first."""
        new = self.sandbox.api is Generation.LEMMY_1
        query: dict[str, object] = {
            "type_": "all" if new else "All",
            "sort": "old" if new else "Old",
            "post_id": post_id,
        }
        found = self.hand("reader").get("comment/list", **query)["items" if new else "comments"]
        return [one["comment"]["content"] for one in found if one["creator"]["name"] == self.bot_name]

    def writes(self) -> list[str]:
        """Return all requests by which the bot changed something since the last `forget_requests`."""
        return [
            f"{request.method} {request.path}"
            for request in self.sandbox.requests
            if request.method != "GET" and request.person == self.bot_name
        ]


@contextmanager
def opened_world(state: Path, *, api: str = "v3") -> Iterator[World]:
    """Set up a community, a moderator, a reader, an admin and the bot, appointed; a minute after a slot."""
    clock = Clock(SLOT + timedelta(minutes=1))
    state.mkdir(mode=0o700)
    with Sandbox(clock.true, api=api) as sandbox:
        sandbox.add_person("admin", admin=True)
        for name in ("modlin", "reader"):
            sandbox.add_person(name)
        sandbox.add_person("megabot", bot=True)
        community = sandbox.add_community("news", "News", moderators=["modlin", "megabot"])
        world = World(sandbox, clock, state, community.id)
        yield world
        world.close()
        assert sandbox.unknown_requests == []
        assert sandbox.crashes == []
