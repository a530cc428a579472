"""`python -m tests.fault_injection [PAIRS] [--seed SEED]`: the faults tried at each effect.

With `--hosts`, the handovers of two hosts on one ledger instead: see `tests.shared_ledger`.
"""

import argparse
import gc
import logging
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain, groupby, product
from operator import itemgetter
from random import Random
from typing import TypeVar

from tests.fault_injection import killed, wire
from tests.fault_injection.forks import in_forks
from tests.fault_injection.handover import Mode, a_week_later, fault_of, go_on, play
from tests.shared_ledger.__main__ import main as hosts_main
from tests.simulation.ledgers import Kind, database_for, in_a_copy, ledgers_of
from tests.simulation.server import Generation
from tests.simulation.year import Year

Try = TypeVar("Try")
Tried = tuple[str, list[str]]


@dataclass(frozen=True, slots=True)
class Handover:
    """A handover to play. `{effects}` in `when` stands for the names of the effects by number."""

    name: str
    when: str
    at: Mapping[int, Mode]
    on: bool = False
    generation: Generation = Generation.V0_19
    upgrade: int = 0


@dataclass(frozen=True, slots=True)
class Loop:
    """Where the ledger is, how many tries are made at a time, and which ones: each n-th from one on."""

    kind: Kind
    database: str
    processes: int
    every: int
    start: int

    def chosen(self, tries: Iterable[Try]) -> list[Try]:
        """Return the tries to make."""
        return [*tries][self.start - 1 :: self.every]


def singles(effects: dict[Generation, list[str]]) -> Iterator[Handover]:
    """One fault at each effect, in each mode: once, and from it on."""
    for generation, mode, on in product(Generation, Mode, (False, True)):
        name = f"{mode}, {'from then on' if on else 'once'}, {generation}"
        for number, effect in enumerate(effects[generation], 1):
            if not on and is_repeated(mode, effect):
                continue
            when = f"effect {number} ({{effects[{number}]}})"
            yield Handover(name, when, {number: mode}, on=on, generation=generation)


def is_repeated(mode: Mode, effect: str) -> bool:
    """Return whether an earlier mode does the same to an effect. From it on, it differs for other effects."""
    modes = [*Mode]
    return fault_of(mode, effect) in {fault_of(earlier, effect) for earlier in modes[: modes.index(mode)]}


def pairs(effects: dict[Generation, list[str]], wanted: int, seed: int) -> Iterator[Handover]:
    """Two faults: each effect is in at least two pairs, the rest is chance."""
    random = Random(seed)
    for generation, names in effects.items():
        most = len(names)
        numbers = [*range(1, most + 1)] * 2
        random.shuffle(numbers)
        chosen = [(number, random.randint(1, most)) for number in numbers]
        while len(chosen) < wanted:
            chosen.append((random.randint(1, most), random.randint(1, most)))
        for one, other in chosen:
            at = {one: random.choice([*Mode]), other: random.choice([*Mode])}
            yield Handover(f"two faults, {generation}", f"effects {_shown(at)}", at, generation=generation)


def upgrades(effects: int, seed: int) -> Iterator[Handover]:
    """The server becomes a 1.0 right before each request, alone and with a fault at some effect (A20)."""
    random = Random(seed)
    for number in range(1, effects + 1):
        yield Handover("upgraded", f"before request {number}", {}, upgrade=number)
    for number, mode in product(range(1, effects + 1), Mode):
        at = {random.randint(1, effects): mode}
        when = f"before request {number}, {_shown(at)}"
        yield Handover("upgraded, and a fault", when, at, upgrade=number)


def _shown(at: Mapping[int, Mode]) -> str:
    return ", ".join(f"{number}: {mode}" for number, mode in at.items())


def played(handovers: Iterable[Handover], loop: Loop) -> Iterator[Tried]:
    """Play handovers, each from the same week before, in a process of its own."""
    chosen = loop.chosen(handovers)
    with ledgers_of(loop.kind, loop.database) as ledgers:
        years = {generation: a_week_later(generation, ledgers) for generation in Generation}
        gc.freeze()  # so that the processes share this memory
        results = in_forks(partial(_play, years), chosen, processes=loop.processes)
        for handover, (found, names) in zip(chosen, results, strict=True):
            when = handover.when.format(effects=["", *names])
            yield handover.name, [f"{when}: {one}" for one in found]


def _play(years: Mapping[Generation, Year], handover: Handover) -> tuple[list[str], list[str]]:
    year = years[handover.generation]
    with in_a_copy(year.ledger):
        return go_on(year, handover.at, on=handover.on, upgrade=handover.upgrade)


def kills(loop: Loop) -> Iterator[Tried]:
    """A real process, really killed, before and after each of its effects; a server upgraded meanwhile."""
    every = [
        (api, upgrade, number, after)
        for api, upgrade in (("v3", False), ("v3", True), ("v4", False))
        for number, after in product(range(1, killed.effects(api, loop.database) + 1), (False, True))
    ]
    chosen = loop.chosen(every)
    with ProcessPoolExecutor(loop.processes) as pool:
        for (api, upgrade, number, after), found in zip(
            chosen, pool.map(partial(_kill, database=loop.database), chosen), strict=True
        ):
            name = f"SIGKILL, a real process, {api}{', then an upgrade' if upgrade else ''}"
            when = "after" if after else "before"
            yield name, [f"{when} effect {number}: {one}" for one in found]


