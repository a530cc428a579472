"""`python -m tests.two_hosts [SLOTS]`: count the slots in which two hosts of one account post twice.

Each host has its own ledger. The server is the sandbox, once as Lemmy 0.19 and once as 1.0. `at once` is the
worst case: in each slot both hosts check the server before either posts. `as services`: each waits at random,
as `megabot run` does, and both check before either posts only if the waits differ by less than half a second.
That is how long a pass takes on a real server from its last check to its post.
"""

import argparse
import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random

from megabot.cli.service_jobs import LAG
from tests.two_hosts.race import run_slots, second_host
from tests.world import opened_world

APART = 0.5  # seconds
VERSIONS = {"v3": "0.19", "v4": "1.0"}


def main() -> None:
    """Print what is counted."""
    parser = argparse.ArgumentParser(prog="python -m tests.two_hosts", description=__doc__)
    parser.add_argument("slots", nargs="?", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    logging.getLogger("megabot").setLevel(logging.CRITICAL)
    print(f"two hosts of one account, {arguments.slots} slots, seed {arguments.seed}")
    for api, version in VERSIONS.items():
        random = Random(arguments.seed)
        for name, is_race in (("at once", at_once), ("as services", as_services(random))):
            print(f"Lemmy {version:<4}  {name:<11}  {counted(api, arguments.slots, is_race)}", flush=True)


def at_once() -> bool:
    """Have each slot be a race."""
    return True


def as_services(random: Random) -> Callable[[], bool]:
    """Draw the waits of two services for each slot; it is a race if they are close to each other."""
    return lambda: abs(random.uniform(0, LAG) - random.uniform(0, LAG)) < APART


def counted(api: str, slots: int, is_race: Callable[[], bool]) -> str:
    """Run so many slots after a first one, and say how many were posted twice, and how many not at all."""
    with (
        tempfile.TemporaryDirectory(prefix="megabot-two-hosts-") as folder,
        opened_world(Path(folder) / "first", api=api) as world,
    ):
        other = second_host(world, Path(folder) / "second")
        world.post()
        other.run_pass()
        times = run_slots(world, other, slots, is_race)
        other.close()
    doubled = sum(count > 1 for count in times.values())
    return f"posted twice: {doubled:3}  missed: {slots - len(times)}"


if __name__ == "__main__":
    main()
