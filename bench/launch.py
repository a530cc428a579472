"""A small parent for a process that is measured: runs it, writes what it used as JSON to stdout.

A process's peak memory starts at that of the one which started it, so a bare interpreter has to.
"""

import json
import os
import sys
import time


def main(argv: list[str]) -> int:
    """Run a command to its end, its output thrown away, its errors passed on; give its exit code."""
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    began = time.perf_counter()
    pid = os.posix_spawn(argv[0], argv, os.environ, file_actions=quiet)
    _, status, used = os.wait4(pid, 0)  # counts the children that it waited for, too
    wall = time.perf_counter() - began
    print(json.dumps({"wall": wall, "cpu": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss / 1024}))
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
