"""`python -m tests.mutants [WORD]`: break megabot in each of many ways, and see that the tests notice."""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from textwrap import indent

from tests.mutants.accounts import ACCOUNTS
from tests.mutants.claims import CLAIMS
from tests.mutants.commands import COMMANDS
from tests.mutants.decisions import DECISIONS
from tests.mutants.deeds import DEEDS
from tests.mutants.engines import ENGINES
from tests.mutants.generations import GENERATIONS
from tests.mutants.living import LIVING
from tests.mutants.mutant import Mutant
from tests.mutants.templates import TEMPLATES
from tests.mutants.workshop import PASSED, Fate, Outcome, Workshop

ROOT = Path(__file__).parents[2]
MUTANTS = (*ACCOUNTS, *DECISIONS, *DEEDS, *COMMANDS, *GENERATIONS, *LIVING, *TEMPLATES, *CLAIMS, *ENGINES)


def main() -> int:
    """Try all mutants, or those with a word in their name; say of each what became of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("word", nargs="?", default="", help="only mutants with this in their name")
    parser.add_argument("--list", action="store_true", help="run nothing; show what each changes")
    parser.add_argument("--processes", type=int, default=2, help="how many are tried at a time")
    arguments = parser.parse_args()
    mutants = [mutant for mutant in MUTANTS if arguments.word in mutant.name]
    if arguments.list:
        print(*(f"{mutant.name}\n{indent(mutant.diff(ROOT), ' ' * 10)}" for mutant in mutants), sep="\n")
        return 0
    started, fates = time.monotonic(), Counter[Fate]()
    with tempfile.TemporaryDirectory(prefix="megabot-mutants-") as folder:
        shops = [Workshop.set_up(ROOT, Path(folder) / f"{number}") for number in range(arguments.processes)]
        trouble = [*trouble_before(shops, mutants)]
        print(*trouble, sep="\n", end="\n" if trouble else "", flush=True)
        for mutant, outcome in trials(shops, [] if trouble else mutants):
            fates[outcome.fate] += 1
            print(f"{outcome.fate:9} {mutant.name}\n{'':10}{outcome.shown}", flush=True)
    took = time.monotonic() - started
    print(f"{len(mutants)} mutants in {took:.0f} s: {fates[Fate.CAUGHT]} caught")
    return 0 if mutants and fates[Fate.CAUGHT] == len(mutants) else 1


def trouble_before(shops: Sequence[Workshop], mutants: Sequence[Mutant]) -> Iterator[str]:
    """Name what is wrong before anything is broken: a test that fails, code from elsewhere."""
    for shop in shops:
        home = shop.imported_from("megabot")
        if not home.is_relative_to(shop.folder.resolve()):
            yield f"the tests would import {home}, not the copy in {shop.folder}"
    tests = sorted({test for mutant in mutants for test in mutant.caught_by})
    parts = [tests[number :: len(shops)] for number in range(len(shops))]
    with ThreadPoolExecutor(len(shops)) as pool:
        for run in pool.map(Workshop.run, shops, filter(None, parts)):
            if run.code != PASSED:
                yield f"fails without any mutant:\n{run.printed}"


def trials(shops: Sequence[Workshop], mutants: Sequence[Mutant]) -> Iterator[tuple[Mutant, Outcome]]:
    """Try mutants, one at a time in each workshop; give them in their order."""
    free: SimpleQueue[Workshop] = SimpleQueue()
    for shop in shops:
        free.put(shop)

    def judge(mutant: Mutant) -> Outcome:
        shop = free.get()
        try:
            return shop.judge(mutant)
        finally:
            free.put(shop)

    with ThreadPoolExecutor(len(shops)) as pool:
        yield from zip(mutants, pool.map(judge, mutants), strict=True)


if __name__ == "__main__":
    sys.exit(main())
