"""The same folder of accounts on two hosts with one PostgreSQL database. Threads, HTTP and SQL are real."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from typing_extensions import override

from lemmy_sandbox import Sandbox
from megabot.cli.account_bot import AccountBot, Shared
from megabot.cli.service_jobs import JobLimit
from megabot.ledger.postgres import hosts
from megabot.ledger.postgres.shared_database import SharedDatabase
from megabot.ledger.tables import ALERTS
from megabot.lemmy.deadlines import SharedConnections
from megabot.rendering.warm_children import WarmChildren
from megabot.service.accounts import turn_record
from megabot.service.accounts.pool import Pool
from megabot.service.accounts.resources import SharedResources
from megabot.service.accounts.shared_claims import Accounts, SharedClaims
from megabot.service.accounts.turns import Limits
from megabot.settings_sources import load_account
from tests.postgres import Database, TrafficProxy
from tests.scenes.test_many_accounts import TEMPLATE, ThreadedClock
from tests.world import SLOT, WEEK

LIMITS = Limits(quick=4, slow=3, kept=1, slow_after=2.0)
LEASE = timedelta(seconds=3)
PATIENCE = 90.0
NAMES = tuple(f"bot{number}" for number in range(6))


@dataclass
class Host(Accounts):
    """A process of `megabot run --accounts`, with a network of its own to the database."""

    name: str
    folder: Path
    database: Database
    sandbox: Sandbox
    clock: ThreadedClock
    opened: ExitStack = field(default_factory=ExitStack)
    bots: dict[str, AccountBot] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self.proxy = self.opened.enter_context(TrafficProxy(self.database.server.folder))
        self.shared = SharedDatabase(self.proxy.url(self.database.name), holder=self.name, lease=LEASE)
        self.claims = SharedClaims(self, database=lambda _: self.shared)
        self.pool = Pool(limits=LIMITS, claims=self.claims)
        self.children = WarmChildren()

    def add(self, *names: str, database: bool = True) -> None:
        for name in names:
            self._write(name, database=database)
            resources = SharedResources(
                connections=SharedConnections(servers=4, connections=4),
                children=self.children,
                database=lambda _: self.shared,
            )
            shared = Shared(
                clock=self.clock,
                resources=resources,
                jobs=JobLimit(1),
                claims=self.claims,
                progress=self.pool.note_progress,
            )
            file = self.folder / f"{name}.env"
            self.bots[name] = AccountBot(file, load_account(file, os.environ, warn=pytest.fail), shared)
            self.pool.put(self.bots[name])

    def _write(self, name: str, *, database: bool) -> None:
        source = self.folder / "templates" / name
        source.mkdir(parents=True)
        (self.folder / "state").mkdir(exist_ok=True)
        (source / "thread.md.j2").write_text(TEMPLATE.format(name=name, topic="it"))
        values = {
            "INSTANCE": self.sandbox.url,
            "USERNAME": name,
            "PASSWORD": '"correct horse"',
            "COMMUNITY": f"c_{name}",
            "SOURCE": str(source),
            "STATE_DIR": str(self.folder / "state" / name),
            **({"DATABASE_URL": self.database.url} if database else {}),
        }
        file = self.folder / f"{name}.env"
        file.write_text("".join(f"MEGABOT_{key}={value}\n" for key, value in values.items()))
        file.chmod(0o600)

    def has_run(self, name: str) -> bool:
        return (self.bots[name].settings.state_dir / turn_record.NAME).exists()

    def start(self) -> None:
        self.pool.start()
        self.claims.begin()

    def stop(self) -> None:
        self.claims.stop()
        self.pool.stop(patience=PATIENCE)
        self.claims.close()
        self.children.close()

    @override
    def find(self, name: str) -> AccountBot | None:
        return self.bots.get(name)

    @override
    def names(self) -> tuple[str, ...]:
        return tuple(self.bots)

    @override
    def hurry(self, name: str) -> None:
        self.pool.hurry(name)


@dataclass
class Scene:
    """Two hosts that are not started yet, and an outside view of their database."""

    left: Host
    right: Host
    sandbox: Sandbox
    clock: ThreadedClock
    outside: SharedDatabase

    def until(self, condition: Callable[[], bool], *running: Host, passes: timedelta = timedelta(0)) -> None:
        """Hurry all accounts until a condition holds; each time the clock goes on by `passes`."""
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, f"{self.counts()}\n{self.titles()}"
            for host in running:
                for name in host.names():
                    host.hurry(name)
            self.clock.at += passes
            time.sleep(0.05)

    def holders(self) -> dict[str, str]:
        """Return which host runs each account."""
        return {name: host for (name, _), host in hosts.holders_by_account(self.outside).items()}

    def counts(self) -> dict[str, int]:
        return dict(Counter(self.holders().values()))

    def titles(self) -> list[str]:
        with self.sandbox.lock:
            return sorted(post.name for post in self.sandbox.world.posts.values())

    def alerts(self) -> list[str]:
        with self.outside.at_once() as connection:
            return sorted(connection.execute(select(ALERTS.c.key)).scalars())

    def come_to_slot(self, week: int) -> None:
        """Let a slot come, but not in the middle of a pass, which would count as one after the slot."""
        self.until(lambda: not (self.left.pool.running() or self.right.pool.running()))
        self.clock.at = SLOT + week * WEEK + timedelta(seconds=1)


@pytest.fixture
def scene(tmp_path: Path, database: Database) -> Iterator[Scene]:
    clock = ThreadedClock(SLOT - timedelta(hours=1))
    with Sandbox(clock.true) as sandbox:
        sandbox.add_person("modlin")
        for name in (*NAMES, "local"):
            sandbox.add_person(name, bot=True)
            sandbox.add_community(f"c_{name}", name, moderators=["modlin", name])
        left, right = (Host(name, tmp_path / name, database, sandbox, clock) for name in ("left", "right"))
        outside = SharedDatabase(database.url, holder="outside")
        yield Scene(left, right, sandbox, clock, outside)
        left.proxy.accept()
        for host in (left, right):
            host.stop()
            host.opened.close()
        outside.close()
        assert sandbox.unknown_requests == []
        assert sandbox.crashes == []


def posts(week: int) -> list[str]:
    return [f"{name} {week + 2}" for name in NAMES]


def test_two_hosts_share_the_accounts_and_each_edition_is_posted_once(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    both = (scene.left, scene.right)
    for host in both:
        host.add(*NAMES)
    scene.left.start()
    scene.until(lambda: all(scene.left.has_run(name) for name in NAMES), scene.left)
    assert scene.counts() == {"left": 6}
    scene.right.start()
    scene.until(lambda: scene.counts() == {"left": 3, "right": 3}, *both)
    scene.come_to_slot(0)
    scene.until(lambda: scene.titles() == posts(0), *both)
    scene.left.stop()
    stopped = time.monotonic()
    scene.until(lambda: scene.counts() == {"right": 6})
    assert time.monotonic() - stopped < LEASE.total_seconds()
    scene.come_to_slot(1)
    scene.until(lambda: scene.titles() == sorted([*posts(0), *posts(1)]), *both)

    assert "this is a bug" not in caplog.text


def test_when_a_host_is_cut_from_the_database_the_other_one_runs_everything_within_a_lease(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    both = (scene.left, scene.right)
    for host in both:
        host.add(*NAMES)
        host.start()
    scene.until(lambda: scene.counts() == {"left": 3, "right": 3}, *both)
    scene.until(lambda: all(any(host.has_run(name) for host in both) for name in NAMES), *both)
    scene.come_to_slot(0)
    scene.left.proxy.refuse()
    cut = time.monotonic()
    scene.until(lambda: scene.counts() == {"right": 6}, *both)
    assert time.monotonic() - cut < 2 * LEASE.total_seconds()
    # What the first host had begun has an unknown outcome, which the second one waits for.
    scene.until(lambda: scene.titles() == posts(0), *both, passes=timedelta(seconds=2))
    scene.left.proxy.accept()
    scene.until(lambda: scene.counts() == {"left": 3, "right": 3}, *both)
    scene.come_to_slot(1)
    scene.until(lambda: scene.titles() == sorted([*posts(0), *posts(1)]), *both)

    assert "this is a bug" not in caplog.text


def test_an_account_with_a_ledger_in_a_file_does_not_wait_for_the_database_of_the_others(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.left.proxy.refuse()
    scene.left.add(*NAMES)
    scene.left.add("local", database=False)
    scene.left.start()
    scene.until(lambda: scene.left.has_run("local"), scene.left)
    scene.come_to_slot(0)
    scene.until(lambda: scene.titles() == ["local 2"], scene.left)
    assert scene.counts() == {}
    scene.left.proxy.accept()
    scene.until(lambda: scene.counts() == {"left": 6}, scene.left)

    said = [line.message for line in caplog.records if "accounts with this database wait" in line.message]
    assert len(said) >= 1
    assert "this is a bug" not in caplog.text


def test_after_a_database_was_away_over_a_slot_each_account_alerts_its_moderators_once(scene: Scene) -> None:
    """The process had just started, so no account had a claim yet."""
    scene.left.add(*NAMES)
    scene.left.start()
    scene.until(lambda: all(scene.left.has_run(name) for name in NAMES), scene.left)
    scene.left.stop()
    host = scene.right
    host.proxy.refuse()
    host.add(*NAMES)
    host.start()
    scene.until(lambda: all(bot.without_database for bot in host.bots.values()), host)
    scene.clock.at = SLOT + timedelta(minutes=10)
    host.proxy.accept()
    scene.until(lambda: scene.titles() == posts(0), host)
    scene.until(lambda: scene.alerts() == ["database"] * len(NAMES), host)
    assert [bot.without_database for bot in host.bots.values()] == [None] * len(NAMES)

    scene.until(lambda: scene.alerts() == [], host, passes=timedelta(minutes=10))
    assert scene.titles() == posts(0)


def test_a_host_that_another_one_has_replaced_meanwhile_alerts_nobody(scene: Scene) -> None:
    both = (scene.left, scene.right)
    for host in both:
        host.add(*NAMES)
    scene.left.proxy.refuse()
    scene.left.start()
    scene.until(lambda: all(bot.without_database for bot in scene.left.bots.values()), scene.left)
    scene.right.start()
    scene.until(lambda: all(scene.right.has_run(name) for name in NAMES), *both)
    scene.come_to_slot(0)
    scene.until(lambda: scene.titles() == posts(0), *both)
    scene.clock.at = SLOT + timedelta(minutes=20)
    scene.left.proxy.accept()
    scene.until(lambda: scene.counts() == {"left": 3, "right": 3}, *both)
    scene.until(lambda: all(bot.without_database is None for bot in scene.left.bots.values()), *both)

    assert scene.alerts() == []


def test_the_connections_of_all_accounts_stay_open_between_two_turns(scene: Scene) -> None:
    scene.left.add(*NAMES)
    scene.left.start()
    scene.until(lambda: scene.counts() == {"left": 6}, scene.left)
    before = scene.left.shared.engine.pool
    del scene.left.bots[NAMES[0]]
    scene.left.pool.remove(NAMES[0])
    scene.until(lambda: scene.counts() == {"left": 5})

    assert scene.left.shared.engine.pool is before  # `dispose` makes another one
