"""Several accounts in one process: some healthy, one with each kind of trouble. Threads and HTTP are real."""

import json
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from lemmy_sandbox import Sandbox
from megabot.cli.account_bot import AccountBot, Shared
from megabot.cli.service_jobs import JobLimit
from megabot.lemmy.deadlines import SharedConnections
from megabot.rendering.warm_children import WarmChildren
from megabot.service.accounts import turn_record
from megabot.service.accounts.claims import EveryAccount
from megabot.service.accounts.pool import Pool
from megabot.service.accounts.resources import SharedResources
from megabot.service.accounts.turns import Limits
from megabot.settings_sources import load_account
from tests.raw_server import RawServer
from tests.world import SLOT, WEEK, Clock

LIMITS = Limits(quick=4, slow=3, kept=1, slow_after=2.0)
PATIENCE = 60.0
TEMPLATE = """\
---
name: {name}
title: "{name} {{{{ edition.number }}}}"
schedule: {{every: week, on: monday, at: "12:00", timezone: Europe/London, first: 2026-11-09}}
previous: {{comment: "Go on [here]({{{{ edition.url }}}})."}}
---
Talk about {topic}.
"""


class ThreadedClock(Clock):
    """A clock that the test moves, for several threads: waiting moves nothing."""

    def sleep(self, seconds: float) -> None:
        time.sleep(0.01)


@dataclass
class Stage:
    """A folder with accounts, and a server that has all of them."""

    folder: Path
    sandbox: Sandbox
    clock: ThreadedClock
    pool: Pool = field(default_factory=lambda: Pool(limits=LIMITS))
    children: WarmChildren = field(default_factory=WarmChildren)
    connections: SharedConnections = field(
        default_factory=lambda: SharedConnections(servers=4, connections=4)
    )
    bots: dict[str, AccountBot] = field(default_factory=dict)

    def add(self, name: str, *, body: str = "it", **settings: str) -> None:
        """Write an account's files, and let it run."""
        self.sandbox.add_person(name, bot=True)
        self.sandbox.add_community(f"c_{name}", name, moderators=["modlin", name])
        source = self.folder / "templates" / name
        source.mkdir(parents=True)
        (source / "thread.md.j2").write_text(TEMPLATE.format(name=name, topic=body))
        values = {
            "INSTANCE": self.sandbox.url,
            "USERNAME": name,
            "PASSWORD": '"correct horse"',
            "COMMUNITY": f"c_{name}",
            "SOURCE": str(source),
            **settings,
        }
        file = self.folder / f"{name}.env"
        file.write_text("".join(f"MEGABOT_{key}={value}\n" for key, value in values.items()))
        file.chmod(0o600)
        shared = Shared(
            clock=self.clock,
            resources=SharedResources(connections=self.connections, children=self.children),
            jobs=JobLimit(1),
            claims=EveryAccount(),
            progress=self.pool.note_progress,
        )
        self.bots[name] = AccountBot(file, load_account(file, os.environ, warn=pytest.fail), shared)
        self.pool.put(self.bots[name])

    def state(self, name: str) -> Path:
        return self.bots[name].settings.state_dir

    def turn(self, name: str) -> None:
        """Let an account have a turn, or a few, from now on."""
        before = self.turned(name)
        self.clock.at += timedelta(milliseconds=1)
        self.until(lambda: self.turned(name) != before, name)

    def turned(self, name: str) -> float:
        try:
            return (self.state(name) / turn_record.NAME).stat().st_mtime
        except FileNotFoundError:
            return 0.0

    def until(self, condition: Callable[[], bool], *names: str) -> None:
        """Hurry accounts until a condition holds."""
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, self.sandbox.requests[-20:]
            for name in names:
                self.pool.hurry(name)
            time.sleep(0.02)

    def titles(self) -> list[str]:
        """Return the titles of all posts on the server."""
        with self.sandbox.lock:
            return sorted(post.name for post in self.sandbox.world.posts.values())

    def bodies(self) -> str:
        with self.sandbox.lock:
            return "\n".join(post.body or "" for post in self.sandbox.world.posts.values())


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    clock = ThreadedClock(SLOT - timedelta(hours=1))
    with Sandbox(clock.true) as sandbox:
        sandbox.add_person("modlin")
        stage = Stage(tmp_path, sandbox, clock)
        stage.pool.start()
        yield stage
        stage.pool.stop(patience=PATIENCE)
        stage.children.close()
        assert sandbox.unknown_requests == []
        assert sandbox.crashes == []


