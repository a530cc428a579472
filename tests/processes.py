"""Real megabot processes, each on its own "machine": a home, settings, a source and a state folder."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.e2e.conftest import SECTION, TEMPLATE

ROOT = Path(__file__).parents[1]
PASSWORD = "correct horse"
LONGEST = 60.0
"""Seconds after which a process that should have ended is considered hung."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The exit code and the output of a process."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Where processes run, isolated from other machines. `settings` have names without their prefix."""

    url: str
    home: Path
    settings: dict[str, str] = field(default_factory=dict)
    surroundings: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> Path:
        return self.home / "state"

    @property
    def source(self) -> Path:
        return self.home / "templates"

    def environment(self) -> dict[str, str]:
        settings = {
            "INSTANCE": self.url,
            "USERNAME": "megabot",
            "PASSWORD": PASSWORD,
            "COMMUNITY": "news",
            "SOURCE": str(self.source),
            "STATE_DIR": str(self.state),
            **self.settings,
        }
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "PYTHONPATH": str(ROOT),
            **self.surroundings,
            **{f"MEGABOT_{name}": value for name, value in settings.items()},
        }

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """Start `megabot ...`; the caller must end it."""
        return subprocess.Popen(
            [sys.executable, "-m", "megabot", *words],
            env=self.environment(),
            cwd=self.home,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=_heed_interrupts,  # noqa: PLW1509 - no lock is taken in between
        )

    def run(self, *words: str) -> Ended:
        """Run `megabot ...` to its end."""
        return ended(self.start(*words))


def _heed_interrupts() -> None:
    """Restore SIGINT: shells make background commands ignore Ctrl-C, and their children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def ended(process: "subprocess.Popen[str]") -> Ended:
    """Wait for a process to end."""
    with process:
        out, err = process.communicate(timeout=LONGEST)
    return Ended(process.returncode, out, err)


def machine(home: Path, url: str, **settings: str) -> Machine:
    """Set up a machine with a source whose slot was yesterday, so that no week ends during a test."""
    machine = Machine(url=url, home=home, settings=settings)
    (machine.source / "sections").mkdir(parents=True)
    (machine.source / "preambles" / "news").mkdir(parents=True)
    day = f"{datetime.now(UTC) - timedelta(days=1):%A}".lower()
    (machine.source / "thread.md.j2").write_text(TEMPLATE.replace("DAY", day))
    (machine.source / "sections" / "10-maps.md").write_text(SECTION)
    (machine.source / "preambles" / "news" / "_default.md").write_text("Nothing special this week.\n")
    return machine
