"""The child process that reads front matter: texts as JSON on stdin, values or problems on stdout.

The texts come from contributors, so they are read under the same limits as rendering. The names of the time
zones are loaded first, because they are files of the system, which the limits forbid opening.
"""

import json
import sys
from typing import Any

from megabot.schedule import time_zones
from megabot.source.child_limits import limit
from megabot.source.model import Snapshot
from megabot.source.plain_values import plain, read
from megabot.source.problems import Problem
from megabot.source.thread_files import threads


def main() -> None:
    sys.stdout.write(answer(json.load(sys.stdin.buffer)))


def answer(request: dict[str, Any]) -> str:
    """Limit the process, read every thread in the request and return the result as JSON."""
    time_zones.names()
    limit(request["cpu_seconds"])
    problems = tuple(read(Problem, one) for one in request["problems"])
    usable, problems = threads(Snapshot(files=request["files"], problems=problems))
    return json.dumps({"threads": plain(usable), "problems": plain(problems)})


if __name__ == "__main__":
    main()
