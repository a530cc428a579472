"""The render child: reads jobs as JSON on stdin, writes texts or problems as JSON on stdout, and ends.

It is started with nothing: no environment, no secrets, no open files. All that a source may do, from
parsing YAML to compiling and rendering templates, happens here; the parent only reads what comes out.
"""

import json
import resource
import sys
from typing import Any

from megabot.adapters.template_rendering import render_all

MEMORY = 600 * 1024 * 1024
CPU_SECONDS = 10


def main() -> None:
    """Limit the process, render everything that stdin asks for, answer on stdout."""
    raw = sys.stdin.buffer.read()
    _limit()
    request: dict[str, Any] = json.loads(raw)
    answers = render_all(request["files"], request["jobs"])
    sys.stdout.write(json.dumps(answers))


def _limit() -> None:
    """Take from the process what no template needs."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))


if __name__ == "__main__":
    main()
