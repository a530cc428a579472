"""`python -m bench.hosts`: several hosts of one account on one ledger, with faults at random, at high speed.

Hosts are real processes on a real PostgreSQL, which they reach through a proxy each; Lemmy is the sandbox. At
random one is killed and started again, suspended and resumed, or cut off from the database; now and then the
database is away from all of them. Simulated time runs `--speed` times as fast; the lease is real time, and
shorter than the 30 s of a real service. Faults must leave time for a whole pass, or threads starve.
"""

import argparse
import json
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import psycopg

from bench.host import FastClock
from bench.stage import BOT, COMMUNITY, PASSWORD
from lemmy_sandbox import Sandbox
from megabot.ledger.postgres.claims import LEASE
from tests.postgres import Database, PostgresServer, TrafficProxy

START = datetime(2027, 1, 7, 9, 30, tzinfo=UTC)
ROOT = Path(__file__).parents[1]
STARTING = 30.0
"""Seconds until simulated time begins, so that the hosts know all threads before the first slot."""
SETTLE = timedelta(minutes=75)
"""Simulated time without faults at the end: more than an unknown outcome takes, for the last slot."""
_HEAD = """\
---
name: {name}
title: "{name} {{{{ edition.number }}}}"
schedule: {schedule}
previous: {{comment: "The new thread is [here]({{{{ edition.url }}}})."}}
refresh: never
---
Text.
"""
MARKER = re.compile(r"megabot:v1:(\S+?)[ )]")


@dataclass
class Host:
    """A process and its way to the database. Without `environ` it has that of this process."""

    name: str
    command: list[str]
    proxy: TrafficProxy
    log: Path
    environ: Mapping[str, str] | None = None
    child: "subprocess.Popen[bytes] | None" = None
    recovers: float = 0.0
    trouble: str = ""

    def start(self) -> None:
        """Start the process."""
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(self.command, cwd=ROOT, env=self.environ, stdout=log, stderr=log)

    def hurt(self, trouble: str, *, until: float) -> None:
        """Kill, freeze or cut off the host; `recover` undoes it at a time."""
        self.trouble, self.recovers = trouble, until
        if trouble == "cut":
            self.proxy.refuse()
        elif self.child is not None:
            self.child.send_signal(signal.SIGKILL if trouble == "SIGKILL" else signal.SIGSTOP)

    def recover(self) -> None:
        """Undo what happened to the host."""
        if self.trouble == "cut":
            self.proxy.accept()
        elif self.trouble == "SIGSTOP" and self.child is not None:
            self.child.send_signal(signal.SIGCONT)
        elif self.trouble == "SIGKILL" and self.child is not None:
            self.child.wait()
            self.start()
        self.trouble = ""

    def end(self) -> None:
        """End the process."""
        if self.child is not None:
            self.child.kill()
            self.child.wait()


@dataclass
class Takeovers:
    """Who held the account, and how long it took until another host did after the holder fell silent."""

    holder: str = ""
    silent_since: float | None = None
    seconds: list[float] = field(default_factory=list)

    def see(self, holder: str, now: float) -> None:
        """Note who holds the account now."""
        if holder != self.holder and self.silent_since is not None:
            self.seconds.append(now - self.silent_since)
        if holder != self.holder:
            self.holder, self.silent_since = holder, None


@dataclass
class Soak:
    """A run with its options."""

    options: argparse.Namespace
    random: Random
    stack: ExitStack
    hosts: list[Host] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    takeovers: Takeovers = field(default_factory=Takeovers)

    def play(self) -> tuple[Counter[str], int]:
        """Run the hosts; return how often each edition was posted, and how many slots there were."""
        options = self.options
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="megabot-hosts-")))
        postgres = self.stack.enter_context(PostgresServer())
        database = postgres.create_database()
        self.clock = FastClock(START, time.monotonic() + STARTING, options.speed)
        sandbox = self.stack.enter_context(Sandbox(self.clock.now, api=options.api))
        furnish(sandbox)
        slots = self._write_source(folder / "source")
        for number in range(options.hosts):
            home = folder / f"host-{number + 1}"
            host = new_host(self.stack, home, sandbox.url, database, self.clock, options.lease)
            self.hosts.append(host)
            host.start()
        watch = self.stack.enter_context(psycopg.connect(database.url, autocommit=True))
        self._live(watch)
        if options.log:
            for host in self.hosts:
                print(host.log.read_text(encoding="utf-8"))
        with sandbox.lock:
            bodies = [post.body or "" for post in sandbox.world.posts.values()]
        return Counter(found[1] for body in bodies if (found := MARKER.search(body))), slots

    def _write_source(self, folder: Path) -> int:
        """Write the threads; return how many editions are due."""
        folder.mkdir()
        last = START + timedelta(hours=self.options.hours)
        # The times of one thread must be three hours apart.
        days = [", ".join(str(hour) for hour in range(first, 24, 3)) for first in range(3)]
        schedules = [f"{{every: day, at: [{hours}], timezone: UTC, first: 2027-01-01}}" for hours in days]
        slots = [START + timedelta(minutes=30, hours=hour) for hour in range(int(self.options.hours) + 2)]
        for number in range(self.options.threads):
            name, schedule = f"thread-{number}", schedules[number % len(schedules)]
            text = _HEAD.format(name=name, schedule=schedule)
            (folder / f"{name}.md.j2").write_text(text, encoding="utf-8")
        due = [slot for slot in slots if slot < last + SETTLE]
        threads = range(self.options.threads)
        return sum(number % 3 == slot.hour % 3 for slot in due for number in threads)

    def _live(self, watch: "psycopg.Connection[tuple[str]]") -> None:
        """Let time pass with faults, then without."""
        end = START + timedelta(hours=self.options.hours)
        next_fault = self.clock.began + self._pause()
        while (now := time.monotonic()) and self.clock.now() < end + SETTLE:
            for host in self.hosts:
                if host.trouble and (now >= host.recovers or self.clock.now() >= end):
                    host.recover()
                    if host.name == self.takeovers.holder:
                        self.takeovers.silent_since = None
            if now >= next_fault and self.clock.now() < end and self.takeovers.holder:
                self._hurt_somebody(now)
                next_fault = now + self._pause()
            self._watch(watch, now)
            time.sleep(0.05)

    def _pause(self) -> float:
        return float(self.options.pause) * self.random.uniform(0.5, 1.5)

    def _hurt_somebody(self, now: float) -> None:
        """Hurt the holder more often than others; one host is always well, unless the database is away."""
        lease = self.options.lease
        well = [host for host in self.hosts if not host.trouble]
        if self.random.random() < 0.05 and len(well) == len(self.hosts):  # noqa: PLR2004
            self.faults["database away"] += 1
            for host in self.hosts:
                host.hurt("cut", until=now + lease * self.random.uniform(0.5, 3))
            return
        if len(well) < 2:  # noqa: PLR2004
            return
        holder = [host for host in well if host.name == self.takeovers.holder]
        host = self.random.choice(holder * 3 + well)
        trouble = self.random.choice(("SIGKILL", "SIGSTOP", "cut"))
        self.faults[trouble] += 1
        host.hurt(trouble, until=now + lease * self.random.uniform(0.3, 4))
        if host.name == self.takeovers.holder:
            self.takeovers.silent_since = now

    def _watch(self, watch: "psycopg.Connection[tuple[str]]", now: float) -> None:
        try:
            row = watch.execute("SELECT holder FROM claims WHERE kind = 'service'").fetchone()
        except psycopg.errors.UndefinedTable:
            return
        if row is not None:
            self.takeovers.see(row[0], now)


