"""The child that reads the front matter of threads: texts as JSON on stdin, values or problems on stdout.

Contributors wrote these texts, so they are read under the limits of the child that renders. The names of the
time zones are loaded before those limits, because they are files of the system.
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
    """Limit the process, read every thread that stdin asks for, answer on stdout."""
    request: dict[str, Any] = json.load(sys.stdin.buffer)
    time_zones.names()
    limit(request["cpu_seconds"])
    problems = tuple(read(Problem, one) for one in request["problems"])
    found, problems = threads(Snapshot(files=request["files"], problems=problems))
    sys.stdout.write(json.dumps({"threads": plain(found), "problems": plain(problems)}))


if __name__ == "__main__":
    main()
