"""`python -m tests.simulation [SEEDS]`: a year from each seed, and what promises it broke."""

import argparse
import logging
import sys
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from functools import partial

from tests.fake_ledger import FakeLedger
from tests.simulation import events
from tests.simulation.ledgers import Kind, NewLedger, database_for, ledgers_of
from tests.simulation.rules import answers, created, violations, withdrawn
from tests.simulation.year import WEEKS, Year

OFTEN = 20
"""How often each fault, event, write and hold has to come in 300 seeds for them to prove anything."""
HOUR = timedelta(hours=1)


def tried(seed: int, weeks: int, kind: Kind, database: str) -> tuple[int, list[str], Counter[str]]:
    """Live through a year; one that breaks off is broken, and the others go on."""
    try:
        with ledgers_of(kind, database) as ledgers:
            return play(seed, ledgers, weeks=weeks)
    except Exception:  # noqa: BLE001  whatever it is, its seed must be named
        return seed, [traceback.format_exc()], Counter()


def lived(seed: int, ledgers: NewLedger = FakeLedger, *, weeks: int = WEEKS) -> Year:
    """Live through one seed's year, or some weeks of it, and a quiet end."""
    year = Year(seed, ledgers=ledgers, weeks=weeks)
    events.draw(year)
    year.run()
    quiet_end(year)
    return year


def play(
    seed: int, ledgers: NewLedger = FakeLedger, *, weeks: int = WEEKS
) -> tuple[int, list[str], Counter[str]]:
    """Live through one seed's year; tell what it broke."""
    year = lived(seed, ledgers, weeks=weeks)
    year.counts.update({"commands answered": len(answers(year)), "copies taken back": len(withdrawn(year))})
    year.counts.update({f"did {kind}": times for kind, times in year.record.done.items()})
    year.counts.update({f"fault {fault}": times for fault, times in year.storm.fired.items() if times})
    year.counts.update({f"server: {way}": times for way, times in year.server.ways.items() if times})
    year.counts[f"year ended on {year.server.generation}"] += 1
    return seed, list(violations(year)), year.counts


def quiet_end(year: Year) -> None:
    """Everything is in order at last; after its last post the bot has half a day for what is left to do."""
    year.storm.strength = year.storm.upgrade_in = 0
    year.storm.hang = year.press.problem = None
    year.mend_threads()
    year.forum.alive, year.forum.hides = True, frozenset()
    year.clock.ahead = timedelta(0)
    year.server.appoint("news", year.bot)
    rest(year)
    while any(year.clock.at - deed.at < 3 * HOUR for deed, *_ in created(year)):
        rest(year)


def rest(year: Year) -> None:
    """Let half a day pass, in which the service looks some times."""
    for minutes in (0, 20, 65, 130, 260, 520):
        year.after(timedelta(minutes=minutes), Year.start)
    year.run()


def main() -> int:
    """Play all seeds; print what came how often."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("seeds", nargs="?", type=int, default=300)
    parser.add_argument("--from", dest="first", type=int, default=1, help="the first seed")
    parser.add_argument("--weeks", type=int, default=WEEKS, help="how long each year is")
    parser.add_argument("--ledger", type=Kind, choices=[*Kind], default=Kind.FAKE, help="where it is")
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    logging.getLogger("megabot").setLevel(logging.CRITICAL)
    started, counts, broken = time.monotonic(), Counter[str](), 0
    seeds = range(arguments.first, arguments.first + arguments.seeds)
    with database_for(arguments.ledger) as database, ProcessPoolExecutor(arguments.processes) as pool:
        live = partial(tried, weeks=arguments.weeks, kind=arguments.ledger, database=database)
        for seed, found, counted in pool.map(live, seeds, chunksize=5 if len(seeds) > OFTEN else 1):
            counts += counted
            broken += bool(found)
            for sentence in found[:5]:
                print(f"seed {seed}: {sentence}", flush=True)
    for name, times in sorted(counts.items()):
        print(f"{times:8}  {name}")
    rare = rarities(counts, arguments.seeds * arguments.weeks / WEEKS)
    took = time.monotonic() - started
    print(f"{arguments.seeds} years in {took:.0f} s: {broken} broke a promise, {len(rare)} things too rare")
    for name in rare:
        print(f"too rare: {name}")
    return 1 if broken or rare else 0


def rarities(counts: Counter[str], years: float) -> list[str]:
    """Name what came less often than it has to, for this many years."""
    return [name for name, times in sorted(counts.items()) if times < OFTEN * years / 300]


if __name__ == "__main__":
    sys.exit(main())