def new_host(
    stack: ExitStack, home: Path, url: str, database: Database, clock: FastClock, lease: float
) -> Host:
    """Return a host with a way of its own to the database. Not started; the source is beside its `home`."""
    proxy = stack.enter_context(TrafficProxy(database.server.folder))
    values = {"INSTANCE": url, "USERNAME": BOT, "PASSWORD": PASSWORD, "COMMUNITY": COMMUNITY}
    values |= {"SOURCE": str(home.with_name("source")), "STATE_DIR": str(home), "TICK": "30"}
    values |= {"DATABASE_URL": proxy.url(database.name)}
    given = {
        "name": home.name,
        "start": START.timestamp(),
        "began": clock.began,
        "speed": clock.speed,
        "lease": lease,
        "settings": {f"MEGABOT_{key}": value for key, value in values.items()},
    }
    command = [sys.executable, "-m", "bench.host", json.dumps(given)]
    host = Host(home.name, command, proxy, home.with_suffix(".log"))
    stack.callback(host.end)
    return host


def furnish(sandbox: Sandbox) -> None:
    """Add a moderator, the bot and their community."""
    sandbox.add_person("modlin")
    sandbox.add_person(BOT, bot=True)
    sandbox.add_community(COMMUNITY, "News", moderators=["modlin", BOT])


def report(posts: Counter[str], slots: int, soak: Soak) -> Iterator[str]:
    """Say what came out."""
    seconds = soak.takeovers.seconds
    doubled = {edition: times for edition, times in posts.items() if times > 1}
    yield f"{posts.total()} posts for {slots} editions: {len(doubled)} doubled, {slots - len(posts)} missed"
    yield f"faults: {', '.join(f'{times} {fault}' for fault, times in sorted(soak.faults.items()))}"
    longest = f"{max(seconds):.1f} s" if seconds else "none"
    yield f"takeovers: {len(seconds)}, the longest after {longest} (lease {soak.options.lease:g} s)"
    yield from (f"doubled: {edition}, {times} times" for edition, times in doubled.items())


def main(arguments: list[str]) -> int:
    """Run, print, and exit with 1 if an edition was missed or posted twice."""
    parser = argparse.ArgumentParser(prog="python -m bench.hosts", description=__doc__)
    parser.add_argument("--hosts", type=int, default=2)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--hours", type=float, default=24, help="simulated hours with faults")
    parser.add_argument("--speed", type=float, default=120)
    parser.add_argument("--lease", type=float, default=3, help="real seconds")
    parser.add_argument("--pause", type=float, default=20, help="real seconds between two faults, on average")
    parser.add_argument("--api", choices=("v3", "v4"), default="v3")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", action="store_true", help="print what the hosts logged")
    options = parser.parse_args(arguments)
    print(
        f"{options.hosts} hosts, {options.threads} threads, seed {options.seed}: {options.hours:g} simulated "
        f"hours at {options.speed:g} times speed, lease {options.lease:g} s "
        f"instead of {LEASE.total_seconds():g} s",
        flush=True,
    )
    began = time.monotonic()
    with ExitStack() as stack:
        soak = Soak(options, Random(options.seed), stack)  # noqa: S311  chance of a play
        posts, slots = soak.play()
    print(*report(posts, slots, soak), sep="\n")
    print(f"in {(time.monotonic() - began) / 60:.1f} min")
    return 0 if posts.total() == len(posts) == slots else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
