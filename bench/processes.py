"""Real processes, run to their end, and what they used."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
_LAUNCH = Path(__file__).with_name("launch.py")
_TIMEOUT = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a process and its children used: seconds of wall and CPU, peak memory of the largest in MB."""

    wall: float
    cpu: float
    memory: float


def python(*arguments: str, environ: Mapping[str, str], cwd: Path) -> Usage:
    """Run this interpreter to its end and give what it used. Raises `CalledProcessError` if it failed."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(_LAUNCH), sys.executable, *arguments],
        capture_output=True,
        env=surroundings(environ, home=cwd),
        cwd=cwd,
        timeout=_TIMEOUT,
        check=False,
        text=True,
    )
    if done.returncode:
        sys.stderr.write(done.stderr)
        done.check_returncode()
    return Usage(**json.loads(done.stdout))


def surroundings(environ: Mapping[str, str], *, home: Path) -> dict[str, str]:
    """Give an environment that holds nothing of the person's who runs the benchmarks."""
    return {"PATH": "/usr/bin:/bin", "HOME": str(home), "PYTHONPATH": str(ROOT), **environ}
