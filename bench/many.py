"""`python -m bench.many`: many accounts with many threads, all due at once, on several hosts, with faults.

Each host is a real `megabot run --accounts` with its own way to one PostgreSQL server; they share the
accounts by claims with leases of 30 s. Lemmy is the sandbox. Until everything is posted, hosts are killed,
frozen and cut off from the database at random. All of it in real time.
"""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import psycopg

from bench.hosts import MARKER, Host
from bench.processes import surroundings
from bench.stage import PASSWORD
from lemmy_sandbox import Sandbox
from megabot.ledger.postgres.claims import LEASE
from tests.postgres import Database, PostgresServer, TrafficProxy

QUIET = 900.0
"""Seconds without a post after which the rest is missed: longer than the wait for an unknown outcome."""
SETTLE = 2 * LEASE.total_seconds()
"""Seconds after the last post in which a frozen host could still send a second one."""
_THREAD = """\
---
name: {name}
title: "{name}"
schedule: {{once: {slot:%Y-%m-%d}, at: "{slot:%H:%M}", timezone: UTC}}
pin: none
refresh: never
---
Text.
"""


@dataclass
class Takeovers:
    """Which accounts' holders fell silent, since when, and how long it took until another host held them."""

    silent: dict[int, tuple[str, float]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    def see(self, claims: dict[int, str], hurt: dict[str, float], now: float) -> None:
        """Note who holds each account now; `hurt` is since when a holder is silent."""
        for account, holder in claims.items():
            before, since = self.silent.get(account, ("", 0.0))
            if before and holder != before:
                self.seconds.append(now - since)
                del self.silent[account]
            elif holder in hurt:
                self.silent[account] = (holder, hurt[holder])
            elif before:  # it is back before anybody took over
                del self.silent[account]


@dataclass
class Play:
    """A run with its options."""

    options: argparse.Namespace
    random: Random
    stack: ExitStack
    hosts: list[Host] = field(default_factory=list)
    hurt: dict[str, float] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    takeovers: Takeovers = field(default_factory=Takeovers)

    @property
    def everything(self) -> int:
        """The number of threads of all accounts."""
        return int(self.options.accounts * self.options.threads)

    def run(self) -> Counter[str]:
        """Return how often each thread was posted."""
        options = self.options
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="megabot-many-")))
        postgres = self.stack.enter_context(PostgresServer())
        database = postgres.create_database()
        self.sandbox = self.stack.enter_context(Sandbox(lambda: datetime.now(UTC), api=options.api))
        slot = (datetime.now(UTC) + timedelta(seconds=options.before + 60)).replace(second=0, microsecond=0)
        (folder / "source").mkdir()
        for number in range(options.threads):
            text = _THREAD.format(name=f"thread-{number}", slot=slot)
            (folder / f"source/thread-{number}.md.j2").write_text(text, encoding="utf-8")
        for number in range(options.accounts):
            self.sandbox.add_person(f"bot{number}", bot=True)
            self.sandbox.add_community(f"c{number}", f"C {number}", moderators=[f"bot{number}"])
        for number in range(options.hosts):
            self._add_host(f"host-{number + 1}", folder, database)
        watch = self.stack.enter_context(psycopg.connect(database.url, autocommit=True))
        self._until(watch, lambda: datetime.now(UTC) >= slot, faults=False)
        known = watch.execute("SELECT count(*) FROM threads WHERE known_since IS NOT NULL").fetchone()
        print(f"all due now; known: {known and known[0]} threads", flush=True)
        self._until(watch, _Over(self, time.monotonic()), faults=True)
        end = time.monotonic() + SETTLE
        self._until(watch, lambda: time.monotonic() >= end, faults=False)
        return self.posts()

    def posts(self) -> Counter[str]:
        """Count the posts of each thread of each account."""
        with self.sandbox.lock:
            bodies = [(post.creator_id, post.body or "") for post in self.sandbox.world.posts.values()]
        return Counter(f"{author}:{found[1]}" for author, body in bodies if (found := MARKER.search(body)))

    def _add_host(self, name: str, folder: Path, database: Database) -> None:
        proxy = self.stack.enter_context(TrafficProxy(database.server.folder))
        accounts = folder / name / "accounts"
        accounts.mkdir(parents=True)
        for number in range(self.options.accounts):
            values = {"INSTANCE": self.sandbox.url, "USERNAME": f"bot{number}", "PASSWORD": f'"{PASSWORD}"'}
            values |= {"COMMUNITY": f"c{number}", "SOURCE": str(folder / "source"), "TICK": "30"}
            values |= {"STATE_DIR": str(folder / name / f"state-{number}")}
            values |= {"DATABASE_URL": proxy.url(database.name), "LOG_LEVEL": "warning"}
            file = accounts / f"bot{number}.env"
            file.write_text("".join(f"MEGABOT_{key}={value}\n" for key, value in values.items()), "utf-8")
            file.chmod(0o600)
        command = [sys.executable, "-m", "megabot", "run", "--accounts", str(accounts)]
        environ = surroundings({}, home=folder)
        host = Host(name, command, proxy, folder / f"{name}.log", environ)
        self.hosts.append(host)
        self.stack.callback(host.end)
        host.start()

    def _until(
        self, watch: "psycopg.Connection[tuple[int, str]]", over: Callable[[], bool], *, faults: bool
    ) -> None:
        """Let time pass, with faults or without, and say how far it is every half a minute."""
        next_fault, next_line = time.monotonic() + self._pause(), 0.0
        while not over():
            now = time.monotonic()
            for host in self.hosts:
                if host.trouble and (now >= host.recovers or not faults):
                    self.hurt.pop(self._holder(host), None)
                    host.recover()
            if faults and now >= next_fault:
                self._hurt_somebody(now)
                next_fault = now + self._pause()
            rows = _claims(watch)
            self.takeovers.see(dict(rows), self.hurt, now)
            if now >= next_line:
                held = Counter(holder for _, holder in rows)
                print(f"{datetime.now(UTC):%H:%M:%S} {self.posts().total()} posts, {dict(held)}", flush=True)
                next_line = now + 30
            time.sleep(0.5)

    def _pause(self) -> float:
        return float(self.options.pause) * self.random.uniform(0.5, 1.5)

    def _hurt_somebody(self, now: float) -> None:
        well = [host for host in self.hosts if not host.trouble]
        if len(well) < 2:  # noqa: PLR2004  one host is always well
            return
        host, trouble = self.random.choice(well), self.random.choice(("SIGKILL", "SIGSTOP", "cut"))
        self.faults[trouble] += 1
        self.hurt[self._holder(host)] = now
        host.hurt(trouble, until=now + LEASE.total_seconds() * self.random.uniform(0.3, 2))

    def _holder(self, host: Host) -> str:
        """Return how the other hosts call a host's process."""
        return f"{os.uname().nodename}, process {host.child.pid if host.child else 0}"