def test_accounts_of_one_server_share_its_connections(stage: Stage) -> None:
    for name in ("bees", "owls"):
        stage.add(name)
    for name in ("bees", "owls"):
        stage.turn(name)

    assert len(stage.connections.poolmanager.pools) == 1


def test_healthy_accounts_post_on_time_and_once_whatever_the_others_do(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    over = threading.Event()

    def say_nothing(_: socket.socket) -> None:
        over.wait(PATIENCE)

    with RawServer(*[say_nothing] * 9) as hangs:
        stage.add("hangs", INSTANCE=hangs.url)
        stage.add("password", PASSWORD="wrong")
        stage.add("broken", body="{{ nothing.there }}")
        well = ["books", "films", "games"]
        for name in well:
            stage.add(name)
        stage.until(lambda: bool(hangs.requests), "hangs")
        assert stage.titles() == []
        post_one_week(stage, 0, well, others=["broken"])
        stage.pool.remove("games")
        del stage.bots["games"]
        stage.add("late")
        post_one_week(stage, 1, ["books", "films", "late"], others=["broken"])
        over.set()

    assert stage.titles() == ["books 2", "books 3", "films 2", "films 3", "games 2", "late 3"]
    files = {name: stage.state(name) / turn_record.NAME for name in stage.bots if name != "hangs"}
    records = {name: json.loads(file.read_text()) for name, file in files.items()}
    assert records["broken"]["alerts"] == 1
    assert "These credentials were already rejected" in records["password"]["trouble"]
    assert [records[name]["trouble"] for name in ("books", "films", "late")] == [""] * 3
    assert "this is a bug" not in caplog.text


def post_one_week(stage: Stage, week: int, well: list[str], *, others: list[str]) -> None:
    """Let a slot come, and every account have turns after it that must post nothing more."""
    for name in (*well, *others):
        stage.until(lambda name=name: stage.turned(name) > 0, name)  # type: ignore[misc]
    posted = len(stage.titles())
    stage.clock.at = SLOT + week * WEEK + timedelta(seconds=1)
    stage.until(lambda: len(stage.titles()) == posted + len(well), *stage.bots)
    for name in (*well, *others) * 2:
        stage.turn(name)


def test_each_account_speaks_its_own_language(stage: Stage) -> None:
    stage.add("books", LANGUAGE="de")
    stage.add("films")
    for name in ("books", "films"):
        stage.until(lambda name=name: stage.turned(name) > 0, name)  # type: ignore[misc]
        stage.sandbox.user("modlin").message(stage.sandbox.person(name).id, "help")
        stage.until(lambda name=name: len(answers(stage, name)) == 1, name)  # type: ignore[misc]

    assert "Ich" in answers(stage, "books")[0]
    assert answers(stage, "films")[0].startswith("I ")


def answers(stage: Stage, name: str) -> list[str]:
    with stage.sandbox.lock:
        sender = stage.sandbox.person(name).id
        return [one.content for one in stage.sandbox.world.messages.values() if one.creator_id == sender]


def test_no_ledger_is_open_between_two_turns(stage: Stage) -> None:
    stage.add("books")
    stage.until(lambda: stage.turned("books") > 0, "books")
    stage.until(lambda: not stage.pool.running())

    opened = [str(path.readlink()) for path in Path("/proc/self/fd").iterdir() if path.exists()]
    assert [path for path in opened if path.startswith(str(stage.state("books")))] == [
        str(stage.state("books") / "service.lock")
    ]


def test_an_account_that_is_removed_gives_its_state_folder_free(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.add("books")
    stage.until(lambda: stage.turned("books") > 0, "books")
    stage.pool.remove("books")
    again = stage.bots["books"]
    stage.pool.put(again)
    stage.turn("books")

    assert "already running" not in caplog.text


def test_settings_that_cannot_be_used_change_nothing_in_a_running_account(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR, logger="megabot")
    stage.add("books")
    stage.until(lambda: stage.turned("books") > 0, "books")
    bot = stage.bots["books"]
    bot.offer(bot.settings.model_copy(update={"source": stage.folder / "nowhere"}))
    stage.until(lambda: "the old ones stay in effect" in caplog.text, "books")
    stage.clock.at = SLOT + timedelta(seconds=1)
    stage.until(lambda: stage.titles() == ["books 2"], "books")
