"""`python -m bench.plan`: the CPU time in which one host plans many threads that are due at once.

The threads are values and the server is the sandbox, so what is measured is the pass: it lists the account's
posts, reads the ledger (a file), and decides about each thread. It sends nothing. The server is not counted.
Then the status of the same threads is read, as for `megabot status`.
"""

import argparse
import cProfile
import pstats
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from megabot.commands import status
from megabot.reconcile.decide import writes
from megabot.reconcile.loop import run_pass
from tests.world import NEWS, SLOT, WEEK, opened_world


def main() -> int:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.plan", description=__doc__)
    parser.add_argument("--threads", type=int, default=10_000)
    parser.add_argument("--posted", type=int, default=0, help="how many weeks were posted before")
    parser.add_argument("--profile", action="store_true", help="print where the time goes")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="megabot-plan-") as folder,
        opened_world(Path(folder) / "state") as world,
    ):
        world.pages.all = tuple(replace(NEWS, name=f"thread-{number}") for number in range(options.threads))
        ports = world.ports()
        ports.forum.account()
        # The first slot is known before it comes, so that the second one is posted automatically.
        began = time.thread_time()
        run_pass(ports, authenticated=True)
        print(
            f"first pass over {options.threads} threads: {time.thread_time() - began:.1f} s CPU", flush=True
        )
        for week in range(options.posted):
            world.clock.at = SLOT + WEEK * (week + 1)
            run_pass(ports, authenticated=True)
        world.clock.at = SLOT + WEEK * (options.posted + 1)
        profile, began = cProfile.Profile(), time.thread_time()
        if options.profile:
            profile.enable()
        reports = run_pass(ports, authenticated=True, dry=True)
        profile.disable()
        took = time.thread_time() - began
        due = sum(bool(writes(report.left)) for report in reports)
        print(f"plan of {due} due threads: {took:.1f} s CPU, {took / max(1, due) * 1000:.2f} ms each")
        status.read(ports)  # so that one-time loading is not measured
        began = time.thread_time()
        status.read(ports)
        took = time.thread_time() - began
        print(f"status of {options.threads} threads: {took * 1000:.0f} ms CPU")
        if options.profile:
            pstats.Stats(profile).sort_stats("cumulative").print_stats(60)
    return 0


if __name__ == "__main__":
    sys.exit(main())