def _kill(at: tuple[str, bool, int, bool], database: str) -> list[str]:
    api, upgrade, number, after = at
    return killed.kill(number, after=after, api=api, upgrade=upgrade, database=database)


def on_the_wire(loop: Loop) -> Iterator[Tried]:
    """A broken answer, or none, to each request over HTTP: to this one, and to all from it on."""
    every = [
        (name, on, number, api)
        for api in ("v3", "v4")
        for on, name, number in product(
            (False, True), wire.FAULTS, range(1, wire.requests(api, database=loop.database) + 1)
        )
    ]
    chosen = loop.chosen(every)
    with ProcessPoolExecutor(loop.processes, initializer=_be_silent) as pool:
        for (name, on, number, api), found in zip(
            chosen, pool.map(partial(_disturb, database=loop.database), chosen), strict=True
        ):
            when = "from then on" if on else "once"
            yield f"on the wire, {api}, {when}", [f"{name} at request {number}: {one}" for one in found]


def _disturb(at: tuple[str, bool, int, str], database: str) -> list[str]:
    name, on, number, api = at
    return wire.play(wire.FAULTS[name], number, on=on, api=api, database=database)


def upgrades_on_the_wire(seed: int, loop: Loop) -> Iterator[Tried]:
    """An upgrade right before each request over HTTP, alone and with each broken answer at a later one."""
    random = Random(seed)
    last = wire.requests(database=loop.database)
    every = [("", number, 0) for number in range(1, last + 1)]
    requests = {
        number: wire.requests(upgrade=number, database=loop.database) for number in range(1, last + 1)
    }
    for name, number in product(wire.FAULTS, requests):
        every.append((name, number, random.randint(number, requests[number])))
    chosen = loop.chosen(every)
    with ProcessPoolExecutor(loop.processes, initializer=_be_silent) as pool:
        for (name, number, other), found in zip(
            chosen, pool.map(partial(_upgrade, database=loop.database), chosen), strict=True
        ):
            what = f"upgraded before request {number}" + (f", {name} at {other}" if name else "")
            yield "on the wire, upgraded", [f"{what}: {one}" for one in found]


def _upgrade(at: tuple[str, int, int], database: str) -> list[str]:
    name, number, other = at
    if not name:
        return wire.upgraded(number, database=database)
    return wire.play(wire.FAULTS[name], other, on=False, upgrade=number, database=database)


def _be_silent() -> None:
    logging.getLogger("megabot").setLevel(logging.CRITICAL)


def main() -> int:
    """Try everything; print a line for each kind of fault, and what broke."""
    if "--hosts" in sys.argv:
        return hosts_main([word for word in sys.argv[1:] if word != "--hosts"])
    parser = argparse.ArgumentParser(prog="python -m tests.fault_injection", description=__doc__)
    parser.add_argument("pairs", nargs="?", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--ledger",
        type=Kind,
        choices=[*Kind],
        default=Kind.FAKE,
        help="where it is; real processes and requests over HTTP never have a fake one, but a file",
    )
    parser.add_argument("--every", type=int, default=1, help="make only each n-th try")
    parser.add_argument("--start", type=int, default=1, help="the first try that is made")
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args()
    _be_silent()
    with database_for(chosen.ledger) as database:
        loop = Loop(chosen.ledger, database, chosen.processes, chosen.every, chosen.start)
        return _try_all(chosen.pairs, chosen.seed, loop)


def _try_all(wanted: int, seed: int, loop: Loop) -> int:
    effects = {}
    for generation in Generation:
        with ledgers_of(loop.kind, loop.database) as ledgers:
            found, names = play({}, generation=generation, ledgers=ledgers)
        if found:
            print(f"without any fault, {generation}:", *found, sep="\n")
            return 1
        effects[generation] = names
        print(f"a handover of two threads, {generation}: {len(names)} effects, {dict(Counter(names))}")
    print(f"seed {seed}")
    tries = chain(
        played(singles(effects), loop),
        played(pairs(effects, wanted, seed), loop),
        played(upgrades(len(effects[Generation.V0_19]), seed), loop),
        kills(loop),
        on_the_wire(loop),
        upgrades_on_the_wire(seed, loop),
    )
    all_broken = 0
    for name, group in groupby(tries, key=itemgetter(0)):
        tried = broken = 0
        for _, faults in group:
            tried += 1
            broken += bool(faults)
            for sentence in faults:
                print(f"{name}: {sentence}", flush=True)
        print(f"{tried:6} tried, {tried - broken:6} survived  {name}", flush=True)
        all_broken += broken
    return 1 if all_broken else 0


if __name__ == "__main__":
    sys.exit(main())
