"""`python -m tests.nth [PAIRS] [--seed SEED]`: the table of faults tried at every effect of a handover."""

import argparse
import logging
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from random import Random

from tests.nth import killed, wire
from tests.nth.handover import Mode, play

Tried = tuple[str, list[str]]


def singles(effects: int) -> Iterator[Tried]:
    """One fault at each effect, in each mode: once, and from it on."""
    for mode in Mode:
        for on in (False, True):
            for number in range(1, effects + 1):
                name = f"{mode}, {'from then on' if on else 'once'}"
                found, names = play({number: mode}, on=on)
                yield name, [f"effect {number} ({names[number - 1]}): {one}" for one in found]


def pairs(effects: int, wanted: int, seed: int) -> Iterator[Tried]:
    """Two faults: each effect is in at least two pairs, the rest is chance."""
    random = Random(seed)
    numbers = [*range(1, effects + 1)] * 2
    random.shuffle(numbers)
    chosen = [(number, random.randint(1, effects)) for number in numbers]
    while len(chosen) < wanted:
        chosen.append((random.randint(1, effects), random.randint(1, effects)))
    for one, other in chosen:
        at = {one: random.choice([*Mode]), other: random.choice([*Mode])}
        found, _ = play(at)
        yield "two faults", [f"effects {at}: {sentence}" for sentence in found]


def kills() -> Iterator[Tried]:
    """A real process, really killed, before and after each of its effects."""
    every = list(product(range(1, killed.effects() + 1), (False, True)))
    with ProcessPoolExecutor(2) as pool:
        for (number, after), found in zip(every, pool.map(_kill, every), strict=True):
            when = "after" if after else "before"
            yield "SIGKILL, a real process", [f"{when} effect {number}: {one}" for one in found]


def _kill(at: tuple[int, bool]) -> list[str]:
    return killed.kill(at[0], after=at[1])


def on_the_wire() -> Iterator[Tried]:
    """A broken answer, or none, to each request over HTTP: to this one, and to all from it on."""
    numbers = range(1, wire.requests() + 1)
    every = list(product(wire.FAULTS, (False, True), numbers))
    with ProcessPoolExecutor(2, initializer=_be_silent) as pool:
        for (name, on, number), found in zip(every, pool.map(_disturb, every), strict=True):
            when = "from then on" if on else "once"
            yield f"on the wire, {when}", [f"{name} at request {number}: {one}" for one in found]


def _disturb(at: tuple[str, bool, int]) -> list[str]:
    name, on, number = at
    return wire.play(wire.FAULTS[name], number, on=on)


def _be_silent() -> None:
    logging.getLogger("megabot").setLevel(logging.CRITICAL)


def main() -> int:
    """Try everything; print a line for each kind of fault, and what broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.nth", description=__doc__)
    parser.add_argument("pairs", nargs="?", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    _be_silent()
    found, names = play({})
    if found:
        print("without any fault:", *found, sep="\n")
        return 1
    print(f"a handover of two threads has {len(names)} effects: {dict(Counter(names))}; seed {wanted.seed}")
    tried, broken = Counter[str](), Counter[str]()
    for tries in (singles(len(names)), pairs(len(names), wanted.pairs, wanted.seed), kills(), on_the_wire()):
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
