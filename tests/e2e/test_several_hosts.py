"""Two real services of one account on one PostgreSQL: one is killed, frozen or cut off before a slot."""

import json
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lemmy_sandbox import Sandbox
from tests.postgres import PostgresServer, TrafficProxy
from tests.processes import Machine, machine

TAKEOVER = 60.0
"""Seconds within which another host has to act (docs/how-to/several-hosts.md)."""
BEFORE_SLOT = timedelta(seconds=90)
"""Enough for the services to start and for a takeover, before the minute at which the slot begins."""
PATIENCE = 240.0
ACTS, STANDS_BY = "the next edition is due", "standing by to take over"
TAKEN_OVER = "another host has taken this account over"
FAULTS = {"killed": "v3", "frozen": "v4", "cut off": "v3"}
"""Played at once, because each waits for the same lease and the same slot; with the API of its server."""


@dataclass
class Service:
    """A `megabot run`, and what it has logged."""

    host: Machine
    lines: list[str] = field(default_factory=list)

    @contextmanager
    def running(self) -> Iterator["Service"]:
        self.child = self.host.start("run")
        reader = threading.Thread(target=self._read, daemon=True)
        reader.start()
        try:
            yield self
        finally:
            self.child.send_signal(signal.SIGCONT)
            self.child.kill()
            self.child.wait()
            reader.join()
            for stream in (self.child.stdout, self.child.stderr):
                assert stream is not None
                stream.close()

    def _read(self) -> None:
        assert self.child.stderr is not None
        self.lines.extend(self.child.stderr)

    def wait_for(self, words: str) -> float:
        """Wait until a line has these words; return how many seconds it took."""
        return until(lambda: any(words in line for line in self.lines), what=self.lines)


@dataclass
class Scene:
    """A server, and two hosts; the holder reaches the database through a proxy, the other one directly."""

    sandbox: Sandbox
    proxy: TrafficProxy
    holder: Service
    other: Service

    def editions(self) -> list[str]:
        """Return the markers of all posts."""
        with self.sandbox.lock:
            bodies = [post.body or "" for post in self.sandbox.world.posts.values()]
        return [marker for body in bodies for marker in re.findall(r"megabot:v1:(\S+?)[ )]", body)]

    def service_holder(self) -> str:
        """Return which process holds the account, as `status --json` says on the other host."""
        (service,) = [
            claim
            for claim in json.loads(self.other.host.run("status", "--json").out)["claims"]
            if claim["kind"] == "service"
        ]
        return str(service["holder"])


def until(happened: Callable[[], object], *, what: object) -> float:
    """Wait for something; return how many seconds it took."""
    waiting, began = threading.Event(), time.monotonic()
    while not happened():
        assert time.monotonic() < began + PATIENCE, what
        waiting.wait(0.1)
    return time.monotonic() - began


@contextmanager
def opened_sandbox(api: str) -> Iterator[Sandbox]:
    with Sandbox(lambda: datetime.now(UTC), api=api) as sandbox:
        for name in ("modlin", "megabot"):
            sandbox.add_person(name, bot=name == "megabot")
        sandbox.add_community("news", "News", moderators=["modlin", "megabot"])
        yield sandbox
        assert sandbox.unknown_requests == []
        assert sandbox.crashes == []


@contextmanager
def opened_scene(postgres: PostgresServer, folder: Path, api: str, slot: datetime) -> Iterator[Scene]:
    """Set up a server, a database and two hosts, on which nothing runs yet."""
    database = postgres.create_database()
    with ExitStack() as stack:
        sandbox = stack.enter_context(opened_sandbox(api))
        proxy = stack.enter_context(TrafficProxy(postgres.folder))
        services = []
        for name, address in (("holder", proxy.url(database.name)), ("other", database.url)):
            host = machine(folder / name, sandbox.url, DATABASE_URL=address, TICK="5")
            thread = host.source / "thread.md.j2"
            weekly = re.sub(r"on: \w+", f"on: {slot:%A}".lower(), thread.read_text())
            thread.write_text(weekly.replace('"00:00"', f'"{slot:%H:%M}"'))
            services.append(Service(host))
        yield Scene(sandbox, proxy, *services)
    database.drop()


@pytest.mark.slow
def test_when_the_holder_is_killed_frozen_or_cut_off_before_a_slot_the_other_one_posts_once(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    slot = (datetime.now(UTC) + BEFORE_SLOT).replace(second=0, microsecond=0) + timedelta(minutes=1)
    with ExitStack() as stack:
        scenes = {
            fault: stack.enter_context(opened_scene(postgres, tmp_path / fault, api, slot))
            for fault, api in FAULTS.items()
        }
        for scene in scenes.values():
            stack.enter_context(scene.holder.running())
        for scene in scenes.values():
            scene.holder.wait_for(ACTS)
            stack.enter_context(scene.other.running())
        for scene in scenes.values():
            scene.other.wait_for(STANDS_BY)
        assert datetime.now(UTC) < slot - timedelta(seconds=30), "this machine is too slow for the test"
        killed, frozen, cut_off = scenes.values()
        killed.holder.child.send_signal(signal.SIGKILL)
        frozen.holder.child.send_signal(signal.SIGSTOP)
        cut_off.proxy.refuse()

        took = {fault: scene.other.wait_for(ACTS) for fault, scene in scenes.items()}
        assert max(took.values()) < TAKEOVER, took
        for fault, scene in scenes.items():
            assert scene.service_holder().endswith(f"process {scene.other.child.pid}"), fault
            assert f"runs on {scene.service_holder()}" in scene.other.host.run("status").out
            until(scene.editions, what=(fault, scene.other.lines))

        frozen.holder.child.send_signal(signal.SIGCONT)
        cut_off.proxy.accept()
        for scene in (frozen, cut_off):
            scene.holder.wait_for(TAKEN_OVER)
            scene.holder.wait_for(STANDS_BY)
        assert {fault: len(scene.editions()) for fault, scene in scenes.items()} == dict.fromkeys(FAULTS, 1)


def test_the_demo_shows_a_takeover_without_a_database_server(tmp_path: Path) -> None:
    shown = machine(tmp_path, "").run("demo", "--hosts", "2", "--exit")

    assert shown.code == 0, shown
    assert "host two  takes the account, because host one has been silent for 30 s" in shown.out
    assert "host two  goes on, confirms its claim, finds it lost and sends nothing" in shown.out
    assert "the moderators get an alert: the ledger's database did not answer from" in shown.out
    assert "Result: one post for each of 4 editions, whichever host posted it." in shown.out
