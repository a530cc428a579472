"""`python -m bench`: print every figure beside its limit; exit 1 if one is over."""

import argparse
import json
import logging
import os
import platform
import sys
from collections.abc import Iterator

from bench import age, directory, edit, handover, site, startup
from bench.figures import Figure, as_json, table

RUNS = 9
CHECKS = 3
HELP_RUNS = 61  # it is close to its limit: fewer runs give now one verdict, now the other


def main() -> int:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.add_argument("--verbose", action="store_true", help="list the requests by path")
    options = parser.parse_args()
    logging.getLogger("megabot").setLevel(logging.ERROR)
    figures = list(_measured())
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    if options.json:
        print(json.dumps({"machine": machine, "figures": [as_json(each) for each in figures]}, indent=2))
    else:
        print(f"{machine}; medians, with least and most\n")
        print(table(figures, verbose=options.verbose))
    return 1 if any(figure.is_over for figure in figures) else 0


def _measured() -> Iterator[Figure]:
    """Measure one thing after the other, saying on stderr what it is at."""
    _say("requests of a handover")
    yield from handover.requests()
    _say("cost of a handover")
    yield from handover.costs(RUNS)
    _say("help")
    yield startup.help_text(HELP_RUNS)
    _say("idle service")
    yield startup.idle_service()
    _say("old ledgers")
    yield from age.figures(RUNS)
    _say("directories")
    yield directory.rendered(RUNS, entries=400, length=110)
    yield directory.rendered(RUNS, entries=1000, length=45)
    _say("previews and checks")
    yield edit.shown(RUNS, entries=1000, length=45)
    yield edit.typed(RUNS, entries=1000, length=45)
    yield edit.checked(CHECKS, entries=1000, length=45)
    _say("site")
    yield from site.figures()


def _say(what: str) -> None:
    sys.stderr.write(f"measuring: {what}\n")


if __name__ == "__main__":
    sys.exit(main())
