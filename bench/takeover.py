"""`python -m bench.takeover`: how long it takes until another host acts after the acting one was killed.

Hosts are real processes on a real PostgreSQL with the lease of a real service, in real time. Each kill comes
at a random moment between two renewals of the lease.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random

import psycopg

from bench.host import FastClock
from bench.hosts import START, furnish, new_host
from lemmy_sandbox import Sandbox
from megabot.ledger.postgres.claims import LEASE
from tests.postgres import PostgresServer

_LEASE = LEASE.total_seconds()
_THREAD = """\
---
name: news
title: "News {{ edition.number }}"
schedule: {every: week, on: monday, at: "12:00", timezone: UTC, first: 2027-01-04}
---
Text.
"""
_HOLDER = "SELECT holder FROM claims WHERE kind = 'service' AND until > clock_timestamp()"
Watch = psycopg.Connection[tuple[str]]


def takeovers(kills: int, random: Random) -> Iterator[tuple[float, float]]:
    """Kill the acting host again and again.

    Yield after how many seconds the other host held the account, and after how many it asked the server.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="megabot-takeover-")))
        postgres = stack.enter_context(PostgresServer())
        database = postgres.create_database()
        clock = FastClock(START, time.monotonic(), 1)
        sandbox = stack.enter_context(Sandbox(clock.now))
        furnish(sandbox)
        (folder / "source").mkdir()
        (folder / "source" / "news.md.j2").write_text(_THREAD, encoding="utf-8")
        watch: Watch = stack.enter_context(psycopg.connect(database.url, autocommit=True))
        hosts = {
            name: new_host(stack, folder / name, sandbox.url, database, clock, _LEASE)
            for name in ("host-1", "host-2")
        }
        for host in hosts.values():
            host.start()
        for _ in range(kills):
            holder = _wait_for_other(watch, "")
            # Until the other host has started and waits; then any moment between two renewals.
            time.sleep(10 + random.uniform(0, _LEASE / 3))
            sandbox.forget_requests()
            hosts[holder].end()
            killed = time.monotonic()
            _wait_for_other(watch, holder)
            held = time.monotonic() - killed
            while not sandbox.requests:
                time.sleep(0.05)
            yield held, time.monotonic() - killed
            hosts[holder].start()


def _wait_for_other(watch: Watch, holder: str) -> str:
    """Wait until a host other than `holder` holds the account, and return its name."""
    while True:
        try:
            row = watch.execute(_HOLDER).fetchone()
        except psycopg.errors.UndefinedTable:  # until the first host has created the tables
            row = None
        if row is not None and row[0] != holder:
            return row[0]
        time.sleep(0.05)


def main(arguments: list[str]) -> int:
    """Kill, print a line for each, and exit with 1 if a takeover took a minute or more."""
    parser = argparse.ArgumentParser(prog="python -m bench.takeover", description=__doc__)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    print(f"{options.kills} kills of the acting host, lease {_LEASE:g} s, seed {options.seed}", flush=True)
    longest = 0.0
    for held, asked in takeovers(options.kills, Random(options.seed)):  # noqa: S311  chance of a play
        print(f"the other host held the account after {held:.1f} s and acted after {asked:.1f} s", flush=True)
        longest = max(longest, asked)
    return 0 if longest < 60 else 1  # noqa: PLR2004  docs/how-to/several-hosts.md


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
