"""The one way that megabot runs git: argument lists, a bare environment, a time limit, typed results."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

TIMEOUT = 30.0
_SAFE = (
    "-c", "core.hooksPath=/dev/null",
    "-c", "core.fsmonitor=false",
    "-c", "protocol.ext.allow=never",
    "-c", "core.quotePath=true",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class GitAnswer:
    """What git said. `ok` is whether it went well; where git is missing or took too long it did not."""

    ok: bool
    out: str
    err: str


def run_git(*arguments: str, cwd: Path) -> GitAnswer:
    """Run git in a folder, with nothing of the caller's environment but PATH and HOME."""
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": os.environ.get("HOME", "/nonexistent"),
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_OPTIONAL_LOCKS": "0",
    }
    try:
        done = subprocess.run(
            ["git", *_SAFE, *arguments],  # noqa: S607  git is found by PATH on every system
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return GitAnswer(ok=False, out="", err=type(error).__name__)
    return GitAnswer(ok=done.returncode == 0, out=done.stdout, err=done.stderr)
