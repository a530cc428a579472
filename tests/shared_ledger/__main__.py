"""`python -m tests.shared_ledger`: a handover of two hosts on one ledger, with a fault at each effect."""

import argparse
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path

from tests.postgres import PostgresServer
from tests.shared_ledger.handover import Mode, hosts_on, play

APIS = ("v3", "v4")
_Part = tuple[str, Mode, int, int]
_Tried = list[tuple[int, list[str]]]


def parts(every: int, start: int) -> Iterator[_Part]:
    """Return what each process tries: one API, one kind of fault, every n-th effect from one on."""
    yield from ((api, mode, every, start) for api, mode in product(APIS, Mode))


def try_part(part: _Part) -> _Tried:
    """Try a part; return the numbers of the effects with what broke."""
    api, mode, every, start = part
    logging.getLogger("megabot").setLevel(logging.CRITICAL)
    with (
        PostgresServer() as server,
        hosts_on(server.create_database()) as hosts,
        tempfile.TemporaryDirectory() as folder,
    ):
        found, names = play(hosts, Path(folder) / "none", None, 0, api=api)
        if found:
            return [(0, found)]
        tried = []
        for number in range(start, len(names) + 1, every):
            complaints, _ = play(hosts, Path(folder) / f"{number}", mode, number, api=api)
            name = names[number - 1]
            tried.append((number, [f"effect {number} ({name}): {complaint}" for complaint in complaints]))
        return tried


def main(arguments: list[str]) -> int:
    """Try everything; print a line for each kind of fault, and what broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.shared_ledger", description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="try only each n-th effect")
    parser.add_argument("--start", type=int, default=1, help="the first effect that is tried")
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args(arguments)
    every = list(parts(chosen.every, chosen.start))
    broken = Counter[str]()
    with ProcessPoolExecutor(chosen.processes) as pool:
        for (api, mode, *_), tried in zip(every, pool.map(try_part, every), strict=True):
            complaints = [one for _, found in tried for one in found]
            failed = sum(bool(found) for _, found in tried)
            broken[mode] += failed
            for one in complaints:
                print(f"{mode}, {api}: {one}", flush=True)
            print(f"{len(tried):6} tried, {len(tried) - failed:6} survived  {mode}, {api}", flush=True)
    return 1 if broken.total() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
