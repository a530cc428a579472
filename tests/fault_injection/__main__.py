"""`python -m tests.fault_injection [PAIRS] [--seed SEED]`: the faults tried at each effect.

With `--hosts`, the handovers of two hosts on one ledger instead: see `tests.shared_ledger`.
"""

import argparse
import logging
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from random import Random

from tests.fault_injection import killed, wire
from tests.fault_injection.handover import Mode, play
from tests.shared_ledger.__main__ import main as hosts_main
from tests.simulation.server import Generation

Tried = tuple[str, list[str]]


def singles(effects: dict[Generation, int]) -> Iterator[Tried]:
    """One fault at each effect, in each mode: once, and from it on."""
    for generation, mode, on in product(Generation, Mode, (False, True)):
        for number in range(1, effects[generation] + 1):
            name = f"{mode}, {'from then on' if on else 'once'}, {generation}"
            found, names = play({number: mode}, on=on, generation=generation)
            yield name, [f"effect {number} ({names[number - 1]}): {one}" for one in found]


def pairs(effects: dict[Generation, int], wanted: int, seed: int) -> Iterator[Tried]:
    """Two faults: each effect is in at least two pairs, the rest is chance."""
    random = Random(seed)
    for generation, most in effects.items():
        numbers = [*range(1, most + 1)] * 2
        random.shuffle(numbers)
        chosen = [(number, random.randint(1, most)) for number in numbers]
        while len(chosen) < wanted:
            chosen.append((random.randint(1, most), random.randint(1, most)))
        for one, other in chosen:
            at = {one: random.choice([*Mode]), other: random.choice([*Mode])}
            found, _ = play(at, generation=generation)
            yield f"two faults, {generation}", [f"effects {at}: {sentence}" for sentence in found]


def upgrades(effects: int, seed: int) -> Iterator[Tried]:
    """The server becomes a 1.0 right before each request, alone and with a fault at some effect (A20)."""
    random = Random(seed)
    for number in range(1, effects + 1):
        found, _ = play({}, upgrade=number)
        yield "upgraded", [f"before request {number}: {one}" for one in found]
        for mode in Mode:
            at = {random.randint(1, effects): mode}
            found, _ = play(at, upgrade=number)
            yield "upgraded, and a fault", [f"before request {number}, {at}: {one}" for one in found]


def kills() -> Iterator[Tried]:
    """A real process, really killed, before and after each of its effects; a server upgraded meanwhile."""
    every = [
        (api, upgrade, number, after)
        for api, upgrade in (("v3", False), ("v3", True), ("v4", False))
        for number, after in product(range(1, killed.effects(api) + 1), (False, True))
    ]
    with ProcessPoolExecutor(2) as pool:
        for (api, upgrade, number, after), found in zip(every, pool.map(_kill, every), strict=True):
            name = f"SIGKILL, a real process, {api}{', then an upgrade' if upgrade else ''}"
            when = "after" if after else "before"
            yield name, [f"{when} effect {number}: {one}" for one in found]


def _kill(at: tuple[str, bool, int, bool]) -> list[str]:
    api, upgrade, number, after = at
    return killed.kill(number, after=after, api=api, upgrade=upgrade)


def on_the_wire() -> Iterator[Tried]:
    """A broken answer, or none, to each request over HTTP: to this one, and to all from it on."""
    every = [
        (name, on, number, api)
        for api in ("v3", "v4")
        for name, on, number in product(wire.FAULTS, (False, True), range(1, wire.requests(api) + 1))
    ]
    with ProcessPoolExecutor(2, initializer=_be_silent) as pool:
        for (name, on, number, api), found in zip(every, pool.map(_disturb, every), strict=True):
            when = "from then on" if on else "once"
            yield f"on the wire, {api}, {when}", [f"{name} at request {number}: {one}" for one in found]


def _disturb(at: tuple[str, bool, int, str]) -> list[str]:
    name, on, number, api = at
    return wire.play(wire.FAULTS[name], number, on=on, api=api)


def upgrades_on_the_wire(seed: int) -> Iterator[Tried]:
    """An upgrade right before each request over HTTP, alone and with each broken answer at a later one."""
    random = Random(seed)
    last = wire.requests()
    every = [("", number, 0) for number in range(1, last + 1)]
    for name, number in product(wire.FAULTS, range(1, last + 1)):
        every.append((name, number, random.randint(number, wire.requests(upgrade=number))))
    with ProcessPoolExecutor(2, initializer=_be_silent) as pool:
        for (name, number, other), found in zip(every, pool.map(_upgrade, every), strict=True):
            what = f"upgraded before request {number}" + (f", {name} at {other}" if name else "")
            yield "on the wire, upgraded", [f"{what}: {one}" for one in found]


def _upgrade(at: tuple[str, int, int]) -> list[str]:
    name, number, other = at
    if not name:
        return wire.upgraded(number)
    return wire.play(wire.FAULTS[name], other, on=False, upgrade=number)


def _be_silent() -> None:
    logging.getLogger("megabot").setLevel(logging.CRITICAL)


def main() -> int:
    """Try everything; print a line for each kind of fault, and what broke."""
    if "--hosts" in sys.argv:
        return hosts_main([word for word in sys.argv[1:] if word != "--hosts"])
    parser = argparse.ArgumentParser(prog="python -m tests.fault_injection", description=__doc__)
    parser.add_argument("pairs", nargs="?", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    _be_silent()
    effects = {}
    for generation in Generation:
        found, names = play({}, generation=generation)
        if found:
            print(f"without any fault, {generation}:", *found, sep="\n")
            return 1
        effects[generation] = len(names)
        print(f"a handover of two threads, {generation}: {len(names)} effects, {dict(Counter(names))}")
    print(f"seed {arguments.seed}")
    tried, broken = Counter[str](), Counter[str]()
    for tries in (
        singles(effects),
        pairs(effects, arguments.pairs, arguments.seed),
        upgrades(effects[Generation.V0_19], arguments.seed),
        kills(),
        on_the_wire(),
        upgrades_on_the_wire(arguments.seed),
    ):
        for name, faults in tries:
            tried[name] += 1
            broken[name] += bool(faults)
            for sentence in faults:
                print(f"{name}: {sentence}", flush=True)
    for name, times in tried.items():
        print(f"{times:6} tried, {times - broken[name]:6} survived  {name}")
    return 1 if broken.total() else 0


if __name__ == "__main__":
    sys.exit(main())