@dataclass
class _Over:
    """Whether everything is posted, or nothing has been for too long."""

    play: Play
    last: float
    posted: int = 0

    def __call__(self) -> bool:
        """Look again."""
        posted, now = len(self.play.posts()), time.monotonic()
        if posted != self.posted:
            self.posted, self.last = posted, now
        return posted >= self.play.everything or now - self.last > QUIET


def _claims(watch: "psycopg.Connection[tuple[int, str]]") -> list[tuple[int, str]]:
    try:
        return watch.execute("SELECT account_id, holder FROM claims WHERE kind = 'service'").fetchall()
    except psycopg.errors.UndefinedTable:  # no host has begun
        return []


def report(play: Play, posts: Counter[str]) -> Iterator[str]:
    """Say what came out."""
    doubled = [thread for thread, times in posts.items() if times > 1]
    seconds = play.takeovers.seconds
    missed = play.everything - len(posts)
    yield f"{posts.total()} posts for {play.everything} threads: {len(doubled)} doubled, {missed} missed"
    yield f"faults: {', '.join(f'{times} {fault}' for fault, times in sorted(play.faults.items()))}"
    longest = f"{max(seconds):.0f} s" if seconds else "none"
    lease = f"{LEASE.total_seconds():g} s"
    yield f"takeovers of an account: {len(seconds)}, the longest after {longest} (lease {lease})"
    yield from (f"doubled: {thread}" for thread in doubled)


def main(arguments: list[str]) -> int:
    """Run, print, and exit with 1 if a thread was missed or posted twice."""
    parser = argparse.ArgumentParser(prog="python -m bench.many", description=__doc__)
    parser.add_argument("--hosts", type=int, default=3)
    parser.add_argument("--accounts", type=int, default=100)
    parser.add_argument("--threads", type=int, default=100, help="threads of each account")
    parser.add_argument("--before", type=float, default=240, help="seconds from the start to the slot")
    parser.add_argument("--pause", type=float, default=30, help="seconds between two faults, on average")
    parser.add_argument("--api", choices=("v3", "v4"), default="v3")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    began = time.monotonic()
    with ExitStack() as stack:
        play = Play(options, Random(options.seed), stack)  # noqa: S311  chance of a play
        posts = play.run()
        cpu = sum(os.times()[:4])
    print(*report(play, posts), sep="\n")
    print(f"seed {options.seed}, {(time.monotonic() - began) / 60:.1f} min, {cpu:.0f} s CPU with the server")
    return 0 if posts.total() == len(posts) == play.everything else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
