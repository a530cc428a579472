"""What it costs to start megabot, and to keep it running with nothing to do."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.figures import Figure, Spread
from bench.processes import python, surroundings
from bench.stage import Stage, week_gone

HELP_RATIO = 5
IDLE_MEGABYTES = 68

_HELP = "from megabot.__main__ import main; main(['--help'])"  # as the installed command does it
_TICKS = 3
_PATIENCE = 90.0


def help_text(runs: int) -> Figure:
    """Compare the CPU of `megabot --help` with that of a bare interpreter."""
    with tempfile.TemporaryDirectory(prefix="megabot-bench-") as folder:

        def milliseconds(*arguments: str) -> float:
            return python(*arguments, environ={}, cwd=Path(folder)).cpu * 1000

        milliseconds("-c", _HELP)
        pairs = [(milliseconds("-c", _HELP), milliseconds("-c", "pass")) for _ in range(runs)]
    ours, bare = (Spread.of(values) for values in zip(*pairs, strict=True))
    return Figure(
        what=f"megabot --help, CPU (limit: {HELP_RATIO} bare ones)",
        unit="ms",
        ours=ours,
        other="bare interpreter",
        beside=bare,
        limit=bare.median * HELP_RATIO,
    )


def idle_service() -> Figure:
    """Measure the service after it has started, done a handover and ticked with nothing to do."""
    with week_gone() as stage:
        service = subprocess.Popen(
            [sys.executable, "-m", "megabot", "run"],
            env=surroundings(stage.environ | {"MEGABOT_TICK": "5"}, home=stage.folder),
            cwd=stage.folder,
            stderr=subprocess.DEVNULL,
        )
        try:
            resident = [_resident_at_tick(stage, service.pid, tick) for tick in range(1, _TICKS + 1)]
        finally:
            service.terminate()
            service.wait()
        stage.check()
    return Figure(
        what="idle service after a handover, resident",
        unit="MB",
        ours=Spread.of(resident),
        limit=IDLE_MEGABYTES,
    )


def _resident_at_tick(stage: Stage, pid: int, tick: int) -> float:
    """Wait for a tick that follows the start, and give the memory in MB right after it."""
    deadline = time.monotonic() + _PATIENCE
    while stage.requests().count("GET /api/v3/user/unread_count") <= tick:
        if time.monotonic() > deadline:
            raise TimeoutError(f"the service does not tick; it asked {stage.requests()}")
        time.sleep(0.2)
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024
